#!/usr/bin/env python3
"""Speed of scoring lines with a KenLM model: `cargo bench --bench kenlm` beside KenLM's Python module, CPU seconds, one core each.

    python -m venv VENV && VENV/bin/pip install kenlm==0.3.0
    VENV/bin/python tests/scripts/kenlm_speed.py MODEL TEXT [ROUNDS]

The sums of both must be the same.
"""
import pathlib
import re
import subprocess
import sys
import time

import kenlm


def main():
    model, text = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 4
    ours = subprocess.run(["cargo", "bench", "--bench", "kenlm", "--", model, text, str(rounds)], check=True, capture_output=True, text=True)
    print(ours.stdout.strip().splitlines()[-1])
    raw = open(text, encoding="utf-8", newline="").read()
    lines = raw.split("\n")
    loaded = kenlm.Model(model)
    start = time.process_time()
    for _ in range(rounds):
        total = sum(loaded.score(line, bos=True, eos=True) for line in lines)
    spent = time.process_time() - start
    print(f"kenlm (Python): sum {total:.6f}, {spent:.2f} CPU s, {len(raw.encode()) * rounds / 1e6 / spent:.1f} MB/s")
    found = float(re.search(r"sum (-?[0-9.]+)", ours.stdout).group(1))
    if abs(found - total) > 1e-5:
        sys.exit("the sums differ")


if __name__ == "__main__":
    main()
