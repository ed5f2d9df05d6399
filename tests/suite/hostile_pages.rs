//! Pages made to make a careless parser or extractor slow; shared by the suite, the bench and the tests of `extract`.

/// Makes a hostile page of about as many pieces as told.
pub type Shape = fn(usize) -> String;

/// Pages that make a careless parser or extractor slow.
pub const HOSTILE: [(&str, Shape); 26] = [
    ("nested div", |n| "<div>".repeat(n)),
    ("nested div with text, closed", |n| format!("{}{}", "<div><p>x".repeat(n / 2), "</div>".repeat(n / 2))),
    ("nested tables", |n| format!("{}x", "<table><tr><td>".repeat(n / 3))),
    ("nested tables with text", |n| "<table><tr><td>A sentence, which is short.".repeat(n / 3)),
    ("nested lists", |n| "<ul><li>item".repeat(n / 2)),
    ("attributes", |n| format!("<p {}>x</p>", "class=a id=b style=c data-x='y' ".repeat(n / 4))),
    ("one long class", |n| format!("<p class='{}'>x</p>", "article-body ".repeat(n))),
    ("unclosed b", |n| "<b>x".repeat(n)),
    ("unclosed a", |n| "<a href=x>x".repeat(n)),
    ("unclosed table", |n| "<table>x".repeat(n)),
    ("unclosed form", |n| "<form>x".repeat(n)),
    ("unclosed li", |n| "<li>x".repeat(n)),
    ("unclosed p in spans", |n| "<span><p>x".repeat(n / 2)),
    ("mixed unclosed", |n| "<b><i><a href=x>".repeat(n / 3)),
    ("sibling texts", |n| "x<!---->".repeat(n)),
    ("sibling divisions", |n| "<div class=card><h2>Title</h2>Text, and more of it.</div>".repeat(n / 4)),
    ("one giant text", |n| format!("<p>{}", "word ".repeat(n))),
    ("giant text of line breaks", |n| "x<br>".repeat(n)),
    ("references", |n| "&CounterClockwiseContourIntegra &amp &#x &#65;".repeat(n / 4)),
    ("open comments", |n| "<!-- x ".repeat(n)),
    ("open scripts", |n| "<script>x<!--".repeat(n)),
    ("open character data", |n| "<![CDATA[x".repeat(n)),
    ("raw text", |n| "<noscript><title>x".repeat(n / 2)),
    ("noscript", |n| "<noscript><p>A sentence, which is short.</noscript>".repeat(n / 2)),
    ("stray ends", |n| format!("{}{}", "<table><td>".repeat(100), "</div></span>".repeat(n / 2))),
    ("structured data", |n| format!("<script type='application/ld+json'>{}</script>", "{\"@type\":[".repeat(n))),
];
