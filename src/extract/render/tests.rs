use crate::extract::{Favor, Options, extract, extract_at};

const PROSE: &str = "The river rose slowly during the night, and by the morning the lower meadows stood under water. \
    Nobody in the village had expected it so early in the year, and the old mill had to be cleared in a hurry.";

fn page(inner: &str) -> String {
    format!(
        "<html><head><title>Flood</title></head><body><main><article class=post-content><h1>Flood in the valley</h1>\
         <p>{PROSE}</p>{inner}<p>{PROSE}</p></article></main></body></html>"
    )
}

fn with(inner: &str, options: &Options) -> String {
    let text = extract_at(&page(inner), Some("https://example.org/a/b"), options).unwrap().text;
    let from = text.find("in a hurry.").unwrap() + "in a hurry.".len();
    let to = text.rfind("The river rose").unwrap();
    text[from..to].trim_matches('\n').to_owned()
}

fn plain(inner: &str) -> String {
    with(inner, &Options { favor: Favor::Recall, ..Options::default() })
}

fn markdown(inner: &str) -> String {
    with(inner, &Options { favor: Favor::Recall, markdown: true, ..Options::default() })
}

const CODE: &str = "<p>The program that watches the river reads like this, and nobody has touched it for many years:</p>\
    <pre class=highlight><code class='language-python'>\ndef watch(river):\n    while river.rises():\n\t  ring(`bell`)\n\n    \
    return None\n</code></pre>";

#[test]
fn code_keeps_its_blanks_and_lines() {
    let code = "def watch(river):\n    while river.rises():\n\t  ring(`bell`)\n\n    return None";
    assert!(plain(CODE).ends_with(&format!("many years:\n{code}")), "{}", plain(CODE));
    assert!(markdown(CODE).ends_with(&format!("many years:\n\n```python\n{code}\n```")), "{}", markdown(CODE));
    // Lines in elements of their own, lines without a letter, numbers of lines, and fences inside of code.
    let lines = "<p>The program that watches the river reads like this, and nobody has touched it for many years:</p><pre>\
        <div><span class=lineno>1</span>if (wet) {</div><div>  run();</div><div>}</div><div>// ``` and ````</div></pre>";
    let code = "if (wet) {\n  run();\n}\n// ``` and ````";
    assert!(plain(lines).ends_with(code), "{}", plain(lines));
    assert!(markdown(lines).ends_with(&format!("`````\n{code}\n`````")), "{}", markdown(lines));
}

#[test]
fn lists_have_numbers_and_depth() {
    let list = format!(
        "<ol start=3><li>First of all they carried the sacks of flour up the stairs, and then the tools.<ul><li>{PROSE}</li></ul></li>\
         <li><p>Then they opened the weir, which took the strength of four people.</p><p>{PROSE}</p></li></ol>"
    );
    let (text, mark) = (plain(&list), markdown(&list));
    assert_eq!(
        text,
        format!(
            "3. First of all they carried the sacks of flour up the stairs, and then the tools.\n  - {PROSE}\n\
             4. Then they opened the weir, which took the strength of four people.\n{PROSE}"
        )
    );
    assert_eq!(
        mark,
        format!(
            "3. First of all they carried the sacks of flour up the stairs, and then the tools.\n   - {PROSE}\n\
             4. Then they opened the weir, which took the strength of four people.\n\n   {PROSE}"
        )
    );
}

#[test]
fn tables_are_tables() {
    let rows = "<table><tr><th>Place<th>Level of the water in the night<th>Note</tr>\
        <tr><td>Mill<td>three metres and a half<td>a | b</tr><tr><td>The long bridge<td><td>it stood until the morning</tr>\
        <tr><td>The meadow by the church<td colspan=2>nobody went there to measure it</tr></table>";
    assert_eq!(
        markdown(rows),
        "| Place | Level of the water in the night | Note |\n| --- | --- | --- |\n\
         | Mill | three metres and a half | a \\| b |\n| The long bridge | | it stood until the morning |\n\
         | The meadow by the church | nobody went there to measure it | |"
    );
    assert!(
        plain(rows).contains("Mill | three metres and a half | a | b\nThe long bridge | it stood"),
        "{}",
        plain(rows)
    );
    let layout = format!("<table><tr><td><h2>What they said</h2><p>{PROSE}<td><p>{PROSE}</tr></table>");
    assert!(!markdown(&layout).contains("| ---"), "{}", markdown(&layout));
}

#[test]
fn headings_quotes_emphasis_and_links() {
    let inner = "<h2>What the <b>miller</b> said<a class=headerlink href='#said'>¶</a></h2>\
        <blockquote><p>It was <em>loud</em>, and it was <strong>dark; </strong>we could not see the bridge any more.</p>\
        <p>We left at four in the morning, with <code>a `tick`</code> in the hand.</p></blockquote>\
        <p>The <a href='../report?a=1&amp;b=2'>full report</a> names <a href='#x'>nobody</a>, as far as anybody knows today.</p>";
    assert_eq!(
        markdown(inner),
        "## What the miller said\n\n> It was *loud*, and it was **dark;** we could not see the bridge any more.\n>\n\
         > We left at four in the morning, with `` a `tick` `` in the hand.\n\n\
         The full report names nobody, as far as anybody knows today."
    );
    let links = Options { links: true, favor: Favor::Recall, ..Options::default() };
    let text = with(inner, &links);
    assert!(
        text.ends_with(
            "The full report (https://example.org/report?a=1&b=2) names nobody, as far as anybody knows today."
        ),
        "{text}"
    );
    let text = with(inner, &Options { markdown: true, ..links });
    assert!(text.ends_with(
        "The [full report](https://example.org/report?a=1&b=2) names nobody, as far as anybody knows today."
    ));
    assert!(plain(inner).starts_with("What the miller said\nIt was loud, and it was dark; we"), "{}", plain(inner));
}

