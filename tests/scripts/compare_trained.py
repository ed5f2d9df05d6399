"""`gristmill train classifier` beside the official fastText library.

Needs: pip install fasttext-wheel "numpy<2" zstandard "pyarrow<21", and a release build of gristmill.

    python3 tests/scripts/compare_trained.py DATA [--sets tweets,languages,quality,corpus] [--gristmill PROGRAM]

DATA is the folder `GRISTMILL_DATA`. Of each set, texts are cut into a part to train on and a held-out part by a hash. Then:

1. gristmill trains on the first part; the same lines, shuffled, go to `fasttext.train_supervised` with the same options, with one
   thread and with two. Shown: held-out accuracy and CPU seconds of each, in the same run.
2. The official library loads gristmill's `.bin` and `.ftz`. On every held-out text its labels and probabilities are compared with
   those of `gristmill run` with a `classify` step: probabilities within 1e-4.
3. gristmill trains again: the bytes must be equal.
"""
import argparse
import csv
import hashlib
import json
import multiprocessing
import os
import random
import resource
import subprocess
import tempfile
from pathlib import Path

import fasttext
import gristmill_run

TOLERANCE = 1e-4


def clean(text):
    return " ".join(text.split()).replace("__label__", "label ").replace("</s>", "")


def tweets(data):
    path = next(data.glob("3-toxicity/t-davidson*/data/labeled_data.csv"))
    for row in csv.DictReader(open(path, encoding="utf-8", newline="")):
        yield "plain" if row["class"] == "2" else "offensive", row["tweet"]


def languages(data):
    for path in sorted(data.glob("3-langid/*/language-models/*/testdata/sentences.txt")):
        for line in open(path, encoding="utf-8"):
            yield path.parent.parent.name, line


def quality(data):
    for line in open(next(data.glob("3-quality/mlfoundations+dclm/human_quality.jsonl")), encoding="utf-8"):
        row = json.loads(line)
        yield "good" if row["label"] == 1 else "poor", row["text"]


def corpus(data):
    for name in ["classic-books-a", "kafka-wetlike-a", "spamassassin-a", "powershell-docs"]:
        files = [str(data / f"8-corpus/{name}.jsonl.zst")]
        for document in gristmill_run.read_documents(files, 1500):
            yield name, document["text"][:20000]


# What is trained, with which options of `fasttext.train_supervised`, and the rows that the quantized model keeps.
SETS = {
    "tweets": (tweets, dict(dim=50, epoch=10, lr=0.2, wordNgrams=2, minn=3, maxn=5, bucket=100000), 20000),
    "languages": (languages, dict(dim=32, epoch=8, lr=0.5, wordNgrams=1, minn=2, maxn=4, bucket=100000, loss="hs"), 50000),
    "quality": (quality, dict(dim=20, epoch=30, lr=0.3, wordNgrams=2, minn=0, maxn=0, bucket=50000, loss="ova"), 0),
    "corpus": (corpus, dict(dim=100, epoch=5, lr=0.1, wordNgrams=2, minn=0, maxn=0, bucket=200000), 50000),
}
NAMES = dict(dim="dim", epoch="epochs", lr="rate", wordNgrams="word-ngrams", minn="minn", maxn="maxn", bucket="bucket",
             loss="loss")


def cpu(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def official(train, test, options, threads, pipe):
    before = cpu(resource.RUSAGE_SELF)
    model = fasttext.train_supervised(str(train), thread=threads, verbose=0, **options)
    seconds = cpu(resource.RUSAGE_SELF) - before
    _, precision, _ = model.test(str(test))
    pipe.send((seconds, precision))


def train_official(*arguments):
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=official, args=(*arguments, theirs))
    process.start()
    result = ours.recv()
    process.join()
    return result


def train_ours(program, folder, name, options, more=()):
    command = [program, "train", "classifier", "--input", str(folder / "train.txt"), "--test", str(folder / "test.txt"),
               "--out", str(folder / f"{name}.bin"), "--report", str(folder / f"{name}.json"), *more]
    for key, value in options.items():
        command += [f"--{NAMES[key]}", str(value)]
    before = cpu(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    report = json.loads((folder / f"{name}.json").read_text())
    return cpu(resource.RUSAGE_CHILDREN) - before, report


def compare(model_path, texts, labels, program, differences):
    model = fasttext.load_model(str(model_path))
    steps = [f'name = "c{at}"\nclassify = {{ model = "{model_path}", labels = ["{label}"] }}'
             for at, label in enumerate(labels)]
    answers = gristmill_run.run(texts, steps, program)
    worst = 0.0
    for number, (text, answer) in enumerate(zip(texts, answers)):
        theirs = {label: p for p, label in model.f.predict(text + "\n", -1, 0.0, "strict")}
        for at, label in enumerate(labels):
            ours = answer.metrics.get(f"c{at}/score", 0.0)
            distance = abs(ours - min(1.0, theirs.get(f"__label__{label}", 0.0)))
            worst = max(worst, distance)
            differences.check(f"{model_path.name} text {number} {label}: {ours} {theirs}", distance <= TOLERANCE, True)
    return worst


def one(name, data, program, differences):
    read, options, cutoff = SETS[name]
    rows = [(label, clean(text)) for label, text in read(data)]
    rows = [(label, text) for label, text in rows if text]
    held = lambda text: int(hashlib.md5(text.encode()).hexdigest()[:8], 16) % 5 == 0
    parts = {"train": [row for row in rows if not held(row[1])], "test": [row for row in rows if held(row[1])]}
    random.Random(1).shuffle(parts["train"])
    print(f"{name}: {len(parts['train'])} texts to train on, {len(parts['test'])} held out, {options}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for part, rows in parts.items():
            (folder / f"{part}.txt").write_text("".join(f"__label__{label} {text}\n" for label, text in rows))
        seconds, report = train_ours(program, folder, "ours", options)
        for threads in (1, 2):
            theirs, precision = train_official(folder / "train.txt", folder / "test.txt", options, threads)
            print(f"  fasttext, {threads} threads: accuracy {precision:.4f}, {theirs:.1f} CPU seconds of training")
        print(f"  gristmill:           accuracy {report['models'][0]['accuracy']:.4f}, {seconds:.1f} CPU seconds with reading, "
              f"writing and measuring")
        more = ("--quantize", "--cutoff", str(cutoff))
        seconds, report = train_ours(program, folder, "again", options, more)
        dense, quantized = report["models"]
        print(f"  quantized: {dense['bytes']} -> {quantized['bytes']} bytes, accuracy {quantized['accuracy']:.4f}, "
              f"{seconds:.1f} CPU seconds in all")
        same = (folder / "ours.bin").read_bytes() == (folder / "again.bin").read_bytes()
        differences.check(f"{name}: equal bytes when trained again", same, True)
        model = fasttext.load_model(str(folder / "again.ftz"))
        precision = model.test(str(folder / "test.txt"))[1]
        print(f"  the library's own accuracy of the quantized model: {precision:.4f}")
        labels = sorted({label for label, _ in parts["test"]})[:4]
        texts = [text for _, text in parts["test"]]
        for file in ("again.bin", "again.ftz"):
            print(f"  {file}: greatest distance {compare(folder / file, texts, labels, program, differences):.2e}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--gristmill")
    options = parser.parse_args()
    differences = gristmill_run.Differences()
    for name in options.sets.split(","):
        one(name, options.data, gristmill_run.binary(options.gristmill), differences)
    raise SystemExit(0 if differences.summary("probabilities and bytes") else 1)


if __name__ == "__main__":
    main()
