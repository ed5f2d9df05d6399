"""Makes the samples that `cargo bench --bench train_toxicity` reads.

usage: python toxicity_samples.py DATA > samples.jsonl     (pip: zstandard)

DATA is the folder `GRISTMILL_DATA`. A line has `text`, `label` (1: toxic), `set`, `fold` (0 to 4) and `case`. Folds: HateCheck by
template, in every language alike, and a template made from another one goes with it; corpora by document; the rest by text.
Sentences of our own (`toxicity_templates.py`) have the fold -1: they are never held out. The last third of the books is never written for training (`set` is `held-…`).
"""
import csv
import glob
import hashlib
import io
import json
import re
import sys

import zstandard
from toxicity_templates import sentences

BOOKS, PLAIN = 20, 4


def fold(key):
    return int(hashlib.md5(key.encode()).hexdigest()[:8], 16)


def out(text, label, name, key, case=""):
    line = {"text": text, "label": label, "set": name, "fold": fold(key) % 5, "case": case}
    print(json.dumps(line, ensure_ascii=False))


def bare(text):
    return text.strip(" .!。！").lower()


def rows(path):
    return csv.DictReader(open(path, encoding="utf-8-sig", newline=""))


def main(data):
    toxic = data + "/3-toxicity/"
    for row in rows(toxic + "t-davidson+hate-speech-and-offensive-language/data/labeled_data.csv"):
        out(row["tweet"].replace("&amp;", "&"), int(row["class"] != "2"), "tweets", row["tweet"])
    cases = set()
    for path in sorted(glob.glob(toxic + "rewire-online+multilingual-hatecheck/*/*.csv")):
        language = path.rsplit("_", 1)[1][:-4]
        for row in rows(path):
            cases.add(bare(row["test_case"]))
            template = (row["ref_templ_id"] or row["templ_id"]).split(".")[0]
            out(row["test_case"], int(row["label_gold"] == "hateful"), "hatecheck-" + language, "t" + template,
                row["functionality"])
    for row in rows(toxic + "thu-coai+COLDataset/COLDataset/dev.csv"):
        out(row["TEXT"], int(row["label"]), "cold", row["TEXT"])
    for language, label, kind, text in sentences():
        if bare(text) not in cases:
            line = {"text": text, "label": label, "set": "own-" + language, "fold": -1, "case": kind}
            print(json.dumps(line, ensure_ascii=False))
    for name in ("classic-books-a", "powershell-docs", "tensorflow-docs-l10n", "masakhane-a", "learnxinyminutes", "aozora-a",
                 "tldr", "thaigov-a"):
        packed = open(f"{data}/8-corpus/{name}.jsonl.zst", "rb")
        for at, line in enumerate(io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), "utf-8")):
            book = name in ("classic-books-a", "aozora-a")
            if not book and at % 4:
                continue
            document = json.loads(line)
            whole = re.split(r"(?<=[.!?。！？])\s+|\n+", document["text"])
            whole = [one for one in whole if 15 < len(one) < 400]
            held = fold(document["id"]) % 3 == 0
            every = 60 if name == "classic-books-a" and not held else BOOKS if book else PLAIN
            step = max(1, len(whole) // every)
            for one in whole[::step][:every]:
                out(one, 0, ("held-" if held else "plain-") + name, document["id"])


main(sys.argv[1])
