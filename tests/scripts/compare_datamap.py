"""Compares gristmill's datamap-rs filters with datamap-rs itself: verdicts of every rule, fractions of repetition, edited texts.

    tests/scripts/setup_datamap.sh DIR CHECKOUT
    python3 tests/scripts/compare_datamap.py DIR FILE.jsonl... [--limit 500] [--odd 1000]

Needs pyarrow and PyYAML; zstandard for .zst files. Exits with 1 if anything differs.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

import gristmill_run

VERSION = "datamap-rs-2026-03"
QUALITY = [["too-few-words", "too-many-words"], ["short-words", "long-words"], ["too-many-symbols"], ["too-many-bullets"],
           ["too-many-cut-lines"], ["too-few-alphabetic-words"], ["too-few-stop-words"]]
FRACTIONS = [f"{name}@datamap-rs" for name in ["dup_line_ratio", "dup_paragraph_ratio", "dup_line_byte_ratio", "dup_paragraph_byte_ratio"]
             + [f"top_ngram_byte_ratio.{n}" for n in (2, 3, 4)] + [f"dup_ngram_byte_ratio.{n}" for n in range(5, 11)]]


def ask(folder, steps, documents, mode):
    """The reference's answers, one for each document."""
    lines = "".join(json.dumps(document["text"]) + "\n" for document in documents)
    done = subprocess.run([f"{folder}/target/release/oracle", json.dumps(steps), mode], input=lines, text=True,
                          capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def between(steps, first, last):
    names = [step["name"] for step in steps]
    return steps[names.index(first):len(names) - names[::-1].index(last)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="what setup_datamap.sh made")
    parser.add_argument("files", nargs="*", help="JSONL files")
    parser.add_argument("--limit", type=int, help="documents of each file")
    parser.add_argument("--odd", type=int, default=1000, help="so many made-up texts as well (default %(default)s)")
    parser.add_argument("--gristmill", help="the program; default: the release build of this checkout")
    options = parser.parse_args()
    import yaml
    steps = yaml.safe_load(Path(options.folder, "dclm_config.yaml").read_text())["pipeline"]
    documents = list(gristmill_run.read_documents(options.files, options.limit))
    documents += [{"id": f"odd-{at}", "text": text} for at, text in enumerate(gristmill_run.odd_texts(options.odd))]
    judge = lambda recipe: gristmill_run.judge(documents, f"{recipe}@{VERSION}", options.gristmill)
    good = True

    differences = gristmill_run.Differences()
    asked = ask(options.folder, between(steps, "page_len_filter", "massive_web_repetition_filter"), documents, "rules")
    for document, ours, theirs in zip(documents, judge("gopher-quality"), asked):
        tripped = {rule.rsplit("/", 1)[-1] for rule in ([ours.rule] if ours.rule else []) + ours.also}
        for names, drops in zip(QUALITY, theirs["drops"]):
            # A page without words has no mean length; the program drops it, here the first rule has done so.
            if names[0] == "short-words" and not document["text"].split():
                continue
            differences.check(f"{document['id']} {names[0]}", bool(tripped & set(names)), drops)
    good &= differences.summary(f"gopher-quality over {len(documents)} documents")

    # The program knows an n-gram by a weak hash and its length, and takes any of the most frequent ones that are equally long.
    # Where that makes the difference, ours must be a right answer all the same.
    differences, collisions, ties = gristmill_run.Differences(), 0, 0
    for document, ours, theirs in zip(documents, judge("gopher-repetition"), asked):
        excused = False
        for name, fraction, exact in zip(FRACTIONS, theirs["fractions"], theirs["exact"]):
            value = ours.metrics.get(name)
            if value != fraction and value in exact:
                excused = True
                collisions, ties = collisions + (fraction not in exact), ties + (fraction in exact)
                print(f"  {document['id']} {name}: gristmill {value}, reference {fraction}, right {sorted(set(exact))}")
            else:
                differences.check(f"{document['id']} {name}", value, fraction)
        if not excused:
            differences.check(f"{document['id']} verdict", ours.keeps, not theirs["drops"][-1])
    print(f"gopher-repetition: {collisions} fractions that the reference's hash gets wrong, {ties} ties that it breaks by chance")
    good &= differences.summary(f"gopher-repetition over {len(documents)} documents")

    differences = gristmill_run.Differences()
    chain = between(steps, "word_count_adder", "word_removal_ratio_filter")
    for document, ours, theirs in zip(documents, judge("refinedweb-lines"), ask(options.folder, chain, documents, "chain")):
        differences.check(f"{document['id']} verdict", ours.keeps, theirs["dropped"] is None)
        if ours.keeps and theirs["dropped"] is None:
            differences.check(f"{document['id']} text", ours.text, theirs["text"])
    good &= differences.summary(f"refinedweb-lines over {len(documents)} documents")

    differences = gristmill_run.Differences()
    chain = between(steps, "newline_removal_modifier", "newline_removal_modifier")
    for document, ours, theirs in zip(documents, judge("newlines"), ask(options.folder, chain, documents, "chain")):
        differences.check(f"{document['id']} text", ours.text, theirs["text"])
    good &= differences.summary(f"newlines over {len(documents)} documents")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
