"""CPU seconds of near-dedup beside rensa, datasketch and datatrove: one run, one thread, the same documents.

Needs: pip install rensa datasketch "datatrove==0.10.1" "xxhash<4" spacy regex tokenizers zstandard, and a release build of gristmill.

    python compare_minhash.py --gristmill target/release/gristmill --work /tmp/minhash FILE.jsonl.zst...

All use 14 bands of 8 rows over 5 words. The Python programs are given words by `text.lower().split()`, outside the clock where
"alone" is written. gristmill's figures: `signatures`, the step's own clock in run.log.jsonl; `whole`, CPU seconds of a run
with the step less those of the same run without it (map, sort, clusters, verdicts; reading and writing drop out).

    … --duplodocus target/release/duplodocus --cl100k cl100k_base.tiktoken      (`cargo build --release` of its repository)

puts duplodocus beside ours: whole programs, from JSONL.zst to the documents that stay, with its own words and with cl100k's tokens, which
are the same splitter on both sides. It has no option for threads but rayon's, and verifies nothing.
"""

import argparse
import io
import json
import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

import zstandard

CONFIG = """version = 1
[[source]]
name = "all"
paths = [{paths}]
[[step]]
url = {{ max-length = 9999 }}
{step}
[output]
dir = "{dir}"
documents = {documents}
"""


def read(path):
    with open(path, "rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8", newline="\n")
        return [json.loads(line)["text"] for line in lines]


def show(name, size, documents, seconds):
    print(f"{name:58} {seconds:8.2f} CPU s {size / 1e6 / seconds:8.1f} MB/s {documents / seconds:9.0f} documents/s", flush=True)


def children(command, **how):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def gristmill(args, step, name, documents="false"):
    folder = args.work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = ", ".join(json.dumps(os.path.abspath(path)) for path in args.files)
    config = folder / "config.toml"
    config.write_text(CONFIG.format(paths=paths, step=step, dir=folder / "out", documents=documents))
    return children([args.gristmill, "run", config, "--threads", "1", "-q"])


def duplodocus(args, *options):
    folder = args.work / "duplodocus"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in").mkdir(parents=True)
    for path in args.files:
        shutil.copy(path, folder / "in")
    command = [os.path.abspath(args.duplodocus), *options, "--input-dir", folder / "in", "--output-dir", folder / "out"]
    if options[0] == "minhash-memory":
        command += ["--storage-dir", folder / "storage"]
    return children(command, env={**os.environ, "RAYON_NUM_THREADS": "1"})


def beside_duplodocus(args, size, count):
    bands = ["--num-buckets", "14", "--bucket-size", "8", "--ngram-size", "5"]
    near = "[[step]]\ndedup = {{ method = \"minhash\"{} }}"
    tokens = f', shingle = "token", tokenizer = {json.dumps(os.path.abspath(args.cl100k))}'
    pairs = [
        ("words, verified", near.format(""), ["minhash-memory", *bands, "--tokenizer", "uniseg"]),
        ("words, not verified", near.format(", min-similarity = 0.0"), None),
        ("tokens of cl100k, verified", near.format(tokens), ["minhash-memory", *bands, "--tokenizer", "cl100k"]),
        ("tokens of cl100k, not verified", near.format(tokens + ", min-similarity = 0.0"), None),
        ("exact", '[[step]]\ndedup = { method = "exact" }', ["exact-dedup-memory"]),
    ]
    show("gristmill no step: whole program", size, count, min(gristmill(args, "", "none", "true") for _ in range(2)))
    for word, step, theirs in pairs:
        show(f"gristmill {word}: whole program", size, count, min(gristmill(args, step, "du", "true") for _ in range(2)))
        if theirs:
            show(f"duplodocus {word.split(',')[0]}: whole program", size, count, min(duplodocus(args, *theirs) for _ in range(2)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--gristmill", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--limit", type=int, default=1500, help="documents for the Python programs")
    parser.add_argument("--duplodocus", help="its binary")
    parser.add_argument("--cl100k", help="cl100k_base.tiktoken")
    args = parser.parse_args()
    texts = [text for path in args.files for text in read(path)]
    size = sum(len(text.encode()) for text in texts)
    print(f"{len(texts):,} documents, {size / 1e6:.1f} MB")

    if args.duplodocus:
        beside_duplodocus(args, size, len(texts))
    plain = min(gristmill(args, "", "plain") for _ in range(2))
    for word, step in [
        ("14 x 8, fast, verified", 'dedup = { method = "minhash" }'),
        ("14 x 8, fast, not verified", 'dedup = { method = "minhash", min-similarity = 0.0 }'),
        ("26 x 11, fast, verified", 'dedup = { method = "minhash", bands = 26, rows = 11 }'),
        ("datatrove-14x8", 'dedup = { method = "minhash", preset = "datatrove-14x8" }'),
        ("exact", 'dedup = { method = "exact" }'),
        ("exact, normalised", 'dedup = { method = "exact", normalize = true }'),
    ]:
        seconds = min(gristmill(args, "[[step]]\n" + step, "step") for _ in range(2))
        show(f"gristmill {word}: whole", size, len(texts), max(seconds - plain, 1e-3))
    texts = texts[:: max(1, len(texts) // args.limit)]
    size = sum(len(text.encode()) for text in texts)
    print(f"of which every so many: {len(texts):,} documents, {size / 1e6:.1f} MB")
    shingles = []
    start = time.process_time()
    for text in texts:
        words = text.lower().split()
        shingles.append([" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))])
    cut = time.process_time() - start
    show("Python: lower, split, join", size, len(texts), cut)

    import rensa

    start = time.process_time()
    signed = []
    for one in shingles:
        signature = rensa.RMinHash(num_perm=112, seed=42)
        signature.update(one)
        signature.digest()
        signed.append(signature)
    alone = time.process_time() - start
    show("rensa: signatures alone", size, len(texts), alone)
    start = time.process_time()
    index = rensa.RMinHashLSH(threshold=0.72, num_perm=112, num_bands=14)
    for at, signature in enumerate(signed):
        index.query(signature)
        index.insert(at, signature)
    show("rensa: whole, with words and LSH in memory", size, len(texts), cut + alone + time.process_time() - start)

    from datasketch import MinHash, MinHashLSH

    start = time.process_time()
    signed = []
    for one in shingles:
        signature = MinHash(num_perm=112)
        signature.update_batch([shingle.encode() for shingle in one])
        signed.append(signature)
    alone = time.process_time() - start
    show("datasketch: signatures alone", size, len(texts), alone)
    start = time.process_time()
    index = MinHashLSH(params=(14, 8), num_perm=112)
    for at, signature in enumerate(signed):
        index.query(signature)
        index.insert(str(at), signature)
    show("datasketch: whole, with words and LSH in memory", size, len(texts), cut + alone + time.process_time() - start)

    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.utils.hashing import HashConfig

    part = texts[::4]
    size = sum(len(text.encode()) for text in part)
    signer = MinhashDedupSignature("/tmp", MinhashConfig(hash_config=HashConfig(hash_fc="xxhash", precision=64)))
    signer.get_shingles("load the tokenizer before the clock starts")
    start = time.process_time()
    for text in part:
        one = signer.get_shingles(text)
        if one.size:
            signer.get_signature(one)
    show("datatrove: signatures, simplified text and spaCy words", size, len(part), time.process_time() - start)


if __name__ == "__main__":
    main()
