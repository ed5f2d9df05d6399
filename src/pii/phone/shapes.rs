//! How national numbers are grouped when they are written.

use super::chain::{Chain, Separator};
use super::plans;
use Separator::{Close, Dot, Hyphen, Open, Slash, Space};

/// Whether the chain begins with a date: year, month and day, or day, month and year, with the same
/// separator.
pub(super) fn is_date(chain: &Chain) -> bool {
    let [first, second, third, ..] = chain.sizes;
    let dated = chain.groups >= 3
        && chain.separators[0] == chain.separators[1]
        && matches!(chain.separators[0], Hyphen | Dot | Slash);
    if !dated {
        return false;
    }
    let number = |from: usize, len: usize| {
        chain.digits[from..from + len].iter().fold(0_u32, |value, digit| value * 10 + u32::from(*digit))
    };
    let year = |value: u32| (1000..=2199).contains(&value);
    match (first, second, third) {
        (4, 1..=2, 1..=2) => year(number(0, 4)) && number(4, second) <= 31,
        (1..=2, 1..=2, 4) => number(0, first) <= 31 && number(first, second) <= 31 && year(number(first + second, 4)),
        _ => false,
    }
}

/// Whether the first groups are written as a national number is, so plainly that no word is needed.
pub(super) fn is_strong(chain: &Chain, groups: usize, paren: bool) -> bool {
    let digits = &chain.digits[..chain.count(groups)];
    if groups < 2 || !parentheses_match(chain, groups, paren) {
        return false;
    }
    match digits {
        [0, 0, 1..=9, ..] => groups >= 3 && plans::international(&digits[2..]),
        [0, 1, 1, 1..=9, ..] if groups >= 4 && chain.sizes[0] == 3 => plans::international(&digits[3..]),
        [0, 1..=9, ..] => is_trunk(chain, groups, paren),
        [1, rest @ ..] if chain.sizes[0] == 1 => is_nanp(chain, 1, groups, rest),
        _ => is_nanp(chain, 0, groups, digits),
    }
}

/// Whether the groups from `first` on are three, three and four digits of North America's plan with
/// hyphens, full stops or parentheses between.
fn is_nanp(chain: &Chain, first: usize, groups: usize, digits: &[u8]) -> bool {
    if chain.sizes[first..groups] != [3, 3, 4] || !plans::nanp(digits) {
        return false;
    }
    let (one, two) = (chain.separators[first], chain.separators[first + 1]);
    matches!((one, two), (Close, Hyphen | Dot | Space) | (Slash | Space | Hyphen, Hyphen) | (Dot, Dot))
}

/// Whether the groups are a number with a trunk zero as Europe, Australia, South Africa and others
/// write it.
fn is_trunk(chain: &Chain, groups: usize, paren: bool) -> bool {
    let count = chain.count(groups);
    let sizes = &chain.sizes[..groups];
    let inner = chain.inner(groups);
    if !(9..=12).contains(&count) || sizes[0] < 2 || sizes[0] > 6 || sizes[1..].iter().any(|size| *size < 2) {
        return false;
    }
    if paren {
        return inner[0] == Close && inner[1..].iter().all(|s| matches!(s, Space | Hyphen));
    }
    let pairs = sizes.iter().all(|size| *size == 2);
    let same = inner.windows(2).all(|pair| pair[0] == pair[1]);
    if pairs {
        // France: five pairs. A row of small numbers has zeros before others too.
        let zeros = chain.digits[..count].chunks(2).filter(|pair| pair[0] == 0).count();
        return groups == 5 && same && zeros <= 2 && matches!(inner[0], Space | Dot | Hyphen);
    }
    match inner {
        [Slash, rest @ ..] => rest.iter().all(|s| matches!(s, Space | Hyphen)) && sizes[0] >= 3,
        [Hyphen] => sizes[0] >= 2 && sizes[0] <= 5 && sizes[1] >= 6,
        [Space] => (3..=5).contains(&sizes[0]) && sizes[1] >= 6 && count >= 10,
        [Hyphen, ..] | [Space, ..] if groups <= 5 => {
            let short = sizes[0] > 2 || (groups == 3 && sizes[2] == 4 && matches!(sizes[1], 3 | 4));
            short && count >= 10 && inner[1..].iter().all(|s| *s == inner[1]) && matches!(inner[1], Space | Hyphen)
        }
        _ => false,
    }
}

/// Whether the first groups may be a number next to a word that says so: 7 to 12 digits, no group of
/// one digit but a leading 1 or 0, parentheses in order.
pub(super) fn is_weak(chain: &Chain, groups: usize, paren: bool) -> bool {
    let count = chain.count(groups);
    let sizes = &chain.sizes[..groups];
    let longest = if sizes[0] == 1 { 13 } else { 12 };
    if !(7..=longest).contains(&count) || !parentheses_match(chain, groups, paren) {
        return false;
    }
    if groups == 1 {
        return count >= 7;
    }
    let thin = sizes[1..].contains(&1) || (sizes[0] == 1 && chain.digits[0] > 1);
    // 1.234.567: an amount.
    let amount = chain.inner(groups).iter().all(|s| *s == Dot) && sizes[1..].iter().all(|size| *size == 3);
    !thin && !amount && !chain.inner(groups).contains(&Open)
}

/// Whether every parenthesis that opens closes.
fn parentheses_match(chain: &Chain, groups: usize, paren: bool) -> bool {
    let mut open = paren;
    for separator in chain.inner(groups) {
        match separator {
            Open if open => return false,
            Open => open = true,
            Close if !open => return false,
            Close => open = false,
            _ => {}
        }
    }
    !open
}
