"""Compares gristmill's DCLM filters with DCLM's own mappers: every verdict, first rule, value and edited text.

    tests/scripts/setup_dclm.sh DIR
    DIR/venv/bin/python tests/scripts/compare_dclm.py DIR/dclm FILE.jsonl... [--limit 500] [--odd 1000]

The files may be any JSONL with a field `text`, plain, .gz or .zst. The reference is slow (about 20 microseconds per
character); `--cache FILE` keeps its answers. Exits with 1 if anything differs.
"""
import argparse
import hashlib
import json
import os
import random
import sys
import time

import gristmill_run
from dclm_reference import Dclm

VERSION = "dclm-2025-09"
FILTERS = {
    "gopher_quality": f"gopher-quality@{VERSION}",
    "gopher_repetition": f"gopher-repetition@{VERSION}",
    "lines": f"refinedweb-lines@{VERSION}",
    "clean": f"clean-text@{VERSION}",
    "c4": f"c4@{VERSION}",
}
BAD_WORDS = "baselines/mappers/banlists/ldnoobw.txt"
C4_PARTS = """The first man came home | the second man went away | Then there was one | five words are in it | four words in it | News |
Please enable JavaScript | javascr\u0130pt and java\u017fcript | this site uses cookies | the Terms of Use | we use COO\u212aIES | Lorem ipsum dolor |
lorem \u0131psum | if (x) { | [1] | [ 2 ] | [] | [edit] | [citation needed] | [\u0663] | java[3]script | Dr. Smith, D.C. | e.g. at 5 p.m. | \u4e2d\u6587 |
sex | SEX | sexy | a sexist | \U0001f595 | x\U0001f595y | s&m | 2g1c | xxx_ | \u00e9sex | zonk | Zonk | zonk2 | a big GRUMBO""".replace("\n", "").split("|")
C4_ENDS = [".", ".", ".", ".", "!", "?", '"', '."', "\u2026", "...", "....", "\u201d", "'", ";", "", ". ", ".\u00a0", ".\t\r", ".\x1c", "\u3002", ". [1]",
           ".[1]", "[2].", ".)", ". . .", ".\u200b"]


def c4_texts(count, seed=3):
    """Pages on which C4's passes part: few kinds of lines, so that many repeat, with odd ends between odd breaks."""
    yield from ["x" * 190000, "x" * 190001, "It was here, and now. " * 9000, "a b c d " + "x" * 1000 + ".", "a b c d " + "x" * 1001 + ".", "[edit]", "[1]\n[2]"]
    chance = random.Random(seed)
    for _ in range(count):
        plain, lines = chance.random() < 0.5, []
        for _ in range(chance.choice([1, 2, 4, 8, 16])):
            parts = C4_PARTS[:4] if plain and chance.random() < 0.9 else C4_PARTS
            words = [chance.choice(parts).strip(" ") for _ in range(chance.choice([0, 1, 1, 2, 2, 3]))]
            lines.append(chance.choice(["", "", "", " ", "\u3000"]) + " ".join(words) + chance.choice(C4_ENDS[:4] if plain else C4_ENDS))
            if chance.random() < 0.2:
                lines.append(chance.choice(lines).upper())
        yield "".join(line + chance.choice(["\n"] * 12 + ["\n\n", "\r\n", "\n \n", "\r", "\x85", "\u2028", "\x0b"]) for line in lines)


class Cache:
    """Answers of the reference by recipe and text, as lines of a file."""

    def __init__(self, path):
        self.known, self.file = {}, None
        if path:
            if os.path.exists(path):
                for line in open(path):
                    key, answer = json.loads(line)
                    self.known[key] = answer
            self.file = open(path, "a")

    def get(self, recipe, text, ask):
        key = recipe + ":" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if key not in self.known:
            self.known[key] = json.loads(json.dumps(ask(text)))
            if self.file:
                self.file.write(json.dumps([key, self.known[key]]) + "\n")
                self.file.flush()
        return self.known[key]


def same_values(differences, where, ours, theirs):
    """Every value that the reference compared with a bound. Where it compares none (one line alone, nothing that repeats) the
    verdict is compared all the same."""
    for name in theirs:
        differences.check(f"{where} {name}", ours.get(name), theirs[name])


def compare(recipe, documents, reference, cache, gristmill):
    asked = [cache.get(recipe, document["text"], getattr(reference, recipe)) for document in documents]
    more = f"lists = {{ bad-words = {{ any = {json.dumps(os.path.abspath(BAD_WORDS))} }} }}" if recipe == "c4" else ""
    answers = gristmill_run.judge(documents, FILTERS[recipe], gristmill, more)
    differences = gristmill_run.Differences()
    for document, theirs, ours in zip(documents, asked, answers):
        where = f"{recipe} {document['id']}"
        if recipe == "clean":
            # The mapper removes a page of which nothing is left; the filter leaves the empty text to the next rule.
            differences.check(where, ours.text or None, theirs)
            continue
        first, values, *edited = theirs
        differences.check(f"{where} rule", ours.rule_name or None, first)
        same_values(differences, where, ours.metrics, values)
        if edited and first is None:
            differences.check(f"{where} text", ours.text, edited[0])
    kept = sum(answer.keeps for answer in answers)
    return differences.summary(f"{FILTERS[recipe]} over {len(documents)} documents ({kept} kept)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", help="a checkout of mlfoundations/dclm")
    parser.add_argument("files", nargs="*", help="JSONL files")
    parser.add_argument("--limit", type=int, help="documents of each file")
    parser.add_argument("--max-chars", type=int, default=20_000, help="longer documents are cut (default %(default)s)")
    parser.add_argument("--odd", type=int, default=1000, help="so many made-up texts as well (default %(default)s)")
    parser.add_argument("--recipe", action="append", choices=list(FILTERS), help="only this one")
    parser.add_argument("--cache", help="file that keeps the reference's answers")
    parser.add_argument("--gristmill", help="the program; default: the release build of this checkout")
    options = parser.parse_args()
    documents = [{"id": document["id"], "text": document["text"][:options.max_chars]}
                 for document in gristmill_run.read_documents(options.files, options.limit)]
    documents += [{"id": f"odd-{at}", "text": text} for at, text in enumerate(gristmill_run.odd_texts(options.odd))]
    cache = Cache(options.cache and os.path.abspath(options.cache))
    gristmill = gristmill_run.binary(options.gristmill and os.path.abspath(options.gristmill))
    reference = Dclm(os.path.abspath(options.checkout))
    good = True
    for recipe in options.recipe or FILTERS:
        started = time.time()
        more = [{"id": f"page-{at}", "text": text} for at, text in enumerate(c4_texts(options.odd))] if recipe == "c4" else []
        good &= compare(recipe, documents + more, reference, cache, gristmill)
        print(f"  {time.time() - started:.0f} s", file=sys.stderr)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
