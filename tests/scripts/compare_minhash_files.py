"""datatrove's MinHash stages against `gristmill dedup`: signature files, pair files and lists of removals, byte for byte.

Needs: pip install "datatrove[processing]==0.10.1" "xxhash<4" zstandard, and a built gristmill.

    python compare_minhash_files.py --gristmill target/release/gristmill --work /tmp/minhash-files FILE.jsonl.zst...

Each input file is cut to its first --limit documents and becomes one task. A further task holds texts that break programs.
For each hash, compared are:
  1. signature files of both programs;
  2. pairs and removals of datatrove over its own signatures, of datatrove over ours, and of ours over datatrove's.
Python lower-cases by its own Unicode version (3.11 has 14.0, as gristmill): with a later Python a few letters differ.
"""

import argparse
import filecmp
import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import zstandard
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.data import Document
from datatrove.utils.hashing import HashConfig

NASTY = [
    "one", "one two three four", "one two three four five", "\n\n\n", "   ", "e\u0301 " * 9, "日本語の文章です。" * 4,
    "😀 😃 😄 😁 😆 😅", "a\r\nb\r\nc\r\nd\r\ne", "a\x85b\u2028c\u2029d e f g", "a\u00a0b\u00a0c d e f",
    "x" * 5000 + " y z w v", "1,000.50 2.5 3 4 5 6 7.8.9", "ΣΑΣ ΟΔΥΣΣΕΥΣ ΣΣ Σ a b", "İstanbul IĞDIR a b c d e",
    "don't can't it's we'll I'm you're", "(a) [b] {c} <d> «e» “f” …", "मेरा नाम राम है और मैं यहाँ रहता हूँ",
    "the same words again and again " * 3, "the same words again and again " * 3,
]


def documents(path, limit):
    with open(path, "rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8", newline="\n")
        for number, line in enumerate(lines):
            if number == limit:
                return
            yield json.loads(line)["text"]


def prepare(args, folder):
    tasks = [[text for text in documents(path, args.limit) if text] for path in args.files] + [NASTY]
    folder.mkdir(parents=True)
    for number, texts in enumerate(tasks):
        with open(folder / f"{number:03}.jsonl", "w", encoding="utf-8") as out:
            for at, text in enumerate(texts):
                out.write(json.dumps({"id": str(at), "text": text}) + "\n")
    return tasks


def stages(config, signatures, folder):
    for rank in range(config.num_buckets):
        step = MinhashDedupBuckets(input_folder=str(signatures), output_folder=str(folder / "dups"), config=config)
        step.run(None, rank, config.num_buckets)
    step = MinhashDedupCluster(
        input_folder=str(folder / "dups"), output_folder=str(folder / "remove"), config=config, save_cluster_size=True
    )
    step.run(None, 0, 1)


def same(name, one, other, pattern):
    first = sorted(path.relative_to(one) for path in one.rglob(pattern))
    second = sorted(path.relative_to(other) for path in other.rglob(pattern))
    differ = [path for path in first if path in second and not filecmp.cmp(one / path, other / path, shallow=False)]
    alone = set(first) ^ set(second)
    # A file of no documents and no file say the same.
    alone = [path for path in alone if any((side / path).exists() and (side / path).stat().st_size for side in (one, other))]
    size = sum((one / path).stat().st_size for path in first)
    print(f"  {name}: {len(first)} files, {size:,} bytes, {len(differ)} differ, {len(alone)} on one side only")
    return not differ and not alone and size > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--gristmill", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--limit", type=int, default=600)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    tasks = prepare(args, args.work / "in")
    inputs = sorted(str(path) for path in (args.work / "in").iterdir())
    good = True
    for word, hash_config in [
        ("xxh64", HashConfig(hash_fc="xxhash", precision=64)),
        ("sha1-64", HashConfig(hash_fc="sha1", precision=64)),
        ("sha1-32", HashConfig(hash_fc="sha1", precision=32)),
    ]:
        config = MinhashConfig(hash_config=hash_config)
        theirs, ours = args.work / word / "datatrove", args.work / word / "gristmill"
        start = time.process_time()
        signer = MinhashDedupSignature(output_folder=str(theirs / "sig"), config=config)
        for rank, texts in enumerate(tasks):
            signer.run((Document(text=text, id=str(at)) for at, text in enumerate(texts)), rank, len(tasks))
        seconds = time.process_time() - start
        run = lambda *words: subprocess.run([args.gristmill, "dedup", *map(str, words)], check=True, stderr=subprocess.DEVNULL)
        run("signatures", "--input", *inputs, "--out", ours / "sig", "--hash", word)
        print(f"{word}: datatrove signed {sum(map(len, tasks)):,} documents in {seconds:.1f} CPU s")
        good &= same("signatures", theirs / "sig", ours / "sig", "*.sig")
        stages(config, theirs / "sig", theirs)
        stages(config, ours / "sig", ours / "theirs-over-ours")
        run("buckets", theirs / "sig", "--out", ours / "dups", "--hash", word)
        run("clusters", ours / "dups", "--out", ours / "remove")
        good &= same("datatrove's pairs over our signatures", theirs / "dups", ours / "theirs-over-ours/dups", "*.dups")
        good &= same("datatrove's removals over our signatures", theirs / "remove", ours / "theirs-over-ours/remove", "*.remove")
        good &= same("our pairs over datatrove's signatures", theirs / "dups", ours / "dups", "*.dups")
        good &= same("our removals of them", theirs / "remove", ours / "remove", "*.remove")
        good &= same("our cluster sizes of them", theirs / "remove", ours / "remove", "*.sizes")
    print("all equal" if good else "THEY DIFFER")
    sys.exit(not good)


if __name__ == "__main__":
    main()
