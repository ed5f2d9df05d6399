#!/usr/bin/env python3
"""What datatrove says with FineWeb-2's threshold files, document by document, to hold an imported filter against.

    pip install 'datatrove==0.10.*' spacy 'xxhash<4' pyyaml numpy regex ftfy
    fineweb2_filters.py THRESHOLDS.yml DOCUMENTS.jsonl > reference.jsonl

The three filters run as in fineweb-2-pipeline.py. Each line: the document's id, the reason of the first filter that drops
it (null: kept, "error:…" where the program raises), and the number of words that its tokenizer finds.
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("thresholds")
    parser.add_argument("documents")
    parser.add_argument("--limit", type=int, default=0)
    args = parser.parse_args()
    language = Path(args.thresholds).stem
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
