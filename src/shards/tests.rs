use std::num::NonZeroU64;

use super::*;
use crate::dedup::MemoryScratch;

fn run(vocab_size: u32, documents: &[(u64, &[u32])]) -> Vec<u8> {
    let mut writer = RunWriter::new(Vec::new(), vocab_size).unwrap();
    for (ordinal, ids) in documents {
        writer.push(*ordinal, ids).unwrap();
    }
    let (bytes, facts) = writer.finish().unwrap();
    assert_eq!(facts.bytes, bytes.len() as u64);
    bytes
}

fn index(bytes: &[u8]) -> Result<RunIndex, ShardError> {
    RunIndex::read(bytes.len() as u64, |at, n| {
        let at = at as usize;
        Ok(bytes[at.min(bytes.len())..(at + n).min(bytes.len())].to_vec())
    })
}

#[test]
fn a_run_reads_back_whole_and_in_part() {
    for vocab_size in [65_536, 65_537, 200_000] {
        let documents: [(u64, &[u32]); 4] = [(0, &[1, 2, 0]), (3, &[0]), (4, &[65_535, 7, 7, 0]), (9, &[])];
        let bytes = run(vocab_size, &documents);
        let index = index(&bytes).unwrap();
        assert_eq!(index.width.bytes(), if vocab_size <= 65_536 { 2 } else { 4 });
        assert_eq!(index.n_tokens(), [3, 1, 4, 0]);
        assert_eq!((index.facts.documents, index.facts.tokens), (4, 8));
        for first in 0..=4 {
            let (offset, length) = index.byte_range(first, 4 - first).unwrap();
            let part = &bytes[offset as usize..(offset + length) as usize];
            let (mut reader, mut ids) = (index.documents_from(part, first), Vec::new());
            for (ordinal, expected) in &documents[first..] {
                assert_eq!(reader.read_next(&mut ids).unwrap().unwrap().ordinal, *ordinal);
                assert_eq!(ids, *expected);
            }
            assert_eq!(reader.read_next(&mut ids).unwrap(), None);
        }
        assert_eq!(index.byte_range(2, 3), None);
        assert_eq!(index.byte_range(usize::MAX, usize::MAX), None);
    }
}

