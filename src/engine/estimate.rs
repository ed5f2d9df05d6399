//! What dedup will need on disk, told before the start.
//!
//! An estimate from the sizes and names of the inputs: the real figures depend on texts that nobody has read yet. It is meant
//! to be right within a factor of three, and leans to the high side; dedup of spans needs more where texts repeat much, so the
//! most that texts of this size can need is told beside it.

use super::program::{DedupStep, KeyKind, Program};
use crate::dedup::overlap::Bloom;

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Documents read.
    pub documents: u64,
    /// Bytes of their text.
    pub text: u64,
    /// Bytes of intermediates of all dedup steps, which are removed at the end.
    pub work: u64,
    /// The same, if every piece and every window of the texts stands in another document as well, and one partition is at work
    /// at a time: so much text needs no more.
    pub most: u64,
    /// Bytes of memory of the biggest filter of n-grams, with those of earlier runs beside it; 0 without one.
    pub filter: u64,
    /// Bytes of it that those of earlier runs take.
    pub earlier_filters: u64,
}

/// Bytes of a page's text, and of a web document's.
const PAGE_TEXT: u64 = 4_000;
/// Stored bytes of a page in a compressed crawl file: 90,000 files of 1 GB hold about 3 * 10^9 pages.
const PAGE_COMPRESSED: u64 = 28_000;
/// Bytes of a page with its headers, uncompressed.
const PAGE_PLAIN: u64 = 100_000;
/// Text over stored bytes of compressed text files, in tenths.
const EXPANSION: u64 = 28;
/// Bytes of a word and its space.
const WORD: u64 = 6;
/// Bytes of the record that cuts a piece: 28, and its share of checksums and tables.
const CUT: u64 = 32;
/// Bytes beside the text that a passage keeps between phases (metrics, fields).
const PASSAGE: u64 = 200;

/// Estimates the intermediates; nothing without a dedup step.
#[must_use]
pub fn estimate(program: &Program) -> Option<Estimate> {
    if program.dedups.is_empty() {
        return None;
    }
    let (mut documents, mut text) = (0, 0);
    for input in &program.plan.inputs {
        let (more, bytes) = contents(&input.file, input.bytes);
        documents += more;
        text += bytes;
    }
    // Passages are written once for each barrier, compressed to less than half.
    let barriers = program.plan.phases.iter().filter(|phase| !phase.barrier.is_empty()).count() as u64;
    let mut work = barriers * (text / 2 + PASSAGE * documents);
    let mut beyond = 0;
    let words = text / documents.max(1) / WORD;
    let (mut filter, mut earlier_filters) = (0, 0);
    for step in &program.dedups {
        let key = match step.keys {
            KeyKind::Exact | KeyKind::Pieces(_) => 20,
            KeyKind::Bands => 12,
            KeyKind::Ngrams(_) => 8,
            KeyKind::Anchors | KeyKind::Spans(_) => {
                let (usual, all) = spans(step, documents);
                work += usual;
                beyond += all - usual;
                continue;
            }
        };
        let keys = documents * u64::from(step.keys_each) * key;
        // Four bytes a value, checksum and table entry.
        let sketches = step.verify.map_or(0, |verify| documents * (12 + 4 * words.min(verify.sketch as u64)));
        let ranks = if step.ranked { 8 * documents } else { 0 };
        // Verdicts are few: 56 bytes a document.
        if let KeyKind::Ngrams(rule) = step.keys {
            let own = Bloom::bytes(keys / key / u64::from(rule.shards), rule.halvings);
            let saved = if step.save.is_some() { own.saturating_mul(rule.shards.into()) } else { 0 };
            work += keys + 56 * documents + saved;
            let earlier = (0..rule.shards).map(|shard| step.earlier_filters(shard)).max().unwrap_or(0);
            (filter, earlier_filters) = (filter, earlier_filters).max((own.saturating_add(earlier), earlier));
            continue;
        }
        // A piece that has a copy is cut by a record; as a rule at most half of them are.
        if matches!(step.keys, KeyKind::Pieces(_)) {
            let usual = keys + keys / key / 2 * CUT;
            // Pieces come in no greater number than documents are thought to have.
            let all = keys / key * (key + CUT);
            // An index has a key and a document for each, at most, and every id.
            let index = if step.save.is_some() { keys / key * (key + 4) + 16 * documents } else { 0 };
            work += usual + index;
            // What a partition sorts lies there twice while it is at work.
            beyond += (all + all / u64::from(step.layout.partitions.max(1))).saturating_sub(usual);
            continue;
        }
        // Two edges of 16 bytes and a fate of 24 for each of, at most, half of the documents; and a sort of the edges.
        // An index is written from the keys of the documents that stay, once by unit and once sorted (8 bytes more each).
        let index = if step.save.is_some() { keys + keys / key * (key + 4) + sketches + 16 * documents } else { 0 };
        work += index + keys + sketches + ranks + documents / 2 * (2 * 16 * 2 + 24);
    }
    Some(Estimate { documents, text, work, most: work + beyond, filter, earlier_filters })
}

/// What one of the two rounds of equal spans needs: as a rule, and if every context stands elsewhere too, each beside others
/// with its anchor.
fn spans(step: &DedupStep, documents: u64) -> (u64, u64) {
    let anchors = documents * u64::from(step.keys_each);
    let partitions = u64::from(step.layout.partitions.max(1));
    let KeyKind::Spans(window) = step.keys else {
        // An anchor takes 5 to 7 bytes, and as many in what the map unit is told; to sort it 16 each.
        return (anchors * 7, anchors * 14 + anchors * 32 / partitions);
    };
    let window = window as u64;
    // A context has 1.25 windows' bytes on average, and 20 beside them; what its document is told of it takes 20, twice where
    // its windows stand in two documents.
    let most = anchors * (20 + window * 5 / 4 + 2 * 20);
    // To sort a context takes 53 bytes for each 32 of its own and 160 beside them, and 36 for each of its windows.
    let sorted = anchors * (53 * (window * 5 / 4 / 32 + 1) + 160 + 36 * window / 4);
    // As a rule half of the anchors are shared, and half of those bring their context, packed to a third.
    (anchors / 2 * 25 + anchors / 4 * (window / 2), most + sorted / partitions)
}

/// Documents and bytes of text in an input file, by its name.
fn contents(name: &str, stored: u64) -> (u64, u64) {
    let name = name.to_lowercase();
    let plain = [".gz", ".zst", ".bz2", ".xz"].iter().find_map(|end| name.strip_suffix(end));
    let (name, compressed) = (plain.unwrap_or(&name), plain.is_some() || name.ends_with(".parquet"));
    if [".warc", ".arc", ".html", ".htm"].iter().any(|end| name.ends_with(end)) {
        let documents = stored / if compressed { PAGE_COMPRESSED } else { PAGE_PLAIN } + 1;
        return (documents, documents * PAGE_TEXT);
    }
    let text = if compressed { stored.saturating_mul(EXPANSION) / 10 } else { stored };
    (text / PAGE_TEXT + 1, text)
}

#[cfg(test)]
mod tests {
    use super::contents;

    #[test]
    fn contents_are_told_by_the_name() {
        assert_eq!(contents("a/b.jsonl", 8_000), (3, 8_000));
        assert_eq!(contents("a/b.jsonl.ZST", 8_000), (6, 22_400));
        assert_eq!(contents("b.parquet", 8_000), (6, 22_400));
        assert_eq!(contents("CC-MAIN.warc.gz", 280_000), (11, 44_000));
        assert_eq!(contents("CC-MAIN.warc.wet.gz", 10_000), (8, 28_000));
    }
}
