use super::*;

#[allow(missing_docs)]
#[path = "../../tests/suite/hostile_pages.rs"]
mod hostile_pages;

const PROSE: &str = "The river rose slowly during the night, and by the morning the lower meadows stood under water. \
    Nobody in the village had expected it so early in the year, and the old mill had to be cleared in a hurry.";

fn text(html: &str) -> String {
    extract(html, &Options::default()).unwrap().text
}

fn article(inner: &str) -> String {
    format!(
        "<html lang=en-GB><head><title>Flood in the valley - The Mill Times</title></head><body>\
         <nav><ul><li><a href=/>Home</a><li><a href=/news>News</a></ul></nav>\
         <main><article class=post-content><h1>Flood in the valley</h1><p>{PROSE}<p>{PROSE}{inner}<p>{PROSE}</article></main>\
         <div class=sidebar><h3>Popular</h3><ul><li><a href=/1>One more story</a><li><a href=/2>Another story</a></ul></div>\
         <footer>Copyright 2024 The Mill Times. <a href=/imprint>Imprint</a></footer></body></html>"
    )
}

#[test]
fn an_article_without_its_frame() {
    let text = text(&article(""));
    assert!(text.contains("lower meadows"));
    assert_eq!(text.matches("old mill").count(), 3);
    for frame in ["Home", "Popular", "Another story", "Copyright", "Imprint"] {
        assert!(!text.contains(frame), "{frame} in {text}");
    }
}

#[test]
fn lists_tables_and_code_keep_their_shape() {
    let inner = format!(
        "<ul><li>{PROSE}<li>{PROSE}</ul><table><tr><th>Place<th>Level of the water</tr><tr><td>Mill<td>three metres</tr></table>\
         <pre>if wet {{\n    run();\n}}</pre>"
    );
    let options = Options { favor: Favor::Recall, ..Options::default() };
    let text = extract(&article(&inner), &options).unwrap().text;
    assert!(text.contains("\n- The river rose"), "{text}");
    assert!(text.contains("Mill | three metres"), "{text}");
    assert!(text.contains("if wet {\n    run();\n}"), "{text}");
    let without = extract(&article(&inner), &Options { tables: false, ..options }).unwrap().text;
    assert!(!without.contains("three metres"));
}

#[test]
fn white_space_references_and_invisible_characters() {
    let text = text(&article(
        "<p>Caf\u{ad}é &amp;&nbsp;B&auml;ckerei \u{200b}stayed\n\n  open, said the &#8220;owner&#8221; who had lived there for forty years.",
    ));
    assert!(text.contains("Café & Bäckerei stayed open, said the “owner” who"), "{text}");
}

#[test]
fn facts_of_the_head() {
    let html = article("").replace(
        "</head>",
        "<meta name=author content='A. Miller'><meta property='article:published_time' content='2024-03-01T10:00:00Z'>\
         <link rel=canonical href='https://example.org/flood'><meta name=robots content='noai, noindex'>\
         <link rel=license href='https://creativecommons.org/licenses/by/4.0/'></head>",
    );
    let page = extract(&html, &Options::default()).unwrap();
    assert_eq!(page.title.as_deref(), Some("Flood in the valley"));
    assert_eq!(page.author.as_deref(), Some("A. Miller"));
    assert_eq!(page.date.as_deref(), Some("2024-03-01"));
    assert_eq!(page.language.as_deref(), Some("en-GB"));
    assert_eq!(page.canonical.as_deref(), Some("https://example.org/flood"));
    assert_eq!(page.robots.as_deref(), Some("noai, noindex"));
    assert_eq!(page.license.as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
    assert!(page.visible_letters > 400);
}

#[test]
fn structured_data_is_the_last_resort() {
    let body = PROSE.repeat(3);
    let html = format!(
        "<body><div id=app></div><script type='application/ld+json'>{{\"@graph\":[{{\"articleBody\":\"{body}\"}}]}}</script>"
    );
    assert_eq!(text(&html), body.trim());
}

#[test]
fn pages_without_text() {
    for html in ["", "<", "<html>", "<p>", "\u{0}", "<script>var a = 1;</script>", "&", "</p></div>"] {
        let _ = text(html);
    }
    assert_eq!(text("<script>var a = 1;</script><style>p{}</style>"), "");
    assert_eq!(text("<p>Hello</p>"), "Hello");
}

#[test]
fn the_budget_is_an_error() {
    let few = Options { max_nodes: 10, ..Options::default() };
    let error = extract(&"<p>".repeat(20), &few).unwrap_err();
    assert!(matches!(error, ExtractError::OverBudget { what: "nodes", limit: 10, .. }));
    let small = Options { max_bytes: 10, ..Options::default() };
    assert_eq!(
        extract("<p>0123456789", &small).unwrap_err().to_string(),
        "the page has 13 bytes, more than the limit of 10; raise `max_bytes` to extract it"
    );
}

#[test]
fn markdown_marks() {
    let html = article(
        "<h2>What the miller said</h2><p>It was loud, and it was dark; we could not see the bridge any more.<pre>let a = 1;</pre>",
    );
    let options = Options { markdown: true, favor: Favor::Recall, ..Options::default() };
    let text = extract(&html, &options).unwrap().text;
    assert!(text.contains("## What the miller said"), "{text}");
    assert!(text.contains("```\nlet a = 1;\n```"), "{text}");
}

#[test]
fn link_targets_on_request() {
    let inner =
        format!("<p>{PROSE} The <a href='/report?a=1&amp;b=2'>full report</a> names <a href='#x'>nobody</a>, it says.");
    let options = Options { links: true, ..Options::default() };
    let with = extract(&article(&inner), &options).unwrap().text;
    assert!(with.contains("The full report (/report?a=1&b=2) names nobody, it says."), "{with}");
    assert!(text(&article(&inner)).contains("The full report names nobody, it says."));
}

/// Four times the page is four times the work, by counted steps: walks up the tree, passes over the source and its texts. The
/// depth limit is low, so that pages of a few thousand pieces are beyond it.
#[test]
fn hostile_pages_cost_work_in_proportion() {
    let mut worst = Vec::new();
    for (name, shape) in hostile_pages::HOSTILE {
        for markdown in [false, true] {
            let options = Options { max_depth: 24, markdown, links: markdown, ..Options::default() };
            let [few, many] = [1_500, 6_000].map(|n| {
                let html = shape(n);
                let steps = work::counted(|| drop(extract(&html, &options)));
                assert!(steps >= 300, "{name}: only {steps} steps are counted");
                steps
            });
            worst.push((many as f64 / few as f64, name, markdown));
        }
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    assert!(worst[0].0 < 4.1, "{:?}", &worst[..6]);
}
