#!/usr/bin/env python3
"""Writes tests/golden/fineweb2.json: what datatrove says of texts of our own with thresholds of our own.

    pip install 'datatrove==0.10.*' spacy 'xxhash<4' pyyaml numpy regex ftfy
    fineweb2_vectors.py THRESHOLDS.yml FILTER.toml > tests/golden/fineweb2.json

FILTER.toml is what `gristmill filters import THRESHOLDS.yml` makes: the texts are those of its examples, and some nasty ones.
Words are split as for English on both sides.
"""
import json
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import yaml
from datatrove.data import Document

from fineweb2_filters import filters, verdict

NASTY = [
    "", " ", "\n\n", "Wort", "und das", "Zeile eins.\r\nZeile zwei.\r\n" * 30, "und\u0085das \u2028 der " * 40,
    "e\u0301 und das " * 60, "日本語のテキストです。" * 30, "🙂 und das aber " * 40, "-- \u00a0 • und\n" * 50,
    "Das ist der Satz, und aber auch nicht...\n" * 3 + " ".join(f"wort{n}" for n in range(200)) + ".",
    "# und das #der " + " ".join(f"wort{n}" for n in range(60)) + ".",
    "aber und " + "x" * 5000 + ".", "Der\tMann\vund\fdas Kind. " + " ".join(f"silbe{n}" for n in range(70)) + ".",
]


def main():
    thresholds, made = Path(sys.argv[1]), tomllib.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    text = thresholds.read_text(encoding="utf-8")
    chain = filters("eng_Latn", yaml.safe_load(text))
    examples = [(one["text"], one.get("repeat", 1)) for one in made["example"] if "language-score" not in one]
    cases = []
    for one, repeat in examples + [(text, 1) for text in NASTY]:
        said = verdict(chain, Document(text=one * repeat, id="0"))
        cases.append({"text": one, "repeat": repeat, "reason": said})
    provenance = f"datatrove {version('datatrove')}, spaCy {version('spacy')}, tests/scripts/fineweb2_vectors.py"
    json.dump({"provenance": provenance, "thresholds": text, "cases": cases}, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
