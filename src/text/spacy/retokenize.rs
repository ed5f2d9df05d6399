//! spaCy's last pass: where neighbouring tokens spell a special case, its tokens replace them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::specials::{Filter, LONGEST, SPECIALS, Special, Specials, hash};
use super::{affixes, offset};

/// Token sequences that spell a special case.
pub(super) struct Patterns {
    /// By first token: the sequences, with the special case they spell.
    by_first: HashMap<String, Vec<Pattern>>,
    /// The first tokens.
    firsts: Filter,
    /// The first tokens of patterns that change something.
    changing: Filter,
    /// Tokens of the longest.
    longest: usize,
}

/// How a special case is cut when special cases are not known.
struct Pattern {
    tokens: Vec<String>,
    special: &'static Special,
    /// Whether its tokens differ from those of the special case.
    changes: bool,
}

/// The patterns of `blank("en")`.
pub(super) static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns::build(&SPECIALS));

/// A match: tokens `start..end`.
#[derive(Clone, Copy)]
struct Found {
    start: usize,
    end: usize,
    /// The special case, unless a space stands between the tokens.
    special: Option<&'static Special>,
}

impl Patterns {
    /// spaCy looks only for special cases in which an affix rule matches, and only sequences of two or
    /// more tokens can change anything.
    fn build(specials: &'static Specials) -> Self {
        let mut by_first: HashMap<String, Vec<Pattern>> = HashMap::new();
        let (mut firsts, mut changing, mut longest) = (Filter::empty(), Filter::empty(), 0);
        for special in specials.all.iter().filter(|s| has_affix(&s.text)) {
            let mut tokenizer = super::Tokenizer::new(&special.text, None, None);
            tokenizer.cut(&special.text);
            let tokens: Vec<String> = tokenizer.tokens.iter().map(|&t| t.to_owned()).collect();
            if tokens.len() < 2 {
                continue;
            }
            let changes = !special.tokens(&special.text).eq(tokens.iter().map(String::as_str));
            let h = hash(&tokens[0], &tokens[0]);
            longest = longest.max(tokens.len());
            firsts.insert(h);
            if changes {
                changing.insert(h);
            }
            by_first.entry(tokens[0].clone()).or_default().push(Pattern { tokens, special, changes });
        }
        Patterns { by_first, firsts, changing, longest }
    }

    /// The patterns that begin with `token`, a slice of `text`, if `filter` lets it pass.
    #[inline]
    fn starting(&self, text: &str, token: &str, filter: &Filter) -> &[Pattern] {
        if token.len() > LONGEST || !filter.may_hold(hash(text, token)) {
            return &[];
        }
        self.by_first.get(token).map_or(&[], Vec::as_slice)
    }

    /// Whether `tokens`, which stand together without space, hold a sequence that would change.
    #[inline]
    pub(super) fn may_match(&self, text: &str, tokens: &[&str]) -> bool {
        (0..tokens.len().saturating_sub(1)).any(|i| {
            let patterns = self.starting(text, tokens[i], &self.changing);
            patterns.iter().any(|p| p.changes && p.is_at(&tokens[i..]))
        })
    }

    /// `tokens` of `text` with the special cases among them replaced: only inside the chunks with the tokens `chunks` can
    /// there be some. Whether a match there counts depends on those that overlap it, and on no others.
    pub(super) fn apply<'a>(&self, text: &'a str, tokens: &[&'a str], chunks: &[Range<usize>]) -> Vec<&'a str> {
        let mut out = Vec::with_capacity(tokens.len());
        let mut next = 0;
        for chunk in chunks {
            let near = chunk.start.saturating_sub(self.longest)..chunk.end;
            let found = without_overlaps(self.find(text, tokens, near));
            for Found { start, end, special } in found.into_iter().filter(|found| chunk.contains(&found.start)) {
                let Some(special) = special else { continue };
                out.extend_from_slice(&tokens[next..start]);
                next = end;
                let at = offset(text, tokens[start]);
                out.extend(special.tokens(&text[at..at + special.text.len()]));
            }
        }
        out.extend_from_slice(&tokens[next..]);
        out
    }

    /// Every match that starts in `range`, overlapping ones too. Tokens are neighbours for spaCy when nothing or exactly one
    /// space stands between them; any other white space is a token of its own.
    fn find(&self, text: &str, tokens: &[&str], range: Range<usize>) -> Vec<Found> {
        let mut found = Vec::new();
        for start in range {
            for pattern in self.starting(text, tokens[start], &self.firsts) {
                let end = start + pattern.tokens.len();
                if !pattern.is_at(&tokens[start..]) {
                    continue;
                }
                let gaps = tokens[start..end].windows(2).map(|pair| {
                    let gap_at = offset(text, pair[0]) + pair[0].len();
                    &text[gap_at..offset(text, pair[1])]
                });
                let longest_gap = gaps.map(|gap| if gap == " " { 1 } else { 2 * gap.len() }).max();
                if longest_gap > Some(1) {
                    continue;
                }
                found.push(Found { start, end, special: (longest_gap == Some(0)).then_some(pattern.special) });
            }
        }
        found
    }
}

impl Pattern {
    /// Whether `tokens` begins with this pattern.
    fn is_at(&self, tokens: &[&str]) -> bool {
        tokens.len() >= self.tokens.len() && self.tokens.iter().zip(tokens).all(|(a, b)| a == b)
    }
}

/// Whether spaCy looks for this special case among tokens.
fn has_affix(text: &str) -> bool {
    let mut infixes = Vec::new();
    affixes::infixes(text, &mut infixes);
    affixes::prefix_len(text) > 0 || affixes::suffix_len(text) > 0 || !infixes.is_empty()
}

/// spaCy's choice among overlapping matches, in order of position: the longest first, then the earliest;
/// a match is dropped when its first or last token was seen in an earlier one, dropped ones included.
fn without_overlaps(mut found: Vec<Found>) -> Vec<Found> {
    let (Some(first), Some(last)) = (found.iter().map(|f| f.start).min(), found.iter().map(|f| f.end).max()) else {
        return found;
    };
    found.sort_by_key(|f| (std::cmp::Reverse(f.end - f.start), f.start));
    let mut seen = vec![false; last - first];
    found.retain(|f| {
        let keep = !seen[f.start - first] && !seen[f.end - 1 - first];
        seen[f.start - first..f.end - first].fill(true);
        keep
    });
    found.sort_by_key(|f| f.start);
    found
}