#[test]
fn characters_that_would_be_marks_are_escaped() {
    let inner = "<p># no heading, though it looks like one to a careless reader of plain text</p>\
        <p>1986. was the year in which the *old* snake_case_name &lt;b&gt; and _this_ [link](x) stood in the book &amp;amp; more</p>\
        <p>- no item, 2 * 3 * 4 is twenty-four, and so on until the end of this line of text</p>";
    assert_eq!(
        markdown(inner),
        "\\# no heading, though it looks like one to a careless reader of plain text\n\n\
         1986\\. was the year in which the \\*old\\* snake_case_name \\<b> and \\_this\\_ [link]\\(x) stood in the book \\&amp; more\n\n\
         \\- no item, 2 * 3 * 4 is twenty-four, and so on until the end of this line of text"
    );
    assert!(plain(inner).contains("the *old* snake_case_name <b> and _this_ [link](x) stood in the book &amp; more"));
}

#[test]
fn formulas_are_tex() {
    let mathml = "<math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow>\
        <annotation encoding='application/x-tex'>{\\displaystyle E = mc^2}</annotation></semantics></math>";
    let shown = "<span class=katex-html aria-hidden=true><span>E</span><span>=mc2</span></span>";
    for formula in [
        mathml.to_owned(),
        format!("<span class=katex><span class=katex-mathml>{mathml}</span>{shown}</span>"),
        format!(
            "<span class=mwe-math-element><span style='display: none;'>{mathml}</span><img class=mwe-math-fallback-image-inline alt='E'></span>"
        ),
        "<img class=latex src=x alt='E = mc^2'>".to_owned(),
        "<math alttext='E = mc^2'><mi>E</mi></math>".to_owned(),
        "<span class=MathJax_Preview>E</span><span class=MathJax id=f><span>E=mc2</span></span>\
         <script type='math/tex'>E = mc^2</script>"
            .to_owned(),
        "<script type='math/tex'>% <![CDATA[\n E = mc^2 %]]></script>".to_owned(),
    ] {
        let inner = format!("<p>The law {formula} was known to the miller, who had read about it in the winter.</p>");
        let text = plain(&inner);
        assert_eq!(
            text, "The law $E = mc^2$ was known to the miller, who had read about it in the winter.",
            "{formula}"
        );
        assert_eq!(markdown(&inner), text);
    }
    let display = format!(
        "<p>The law was known to the miller, who had read about it in the winter:</p><div class=MathJax_Display><span>E=mc2</span></div>\
         <script type='math/tex; mode=display'>E = mc^2</script><p>{PROSE}</p>"
    );
    let text = plain(&display);
    assert!(text.contains("in the winter:\n$$E = mc^2$$\nThe river"), "{text}");
    let first = "<p><math alttext='x'><mi>x</mi></math> is the level of the water at the mill, and <math alttext='y'><mi>y</mi></math></p>";
    assert_eq!(plain(first), "$x$ is the level of the water at the mill, and $y$");
    let bare = "<p>The level of the water at the mill was <math><mi>a</mi><mo>+</mo><mn>2</mn></math> in the morning of that day.</p>";
    assert_eq!(plain(bare), "The level of the water at the mill was $a + 2$ in the morning of that day.");
}

#[test]
fn what_is_inside_of_a_line() {
    let inner = "<p>The <ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby> on the wa\u{ad}ll of the mi<wbr>ll was 10<sup>6</sup> m<sup>2</sup> \
        large,&nbsp;said the owner<sup><a href='#n1'>[1]</a></sup> on the 3<sup>rd</sup> of May\u{200b}; \u{202b}all\u{202c} H<sub>2</sub>O \
        <span style='display:none'>secret</span><span hidden>words</span>was gone.<br>By the evening it was dry.</p>";
    assert_eq!(
        plain(inner),
        "The 漢字 on the wall of the mill was 10^6 m^2 large, said the owner[1] on the 3rd of May; all H2O was gone.\n\
         By the evening it was dry."
    );
    assert!(markdown(inner).ends_with("was gone.  \nBy the evening it was dry."), "{}", markdown(inner));
}

#[test]
fn marks_are_balanced_on_broken_pages() {
    for inner in [
        "<p><b><i>one <code>two</b> three</i>",
        "<p><a href=x><b></b></a> <em></em>",
        "<p><code></code><sup></sup>",
        "<ol><li></ol>",
    ] {
        for links in [false, true] {
            let options = Options { markdown: true, links, favor: Favor::Recall, ..Options::default() };
            let text = extract(&page(&format!("{inner}<p>{PROSE}")), &options).unwrap().text;
            assert_eq!(text.matches("**").count() % 2, 0, "{text}");
            assert_eq!(text.matches('`').count() % 2, 0, "{text}");
        }
    }
}
