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
    /// What a shingle is made of.
    Shingle {
        Word = "word": "`ngram` words in a row",
        Char = "char": "`ngram` characters in a row",
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
        None = "none": "no tokens are written",
    }
}

words! {
    /// The order of documents in the token shards.
    Order {
        Input = "input": "as they were read",
        Shuffle = "shuffle": "shuffled over the whole run, by `seed`",
    }
}
