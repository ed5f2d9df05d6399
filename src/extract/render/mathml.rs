//! Presentation MathML as TeX, for formulas that carry no source of their own.

use crate::extract::dom::{Attr, Dom, Tag};

/// Most nodes of a formula that is written as TeX; longer ones pass the limit on its source anyway.
const MOST_NODES: usize = 20_000;

/// The TeX of a `math` element; `None` when it is too large.
pub fn tex(dom: &Dom<'_>, at: usize) -> Option<String> {
    let end = dom.nodes[at].end as usize;
    if end - at > MOST_NODES {
        return None;
    }
    // Children stand behind their parents: from the back, every element finds its children written.
    let mut parts: Vec<Vec<String>> = vec![Vec::new(); end - at];
    for i in (at..end).rev() {
        let mut children = std::mem::take(&mut parts[i - at]);
        children.reverse();
        let node = &dom.nodes[i];
        let written = if node.tag == Tag::Text { word(dom.text(i)) } else { element(dom, i, children) };
        if i == at {
            return Some(written);
        }
        // What is not shown still takes its place: the base of an index may be empty.
        if node.tag != Tag::Text || !written.is_empty() {
            parts[node.parent as usize - at].push(written);
        }
    }
    None
}

/// The text of a leaf without its surroundings.
fn word(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn joined(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn element(dom: &Dom<'_>, i: usize, mut parts: Vec<String>) -> String {
    match (dom.nodes[i].tag, parts.as_slice()) {
        (Tag::Mi, _) => identifier(&joined(&parts)),
        (Tag::Mn | Tag::Mo | Tag::Ms, _) => signs(&joined(&parts)),
        (Tag::Mtext, _) => match joined(&parts) {
            text if text.is_empty() => text,
            text => format!("\\text{{{}}}", escaped(&text)),
        },
        (Tag::Mfrac, [above, below]) => format!("\\frac{{{above}}}{{{below}}}"),
        (Tag::Msqrt, _) => format!("\\sqrt{{{}}}", joined(&parts)),
        (Tag::Mroot, [base, index]) => format!("\\sqrt[{index}]{{{base}}}"),
        (Tag::Msup, [base, above]) => format!("{}^{{{above}}}", base_of(base)),
        (Tag::Msub, [base, below]) => format!("{}_{{{below}}}", base_of(base)),
        (Tag::Msubsup, [base, below, above]) => format!("{}_{{{below}}}^{{{above}}}", base_of(base)),
        (Tag::Mover, [base, above]) => over(base, above),
        (Tag::Munder, [base, below]) => under(base, below),
        (Tag::Munderover, [base, below, above]) => {
            if takes_limits(base) {
                format!("{base}_{{{below}}}^{{{above}}}")
            } else {
                over(&under(base, below), above)
            }
        }
        (Tag::Mtable, _) => format!("\\begin{{matrix}} {} \\end{{matrix}}", parts.join(" \\\\ ")),
        (Tag::Mtr, _) => parts.join(" & "),
        (Tag::Mfenced, _) => fenced(dom, i, &parts),
        // The first child is the formula, the others are notes to it.
        (Tag::Semantics, [_, ..]) => parts.swap_remove(0),
        (Tag::Annotation | Tag::AnnotationXml | Tag::Mphantom | Tag::Mspace, _) => String::new(),
        (_, [_]) => parts.swap_remove(0),
        _ => joined(&parts),
    }
}

/// A base of an index: in braces when it is more than one sign.
fn base_of(base: &str) -> String {
    if base.is_empty() || base.contains([' ', '^', '_']) { format!("{{{base}}}") } else { base.to_owned() }
}

fn fenced(dom: &Dom<'_>, i: usize, parts: &[String]) -> String {
    let given = |attr, usual: &str| dom.attr(i, attr).map_or_else(|| usual.to_owned(), |value| signs(value.trim()));
    let (open, close) = (given(Attr::Open, "("), given(Attr::Close, ")"));
    let marks = dom.attr(i, Attr::Separators).unwrap_or_else(|| ",".into());
    let marks: Vec<char> = marks.chars().filter(|c| !c.is_whitespace()).collect();
    let mut inner = String::new();
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            // The last mark stands for all that follow.
            if let Some(mark) = marks.get(n - 1).or(marks.last()) {
                inner.push_str(&signs(&mark.to_string()));
            }
            inner.push(' ');
        }
        inner.push_str(part);
    }
    [open.as_str(), &inner, &close].iter().filter(|piece| !piece.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Operators whose indices are limits: they stand below and above by themselves.
fn takes_limits(base: &str) -> bool {
    const LARGE: [&str; 17] = [
        "\\sum", "\\prod", "\\int", "\\oint", "\\bigcup", "\\bigcap", "\\coprod", "\\lim", "\\max", "\\min", "\\sup",
        "\\inf", "\\limsup", "\\liminf", "\\det", "\\gcd", "\\Pr",
    ];
    LARGE.contains(&base)
}

fn over(base: &str, above: &str) -> String {
    let accent = match above {
        "¯" | "‾" | "_" | "\\_" | "―" => "\\overline",
        "^" | "\\hat{}" | "ˆ" => "\\hat",
        "~" | "\\sim" | "˜" => "\\tilde",
        "\\to" | "⃗" => "\\vec",
        "." | "˙" => "\\dot",
        "¨" | ".." => "\\ddot",
        "⏞" => "\\overbrace",
        _ if takes_limits(base) => return format!("{base}^{{{above}}}"),
        _ => return format!("\\overset{{{above}}}{{{base}}}"),
    };
    format!("{accent}{{{base}}}")
}

fn under(base: &str, below: &str) -> String {
    match below {
        "\\_" | "_" | "¯" | "̲" => format!("\\underline{{{base}}}"),
        "⏟" => format!("\\underbrace{{{base}}}"),
        _ if takes_limits(base) => format!("{base}_{{{below}}}"),
        _ => format!("\\underset{{{below}}}{{{base}}}"),
    }
}

/// Functions that TeX has a name for.
const FUNCTIONS: [&str; 28] = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "lg",
    "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "ker", "gcd", "deg", "arg", "Pr",
];

fn identifier(text: &str) -> String {
    let mut chars = text.chars();
    if chars.next().is_none() || chars.next().is_none() || text.starts_with('\\') {
        return signs(text);
    }
    if FUNCTIONS.contains(&text) {
        return format!("\\{text}");
    }
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
    if plain { format!("\\mathrm{{{text}}}") } else { signs(text) }
}

/// Signs with the names that TeX has for them.
fn signs(text: &str) -> String {
    if FUNCTIONS.contains(&text) {
        return format!("\\{text}");
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if let Some(name) = name(c) {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            out.push_str(name);
        } else if !matches!(c, '\u{2061}'..='\u{2064}' | '\u{200b}') {
            if out.starts_with('\\') && !out.ends_with(' ') && c.is_alphanumeric() {
                out.push(' ');
            }
            escape(c, &mut out);
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| escape(c, &mut out));
    out
}

/// Appends a character so that TeX reads it as itself.
fn escape(c: char, out: &mut String) {
    match c {
        '{' | '}' | '#' | '$' | '%' | '&' | '_' => out.extend(['\\', c]),
        '\\' => out.push_str("\\backslash"),
        _ => out.push(c),
    }
}

/// The name that TeX has for a sign.
fn name(c: char) -> Option<&'static str> {
    NAMES.binary_search_by_key(&c, |row| row.0).ok().map(|at| NAMES[at].1)
}

/// Signs and their names, in the order of Unicode.
const NAMES: [(char, &str); 87] = [
    ('±', "\\pm"),
    ('·', "\\cdot"),
    ('×', "\\times"),
    ('÷', "\\div"),
    ('Γ', "\\Gamma"),
    ('Δ', "\\Delta"),
    ('Θ', "\\Theta"),
    ('Λ', "\\Lambda"),
    ('Ξ', "\\Xi"),
    ('Π', "\\Pi"),
    ('Σ', "\\Sigma"),
    ('Φ', "\\Phi"),
    ('Ψ', "\\Psi"),
    ('Ω', "\\Omega"),
    ('α', "\\alpha"),
    ('β', "\\beta"),
    ('γ', "\\gamma"),
    ('δ', "\\delta"),
    ('ε', "\\varepsilon"),
    ('ζ', "\\zeta"),
    ('η', "\\eta"),
    ('θ', "\\theta"),
    ('ι', "\\iota"),
    ('κ', "\\kappa"),
    ('λ', "\\lambda"),
    ('μ', "\\mu"),
    ('ν', "\\nu"),
    ('ξ', "\\xi"),
    ('π', "\\pi"),
    ('ρ', "\\rho"),
    ('ς', "\\varsigma"),
    ('σ', "\\sigma"),
    ('τ', "\\tau"),
    ('υ', "\\upsilon"),
    ('φ', "\\varphi"),
    ('χ', "\\chi"),
    ('ψ', "\\psi"),
    ('ω', "\\omega"),
    ('ϑ', "\\vartheta"),
    ('ϕ', "\\phi"),
    ('ϵ', "\\epsilon"),
    ('…', "\\ldots"),
    ('′', "'"),
    ('ℏ', "\\hbar"),
    ('ℓ', "\\ell"),
    ('←', "\\leftarrow"),
    ('→', "\\to"),
    ('↔', "\\leftrightarrow"),
    ('↦', "\\mapsto"),
    ('⇒', "\\Rightarrow"),
    ('⇔', "\\Leftrightarrow"),
    ('∀', "\\forall"),
    ('∂', "\\partial"),
    ('∃', "\\exists"),
    ('∅', "\\emptyset"),
    ('∇', "\\nabla"),
    ('∈', "\\in"),
    ('∉', "\\notin"),
    ('∏', "\\prod"),
    ('∑', "\\sum"),
    ('−', "-"),
    ('∓', "\\mp"),
    ('∗', "*"),
    ('∘', "\\circ"),
    ('∝', "\\propto"),
    ('∞', "\\infty"),
    ('∣', "|"),
    ('∥', "\\parallel"),
    ('∧', "\\wedge"),
    ('∨', "\\vee"),
    ('∩', "\\cap"),
    ('∪', "\\cup"),
    ('∫', "\\int"),
    ('∮', "\\oint"),
    ('∼', "\\sim"),
    ('≈', "\\approx"),
    ('≠', "\\ne"),
    ('≡', "\\equiv"),
    ('≤', "\\le"),
    ('≥', "\\ge"),
    ('⊂', "\\subset"),
    ('⊆', "\\subseteq"),
    ('⊕', "\\oplus"),
    ('⊗', "\\otimes"),
    ('⊥', "\\perp"),
    ('⋅', "\\cdot"),
    ('⋯', "\\cdots"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dom::Limits;

    fn of(markup: &str) -> String {
        let page = format!("<p><math>{markup}</math></p>");
        let dom = Dom::parse(&page, Limits { bytes: 1 << 20, nodes: 1 << 20, depth: 256 }).unwrap();
        let at = dom.nodes.iter().position(|node| node.tag == Tag::Math).unwrap();
        tex(&dom, at).unwrap()
    }

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn the_usual_elements() {
        for (markup, wanted) in [
            ("<mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup>", "E = m c^{2}"),
            ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>", "\\frac{a + 1}{b}"),
            ("<msub><mi>x</mi><mrow><mi>i</mi><mo>−</mo><mn>1</mn></mrow></msub>", "x_{i - 1}"),
            ("<msubsup><mi>α</mi><mn>0</mn><mo>∗</mo></msubsup>", "\\alpha_{0}^{*}"),
            ("<msqrt><mi>x</mi><mo>+</mo><mi>y</mi></msqrt>", "\\sqrt{x + y}"),
            ("<mroot><mi>x</mi><mn>3</mn></mroot>", "\\sqrt[3]{x}"),
            (
                "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
                "\\sum_{i = 1}^{n} i",
            ),
            ("<munder><mi>lim</mi><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder>", "\\lim_{x \\to 0}"),
            ("<mover><mi>x</mi><mo>¯</mo></mover><mover><mi>v</mi><mo>→</mo></mover>", "\\overline{x} \\vec{v}"),
            ("<mi>sin</mi><mo>\u{2061}</mo><mi>θ</mi>", "\\sin \\theta"),
            ("<mtext>if </mtext><mi>rank</mi><mo>≤</mo><mn>5</mn>", "\\text{if} \\mathrm{rank} \\le 5"),
            ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "( a, b )"),
            ("<mfenced open='[' close='' separators=';'><mi>a</mi><mi>b</mi><mi>c</mi></mfenced>", "[ a; b; c"),
            (
                "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mi>x</mi></mtd></mtr></mtable><mo>)</mo>",
                "( \\begin{matrix} 1 & 0 \\\\ 0 & x \\end{matrix} )",
            ),
            ("<semantics><mi>x</mi><annotation-xml><ci>y</ci></annotation-xml></semantics>", "x"),
            ("<msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow><mn>2</mn></msup>", "{( a )}^{2}"),
            ("<mo>{</mo><mi>a</mi><mn>5%</mn>", "\\{ a 5\\%"),
            ("a + b", "a + b"),
        ] {
            assert_eq!(of(markup), wanted, "{markup}");
        }
    }

    #[test]
    fn wrong_numbers_of_children_lose_nothing() {
        assert_eq!(of("<mfrac><mi>a</mi></mfrac><msup><mi>b</mi><mi>c</mi><mi>d</mi></msup>"), "a b c d");
        assert_eq!(of(""), "");
    }

    #[test]
    fn large_formulas_are_refused() {
        let page = format!("<math>{}</math>", "<mi>x</mi>".repeat(MOST_NODES));
        let dom = Dom::parse(&page, Limits { bytes: 1 << 22, nodes: 1 << 20, depth: 256 }).unwrap();
        assert_eq!(tex(&dom, 1), None);
    }
}
