//! The closed sets of words that keys may take. One list each: the reader, the schema and the reference use the same.

use serde::{Serialize, Serializer};

macro_rules! words {
    ($(#[doc = $about:literal])* $name:ident { $($variant:ident = $word:literal: $doc:literal,)+ }) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $doc] $variant,)+
        }

        impl $name {
            /// Every word with its meaning, in the order of the documentation.
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($word, $doc)),+];

            /// The value that `word` stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The word as the config spells it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}

words! {
    /// What a step does with documents that fail it.
    Mode {
        Drop = "drop": "documents that fail are dropped",
        Tag = "tag": "documents that fail are marked and kept",
        Off = "off": "the step is not run",
    }
}

words! {
    /// How the files of a source are read.
    Format {
        Auto = "auto": "told from each file's first bytes and name",
        Warc = "warc": "WARC responses: pages as fetched",
        Wet = "wet": "WET conversions: text that the crawl's makers extracted",
        Arc = "arc": "ARC, the older form of WARC",
        Jsonl = "jsonl": "one JSON object per line",
        Parquet = "parquet": "Parquet",
        Text = "text": "one plain text file per document",
        Html = "html": "one HTML file per document",
    }
}

words! {
    /// What extraction prefers where it must choose.
    Favor {
        Balanced = "balanced": "as little lost as junk let in",
        Precision = "precision": "rather lose text than let junk in",
        Recall = "recall": "rather let junk in than lose text",
    }
}

words! {
    /// What happens to a document that lacks what a step looks at.
    Missing {
        Keep = "keep": "it passes",
        Drop = "drop": "it fails",
    }
}

words! {
    /// What holds where a robots.txt could not be had.
    Unreachable {
        Disallow = "disallow": "nothing may be used, as RFC 9309 has it",
        Allow = "allow": "everything may be used",
    }
}

words! {
    /// Whose way n-grams of benchmarks are looked for.
    ContaminationMethod {
        Datatrove = "datatrove": "12 words, as datatrove 0.10 simplifies and splits English text; the document goes",
        Gpt3 = "gpt3": "13 words between white space, in lower case and without punctuation, as GPT-3 compares them; they are \
            cut out with what stands around them",
        Decon = "decon": "sampled overlap, as allenai/decon scores it: question, answer and passage, words put in or left out forgiven; \
            the document goes",
    }
}

words! {
    /// What becomes of a document that shares n-grams with a benchmark.
    Remedy {
        Drop = "drop": "it fails",
        Cut = "cut": "they are cut out of it",
    }
}

words! {
    /// What a shingle is made of.
    Shingle {
        Word = "word": "`ngram` words in a row: runs of letters and digits, characters of scripts without spaces; with a \
            hash of datatrove's, its simplified English words",
        SpaceWord = "space-word": "`ngram` pieces between white space in a row",
        Char = "char": "`ngram` characters in a row",
        Token = "token": "`ngram` token ids in a row",
    }
}

words! {
    /// How a candidate is compared with the document that stays.
    Verify {
        Jaccard = "jaccard": "shingles that both have, of the shingles that one of them has",
        Containment = "containment": "shingles that both have, of those of the document that would go: finds excerpts",
    }
}

words! {
    /// Published parameters of near-dedup.
    MinhashPreset {
        Datatrove = "datatrove-14x8": "datatrove's default and FineWeb-2: 5 words, XXH64, short documents exempt, unverified; \
            signatures are datatrove's",
        Fineweb = "fineweb-14x8": "FineWeb: as datatrove-14x8 with SHA-1 (64 bits)",
        Olmo3 = "olmo3-26x11": "OLMo 3: 5 tokens, verified at 0.8, the newest stays",
        NemotronCc = "nemotron-cc-20x13": "Nemotron-CC with NeMo Curator: 24 characters as they stand, unverified",
        RedpajamaV2 = "redpajama-v2-9x13": "RedPajama v2 at similarity 0.8: 13 words, unverified",
        RedpajamaV2Low = "redpajama-v2-14x9": "RedPajama v2 at similarity 0.7: 13 words, unverified",
        Zyda = "zyda-32x4": "Zyda: 13 words, similarity 0.4, unverified",
        DataJuicer = "data-juicer-25x10": "data-juicer's default: 5 words between white space, similarity 0.7, unverified",
        DataPrepKit = "data-prep-kit-14x8": "data-prep-kit: 5 words, verified at 0.75",
        Hplt = "hplt-17x15": "HPLT: single words between white space, unverified",
        Marin = "marin-26x11": "marin: 5 characters, unverified",
        Fastdedup = "fastdedup-16x8": "fastdedup: 3 characters, verified at 0.8",
    }
}

words! {
    /// The form in which pieces are compared.
    Compare {
        Bytes = "bytes": "as they are",
        Lower = "lower": "without white space around them, in lower case: C4",
        Normalized = "normalized": "without case, Unicode form and runs of white space",
        CcNet = "ccnet": "in lower case, digits as `0`, without control characters and non-ASCII punctuation: CCNet",
        Simplified = "simplified": "without case, punctuation, accents and numbers: datatrove",
    }
}

words! {
    /// What becomes of a piece that stood in the same document before.
    Repeats {
        Cut = "cut": "it goes",
        Keep = "keep": "it shares the fate of the first one",
    }
}

words! {
    /// What pieces are compared with.
    Scope {
        Corpus = "corpus": "all documents of the run",
        Document = "document": "the same document alone",
    }
}

words! {
    /// How sentences are found.
    Sentences {
        SpacyEn = "spacy-en": "spaCy's sentencizer for English, as datatrove uses it",
        Punkt = "punkt": "NLTK's Punkt for English, as C4 uses it",
        Uax29 = "uax29": "Unicode UAX #29",
    }
}

words! {
    /// How much of a repeated span goes.
    SpanCut {
        Chars = "chars": "the span itself, to the nearest characters inside it",
        Lines = "lines": "the lines that lie wholly in it",
        Sentences = "sentences": "the sentences that lie wholly in it",
    }
}

words! {
    /// Which documents are held against the rules on what is left.
    Untouched {
        Keep = "keep": "those that lose something, and empty ones",
        Judge = "judge": "all",
    }
}

words! {
    /// A program whose behaviour a dedup of pieces takes over.
    PiecesPreset {
        Own = "gristmill": "gristmill's own defaults",
        C4 = "c4": "C4's removal of lines, as `c4_utils` does it: in lower case, at least 3 sentences left",
        CcNet = "ccnet": "CCNet's removal of lines: those that several documents have go everywhere",
        Datatrove = "datatrove": "datatrove's sentence dedup: spans of 3, at least 50 words and 3 sentences left",
    }
}

words! {
    /// A program whose behaviour a dedup by n-grams takes over.
    OverlapPreset {
        Own = "gristmill": "gristmill's own defaults",
        DclmBff = "dclm-bff": "DCLM's BFF with `old-both` on one thread: paragraphs and documents by 13-grams, above 0.8, false \
                               positives of 0.01",
    }
}

words! {
    /// What goes for its n-grams.
    OverlapRemove {
        OldBoth = "old-both": "paragraphs, and documents by all of their n-grams",
        Paragraph = "paragraph": "paragraphs",
        Document = "document": "documents; n-grams run across the ends of paragraphs",
    }
}

words! {
    /// What becomes of documents too short for one n-gram.
    Short {
        WholeText = "whole-text": "the whole text is the only shingle, so equal short texts are duplicates",
        Exempt = "exempt": "never a duplicate",
    }
}

words! {
    /// The hash of a shingle and the family of permutations.
    MinhashHash {
        Fast = "fast": "gristmill's own, made for speed",
        Xxh64 = "xxh64": "datatrove's family over XXH64, its default",
        Sha1x64 = "sha1-64": "datatrove's family over the first 8 bytes of SHA-1, as FineWeb used",
        Sha1x32 = "sha1-32": "datatrove's family over the first 4 bytes of SHA-1",
    }
}

words! {
    /// Kinds of personal data.
    PiiKind {
        Email = "email": "e-mail addresses",
        Ip = "ip": "public IPv4 and IPv6 addresses",
        Phone = "phone": "telephone numbers",
        Card = "card": "payment card numbers with a right check digit",
        Iban = "iban": "bank account numbers with a right check number",
        Ssn = "ssn": "social security numbers of the United States",
        NationalId = "national-id": "national numbers of 45 kinds with right check digits: tax, insurance, registers of residents",
        Crypto = "crypto": "Bitcoin, Litecoin and Ethereum addresses with a right checksum",
        Mac = "mac": "hardware addresses",
        Coordinates = "coordinates": "pairs of geographic coordinates",
        Secret = "secret": "access keys, tokens, assigned passwords and private keys",
        Credentials = "credentials": "user name and password in URLs",
        Street = "street": "streets with house numbers, by shape and words: on test sentences all finds were addresses, and a quarter of the addresses was found",
        Person = "person": "names behind titles and introductions, by shape and words: on test sentences 96 in 100 finds were names, and one name in six was found",
    }
}

words! {
    /// What is put in the place of a value.
    PiiAction {
        Tag = "tag": "the text of `replace`",
        Pseudonym = "pseudonym": "the same with a keyed hash: the same value has the same token in the whole run",
        Reserved = "reserved": "a value reserved for examples, such as mail at example.com; a tag where there is none",
        Mask = "mask": "an asterisk for each letter and digit",
    }
}

words! {
    /// Published programs whose replacement is reproduced.
    PiiPreset {
        Datatrove = "datatrove": "datatrove's PIIFormatter (FineWeb), always with its first placeholder",
        Dolma = "dolma": "Dolma's tagger pii_regex_with_counts_fast_v2 and its mixer's tags; more than 5 finds drop",
    }
}

words! {
    /// How text is cut before byte pairs are merged, for rank files.
    RankPattern {
        Gpt2 = "gpt2": "as GPT-2, r50k and p50k",
        Cl100k = "cl100k": "as cl100k and Llama 3",
        O200k = "o200k": "as o200k",
    }
}

words! {
    /// The form of the token shards.
    TokenFormat {
        Megatron = "megatron": "Megatron-LM's .bin and .idx, which DeepSpeed and GPT-NeoX read too",
        Nanotron = "nanotron": "datatrove's .ds, .ds.index and .ds.metadata, which nanotron reads",
        Olmo = "olmo": "raw ids as .npy, and .csv.gz with start, end, id, file and place of each document",
        Flat = "flat": "raw ids as .bin and nothing else, as nanoGPT reads them",
        Parquet = "parquet": "Parquet with `input_ids`, a row per document",
        Mds = "mds": "MosaicML streaming's .mds with `tokens`, a sample per document, and an index.json per folder",
        Litdata = "litdata": "LitData's .bin for its TokensLoader, and an index.json per folder",
        None = "none": "no tokens are written",
    }
}

words! {
    /// The order of documents in the token shards.
    Order {
        Input = "input": "as they were read",
        Shuffle = "shuffle": "shuffled over the whole run, by `seed`",
        Curriculum = "curriculum": "over the whole run by a metric's value, `curriculum.by`; equal values by `seed`",
    }
}

words! {
    /// How documents come into sequences of one length.
    PackMethod {
        None = "none": "they do not: each document is a sequence of its own length",
        BestFit = "best-fit": "documents longer than a sequence are cut, and pieces are packed where they fit best: few \
            documents are cut, some places stay free",
        Concatenate = "concatenate": "documents follow each other and are cut where a sequence ends: no place stays free, many \
            documents are cut",
    }
}

words! {
    /// What is done to a text before a classifier sees it. fastText reads up to a line feed.
    ClassifyPrepare {
        Spaces = "spaces": "stripped, line feeds as spaces, as Dolma's taggers do",
        Dclm = "dclm": "stripped, lines by Python's `splitlines` joined by a space, as DCLM does",
        Datatrove = "datatrove": "stripped, line feeds taken out, as datatrove's classifier filter does by default",
        Words = "words": "what stands between Unicode's white space, a space between, as Dolma's quality tagger of version 1.7",
    }
}

words! {
    /// What gets a language label.
    LanguagePer {
        Document = "document": "the whole text",
        Line = "line": "each line as well",
        Paragraph = "paragraph": "each run of lines that are not blank as well",
    }
}

words! {
    /// What a classifier judges at a time.
    ClassifyLevel {
        Document = "document": "the whole text",
        Line = "line": "each line that is not blank",
        Sentence = "sentence": "each sentence: up to a final mark before white space, or the end of its line",
    }
}

words! {
    /// How the scores of lines and sentences become one.
    ClassifyCombine {
        Mean = "mean": "their mean, each piece once",
        Max = "max": "the greatest",
    }
}

words! {
    /// What is done to a text before an n-gram model sees it.
    PerplexityPrepare {
        CcNet = "ccnet": "the whole text as one line: lower case, digits as 0, no accents, punctuation in ASCII, no line feeds; as CCNet and edugp/kenlm do",
        CcNetLines = "ccnet-lines": "the same for each line by itself",
        Plain = "plain": "nothing: each line as it is, with a tokenizer the whole text as one",
    }
}

words! {
    /// Where a document stands among those of its language.
    Bucket {
        Head = "head": "a perplexity below the first cut-off",
        Middle = "middle": "below the second",
        Tail = "tail": "the rest",
        All = "all": "no cut-offs for the language, or no perplexity",
    }
}
