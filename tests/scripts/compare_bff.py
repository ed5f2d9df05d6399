#!/usr/bin/env python3
"""Compares the step `dedup = { method = "overlap" }` with DCLM's BFF (dedup/bff of mlfoundations/dclm) over the same documents.

Usage: compare_bff.py BFF [FILE.jsonl[.gz|.zst]...] [--limit N] [--odd N] [--settings N] [--rates P,P] [--golden FILE] [--gristmill PROGRAM]

`setup_bff.sh DIR` builds DIR/bff and says how to call this. BFF runs with one thread on one file, so that its order is that of
the file, and with a filter large enough that it takes no new n-gram for a seen one (its hashes are drawn by chance for each run).
Compared are the text that is left, whether the document stays, where the paragraphs that go stand, and how many n-grams of the
document stood before, by the first N of four settings, DCLM's first. `--rates` runs BFF at these false-positive rates as well and says how many documents differ from its own
exact run: what DCLM's 0.01 costs.
"""
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import gristmill_run
from gristmill_run import Differences, arguments, odd_texts, read_documents

# Remove type, n-gram, least n-gram, threshold.
SETTINGS = [("old-both", 13, 13, 0.8), ("old-both", 5, 3, 0.5), ("paragraph", 13, 4, 0.8), ("document", 5, 5, 0.4)]
EXACT = 1e-9


def bff(program, texts, setting, rate, annotate):
    """One row of BFF's output per document; None for those that it leaves out."""
    remove, ngram, least, threshold = setting
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "in").mkdir()
        with open(folder / "in/a.jsonl", "w") as out:
            for number, text in enumerate(texts):
                out.write(json.dumps({"id": str(number), "text": text}) + "\n")
        # More than there are n-grams: words of scripts with spaces are longer than three bytes with theirs.
        words = sum(len(text.encode()) for text in texts) // 3 + 1000
        command = [program, "bff", "--inputs", folder / "in", "--output-directory", folder / "out", "--threads", "1",
                   "--expected-ngram-count", str(words), "--fp-rate", str(rate), "--min-ngram-size", str(least),
                   "--max-ngram-size", str(ngram), "--filtering-threshold", str(threshold), "--remove-type", remove,
                   "--no-progress-bar"]
        subprocess.run(command + (["--annotate"] if annotate else []), check=True, capture_output=True)
        rows = [None] * len(texts)
        if (folder / "out/a.jsonl").exists():
            for line in open(folder / "out/a.jsonl", "rb"):
                row = json.loads(line)
                rows[int(row["id"])] = row
        return rows


def reference(program, texts, setting, rate=EXACT):
    """What is left of each text (None: dropped), byte ranges of paragraphs that went, n-grams that stood before."""
    left = [row and row["text"] for row in bff(program, texts, setting, rate, False)]
    # BFF leaves blank documents out of what it annotates, too.
    told = [row or {} for row in bff(program, texts, setting, rate, True)]
    return list(zip(left, [row.get("bff_duplicate_spans", []) for row in told],
                    [row.get("bff_contained_ngram_count", 0) for row in told]))


def ours(texts, setting, gristmill):
    remove, ngram, least, threshold = setting
    step = (f'name = "bff"\ndedup = {{ method = "overlap", remove = "{remove}", ngram = {ngram}, min-ngram = {least}, '
            f'threshold = {threshold}, false-positives = 1e-9 }}')
    return gristmill_run.run(texts, [step], gristmill)


def compare(program, texts, setting, gristmill):
    differences, cut, gone = Differences(), 0, 0
    for number, (expected, answer) in enumerate(zip(reference(program, texts, setting), ours(texts, setting, gristmill))):
        left, spans, seen = expected
        differences.check(f"text {number}, left", answer.text, left)
        if setting[0] != "document":
            differences.check(f"text {number}, paragraphs", answer.metrics.get("bff/cut_pieces"), float(len(spans)))
        differences.check(f"text {number}, seen", answer.metrics.get("bff/overlap", 0.0) > 0, seen > 0)
        cut += len(spans)
        gone += left is None
    remove, ngram, least, threshold = setting
    print(f"{remove}, {ngram}-grams from {least} words on, above {threshold}: {len(texts)} documents, {cut} stretches cut, "
          f"{gone} documents dropped")
    return differences.summary("BFF")


def made_texts(count):
    """Odd texts, each followed by one put together from lines of those before."""
    chance, lines, out = random.Random(3), [], []
    for text in odd_texts(count):
        out.append(text)
        lines += text.split("\n")
        out.append("\n".join(" ".join(chance.sample(lines, 2)) if chance.random() < 0.2 else chance.choice(lines)
                             for _ in range(chance.randrange(1, 8))))
    return out


def main():
    options = arguments(__doc__, "required", rates="", settings="4")
    texts = [document["text"] for document in read_documents(options.files, options.limit)]
    made = made_texts(options.odd)
    if options.golden:
        runs = [{"setting": setting, "left": [left for left, _, _ in rows], "spans": [spans for _, spans, _ in rows],
                 "seen": [seen for _, _, seen in rows]}
                for setting in SETTINGS for rows in [reference(options.checkout, made, setting)]]
        about = ("dedup/bff of mlfoundations/dclm 361714bd on one thread with a filter at 1e-9; by compare_bff.py --golden")
        Path(options.golden).write_text(json.dumps({"about": about, "texts": made, "runs": runs}) + "\n")
        return
    same = True
    for setting in SETTINGS[:int(options.settings)]:
        for some in filter(None, [texts, made]):
            same &= compare(options.checkout, some, setting, options.gristmill)
    for rate in filter(None, options.rates.split(",")):
        exact = reference(options.checkout, texts, SETTINGS[0])
        for attempt in range(2):
            rough = reference(options.checkout, texts, SETTINGS[0], float(rate))
            differ = sum(a[0] != b[0] for a, b in zip(exact, rough))
            print(f"BFF at {rate}, run {attempt + 1}: {differ} of {len(texts)} documents differ from its exact run")
    sys.exit(not same)


if __name__ == "__main__":
    main()
