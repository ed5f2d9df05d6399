#!/usr/bin/env python3
"""Compares dedup of pieces with the programs whose presets it has: the text of every document that is left, and which
documents go.

    pip install datatrove==0.10 spacy nltk==3.8.1 pyarrow zstandard
    compare_sentence_dedup.py [--gristmill BIN] [--limit N] [--fuzz N] [--c4-utils FILE] [--punkt FOLDER] FILE...

Compared are, over the documents of the JSONL files in one order:

- `sentences` with `preset = "datatrove"`: datatrove's SentenceDedupSignature, SentenceFindDedups and
  SentenceDedupFilter, run as its pipeline runs them, one task. White space at the end of a text that was cut is not
  compared: datatrove loses a single space there, and keeps white space behind the last sentence even when that is cut.
- `lines` with `preset = "ccnet"`: CCNet's set of line hashes, written again here from its published description and
  code (`dedup.py`: hashes of all documents first; a line that two documents have goes everywhere; a line that recurs in
  one document stays once; a document without a line of its own goes). Its 64-bit SHA-1 prefixes are whole lines here.
- `lines` with `preset = "c4"`: `remove_duplicate_text` of `c4_utils.py` (--c4-utils names that of tensorflow-datasets
  4.2.0, out of its wheel). It keeps a line in the page whose URL has the smallest MD5; documents get numbers as URLs and
  are read in the order of their MD5. Beam's `Top.PerKey` and its join are dictionaries here. Sentences are counted by
  NLTK's Punkt: --punkt names NLTK data with `tokenizers/punkt`.

Exit status 1 if anything differs.
"""
import argparse
import collections
import hashlib
import json
import random
import re
import sys
import tempfile
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import gristmill_run as grist

NASTY = [
    "", " ", "\n", "\n\n", "One.", "One. ", "One.\n", "One.  ", "One", "One\n", " One. Two. Three.",
    "One. Two. Three.\n",
    "One. Two. Three. Four.", "One. Two. Three. Four.\n\n", "Zero. One. Two. Three.\n", "a\nb\nc\na\nb\nc\nd\n",
    "A. A. A. A. A. A.", "A.\nA.\nA.\nA.\nA.\nA.\n", "1.5 and 2,000 — „quote“.\nx\u2028y\x85z\nTAB\there\r\nend\r\n",
    "１２ ３ ٤٥ digits.\nİstanbul ΟΔΟΣ ΟΔΟΣ.\n文。文。文。\n»a«\n", "Café. Cafe\u0301. CAFÉ.", "...\n!!!\n???\n. . .",
    "The end. \n \nThe end. \n \nThe end. \n \n", "Yes.\nNo.\nYes.\nNo.\n", "x" * 5000,
]


def documents(options):
    """Real documents, odd ones, and mixtures of their parts, so that much recurs."""
    real = [document["text"] for document in grist.read_documents(options.files, options.limit)]
    texts = NASTY + real + NASTY + list(grist.odd_texts(options.fuzz))
    chance = random.Random(1)
    sources = [text for text in real if 200 < len(text) < 20_000] or NASTY
    for _ in range(options.fuzz):
        parts = []
        for _ in range(chance.randrange(1, 5)):
            text = chance.choice(sources)
            at = chance.randrange(len(text))
            cut = text.rfind(chance.choice(["\n", ". "]), 0, at) + 1
            parts.append(text[cut:cut + chance.randrange(20, 900)])
        texts.append(chance.choice(["", " ", "\n", "\n\n"]).join(parts))
    return texts


def sentence_dedup(texts, folder):
    import datatrove.pipeline
    from datatrove.data import Document

    # The package without its other steps, which need more programs.
    package = types.ModuleType("datatrove.pipeline.dedup")
    package.__path__ = [str(Path(path) / "dedup") for path in datatrove.pipeline.__path__]
    sys.modules[package.__name__] = package
    from datatrove.pipeline.dedup.sentence_dedup import (SentDedupConfig, SentenceDedupFilter, SentenceDedupSignature,
                                                         SentenceFindDedups)
    config = SentDedupConfig()
    signatures, duplicates = str(folder / "signatures"), str(folder / "duplicates")
    made = lambda: (Document(text=text, id=str(n)) for n, text in enumerate(texts))
    SentenceDedupSignature(output_folder=signatures, config=config).run(made(), 0, 1)
    SentenceFindDedups(data_folder=signatures, output_folder=duplicates, config=config).run()
    left = [None] * len(texts)
    for document in SentenceDedupFilter(data_folder=duplicates, config=config).run(made(), 0, 1):
        left[int(document.id)] = document.text
    return left


def cc_net(texts):
    marks = "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►"
    gone = re.compile("[" + marks + "\x00-\x1f\x7f-\x9f]")
    form = lambda line: gone.sub("", re.sub(r"\d", "0", line.strip().lower()))
    count = collections.Counter()
    for text in texts:
        if text:
            count.update({form(line) for line in text.split("\n")})
    left = []
    for text in texts:
        if not text:
            left.append(None)
            continue
        lines, seen, own = [], set(), 0
        for line in text.split("\n"):
            key = form(line)
            if count[key] == 1:
                own += 1
                if key not in seen:
                    lines.append(line)
            seen.add(key)
        left.append("\n".join(lines) if own else None)
    return left


