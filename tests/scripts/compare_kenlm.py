#!/usr/bin/env python3
"""N-gram models: our trainer beside KenLM's `lmplz`, on the same text.

    tests/scripts/setup_kenlm.sh FOLDER SOURCE
    cargo build --release
    FOLDER/venv/bin/python tests/scripts/compare_kenlm.py FOLDER target/release/gristmill TEXT

TEXT: lines of words, none blank. For some orders and prunings, both make a model; the n-grams must be the same in the same order, and the
greatest difference of a log10 is printed. KenLM's Python module then loads our file and scores the first lines of TEXT with both files.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import kenlm

CASES = [(2, "0"), (3, "0"), (4, "0,0,1"), (5, "0,0,1,1,2")]


def ngrams(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) > 1:
                yield fields[1], float(fields[0]), float(fields[2]) if len(fields) > 2 else 0.0


def main():
    tools, ours, text = map(pathlib.Path, sys.argv[1:])
    lines = text.read_text(encoding="utf-8").split("\n")[:2000]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with open(folder / "in.jsonl", "w", encoding="utf-8") as file, open(text, encoding="utf-8", newline="\n") as source:
            file.writelines(json.dumps({"text": line.rstrip("\n")}) + "\n" for line in source)
        for order, prune in CASES:
            command = [tools / "bin/lmplz", "-S", "500M", "-o", str(order), "--discount_fallback", "--prune", *prune.split(",")]
            with open(text, "rb") as source, open(folder / "theirs.arpa", "wb") as out:
                subprocess.run(command, stdin=source, stdout=out, stderr=subprocess.DEVNULL, check=True)
            command = [ours, "train", "lm", "--input", folder / "in.jsonl", "--order", str(order), "--prune", prune,
                       "--prepare", "plain", "--out", folder / "ours.arpa"]
            subprocess.run(command, check=True, capture_output=True)
            pairs = list(zip(ngrams(folder / "ours.arpa"), ngrams(folder / "theirs.arpa"), strict=True))
            same = all(own[0] == other[0] for own, other in pairs)
            most = max(abs(a - b) for own, other in pairs for a, b in zip(own[1:], other[1:]))
            models = [kenlm.Model(str(folder / name)) for name in ("ours.arpa", "theirs.arpa")]
            apart = max(abs(models[0].score(line) - models[1].score(line)) for line in lines)
            print(f"order {order}, prune {prune}: {len(pairs)} n-grams, {'the same' if same else 'DIFFERENT'}; log10 at most {most:.1e} apart, "
                  f"lines at most {apart:.1e}")
            failed |= not same or most > 2e-6
            (folder / "ours.arpa").unlink()
    sys.exit(failed)


main()
