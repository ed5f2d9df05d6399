//! Near-dedup: from the keys of the config to the kernels, and what people are told of it.

use super::AssemblyError;
use crate::config::{self, MinhashHash, Short};
use crate::dedup::minhash::{self, MinHash, Shape, ShingleHash, collision_probability};
use crate::engine::{Measure, Verification};

/// Values per sketch. The error of a similarity near 0.7 is 0.02 (see [`crate::dedup::sketch`]), so that a pair 0.1 below the
/// bound passes less than once in 10^5; documents with fewer shingles are compared exactly, and take only the space of theirs.
pub const SKETCH: usize = 512;

/// How candidates are verified, if they are.
pub fn verification(one: &config::MinhashDedup) -> Option<Verification> {
    let threshold = one.min_similarity;
    let measure = match one.verify {
        config::Verify::Jaccard => Measure::Jaccard,
        config::Verify::Containment => Measure::Containment,
    };
    (threshold > 0.0).then_some(Verification { sketch: SKETCH, measure, threshold })
}

fn shape(one: &config::MinhashDedup) -> Shape {
    Shape { bands: one.bands as usize, rows: one.rows as usize }
}

/// The signer.
pub fn minhash(one: &config::MinhashDedup, seed: u64) -> Result<MinHash, AssemblyError> {
    let family = match one.hash {
        MinhashHash::Fast => minhash::Family::Fast { seed: seed.wrapping_add(1) },
        MinhashHash::Xxh64 => minhash::Family::Datatrove(ShingleHash::XxHash64),
        MinhashHash::Sha1x64 => minhash::Family::Datatrove(ShingleHash::Sha1_64),
        MinhashHash::Sha1x32 => minhash::Family::Datatrove(ShingleHash::Sha1_32),
    };
    let short = match one.short {
        Short::WholeText => minhash::Short::WholeText,
        Short::Exempt => minhash::Short::Exempt,
    };
    MinHash::new(minhash::Config { shape: shape(one), ngram: one.ngram as usize, short, family })
        .map_err(|error| AssemblyError::Reference(error.to_string()))
}

/// What is compared, in one line.
pub fn summary(one: &config::MinhashDedup) -> String {
    let preset = one.preset.map_or(String::new(), |preset| format!("{}: ", preset.word()));
    let check = match verification(one) {
        Some(verify) => format!("{} at least {}", verify.measure.word(), verify.threshold),
        None => "not verified".to_owned(),
    };
    format!("{preset}{} x {} bands, {}-grams of {}s, {check}", one.bands, one.rows, one.ngram, one.shingle.word())
}

/// The S-curve: how likely bands find a pair, by its similarity.
pub fn curve(one: &config::MinhashDedup) -> String {
    let points: Vec<String> = [0.5, 0.6, 0.7, 0.8, 0.9]
        .iter()
        .map(|&similarity| format!("{similarity}: {:.3}", collision_probability(similarity, shape(one))))
        .collect();
    format!("share of pairs found by similarity: {}", points.join(", "))
}
