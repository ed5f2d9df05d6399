"""The step `classify` beside the programs whose preparation of the text it follows, with one model that gristmill trained.

Needs: pip install "dolma==1.2.1" fasteners "datatrove==0.10.1" fasttext-wheel "numpy<2" zstandard "pyarrow<21", and a release build of gristmill.

    python3 tests/scripts/compare_classify.py FILE.jsonl.zst... [--limit 300] [--model two.bin] [--golden prepare.json]

The model has the labels `hq` and `cc`; without `--model` one is trained on the first two files, `hq` against `cc`. Compared on every
document, and on made-up texts, is the score of `hq`:

- `prepare = "datatrove"`: `FastTextClassifierFilter.filter`, by document; the probability that it stores, and its verdict
- `prepare = "dclm"`: Dolma's `DclmQualityClassifier.predict_slice`, which does what DCLM's enricher does: only the best label is
  asked for, and `cc` becomes 1 - p
- `prepare = "spaces"`: `FastTextJigsawHatespeechDocumentTagger.predict_slice` (also the NSFW taggers')
- `prepare = "words"`: `Dolma17QualityClassifier.predict_slice`

A text that is blank has no score in gristmill; the programs predict from the end of the text alone (or stop with an error).
"""
import json
import subprocess
import tempfile
from pathlib import Path

import gristmill_run
from datatrove.data import Document
from datatrove.pipeline.filters import FastTextClassifierFilter
from dolma.core.data_types import TextSlice
from dolma.taggers import jigsaw, quality
from fasttext.FastText import _FastText
from tokenizers import normalizers, pre_tokenizers

PREPARES = ["datatrove", "dclm", "spaces", "words"]
TOLERANCE = 1e-4
BOUND = 0.5


def train(files, limit, program, folder):
    texts = {}
    for label, file in zip(("hq", "cc"), files):
        texts[label] = Path(folder) / f"{label}.jsonl"
        rows = gristmill_run.read_documents([file], limit)
        texts[label].write_text("".join(json.dumps({"text": row["text"]}) + "\n" for row in rows))
    model = str(Path(folder) / "two.bin")
    options = "--dim 16 --word-ngrams 2 --bucket 50000 --epochs 20 --rate 0.5 --good-label hq --random-label cc".split()
    subprocess.run([program, "train", "classifier", "--good", str(texts["hq"]), "--random", str(texts["cc"]), "--out", model,
                    *options], check=True, stdout=subprocess.DEVNULL)
    return model


class Peers:
    """The programs with a model of ours instead of the one that they would download."""

    def __init__(self, model):
        self.classifier = _FastText(model)
        # Past its check of packages, which asks for another build of fastText than the one that Dolma needs.
        self.filter = object.__new__(FastTextClassifierFilter)
        self.filter.__init__(model, keep_labels=[("hq", BOUND)])
        self.filter._model = self.classifier
        self.taggers = {}
        for name, kind in (("dclm", quality.DclmQualityClassifier), ("spaces", jigsaw.FastTextJigsawHatespeechDocumentTagger),
                           ("words", quality.Dolma17QualityClassifier)):
            tagger = kind.__new__(kind)
            tagger.classifier, tagger.mode = self.classifier, "document"
            tagger._normer, tagger._splitter = normalizers.Strip(), pre_tokenizers.WhitespaceSplit()
            self.taggers[name] = tagger

    def scores(self, text):
        """By preparation: the score of `hq`, or None where the program fails."""
        document = Document(text=text, id="0")
        kept = self.filter.filter(document)
        out = {"datatrove": document.metadata.get("__label__hq", 0.0), "verdict": kept}
        for name, tagger in self.taggers.items():
            try:
                found = list(tagger.predict_slice(TextSlice(doc=text, start=0, end=len(text))))
            except ValueError:  # no words to unpack: Dolma 1.7's tagger stops at a blank text
                if text.strip():
                    raise
                out[name] = None
                continue
            scores = {one.label.replace("__label__", ""): float(one.score) for one in found}
            out[name] = scores["score"] if name == "dclm" else scores.get("hq", 0.0)
        return out


def main():
    options = gristmill_run.arguments(__doc__, model=None)
    program = None if options.golden else gristmill_run.binary(options.gristmill)
    differences = gristmill_run.Differences()
    texts = list(gristmill_run.odd_texts(40 if options.golden else options.odd))
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or train(options.files, options.limit, program, folder)
        model = str(Path(model).resolve())
        peers = Peers(model)
        if options.golden:
            texts += ["flour\nyeast\u3000oven\u00a0dough", "broth\r\ncarrot\u2028onion\x1csoup", "dough\x85oven\tkettle"]
            rows = [{"text": text} | {name: value for name, value in peers.scores(text).items() if name != "verdict"}
                    for text in texts if text.strip() and len(text) < 3000]
            Path(options.golden).write_text(json.dumps(rows, ensure_ascii=True, separators=(",", ":")))
            return
        texts += [row["text"] for row in gristmill_run.read_documents(options.files, options.limit)]
        steps = [f'name = "{name}"\nclassify = {{ model = "{model}", labels = ["hq"], prepare = "{name}" }}' for name in PREPARES]
        answers = gristmill_run.run(texts, steps, program)
        kept = gristmill_run.run(texts, [f'classify = {{ model = "{model}", labels = ["hq"], prepare = "datatrove", '
                                         f'min-score = {BOUND} }}'], program)
        blank = 0
        for text, answer, verdict in zip(texts, answers, kept):
            theirs = peers.scores(text)
            if not text.strip():
                blank += 1
                continue
            for name in PREPARES:
                ours = answer.metrics.get(f"{name}/score")
                near = ours is not None and theirs[name] is not None and abs(ours - theirs[name]) <= TOLERANCE
                differences.check(f"{name} {text[:60]!r}: {ours} {theirs[name]}", near, True)
            differences.check(f"verdict {text[:60]!r}", verdict.keeps, theirs["verdict"])
    print(f"{len(texts)} texts, {blank} of them blank and not compared")
    raise SystemExit(0 if differences.summary("scores and verdicts") else 1)


if __name__ == "__main__":
    main()
