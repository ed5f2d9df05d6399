"""Opens a shard with Megatron's own reader and checks it against the lineage and, document by document, against ids
that the Python package `tokenizers` gives for the text.

The texts come from Parquet files (columns for id and text) or from JSONL files whose records the lineage names by file
and offset (offset of the line in the decompressed file). Set up with setup_megatron.sh. Exit code 0: all is equal.
"""

import argparse
import gzip
import json
import os
import sys

import pyarrow.parquet as pq
from megatron.core.datasets.indexed_dataset import IndexedDataset
from tokenizers import Tokenizer


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix", help="the shard without .bin and .idx")
    parser.add_argument("--lineage", required=True, help="the shard's lineage file")
    parser.add_argument("--tokenizer", required=True, help="the tokenizer.json")
    parser.add_argument("--end-of-text", type=int, required=True, help="id of the end-of-document token")
    parser.add_argument("--documents", nargs="*", default=[], help="Parquet files with ids and texts")
    parser.add_argument("--id-column", default="id")
    parser.add_argument("--jsonl", help="folder of the JSONL files that the lineage names")
    parser.add_argument("--text", default="text", help="column or field of the text")
    parser.add_argument("--every", type=int, default=1, help="check every n-th document")
    return parser.parse_args()


def hexadecimal(value):
    return value.hex() if isinstance(value, bytes) else str(value).replace("-", "").lower()


def texts_of_parquet(files, id_column, text_column):
    texts = {}
    for file in files:
        table = pq.read_table(file, columns=[id_column, text_column])
        for key, text in zip(table[id_column].to_pylist(), table[text_column].to_pylist()):
            texts[hexadecimal(key)] = text
    return texts


def text_of_jsonl(root, file, offset, field):
    path = os.path.join(root, file)
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as source:
        source.seek(offset)
        return json.loads(source.readline())[field]


def main():
    args = arguments()
    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    dataset = IndexedDataset(args.prefix)
    rows = pq.read_table(args.lineage).to_pylist()
    problems = []
    if len(dataset) != len(rows):
        problems.append(f"{len(dataset)} sequences, {len(rows)} rows of lineage")
    if list(dataset.document_indices) != list(range(len(rows) + 1)):
        problems.append("the document index is not 0, 1, 2, ...")
    texts = texts_of_parquet(args.documents, args.id_column, args.text)
    checked = tokens = 0
    for i, row in enumerate(rows[: len(dataset)]):
        length = int(dataset.sequence_lengths[i])
        if (row["token_start"], row["token_end"]) != (tokens, tokens + length):
            problems.append(f"document {i}: the lineage says {row['token_start']}-{row['token_end']}, not {tokens}-{tokens + length}")
        tokens += length
        if i % args.every:
            continue
        if args.jsonl is not None:
            text = text_of_jsonl(args.jsonl, row["file"], row["offset"], args.text)
        else:
            text = texts.get(row["document"].hex())
        if text is None:
            problems.append(f"document {i}: no text for {row['document'].hex()}")
            continue
        expected = tokenizer.encode(text, add_special_tokens=False).ids + [args.end_of_text]
        if dataset[i].tolist() != expected:
            problems.append(f"document {i} ({row['document'].hex()}): other ids than `tokenizers` gives")
        checked += 1
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    print(f"{len(dataset)} documents, {tokens} tokens, dtype {dataset.index.dtype.__name__}, {checked} checked, {len(problems)} problems")
    sys.exit(1 if problems or checked == 0 else 0)


if __name__ == "__main__":
    main()
