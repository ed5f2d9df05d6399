use super::*;

fn limits() -> Limits {
    Limits { bytes: 1 << 26, nodes: 1 << 22, depth: 256 }
}

/// The tree as nested brackets.
fn show(source: &str) -> String {
    let dom = Dom::parse(source, limits()).unwrap();
    let mut out = String::new();
    let mut ends: Vec<u32> = Vec::new();
    for (i, node) in dom.nodes.iter().enumerate() {
        while ends.last().is_some_and(|e| *e as usize <= i) {
            ends.pop();
            out.push(')');
        }
        if node.tag == Tag::Text {
            out.push_str(dom.text(i).trim());
        } else {
            out.push_str(&format!("{:?}(", node.tag));
            ends.push(node.end);
        }
    }
    out.push_str(&")".repeat(ends.len()));
    out
}

#[test]
fn implied_ends() {
    assert_eq!(show("<p>a<p>b<div>c</div>"), "Html(P(a)P(b)Div(c))");
    assert_eq!(show("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>"), "Html(Ul(Li(a)Li(bUl(Li(c)))Li(d)))");
    assert_eq!(show("<table><tr><td>a<td>b<tr><th>c</table>d"), "Html(Table(Tr(Td(a)Td(b))Tr(Th(c)))d)");
    assert_eq!(show("<dl><dt>a<dd>b<dt>c</dl>"), "Html(Dl(Dt(a)Dd(b)Dt(c)))");
    assert_eq!(show("<head><title>t</title><p>x"), "Html(Head(Title(t))P(x))");
}

#[test]
fn broken_markup() {
    assert_eq!(show("a < b <3 c"), "Html(a< b<3 c)");
    assert_eq!(show("<table><tr><td>x</div>y</td></tr></table>"), "Html(Table(Tr(Td(xy))))");
    assert_eq!(show("<b><p>x</b>y</p>z"), "Html(B(P(xy)z))");
    assert_eq!(show("<div>a<!-- b > c --><i>d"), "Html(Div(aI(d)))");
    assert_eq!(show("<p title='a>b' class=x>c"), "Html(P(c))");
    assert_eq!(show("<script>if (a<b) '</p>'</script>z"), "Html(Script(if (a<b) '</p>')z)");
    assert_eq!(show("<title>a"), "Html(Title(a))");
}

#[test]
fn references() {
    assert_eq!(decode("&amp;&lt;&copy;&notit;&#x80;&#8364;&#xD800;&bogus;&", false), "&<©¬it;€€\u{FFFD}&bogus;&");
    assert_eq!(decode("?a=1&copy=2&amp;b", true), "?a=1&copy=2&b");
    assert_eq!(decode("&NotEqualTilde;&CounterClockwiseContourIntegral;", false), "\u{2242}\u{338}\u{2233}");
}

#[test]
fn attributes_are_first_wins_and_decoded() {
    let dom = Dom::parse("<a HREF='x&amp;y' href=z class>t</a>", limits()).unwrap();
    assert_eq!(dom.attr(1, Attr::Href).as_deref(), Some("x&y"));
    assert_eq!(dom.attr(1, Attr::Class).as_deref(), Some(""));
    assert_eq!(dom.attr(1, Attr::Id), None);
}

#[test]
fn depth_is_limited_and_text_is_kept() {
    let source = format!("{}deep{}after", "<div>".repeat(10_000), "</div>".repeat(10_000));
    let dom = Dom::parse(&source, limits()).unwrap();
    assert_eq!(dom.text_content(0), "deepafter");
    let last = dom.nodes.len() - 1;
    assert_eq!(dom.nodes[last].parent, 0);
}

#[test]
fn limits_are_errors() {
    let few = Limits { bytes: 100, nodes: 5, depth: 8 };
    assert!(matches!(Dom::parse(&"x".repeat(101), few), Err(TooLarge::Bytes(101))));
    assert!(matches!(Dom::parse("<p><p><p><p><p><p>", few), Err(TooLarge::Nodes(6))));
}
