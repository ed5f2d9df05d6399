//! The title of a page, without the name of its site.

/// The places a title can stand.
#[derive(Debug, Default)]
pub struct Titles {
    /// `og:title` or `twitter:title`.
    pub social: Option<String>,
    /// Headline of an article in JSON-LD or microdata.
    pub headline: Option<String>,
    /// The `title` element.
    pub title: Option<String>,
    /// The first `h1` elements.
    pub headings: Vec<String>,
    /// Name of the page in JSON-LD, where it is no article.
    pub page_name: Option<String>,
}

/// What stands between a title and the name of its site.
const SEPARATORS: [&str; 12] = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " ‹ ", " › "];

/// Most `h1` elements that are looked at.
pub const MOST_HEADINGS: usize = 5;

impl Titles {
    /// The best title: an `h1` that says what the metadata, or the address, say as well; else the headline, the social title or
    /// the `title` element without the site's name.
    pub fn best(self, sites: &[&str], url: Option<&str>) -> Option<String> {
        let known = [&self.headline, &self.social, &self.title];
        let known: Vec<String> = known.into_iter().flatten().map(|text| fold(text)).collect();
        let slug: Vec<String> = url.map(words).unwrap_or_default();
        let is_site = |text: &str| sites.iter().any(|site| letters(site) == letters(text));
        let headings = || self.headings.iter().filter(|text| text.chars().count() > 3 && !is_site(text));
        let inside = headings().find(|text| known.iter().any(|outer| outer.contains(&fold(text))));
        let alike = || {
            headings().find(|text| {
                let own = words(text);
                let shared = |other: &[String]| own.iter().filter(|word| other.contains(word)).count() * 2 >= own.len();
                !own.is_empty() && (known.iter().any(|outer| shared(&words(outer))) || shared(&slug))
            })
        };
        if let Some(heading) = inside.or_else(alike) {
            return Some(heading.clone());
        }
        let first = self.headline.or(self.social).or(self.title).or(self.page_name);
        match first {
            Some(title) => Some(without_site(&title, sites)),
            None => self.headings.into_iter().next(),
        }
    }
}

/// The words of a text that tell something, small: of three letters and more, or with signs of unspaced scripts.
fn words(text: &str) -> Vec<String> {
    let all = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    all.filter(|word| word.len() > 2).take(60).collect()
}

/// A title without the names of its site at its ends.
fn without_site(title: &str, sites: &[&str]) -> String {
    let mut rest = title.trim();
    loop {
        let last = SEPARATORS.iter().filter_map(|mark| rest.rfind(mark).map(|at| (at, mark.len()))).max();
        let first = SEPARATORS.iter().filter_map(|mark| rest.find(mark).map(|at| (at, mark.len()))).min();
        let is_site = |part: &str| {
            let part = letters(part);
            !part.is_empty() && sites.iter().any(|site| letters(site) == part)
        };
        match (last, first) {
            (Some((at, len)), _) if is_site(&rest[at + len..]) => rest = rest[..at].trim_end(),
            (_, Some((at, len))) if is_site(&rest[..at]) => rest = rest[at + len..].trim_start(),
            _ => return if rest.is_empty() { title.to_owned() } else { rest.to_owned() },
        }
    }
}

/// A text for comparing: small letters, one kind of quotes and dashes, single blanks.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase).map(|c| match c {
            '‘' | '’' | '`' | '´' => '\'',
            '“' | '”' | '„' | '«' | '»' => '"',
            '‐'..='―' => '-',
            _ => c,
        }));
    }
    out
}

/// Letters and digits alone, small.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sites_go() {
        let sites = ["The Mill Times", "milltimes"];
        for (title, expected) in [
            ("Flood in the valley - The Mill Times", "Flood in the valley"),
            ("The Mill Times | Flood - and after", "Flood - and after"),
            ("Flood | News | milltimes", "Flood | News"),
            ("The Mill Times", "The Mill Times"),
            ("A - B", "A - B"),
        ] {
            assert_eq!(without_site(title, &sites), expected);
        }
    }

    #[test]
    fn a_heading_that_stands_in_the_title_is_the_title() {
        let titles = |headings: &[&str]| Titles {
            title: Some("Flood in the “valley” – Mill".into()),
            headings: headings.iter().map(|text| (*text).to_owned()).collect(),
            ..Titles::default()
        };
        let best = |headings: &[&str]| titles(headings).best(&["Mill"], Some("https://example.org/floods")).unwrap();
        assert_eq!(best(&["Flood in the \"Valley\""]), "Flood in the \"Valley\"");
        assert_eq!(best(&["Mill", "A flood in our valley"]), "A flood in our valley");
        assert_eq!(best(&["Welcome"]), "Flood in the “valley”");
        assert_eq!(best(&["Floods"]), "Floods");
        assert_eq!(best(&[]), "Flood in the “valley”");
    }
}
