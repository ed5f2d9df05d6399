#!/usr/bin/env python3
"""Compares the step `dedup = { method = "substring" }` with a plain reference over real documents.

Usage: compare_substring.py GRISTMILL DOCUMENTS.jsonl[.zst] [MAX_MB] [MIN_BYTES]

Needs numpy, pyarrow and, for .zst, zstandard. The reference knows nothing of anchors or hashes: it ranks all runs of bytes by
prefix doubling, as suffix arrays are built, with a separator of its own behind every document. Two windows are equal if their
first and last runs of a power of two are. Windows that stood before go; a copy that overlaps what it copies goes from its end on.
"""
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq


def documents(path, most):
    raw = open(path, "rb")
    if path.endswith(".zst"):
        import zstandard

        raw = zstandard.ZstdDecompressor().stream_reader(raw)
    taken, out = 0, []
    for line in io.TextIOWrapper(raw, "utf-8", newline="\n"):
        text = json.loads(line).get("text") or ""
        out.append(text)
        taken += len(text.encode())
        if taken >= most:
            break
    return out


def same_ranks(first, second):
    pairs = first.astype(np.int64) << 32 | second.astype(np.int64)
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64)


def reference(texts, length):
    encoded = [text.encode() for text in texts]
    parts = []
    for number, one in enumerate(encoded):
        parts += [np.frombuffer(one, np.uint8).astype(np.int64), np.array([256 + number], np.int64)]
    ranks = np.concatenate(parts)
    size, width = len(ranks), 1
    while width * 2 <= length:
        behind = np.zeros(size, np.int64)
        behind[: size - width] = ranks[width:] + 1
        ranks, width = same_ranks(ranks, behind), width * 2
    behind = np.zeros(size, np.int64)
    shift = length - width
    behind[: size - shift or None] = ranks[shift:] + 1
    windows = same_ranks(ranks, behind)
    first = np.full(windows.max() + 1, size, np.int64)
    np.minimum.at(first, windows, np.arange(size))
    out, base = [], 0
    for one in encoded:
        gone = np.zeros(len(one) + 1, np.int64)
        for at in range(0, len(one) - length + 1):
            source = first[windows[base + at]] - base
            if source == at:
                continue
            start = at if source < 0 else max(at, source + length)
            if start < at + length:
                gone[start] += 1
                gone[at + length] -= 1
        covered = np.cumsum(gone)[:-1] > 0
        text, kept, place = one.decode(), [], 0
        for char in text:
            width_of = len(char.encode())
            if not covered[place : place + width_of].all():
                kept.append(char)
            place += width_of
        out.append("".join(kept))
        base += len(one) + 1
    return out


def ours(program, texts, length):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with open(folder / "in.jsonl", "w", encoding="utf-8") as file:
            for number, text in enumerate(texts):
                file.write(json.dumps({"id": str(number), "text": text}) + "\n")
        (folder / "c.toml").write_text(
            'version = 1\n[[source]]\nname = "s"\npaths = ["in.jsonl"]\n[[step]]\nname = "spans"\n'
            f'dedup = {{ method = "substring", min-bytes = {length}, max-cut = 1.0, min-left-chars = 0 }}\n'
            '[output]\ndir = "out"\ndocuments = true\ntokens = "none"\n[limits]\nunit-bytes = "1MiB"\n'
        )
        subprocess.run([program, "run", str(folder / "c.toml")], check=True, capture_output=True)
        left = {}
        for name in sorted((folder / "out/documents").glob("*.parquet")):
            table = pq.read_table(name).to_pydict()
            column = "source_id" if "source_id" in table else "id"
            left.update(zip(table[column], table["text"]))
        ledger = []
        for name in sorted((folder / "out/ledger").glob("*.parquet")):
            table = pq.read_table(name, columns=["id", "source_id"]).to_pydict()
            ledger += list(zip(table["id"], table["source_id"]))
        by_number = {source: left.get(source, left.get(own)) for own, source in ledger}
        return [by_number[str(number)] for number in range(len(texts))]


def main():
    program, path = sys.argv[1:3]
    most = float(sys.argv[3]) * 1e6 if len(sys.argv) > 3 else 3e6
    length = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    texts = documents(path, most)
    expected, found = reference(texts, length), ours(program, texts, length)
    differ = [number for number, (a, b) in enumerate(zip(expected, found)) if a != b]
    whole = sum(len(text) for text in texts)
    cut = whole - sum(len(text) for text in expected)
    print(f"{len(texts)} documents, {whole} characters, {cut} cut; {len(differ)} differ")
    for number in differ[:3]:
        print(number, repr(texts[number][:200]), repr(expected[number][:200]), repr((found[number] or "")[:200]))
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
