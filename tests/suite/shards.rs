//! Real documents into token runs, shards and lineage, and back by our own check; tests/scripts/check_trainers.sh reads shards
//! with the trainers' own readers.

use std::fmt::Write as _;
use std::num::NonZeroU64;

use gristmill::document::DocId;
use gristmill::shards::{
    LineageRecord, LineageWriter, MegatronWriter, RunIndex, RunWriter, plan_shards, read_lineage, verify_megatron,
};
use gristmill::tokenize;

use crate::tokens::{corpus, data, tokenizer_file};

#[test]
fn shards_of_real_documents() {
    let Some(data) = data() else { return };
    let corpus = corpus(&data);
    let texts: Vec<&String> = corpus.values().step_by(97).collect();
    for (name, eot) in [
        ("hf:allenai+dolma/tests/data/tokenizer/gpt-neo-test-tokenizer.json", None),
        ("hf:microsoft+onnxruntime-extensions/test/data/tokenizer/roberta-base/tokenizer.json", Some("</s>")),
        ("tiktoken:o200k_base", None),
    ] {
        shards_with(&tokenizer_file(&data, name), eot, &texts);
    }
}

fn shards_with(tokenizer: &[u8], eot: Option<&str>, texts: &[&String]) {
    let encoder = tokenize::load(tokenizer).unwrap();
    let (end, _) = tokenize::end_of_text(&*encoder, eot).unwrap();
    // Units of 100 documents, each a JSONL file and a token run.
    let mut runs = Vec::new();
    for texts in texts.chunks(100) {
        let (mut jsonl, mut offsets) = (String::new(), Vec::new());
        let mut run = RunWriter::new(Vec::new(), encoder.vocab_size()).unwrap();
        for (i, text) in texts.iter().enumerate() {
            offsets.push(jsonl.len() as u64);
            writeln!(jsonl, "{}", serde_json::json!({ "text": text })).unwrap();
            let mut ids = Vec::new();
            encoder.encode(text, &mut ids).unwrap();
            ids.push(end);
            run.push(i as u64, &ids).unwrap();
        }
        let (bytes, _) = run.finish().unwrap();
        let index =
            RunIndex::read(bytes.len() as u64, |at, n| Ok(bytes[at as usize..at as usize + n].to_vec())).unwrap();
        runs.push((bytes, index, offsets));
    }
    let lengths = runs.iter().enumerate().map(|(u, run)| Ok::<_, ()>((u as u64, run.1.n_tokens())));
    let plan = plan_shards(lengths, NonZeroU64::new(200_000).unwrap()).unwrap();
    assert!(plan.len() > 2);
    for shard in &plan {
        let mut writer = MegatronWriter::new(Vec::new(), encoder.vocab_size());
        let mut lineage = LineageWriter::new(Vec::new(), false).unwrap();
        for part in &shard.parts {
            let (bytes, index, offsets) = &runs[part.unit as usize];
            assert_eq!(part.first_token, writer.tokens());
            let (from, length) = index.byte_range(part.first_doc as usize, part.n_docs as usize).unwrap();
            let mut reader =
                index.documents_from(&bytes[from as usize..(from + length) as usize], part.first_doc as usize);
            let mut ids = Vec::new();
            for _ in 0..part.n_docs {
                let document = reader.read_next(&mut ids).unwrap().unwrap();
                let token_start = writer.tokens();
                writer.push(&ids).unwrap();
                let (file, offset) = (format!("{}.jsonl", part.unit), offsets[document.ordinal as usize]);
                let id = DocId::of("corpus", &file, offset);
                let record = LineageRecord {
                    token_start,
                    token_end: writer.tokens(),
                    document_token: 0,
                    document: id,
                    source: "corpus".into(),
                    file: file.into(),
                    offset,
                };
                lineage.push(record).unwrap();
            }
        }
        let (bin, idx, counts) = writer.finish(Vec::new()).unwrap();
        assert_eq!((counts.documents, counts.tokens), (shard.n_docs, shard.n_tokens));
        let facts = verify_megatron(&bin[..], &idx[..], encoder.vocab_size(), Some(end)).unwrap();
        assert_eq!((facts.documents, facts.tokens), (shard.n_docs, shard.n_tokens));
        let mut rows = 0;
        read_lineage(lineage.finish().unwrap().into(), |_| {
            rows += 1;
            true
        })
        .unwrap();
        assert_eq!(rows, shard.n_docs);
    }
}
