"""Opens all token shards of a finished run with the trainer's own reader, and checks them document by document against the
lineage and against the ids that the Python package `tokenizers` gives for the kept texts.

    megatron  megatron.core.datasets.indexed_dataset.IndexedDataset   nanotron  datatrove.utils.dataset.DatatroveFileDataset
    olmo      numpy.memmap over the raw ids, and the table             flat      numpy.memmap, as nanoGPT's train.py reads it
    parquet   pyarrow                                                  mds       streaming.StreamingDataset
    litdata   litdata.StreamingDataset with TokensLoader

Set up with setup_trainers.sh. Exit code 0: all is equal.
"""

import argparse
import csv
import glob
import gzip
import json
import os
import sys

import numpy as np
import pyarrow.parquet as pq
from tokenizers import Tokenizer


def megatron(path, width, lengths):
    from megatron.core.datasets.indexed_dataset import IndexedDataset

    dataset = IndexedDataset(path)
    assert list(dataset.document_indices) == list(range(len(dataset) + 1)), "the document index is not 0, 1, 2, ..."
    return [dataset[i].tolist() for i in range(len(dataset))]


def cut(ids, lengths):
    ends = np.cumsum([0] + lengths)
    assert ends[-1] == len(ids), f"{len(ids)} ids, {ends[-1]} by the lineage"
    return [list(map(int, ids[a:b])) for a, b in zip(ends, ends[1:])]


def nanotron(path, width, lengths):
    from datatrove.utils.dataset import DatatroveFileDataset

    # A window of one token each, so that every token is read through datatrove.
    dataset = DatatroveFileDataset(path + ".ds", seq_len=0, token_size=width)
    ends = np.fromfile(path + ".ds.index", dtype="<u8").tolist()
    assert ends == np.cumsum(lengths).tolist(), "the index is not the lineage's"
    name, tokens, _ = open(path + ".ds.metadata").read().split("\n")
    assert (name.rsplit("|", 1)[1], int(tokens)) == (str(width), sum(lengths)), "the metadata say something else"
    return cut([int(dataset[i]["input_ids"][0]) for i in range(len(dataset))], lengths)


def raw(ending):
    def read(path, width, lengths):
        ids = np.memmap(path + ending, dtype=np.uint16 if width == 2 else np.uint32, mode="r")
        return cut(ids, lengths)
    return read


def olmo(path, width, lengths):
    with gzip.open(path + ".csv.gz", "rt", newline="") as table:
        rows = list(csv.reader(table))
    assert [int(end) - int(start) for start, end, *_ in rows] == lengths, "the table is not the lineage's"
    with gzip.open(path + ".csv.gz", "rt") as table:
        # As OLMo's `iter_document_indices` takes it: line by line, whatever stands in quotes.
        ranges = [line.split(",")[:2] for line in table]
    assert ranges == [row[:2] for row in rows], "a row is more than a line"
    return raw(".npy")(path, width, lengths)


def parquet(path, width, lengths):
    return pq.read_table(path + ".parquet")["input_ids"].to_pylist()


FOLDERS = {}


def samples(path, form, block):
    """What the trainer's dataset of the folder gives for one of its shards, with the numbers of that shard from its `index.json`."""
    folder, name = os.path.split(path)
    if form == "mds":
        from streaming import StreamingDataset

        key, count, make = "shards", lambda one: one["samples"], lambda: StreamingDataset(local=folder, batch_size=1, shuffle=False)
        called = lambda one: one["raw_data"]["basename"]
    else:
        from litdata import StreamingDataset, TokensLoader

        key, count, called = "chunks", lambda one: one["dim"] // block, lambda one: one["filename"]
        make = lambda: StreamingDataset(input_dir=folder, item_loader=TokensLoader(block_size=block), shuffle=False)
    if (folder, block) not in FOLDERS:
        FOLDERS[folder, block] = make()
    dataset, listed = FOLDERS[folder, block], json.load(open(os.path.join(folder, "index.json")))[key]
    assert len(dataset) == sum(map(count, listed)), "the dataset has another length than the index"
    at = next(i for i, one in enumerate(listed) if called(one).startswith(name + "."))
    first = sum(map(count, listed[:at]))
    return [dataset[i] for i in range(first, first + count(listed[at]))]


def mds(path, width, lengths):
    read = [sample["tokens"] for sample in samples(path, "mds", None)]
    assert all(ids.dtype == (np.uint16 if width == 2 else np.int32) for ids in read), "another type of ids"
    return [ids.tolist() for ids in read]


def litdata(path, width, lengths):
    # A window of one token each, so that every token is read through the loader.
    return cut([int(ids[0]) for ids in samples(path, "litdata", 1)], lengths)


