//! spaCy's special cases for English: chunks whose tokens are fixed.
//!
//! The facts are kept as rules (pronouns and verbs times endings) and short lists; [`Specials::build`]
//! expands them to the 1,347 strings that spaCy 3.8 `blank("en")` knows. `|` marks a cut.

use std::sync::LazyLock;

use crate::text::distinct::sixteen;

/// Heads (in lower case; spaCy also knows them with a capital) and the endings each of them takes.
/// Every ending is known with `'`, without it and with `’`.
#[rustfmt::skip]
const CONTRACTIONS: [(&str, &str); 9] = [
    ("i", "|'m |'m|a"),
    ("i you he she it we they", "|'ll |'ll|'ve |'d |'d|'ve"),
    ("i you we they", "|'ve"),
    ("you we they", "|'re"),
    ("he she it", "|'s"),
    ("who what when where why how there that this", "|'s"),
    ("who what when where why how there that this these those", "|'ll |'ll|'ve |'d |'d|'ve"),
    ("who what when where why how there these those", "|'re |'ve"),
    ("could might must should would not", "|'ve"),
];

/// Verbs that take `n't` and `n't've`.
const NEGATED: &str = "ca could do does did had may might must need ought sha should wo would";

/// Verbs that take `n't` alone.
const NEGATED_ONLY: &str = "ai are is was were have has dare";

/// Whole words that the rules above would cut but spaCy leaves alone.
const LEFT_ALONE: &str = "Ill ill Its its Hell hell Shell shell Shed shed were Were Well well \
    Whore whore";

/// Words with a fixed cut or none, known with `'` and `’`, with a capital too where that makes a
/// difference.
#[rustfmt::skip]
const EITHER_CASE: &str = "how|'d|'y can|not gon|na got|ta let|'s c'm|on doin doin' goin goin' nothin nothin' \
    nuthin nuthin' ol ol' somethin somethin' lovin lovin' havin havin' ma'am o'clock";

/// Strings known as they stand, and with `’` where they have `'`.
#[rustfmt::skip]
const AS_IS: &str = "y'|all y|all em 'em ll 'll nuff 'nuff 'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos \
    'coz 'Coz 'cuz 'Cuz 'bout 'd ' '' — \\\") \\t \\n <space> C++ ä. ö. ü. \
    Mt. Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. \
    Jun. Kan. Kans. Ky. La. Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. \
    Oct. Okla. Ore. Pa. S.C. Sep. Sept. Tenn. Va. Wash. Wis. \
    a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. Md. Messrs. \
    Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s. \
    °|c|. °|f|. °|k|. °|C|. °|F|. °|K|.";

/// Emoticons.
#[rustfmt::skip]
const EMOTICONS: &str = "\
    (*_*) (-8 (-: (-; (-_-) (._.) (: (; (= (>_<) (^_^) (o: (¬_¬) (ಠ_ಠ) (╯°□°）╯︵┻━┻ )-: ): -_- -__- ._. 0.0 \
    0.o 0_0 0_o 8) 8-) 8-D 8D :'( :') :'-( :'-) :( :(( :((( :() :) :)) :))) :* :-( :-(( :-((( :-) :-)) :-))) \
    :-* :-/ :-0 :-3 :-> :-D :-O :-P :-X :-] :-o :-p :-x :-| :-} :/ :0 :1 :3 :> :D :O :P :X :] :o :o) :p :x :| \
    :} ;) ;-) ;-D ;D ;_; <.< </3 <3 <33 <333 =( =) =/ =3 =D =[ =] =| >.< >.> >:( >:o ><(((*> @_@ O.O O.o O_O \
    O_o V.V V_V XD XDD [-: [: [= ]= ^_^ ^__^ ^___^ o.0 o.O o.o o_0 o_O o_o v.v v_v xD xDD ¯\\(ツ)/¯ ಠ_ಠ ಠ︵ಠ";

/// One special case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Special {
    /// The whole chunk.
    pub(super) text: String,
    /// End offset in bytes of each token; the last is the length.
    pub(super) ends: Vec<u8>,
}

/// All special cases, findable by text.
pub(super) struct Specials {
    /// Sorted by text.
    pub(super) all: Vec<Special>,
    /// Open addressing by [`hash`]; position in `all` plus one, 0 for free.
    slots: Vec<u16>,
    filter: Filter,
    /// By first byte: a bit for each length.
    first: [u32; 256],
    /// By last byte: a bit for each length.
    last: [u32; 256],
}

/// The special cases of `blank("en")`.
pub(super) static SPECIALS: LazyLock<Specials> = LazyLock::new(Specials::build);

/// A bit per value of the top bits of [`hash`]: a quick "no" for most strings that were not put in.
pub(super) struct Filter {
    bits: Vec<u64>,
}

impl Filter {
    /// Nothing is in it.
    pub(super) fn empty() -> Self {
        Filter { bits: vec![0; 1 << (FILTER_BITS - 6)] }
    }

    /// Puts in the string with hash `h`.
    pub(super) fn insert(&mut self, h: u64) {
        let bit = h >> (64 - FILTER_BITS);
        self.bits[(bit >> 6) as usize] |= 1 << (bit & 63);
    }

    /// Whether the string with hash `h` may be in it.
    #[inline]
    pub(super) fn may_hold(&self, h: u64) -> bool {
        let bit = h >> (64 - FILTER_BITS);
        self.bits[(bit >> 6) as usize] >> (bit & 63) & 1 != 0
    }
}

/// Slots of the table: a power of two, about a third full.
const SLOT_BITS: u32 = 12;
/// Bits of the filter: 16 Ki, so that 1,347 strings pass about 8 % of others on.
const FILTER_BITS: u32 = 14;
/// No special case is longer, in bytes.
pub(super) const LONGEST: usize = 29;