def c4(texts, path, punkt):
    from compare_c4 import load, stubs
    import nltk

    stubs()
    if punkt:
        nltk.data.path.insert(0, punkt)
    tokenizer = nltk.data.load("tokenizers/punkt/english.pickle")
    module = load(path, lambda text: list(tokenizer.tokenize(text)))
    url = str
    chosen = {}
    for n, text in enumerate(texts):
        for line, address in module._emit_url_to_lines((url(n), {"text": text})):
            if line not in chosen or module._hash_text(address) < module._hash_text(chosen[line]):
                chosen[line] = address
    lines = collections.defaultdict(list)
    for line, address in chosen.items():
        lines[address].append(line)
    left = [None] * len(texts)
    for n, text in enumerate(texts):
        joined = (url(n), {"features": [{"text": text}], "lines": lines[url(n)]})
        for address, features in module._remove_lines_from_text(joined, lambda *_: None, 3):
            left[int(address)] = features["text"]
    return left


def compare(what, texts, ours, theirs, form=lambda text: text):
    differences = grist.Differences()
    touched = 0
    for n, (text, answer, reference) in enumerate(zip(texts, ours, theirs)):
        found = answer.text if answer.keeps else None
        cut = reference is None or reference != text
        touched += cut
        same = form if cut else lambda text: text
        differences.check(f"{what}, document {n}", found if found is None else same(found),
                          reference if reference is None else same(reference))
    gone = sum(reference is None for reference in theirs)
    print(f"{what}: {len(texts)} documents, {touched} touched, {gone} of them dropped")
    return differences.summary(what)


def golden(options):
    """Texts written for this file, with what each program leaves of them."""
    pool = [
        "The ferry leaves at six. ", "Bring a lamp and a rope.\n", "Nobody knew who had built the wall.\n\n",
        "SUBSCRIBE to our letter №12!\n", "subscribe to our letter №９７!\n", "Yes.\n", "»Was it so?« he asked. ",
        "The mill stood still for 3.5 years. ", "Café and tea are served until noon. ",
        "Cafe and tea, are served until noon! ",
        "\n", "文は短い。", "All rights reserved by the village of Upper Mill.\n", "She wrote the number down\n", "One two. ",
    ]
    long = [f"Page {n} tells of the year {n + 1800}, when the river rose above the bridge and the fields of the valley. "
            for n in range(30)]
    chance = random.Random(7)
    texts = [text for text in NASTY if len(text) < 1000]
    while len(texts) < 120:
        parts = [chance.choice(long if chance.random() < 0.5 else pool) for _ in range(chance.randrange(1, 12))]
        start = chance.randrange(len(long))
        texts.append("".join(parts + long[start:start + chance.choice([0, 0, 3, 5])]) + chance.choice(["", " ", "\n"]))
    with tempfile.TemporaryDirectory() as folder:
        left = {"datatrove": sentence_dedup(texts, Path(folder))}
    left["ccnet"] = [text or None for text in cc_net(texts)]
    order = sorted(range(len(texts)), key=lambda n: hashlib.md5(str(n).encode()).hexdigest())
    if options.c4_utils:
        left["c4"] = c4(texts, options.c4_utils, options.punkt)
    about = "datatrove 0.10.1 (white space at the end of cut texts is not compared), CCNet's dedup.py as written again " \
        "in the script, c4_utils.py of tensorflow-datasets 4.2.0 with NLTK 3.8.1; by compare_sentence_dedup.py --golden"
    with open(options.golden, "w") as out:
        json.dump({"about": about, "c4_order": order, "texts": texts, "left": left}, out, ensure_ascii=True, indent=0)
        out.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--gristmill")
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--fuzz", type=int, default=1000)
    parser.add_argument("--c4-utils")
    parser.add_argument("--punkt")
    parser.add_argument("--only", choices=["datatrove", "ccnet", "c4"])
    parser.add_argument("--golden", help="write what the programs leave of texts of our own to this file, and end")
    options = parser.parse_args()
    if options.golden:
        return golden(options)
    texts = documents(options)
    step = lambda method, preset: [f'dedup = {{ method = "{method}", preset = "{preset}" }}']
    asked = lambda what: options.only in (None, what)
    same = True
    if asked("ccnet"):
        # A document whose only line of its own is blank is kept by CCNet with an empty text.
        theirs = [text or None for text in cc_net(texts)]
        same &= compare("ccnet", texts, grist.run(texts, step("lines", "ccnet"), options.gristmill), theirs)
    if asked("datatrove"):
        with tempfile.TemporaryDirectory() as folder:
            theirs = sentence_dedup(texts, Path(folder))
        ours = grist.run(texts, step("sentences", "datatrove"), options.gristmill)
        same &= compare("datatrove", texts, ours, theirs, lambda text: text.rstrip())
    if asked("c4") and options.c4_utils:
        order = sorted(range(len(texts)), key=lambda n: hashlib.md5(str(n).encode()).hexdigest())
        answers = grist.run([texts[n] for n in order], step("lines", "c4"), options.gristmill)
        ours = [None] * len(texts)
        for n, answer in zip(order, answers):
            ours[n] = answer
        same &= compare("c4", texts, ours, c4(texts, options.c4_utils, options.punkt))
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
