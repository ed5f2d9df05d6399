#!/usr/bin/env python3
"""What datatrove says with FineWeb-2's threshold files, document by document, to hold an imported filter against.

    pip install 'datatrove==0.10.*' spacy 'xxhash<4' pyyaml numpy regex ftfy
    fineweb2_filters.py THRESHOLDS.yml DOCUMENTS.jsonl > reference.jsonl
    gristmill filters import THRESHOLDS.yml --splitter uax29    --out a.toml
    gristmill filters import THRESHOLDS.yml --splitter spacy-en --out b.toml
    gristmill filters diff a.toml b.toml --language TAG --input DOCUMENTS.jsonl --examples 1000000 --format json > d.json
    fineweb2_filters.py --reference reference.jsonl --diff d.json

The three filters run as in fineweb-2-pipeline.py. Each line: the document's id, the reason of the first filter that drops
it (null: kept, "error:…" where the program raises), and the number of words that its tokenizer finds. The last command
counts, for both filters, the documents with another verdict and with another reason than datatrove gives. With
--tokenizer eng_Latn in the first command, datatrove splits as `spacy-en` does, and nothing may differ.
"""
import argparse
import json
import sys
from pathlib import Path

import yaml
from datatrove.data import Document
from datatrove.pipeline.filters import FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.utils.text import split_into_words


def filters(language, config):
    return [
        GopherRepetitionFilter(
            language=language, dup_para_frac=0, dup_line_char_frac=0, dup_para_char_frac=0,
            dup_line_frac=config["dup_line_frac"], top_n_grams=config["top_n_grams"],
            dup_n_grams=config["dup_n_grams"],
        ),
        FineWebQualityFilter(
            language=language, short_line_thr=999, char_duplicates_ratio=0.1,
            line_punct_thr=config["line_punct_thr"], new_line_ratio=config["new_line_ratio"],
        ),
        GopherQualityFilter(
            language=language, max_avg_word_length=config["max_avg_word_length"],
            min_avg_word_length=config["min_avg_word_length"], stop_words=config["stopwords"],
            max_non_alpha_words_ratio=config["max_non_alpha_words_ratio"], min_stop_words=2,
        ),
    ]


def verdict(chain, document):
    for one in chain:
        try:
            said = one.filter(document)
        except Exception as error:  # what the program would stop or count as an error at
            return f"error:{type(error).__name__}"
        if said is not True:
            return said[1]
    return None


# What our filter files call the reasons that datatrove gives.
RULES = {
    "dup_line_frac": "duplicate-lines", "empty": "no-lines", "line_punct_ratio": "few-ended-lines",
    "char_dup_ratio": "duplicate-line-chars", "list_ratio": "many-newlines", "gopher_short_doc": "too-few-words",
    "gopher_long_doc": "too-many-words", "gopher_below_avg_threshold": "short-words",
    "gopher_above_avg_threshold": "long-words", "gopher_too_many_hashes": "too-many-hashes",
    "gopher_too_many_ellipsis": "too-many-ellipses", "gopher_too_many_bullets": "too-many-bullets",
    "gopher_too_many_end_ellipsis": "too-many-cut-lines",
    "gopher_below_alpha_threshold": "too-few-alphabetic-words", "gopher_enough_stop_words": "too-few-stop-words",
    **{f"top_{n}_gram": f"top-{n}-gram" for n in (2, 3, 4)},
    **{f"duplicated_{n}_n_grams": f"duplicate-{n}-grams" for n in range(5, 11)},
}


def compare(reference, diff):
    """Counts verdicts and reasons that differ, for both sides of `gristmill filters diff`."""
    expected = [json.loads(line) for line in open(reference, encoding="utf-8")]
    report = json.load(open(diff, encoding="utf-8"))
    for side in ("first", "second"):
        ours = {}
        for pair in report["reasons"]:
            for case in pair["examples"]:
                ours[case["document"]] = case[side] and case[side]["rule"].rsplit("/", 1)[1]
        verdicts = reasons = errors = dropped = 0
        for row in expected:
            if row["reason"] and row["reason"].startswith("error"):
                errors += 1
                continue
            theirs = row["reason"] and RULES[row["reason"]]
            own = ours.get(row["id"])
            dropped += theirs is not None
            verdicts += (own is None) != (theirs is None)
            reasons += own != theirs
        print(f"{report[side]:<36} {len(expected):>5} documents, datatrove drops {dropped}: "
              f"{verdicts} other verdicts, {reasons} other reasons, {errors} errors")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("thresholds", nargs="?")
    parser.add_argument("documents", nargs="?")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--tokenizer", help="split words as for this language, such as eng_Latn, not as for the file's")
    parser.add_argument("--reference")
    parser.add_argument("--diff")
    args = parser.parse_args()
    if args.diff:
        compare(args.reference, args.diff)
        return
    language = args.tokenizer or Path(args.thresholds).stem
    chain = filters(language, yaml.safe_load(Path(args.thresholds).read_text(encoding="utf-8")))
    with open(args.documents, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if args.limit and number >= args.limit:
                break
            row = json.loads(line)
            text = row["text"]
            said = verdict(chain, Document(text=text, id=str(row["id"])))
            words = len(split_into_words(text, language)) if text else 0
            json.dump({"id": row["id"], "reason": said, "words": words}, sys.stdout, ensure_ascii=False)
            print()


if __name__ == "__main__":
    main()