impl Specials {
    /// Expands the rules.
    fn build() -> Self {
        let mut all: Vec<Special> = rules().iter().map(|rule| Special::parse(rule)).collect();
        all.sort_by(|a, b| a.text.cmp(&b.text));
        all.dedup();
        let mut specials =
            Specials { slots: vec![0; 1 << SLOT_BITS], filter: Filter::empty(), first: [0; 256], last: [0; 256], all };
        for (i, special) in specials.all.iter().enumerate() {
            let h = hash(&special.text, &special.text);
            specials.filter.insert(h);
            if let (Some(&first), Some(&last)) = (special.text.as_bytes().first(), special.text.as_bytes().last()) {
                specials.first[usize::from(first)] |= 1 << special.text.len();
                specials.last[usize::from(last)] |= 1 << special.text.len();
            }
            let mut slot = slot(h);
            while specials.slots[slot] != 0 {
                slot = (slot + 1) % specials.slots.len();
            }
            specials.slots[slot] = (i + 1) as u16;
        }
        specials
    }

    /// Whether a special case has the length and the first and last byte of `part`.
    #[inline]
    pub(super) fn may_be(&self, part: &str) -> bool {
        let (Some(&first), Some(&last)) = (part.as_bytes().first(), part.as_bytes().last()) else {
            return false;
        };
        let lengths = self.first[usize::from(first)] & self.last[usize::from(last)];
        part.len() <= LONGEST && lengths >> part.len() & 1 != 0
    }

    /// The special case that is exactly `part`, a slice of `text`.
    pub(super) fn get(&self, text: &str, part: &str) -> Option<&Special> {
        let h = hash(text, part);
        if self.filter.may_hold(h) { self.find(part, h) } else { None }
    }

    /// Probes the table.
    fn find(&self, text: &str, h: u64) -> Option<&Special> {
        let mut slot = slot(h);
        loop {
            let i = usize::from(self.slots[slot]);
            let special = self.all.get(i.checked_sub(1)?)?;
            if special.text == text {
                return Some(special);
            }
            slot = (slot + 1) % self.slots.len();
        }
    }
}

/// Slot where the search for a hash begins.
fn slot(h: u64) -> usize {
    ((h >> 20) as usize) % (1 << SLOT_BITS)
}

/// A hash of `part`, a slice of `text`: of its first and last sixteen bytes, and their number. Equality is checked after
/// it.
#[inline]
pub(super) fn hash(text: &str, part: &str) -> u64 {
    let len = part.len();
    let first = sixteen(text, part);
    let last = || part.as_bytes().last_chunk::<16>().map_or(0, |last| u128::from_le_bytes(*last));
    let bytes = if len <= 16 { first } else { first.rotate_left(64) ^ last() };
    let (low, high) = (bytes as u64 ^ (len as u64) << 57, (bytes >> 64) as u64);
    // Odd multipliers: SplitMix64's.
    let h = low.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ high.wrapping_mul(0x94d0_49bb_1331_11eb);
    (h ^ (h >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Special {
    /// From a string with `|` at the cuts. An emoticon's own `|` stands at its end and is not a cut.
    fn parse(rule: &str) -> Self {
        if rule.ends_with('|') {
            return Special { text: rule.to_owned(), ends: vec![rule.len() as u8] };
        }
        let mut text = String::new();
        let mut ends = Vec::new();
        for part in rule.split('|') {
            text.push_str(part);
            ends.push(text.len() as u8);
        }
        Special { text, ends }
    }

    /// The tokens as slices of `chunk`, which must have the text of this special case.
    pub(super) fn tokens<'a>(&self, chunk: &'a str) -> impl Iterator<Item = &'a str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let token = &chunk[start..usize::from(end)];
            start = usize::from(end);
            token
        })
    }
}

/// All special cases with their cuts; some come more than once.
fn rules() -> Vec<String> {
    let mut rules = Vec::new();
    for (heads, endings) in CONTRACTIONS {
        for (head, ending) in pairs(heads, endings) {
            push_contraction(&mut rules, head, ending);
        }
    }
    for (head, ending) in pairs(NEGATED, "|n't |n't|'ve").chain(pairs(NEGATED_ONLY, "|n't")) {
        push_contraction(&mut rules, head, ending);
    }
    for word in EITHER_CASE.split_whitespace() {
        rules.push(word.to_owned());
        rules.push(capitalised(word));
    }
    rules.extend(AS_IS.split_whitespace().chain(EMOTICONS.split_whitespace()).map(str::to_owned));
    rules.extend(('a'..='z').map(|letter| format!("{letter}.")));
    for hour in 1..=12 {
        rules.extend(["a.m.", "am", "p.m.", "pm"].map(|half| format!("{hour}|{half}")));
    }
    let curly: Vec<String> = rules.iter().map(|rule| rule.replace('\'', "’")).collect();
    rules.extend(curly);
    let alone: Vec<&str> = LEFT_ALONE.split_whitespace().collect();
    rules.retain(|rule| !alone.contains(&rule.replace('|', "").as_str()));
    rules
}

/// Every head with every ending.
fn pairs<'a>(heads: &'a str, endings: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    heads.split_whitespace().flat_map(|head| endings.split_whitespace().map(move |ending| (head, ending)))
}

/// A contraction with and without its apostrophes, in both cases.
fn push_contraction(rules: &mut Vec<String>, head: &str, ending: &str) {
    for ending in [ending.to_owned(), ending.replace('\'', "")] {
        let rule = format!("{head}{ending}");
        rules.push(capitalised(&rule));
        rules.push(rule);
    }
}

/// The same with an ASCII capital first.
fn capitalised(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}