def packed(form, path, width, rows, length):
    """The documents of a packed shard: sequences as the trainer's reader gives them, cut by the table of pieces, and put together
    by the lineage. What a trainer would make of the table (`cu_seqlens`, positions) is checked on the way."""
    places = sum(row["token_end"] - row["token_start"] for row in rows)
    count = -(-rows[-1]["token_end"] // length)
    if form == "nanotron":
        from datatrove.utils.dataset import DatatroveFileDataset

        # `seq_len` is one less than a window: each item is one of our sequences.
        dataset = DatatroveFileDataset(path + ".ds", seq_len=length - 1, token_size=width)
        sequences = [dataset[i]["input_ids"].tolist() for i in range(len(dataset))]
        ends = np.fromfile(path + ".ds.index", dtype="<u8").tolist()
        assert set(row["token_end"] for row in rows) <= set(ends) and ends[-1] == count * length, "the index is not the lineage's"
    elif form == "megatron":
        sequences = megatron(path, width, None)
    elif form == "parquet":
        sequences = parquet(path, width, None)
    elif form == "mds":
        sequences = mds(path, width, None)
    elif form == "litdata":
        sequences = [ids.tolist() for ids in samples(path, form, length)]
    else:
        ids = np.memmap(path + {"olmo": ".npy", "flat": ".bin"}[form], dtype=np.uint16 if width == 2 else np.uint32, mode="r")
        sequences = ids.reshape(-1, length).tolist()
    assert len(sequences) == count and all(len(one) == length for one in sequences), "not all sequences have the length"
    if form == "olmo":
        with gzip.open(path + ".csv.gz", "rt", newline="") as table:
            ranges = [tuple(map(int, row[:2])) for row in csv.reader(table)]
        assert ranges == [(row["token_start"], row["token_end"]) for row in rows], "the table is not the lineage's"
    if form == "parquet":
        table = pq.read_table(path + ".parquet").to_pylist()
        cut = [(i, sum(row["seq_lengths"][:k]), n, start) for i, row in enumerate(table)
               for k, (n, start) in enumerate(zip(row["seq_lengths"], row["document_tokens"]))]
        for row in table:
            lengths = row["seq_lengths"] + [length - sum(row["seq_lengths"])]
            assert row["position_ids"] == [at for n in lengths for at in range(n)], "positions do not begin anew in each piece"
        names = [name for row in table for name in row["documents"]]
        assert names == [row["document"].hex() for row in rows], "the documents are not the lineage's"
    else:
        cut = np.load(path + ".pieces.npy", mmap_mode="r").tolist()
    expected = [[row["token_start"] // length, row["token_start"] % length, row["token_end"] - row["token_start"],
                 row["document_token"]] for row in rows]
    assert [list(one) for one in cut] == expected, "the table of pieces is not the lineage's"
    pieces = [(row["document"].hex(), start, sequences[i][at:at + n]) for row, (i, at, n, start) in zip(rows, cut)]
    return pieces, count * length - places


def whole(pieces):
    """Documents from their pieces. Copies of a document in one shard may be cut differently: pieces are joined where they fit."""
    waiting, documents = {}, []
    for name, start, ids in sorted(pieces, key=lambda piece: piece[1]):
        if start == 0:
            documents.append((name, list(ids)))
            waiting.setdefault(name, []).append(documents[-1][1])
        else:
            next(one for one in waiting[name] if len(one) == start).extend(ids)
    return documents


READERS = {"megatron": megatron, "nanotron": nanotron, "olmo": olmo, "flat": raw(".bin"), "parquet": parquet, "mds": mds, "litdata": litdata}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", help="the run directory; the config must have `documents = true`")
    parser.add_argument("--tokenizer", required=True, help="the tokenizer.json of the run")
    parser.add_argument("--every", type=int, default=1, help="check every n-th document")
    args = parser.parse_args()
    load = lambda name: json.load(open(os.path.join(args.run, name)))
    plan, stats = load("plan.json"), load("stats.json")
    form = plan["output"]["tokens"]
    width = 2 if stats["vocab_size"] <= 1 << 16 else 4
    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = {}
    for file in sorted(glob.glob(os.path.join(args.run, "documents", "*.parquet"))):
        table = pq.read_table(file, columns=["id", "text"])
        texts.update(zip(table["id"].to_pylist(), table["text"].to_pylist()))
    end = [] if stats["end_of_text"] is None else [stats["end_of_text"]]
    problems, checked, tokens, documents, padding = [], 0, 0, 0, 0
    packing = plan["output"].get("packing")
    for shard in stats["shards"]:
        path = os.path.join(args.run, "tokens", shard["name"])
        rows = pq.read_table(path + ".lineage.parquet").to_pylist()
        if packing:
            pieces, free = packed(form, path, width, rows, packing["length"])
            found = whole(pieces)
            rows, read = [{"document": bytes.fromhex(name)} for name, _ in found], [ids for _, ids in found]
            padding += free
            if free != shard["packing"]["padding"]:
                problems.append(f"{shard['name']}: {free} places are padding, the run says {shard['packing']['padding']}")
        else:
            read = READERS[form](path, width, [row["token_end"] - row["token_start"] for row in rows])
        if (len(read), len(rows)) != (shard["documents"],) * 2:
            problems.append(f"{shard['name']}: {len(read)} documents, {len(rows)} rows of lineage")
        documents += len(read)
        tokens += sum(map(len, read))
        for i, (row, ids) in enumerate(zip(rows, read)):
            if i % args.every:
                continue
            name = row["document"].hex()
            if name not in texts:
                problems.append(f"{shard['name']}: no text for {name}")
            elif ids != tokenizer.encode(texts[name], add_special_tokens=False).ids + end:
                problems.append(f"{shard['name']}, document {i} ({name}): other ids than `tokenizers` gives")
            checked += 1
    if tokens != stats["totals"]["tokens"]:
        problems.append(f"{tokens} tokens, the run says {stats['totals']['tokens']}")
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    print(f"{form}: {len(stats['shards'])} shards, {documents} documents, {tokens} tokens of {width} bytes, "
          f"{checked} checked, " + (f"{padding} places of padding, " if packing else "") + f"{len(problems)} problems")
    sys.exit(1 if problems or checked == 0 else 0)


if __name__ == "__main__":
    main()
