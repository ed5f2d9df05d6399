"""The step `decontaminate` with `method = "datatrove"` beside datatrove's NGramsDecontFilter, over the same documents.

Needs: pip install "datatrove==0.10.0" spacy "xxhash<4" regex zstandard numpy pyarrow, and a release build of gristmill.

    python3 tests/scripts/compare_contamination.py FILE.jsonl.zst... [--limit 2000] [--question-ngrams]

The benchmark items are passages of the documents themselves, told otherwise: other case, other marks, other numbers, words
left out, question and answer cut at a random word; so that there are hits, near misses, and items too short to be found.
Compared: the verdict, and the set of every document that datatrove drops. Its index is a table from hash to set in which the
last set that was read holds an n-gram of several sets; so the set is compared where its n-gram is in one set alone.
"""
import argparse
import json
import random
import tempfile
from pathlib import Path

import gristmill_run
import numpy
from datatrove.data import Document
from datatrove.pipeline.decont import n_grams
from datatrove.utils.hashing import create_hash_func
from datatrove.utils.word_tokenizers import load_word_tokenizer

SETS = ["first", "second", "third"]


def told_otherwise(words, draw):
    out = []
    for word in words:
        kind = draw.randrange(40)
        if kind == 0:
            word = word.upper()
        elif kind == 1:
            word += draw.choice([",", "!", " -", "»", "…", "\u3000", "\u0301"])
        elif kind == 2 and any(c.isdigit() for c in word):
            word = "".join("7" if c.isdigit() else c for c in word)
        elif kind == 3 and draw.randrange(4) == 0:
            continue
        out.append(word)
    return out


def items(texts, count, draw):
    out = {name: [] for name in SETS}
    for number in range(count):
        words = draw.choice(texts).split()
        length = draw.choice([3, 11, 12, 13, 14, 20, 40, 90])
        start = draw.randrange(max(1, len(words) - length))
        words = told_otherwise(words[start:start + length], draw)
        at = draw.randrange(len(words) + 1)
        item = {"id": f"i{number}", "question": " ".join(words[:at]), "answer": " ".join(words[at:])}
        out[draw.choice(SETS)].append(item)
    return out


class Datatrove:
    """The indexer and the filter, without the package that the indexer asks for to download benchmarks."""

    def __init__(self, sets, config, folder):
        indexer = object.__new__(n_grams.NGramsDecontIndexer)
        indexer.config = config
        indexer.tokenizer = load_word_tokenizer("en")
        indexer.hash_func = create_hash_func(config.hash_config)
        self.owners = {}
        for name, rows in sets.items():
            hashes = set()
            for row in rows:
                hashes.update(indexer.compute_hashes(row["answer"], row["question"]))
            for one in hashes:
                self.owners.setdefault(one, set()).add(name)
            array = numpy.array(list(hashes), dtype=config.hash_config.np_descr)
            array.tofile(folder / f"{name}.index.hashes")
        self.filter = n_grams.NGramsDecontFilter(str(folder), config=config, language="en")
        # It would load them at the first document, when the folder is gone, and find nothing to load.
        self.filter.load_index_hashes()
        assert set(self.filter._index_hashes) == set(self.owners), "the index is not whole"

    def drops(self, text):
        document = Document(text=text, id="")
        answer = self.filter.filter(document)
        if answer is True:
            return None
        return self.owners[self.filter.hash_func(document.metadata["contaminated_ngram"])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--gristmill")
    parser.add_argument("--limit", type=int, default=1000, help="documents of each file")
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--question-ngrams", action="store_true")
    args = parser.parse_args()
    texts = [one["text"] for path in args.files for one in gristmill_run.read_documents([path], args.limit)]
    draw = random.Random(12)
    usable = [text for text in texts if len(text.split()) > 20]
    sets = items(usable, args.items, draw)
    texts += gristmill_run.odd_texts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = n_grams.NGramsDecontConfig(find_query_ngrams=args.question_ngrams)
        reference = Datatrove(sets, config, folder)
        tables = []
        for number, (of, rows) in enumerate(sets.items()):
            path = folder / f"{number}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            tables.append(f'{{ name = "{of}", paths = ["{path}"], question = "question", answer = "answer" }}')
        step = (f"decontaminate = {{ question-ngrams = {str(args.question_ngrams).lower()}, sets = [{', '.join(tables)}] }}")
        answers = gristmill_run.run(texts, [step], args.gristmill)
    equal, hit, wrong = 0, 0, []
    for text, answer in zip(texts, answers):
        owners = reference.drops(text)
        found = answer.rule.split(":", 1)[1] if answer.verdict == "drop" else None
        hit += owners is not None
        if (found is None) == (owners is None) and (owners is None or len(owners) > 1 or found in owners):
            equal += 1
        else:
            wrong.append((owners, answer.verdict, found, text[:80]))
    print(f"{len(texts)} documents, {hit} dropped by datatrove, {equal} equal, {len(wrong)} not")
    assert hit > 0, "nothing to compare"
    for one in wrong[:10]:
        print("  ", one)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