#[test]
fn every_damaged_byte_of_a_run_is_noticed() {
    let bytes = run(300, &[(0, &[1, 2, 0]), (3, &[299, 0])]);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let noticed = match index(&damaged) {
            Err(_) => true,
            Ok(index) => {
                let (offset, _) = index.byte_range(0, 2).unwrap();
                let (mut reader, mut ids) = (index.documents_from(&damaged[offset as usize..], 0), Vec::new());
                (0..2).any(|_| reader.read_next(&mut ids).is_err())
            }
        };
        // The checksum over all ids, in bytes 16 to 24 of the footer, is for who reads the file whole.
        let of_all = bytes.len() - 24..bytes.len() - 16;
        assert!(noticed || of_all.contains(&at), "byte {at}");
    }
    for length in 0..bytes.len() {
        assert!(index(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn ids_beyond_the_vocabulary_are_refused() {
    let mut writer = RunWriter::new(Vec::new(), 10).unwrap();
    let error = writer.push(0, &[9, 10]).unwrap_err().to_string();
    assert_eq!(error, "token id 10 of document 0 is not below the vocabulary size 10");
    assert!(MegatronWriter::new(Vec::new(), 65_536).push(&[65_536]).is_err());
}

#[test]
fn shards_close_when_full_and_never_split_documents() {
    let runs = [(5, vec![4, 4]), (6, vec![]), (9, vec![1, 12, 3, 3])].map(Ok::<_, ()>);
    let plan = plan_shards(runs, NonZeroU64::new(9).unwrap()).unwrap();
    let part = |unit, first_doc, n_docs, first_token, n_tokens| Part { unit, first_doc, n_docs, first_token, n_tokens };
    assert_eq!(
        plan,
        [
            ShardPlan { parts: vec![part(5, 0, 2, 0, 8), part(9, 0, 1, 8, 1)], n_docs: 3, n_tokens: 9 },
            ShardPlan { parts: vec![part(9, 1, 1, 0, 12)], n_docs: 1, n_tokens: 12 },
            ShardPlan { parts: vec![part(9, 2, 2, 0, 6)], n_docs: 2, n_tokens: 6 },
        ]
    );
    assert_eq!(plan_shards::<Vec<u32>, ()>([], NonZeroU64::MIN), Ok(Vec::new()));
    assert_eq!(
        plan_shards::<Vec<u32>, _>([Err("a run that cannot be read")], NonZeroU64::MIN).unwrap_err(),
        "a run that cannot be read"
    );
}

/// A shard of three documents, spelled out byte by byte after the format's description (magic, version, dtype, counts,
/// lengths as i32, offsets and document index as i64).
#[test]
fn megatron_bytes() {
    let mut writer = MegatronWriter::new(Vec::new(), 50_257);
    for ids in [&[1, 50_256][..], &[50_256], &[258, 3, 50_256]] {
        writer.push(ids).unwrap();
    }
    let (bin, idx, counts) = writer.finish(Vec::new()).unwrap();
    assert_eq!(counts, ShardCounts { documents: 3, tokens: 6, bytes: 12 });
    assert_eq!(bin, [1, 0, 0x50, 0xC4, 0x50, 0xC4, 2, 1, 3, 0, 0x50, 0xC4]);
    let mut expected = b"MMIDIDX\0\0\x01\0\0\0\0\0\0\0\x08\x03\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0".to_vec();
    [2i32, 1, 3].iter().for_each(|n| expected.extend(n.to_le_bytes()));
    [0i64, 4, 6, 0, 1, 2, 3].iter().for_each(|n| expected.extend(n.to_le_bytes()));
    assert_eq!(idx, expected);
    let facts = verify_megatron(&bin[..], &idx[..], 50_257, Some(50_256)).unwrap();
    assert_eq!(facts, ShardFacts { documents: 3, tokens: 6, width: Width::Two, max_id: 50_256 });
}

#[test]
fn verify_names_what_is_wrong() {
    let mut writer = MegatronWriter::new(Vec::new(), 100_000);
    for ids in [&[1, 0][..], &[70_000, 5], &[0]] {
        writer.push(ids).unwrap();
    }
    let (bin, idx, _) = writer.finish(Vec::new()).unwrap();
    assert_eq!(idx[17], 4);
    let verify = |bin: &[u8], idx: &[u8], vocab| verify_megatron(bin, idx, vocab, Some(0)).unwrap_err();
    assert_eq!(verify(&bin, &idx, 100_000), [Problem::NoEndOfText { document: 1 }]);
    assert_eq!(
        verify(&bin, &idx, 70_000),
        [Problem::IdOutOfRange { document: 1, id: 70_000 }, Problem::NoEndOfText { document: 1 }]
    );
    assert!(matches!(verify(&bin, &idx, 60_000)[..], [Problem::BadHeader(_)]));
    let longer = [&bin[..], &[0]].concat();
    assert!(verify(&longer, &idx, 100_000).contains(&Problem::DataLength { expected: 20, found: 21 }));
    assert!(verify(&bin[..13], &idx, 100_000).contains(&Problem::DataLength { expected: 20, found: 13 }));
    let cut = &idx[..idx.len() - 1];
    assert_eq!(verify(&bin, cut, 100_000), [Problem::IndexLength { expected: 102, found: 101 }]);
    let mut entry = idx.clone();
    entry[34] = 3;
    assert!(verify(&bin, &entry, 100_000).contains(&Problem::BadEntry { document: 1 }));
    // Nothing panics, whichever byte is damaged.
    for at in 0..idx.len() {
        for bit in 0..8 {
            let mut damaged = idx.clone();
            damaged[at] ^= 1 << bit;
            assert!(verify_megatron(&bin[..], &damaged[..], 100_000, None).is_err(), "byte {at}, bit {bit}");
        }
    }
}

/// A shard of documents whose ids are below 300.
fn shard(format: ShardFormat, documents: &[&[u32]]) -> (Vec<Vec<u8>>, ShardCounts) {
    let files = format.endings().iter().map(|_| Vec::new()).collect();
    let mut sink = ShardSink::new(format, None, files, 300, "a-tokenizer", &mut MemoryScratch).unwrap();
    for (n, ids) in (0..).zip(documents) {
        let from = LineageRecord {
            token_start: sink.tokens(),
            token_end: sink.tokens() + ids.len() as u64,
            document_token: 0,
            document: crate::document::DocId::of("web", "a,b.warc.gz", n),
            source: "web".into(),
            file: "a,b.warc.gz".into(),
            offset: n * 10,
        };
        sink.push(ids, &from).unwrap();
    }
    sink.finish().unwrap()
}

#[test]
fn every_form_holds_the_same_ids_and_says_where_documents_end() {
    let documents: [&[u32]; 3] = [&[258, 0], &[0], &[1, 2, 3, 0]];
    let raw: Vec<u8> = documents.iter().flat_map(|ids| ids.iter().flat_map(|id| (*id as u16).to_le_bytes())).collect();
    let lengths = [2, 1, 4];
    for format in [ShardFormat::Megatron, ShardFormat::Nanotron, ShardFormat::Olmo, ShardFormat::Flat] {
        let (files, counts) = shard(format, &documents);
        assert_eq!(files.len(), format.endings().len());
        assert_eq!((&files[0], counts.tokens, counts.documents), (&raw, 7, 3), "{format:?}");
        let facts = verify_flat(&files[0][..], &lengths, 300, Some(0)).unwrap();
        assert_eq!((facts.tokens, facts.documents, facts.max_id), (7, 3, 258));
        assert!(verify_flat(&files[0][..], &[2, 2, 3], 300, Some(0)).is_err(), "another cut has other last tokens");
    }
    let (files, counts) = shard(ShardFormat::Parquet, &documents);
    assert_eq!(counts.tokens, 7);
    let file = bytes::Bytes::from(files[0].clone());
    assert_eq!(verify_rows(file.clone(), &lengths, 300, Some(0)).unwrap().max_id, 258);
    assert_eq!(
        verify_rows(file.clone(), &lengths, 258, Some(0)).unwrap_err(),
        [Problem::IdOutOfRange { document: 0, id: 258 }]
    );
    assert!(verify_rows(file, &[2, 2, 3], 300, Some(0)).is_err());
}

#[test]
fn the_table_of_a_memory_map_is_csv_as_python_writes_it() {
    let (files, _) = shard(ShardFormat::Olmo, &[&[258, 0], &[0]]);
    let lines = crate::storage::gzip::lines(&files[1][..], 1 << 20, str::to_owned).unwrap();
    let id = |n| crate::document::DocId::of("web", "a,b.warc.gz", n);
    // Python writes `\r\n`; reading by lines takes both away.
    assert_eq!(lines, [format!("0,2,{},\"a,b.warc.gz\",0", id(0)), format!("2,3,{},\"a,b.warc.gz\",10", id(1))]);
    assert_eq!(files, shard(ShardFormat::Olmo, &[&[258, 0], &[0]]).0, "no time is written");
}

#[test]
fn a_row_of_the_table_is_one_line_whatever_a_file_is_called() {
    let record = |file: &str| LineageRecord {
        token_start: 3,
        token_end: 5,
        document_token: 0,
        document: crate::document::DocId::of("web", "a", 0),
        source: "web".into(),
        file: file.into(),
        offset: 7,
    };
    let names = ["a,b", "a\nb", "a\\nb", "9,\r\n1,2,\"", "a\rb", "a\\rb", "\"a\""];
    let lines: Vec<String> = names.iter().map(|name| olmo_line(&record(name))).collect();
    for (name, line) in names.iter().zip(&lines) {
        assert!(!line.contains(['\n', '\r']) && line.starts_with("3,5,") && line.ends_with(",7"), "{name:?}: {line}");
    }
    let different: std::collections::BTreeSet<_> = lines.iter().collect();
    assert_eq!(different.len(), names.len(), "{lines:?}");
}

#[test]
fn datatrove_bytes() {
    let (files, counts) = shard(ShardFormat::Nanotron, &[&[258, 0], &[0]]);
    assert_eq!(files[0], [2, 1, 0, 0, 0, 0]);
    assert_eq!(files[1], [2u64.to_le_bytes(), 3u64.to_le_bytes()].concat());
    assert_eq!(files[2], b"a-tokenizer|2\n3\n3.00 T");
    assert_eq!((counts.documents, counts.tokens, counts.bytes), (2, 3, 6));
    assert_eq!(datatrove_metadata("gpt2", 50_257, 1_234_567), "gpt2|2\n1234567\n1.23 MT");
}

#[test]
fn lineage_is_readable_and_the_same_every_time() {
    let file = || {
        let mut writer = LineageWriter::new(Vec::new(), false).unwrap();
        for i in 0..20_000u64 {
            writer
                .push(LineageRecord {
                    token_start: i * 10,
                    token_end: i * 10 + 10,
                    document_token: 0,
                    document: crate::document::DocId::of("web", "a.warc.gz", i),
                    source: "web".into(),
                    file: format!("crawl/{}.warc.gz", i / 1000).into(),
                    offset: i * 777,
                })
                .unwrap();
        }
        writer.finish().unwrap()
    };
    let bytes = file();
    assert_eq!(bytes, file());
    let mut rows = 0;
    read_lineage(bytes::Bytes::from(bytes), |record| {
        assert_eq!((record.token_start, record.offset), (rows * 10, rows * 777));
        assert_eq!(&*record.file, format!("crawl/{}.warc.gz", rows / 1000));
        assert_eq!(record.document, crate::document::DocId::of("web", "a.warc.gz", rows));
        rows += 1;
        true
    })
    .unwrap();
    assert_eq!(rows, 20_000);
}
