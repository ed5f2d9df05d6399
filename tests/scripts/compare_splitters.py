"""Compares gristmill's splitters, and the filters of datatrove 0.2, with the programs they reproduce.

    cargo build --release --example split_jsonl
    python tests/scripts/compare_splitters.py words:NltkWords sentences:Punkt -- FILE.jsonl.zst ... --limit 500

Packages: see tests/scripts/splitter_references.py. Names: the keys of its REFERENCES, or `all`. Of each file `--limit`
documents spread evenly are taken, of each the first `--chars` characters; `--made-up N` adds so many made-up texts. Prints
how many documents differ for each name, and the first places.
"""
import argparse
import io
import json
import random
import subprocess
import tempfile
from pathlib import Path

from splitter_references import REFERENCES

ROOT = Path(__file__).resolve().parent.parent.parent
MARKS = list("\"'`.,:;?!()[]{}<>-*@#$%& \n\t_") + [
    "''", "``", "...", "--", "'s", "n't", "'ll", " '", "“", "”", "‘", "’", "«", "»", "„", "\u00a0", "\u2028", "\x85", "\r\n",
    "é", "ſ", "İ", "ı", "中", "文", "の", "カ", "ไ", "ท", "ย", "ក", "က", "٣", "²", "😀", "🇩🇪", "👩‍👧", "\u0301", "\u200d", "क्ष"]
WORDS = ("cannot gimme GONNA gotta lemme wanna d'ye more'n 'tis 'Twas Mr. U.S. e.g. J. No. 5 3.14 1,000 12:30 a.m. Inc. the "
         "The he I it don't we'll WE'RE N'T n't x a s D International stewart rj B. cooper . . . ellipsis- co. Oct. 1. 2. "
         "The, -5. etc. Ph.D. vs. non-U.S. this. That! what? GİMME 'TİS ‘a’ said.He end.' end.\" end.) end.” (x.)").split()


def made_up(rng):
    """A text of marks and words that the splitters have rules for."""
    kind = rng.random()
    if kind < 0.33:
        return "".join(rng.choice(MARKS) if rng.random() < .7 else rng.choice("abcdSsxT1") for _ in range(rng.randrange(1, 40)))
    if kind < 0.66:
        between = [" "] * 4 + ["\n", "\t", "\u00a0", "  ", "", ""]
        return "".join((rng.choice(WORDS) if rng.random() < .8 else rng.choice(MARKS)) + rng.choice(between)
                       for _ in range(rng.randrange(1, 30)))
    return " ".join(rng.choice(WORDS) + (rng.choice(MARKS) if rng.random() < .2 else "") for _ in range(rng.randrange(1, 40)))


ODD = ["", " ", "\n", "\n\n\n", "a", ".", "...", "\u2028", "\u00a0 ", "a" * 5000, ". " * 2000, "'" * 300, '"' * 300,
       ".a" * 500, "! a" * 500, "!a " * 500]


def read(path, limit, chars):
    """Texts of a JSONL file, plain or .zst."""
    raw = open(path, "rb")
    if str(path).endswith(".zst"):
        import zstandard
        raw = zstandard.ZstdDecompressor().stream_reader(raw)
    lines = [line for line in io.TextIOWrapper(raw, "utf-8", newline="\n").read().split("\n") if line]
    step = max(1.0, len(lines) / limit)
    at = 0.0
    while at < len(lines):
        yield json.loads(lines[int(at)])["text"][:chars]
        at += step


def ours(name, words):
    """What DCLM makes of segments, which the reference for them answers."""
    return [word for word in words if word[0].isalnum()] if name == "words:Uax29Bounds" else words


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="what to compare, then --, then files")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--chars", type=int, default=20000)
    parser.add_argument("--made-up", type=int, default=0)
    parser.add_argument("--program", default=str(ROOT / "target/release/examples/split_jsonl"))
    args = parser.parse_args()
    names = list(REFERENCES) if args.names == ["all"] else [name for name in args.names if name in REFERENCES]
    files = args.files + [name for name in args.names if name not in REFERENCES and name != "all"]
    rng = random.Random(7)
    texts = [text for file in files for text in read(file, args.limit, args.chars)]
    texts += ODD + [made_up(rng) for _ in range(args.made_up)] if args.made_up else []
    with tempfile.NamedTemporaryFile("w+") as file:
        for text in texts:
            file.write(json.dumps({"text": text}) + "\n")
        file.flush()
        answers = subprocess.run([args.program, *names], stdin=open(file.name), capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in answers.stdout.split("\n") if line]
    assert len(rows) == len(texts)
    for name in names:
        differ = 0
        for text, row in zip(texts, rows):
            expected, found = REFERENCES[name](text), ours(name, row[name])
            if expected != found:
                differ += 1
                if differ <= 5:
                    at = next((i for i, (a, b) in enumerate(zip(expected, found)) if a != b), min(len(expected), len(found)))
                    print(f"{name}: item {at}: reference {expected[at:at + 3]}, gristmill {found[at:at + 3]}")
        print(f"{name}: {differ} of {len(texts)} texts differ")


if __name__ == "__main__":
    main()
