"""Dolma's taggers `gopher_v1`, `gopher_v2`, `c4_v1` and `c4_v2` against gristmill's `@dolma` metrics, value by value.

    git clone https://github.com/allenai/dolma
    pip install msgspec typing_extensions pyarrow zstandard
    python3 tests/scripts/compare_dolma.py dolma FILE.jsonl … [--limit N] [--odd N]

Runs the tagger modules of the checkout as they are; only their registry and base class are replaced, so that the rest of the
package is not needed. Compares each number exactly, and the verdicts of `gopher@dolma-v1.6` with those of the mixer's conditions
in `configs/dolma-v1_6/mixing/cc-head.yaml`, read from that file. `--golden FILE` writes the numbers for `golden_texts.py`.
"""
import importlib.util
import json
import re
import sys
import tempfile
import types
from pathlib import Path

from golden_texts import TEXTS, write_golden
from gristmill_run import Differences, arguments, judge, odd_texts, read_documents

GOPHER = {  # metric: span type, of gopher_v1
    "words": "word_count", "median_word_chars": "median_word_length", "symbol_word_ratio": "symbol_to_word_ratio",
    "alpha_word_ratio": "fraction_of_words_with_alpha_character", "stop_words": "required_word_count",
    "bullet_line_ratio": "fraction_of_lines_starting_with_bullet_point",
    "ellipsis_line_ratio": "fraction_of_lines_ending_with_ellipsis", "dup_line_ratio": "fraction_of_duplicate_lines",
    "dup_line_char_ratio": "fraction_of_characters_in_duplicate_lines",
    **{f"top_ngram_char_ratio.{n}": f"fraction_of_characters_in_most_common_{n}grams" for n in (2, 3, 4)},
    **{f"dup_ngram_char_ratio.{n}": f"fraction_of_characters_in_duplicate_{n}grams" for n in range(5, 11)},
}
LINES = [name for name in GOPHER if "line" in name]
C4 = ["c4_lines", "c4_unended_line_ratio", "c4_short_line_ratio", "c4_curly_bracket", "c4_lorem_ipsum", "c4_javascript.v1",
      "c4_javascript.v2", "c4_bad_words"]
NAMES = [*GOPHER, *(f"{name}.v2" for name in LINES), *C4]
STOP_WORDS = ["the", "be", "to", "of", "and", "that", "have", "with"]
BAD_WORDS = ["bridge", "ferry", "used car", "new bridge that"]


class Reference:
    """The taggers of a checkout."""

    def __init__(self, checkout):
        self.root = Path(checkout)
        for name in ("dolma", "dolma.core", "dolma.taggers"):
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__path__ = []
        registry = types.ModuleType("dolma.core.registry")
        registry.TaggerRegistry = type("TaggerRegistry", (), {"add": staticmethod(lambda name: lambda tagger: tagger)})
        taggers = types.ModuleType("dolma.core.taggers")
        taggers.BaseTagger = object
        sys.modules |= {"dolma.core.registry": registry, "dolma.core.taggers": taggers}
        self.types = self.load("core.data_types")
        self.gopher, self.c4 = self.load("taggers.gopher"), self.load("taggers.c4")

    def load(self, name):
        place = self.root / "python/dolma" / (name.replace(".", "/") + ".py")
        spec = importlib.util.spec_from_file_location(f"dolma.{name}", place)
        module = importlib.util.module_from_spec(spec)
        sys.modules[f"dolma.{name}"] = module
        spec.loader.exec_module(module)
        return module

    def spans(self, tagger, text):
        found = {}
        for span in tagger.predict(self.types.Document(source="", id="", text=text)).spans:
            found.setdefault(span.type, []).append(span)
        return found

    def __call__(self, text):
        v1 = {kind: spans[0].score for kind, spans in self.spans(self.gopher.GopherTagger(), text).items()}
        v2 = {kind: spans[0].score for kind, spans in self.spans(self.gopher.GopherTaggerV2(), text).items()}
        numbers = {metric: v1.get(kind) for metric, kind in GOPHER.items()}
        numbers |= {f"{metric}.v2": v2.get(GOPHER[metric]) for metric in LINES}
        c4 = [self.spans(tagger, text) for tagger in (self.c4.C4Tagger(), self.c4.FasterC4Tagger())]
        javascript = [float("has_javascript" in spans) for spans in c4]
        assert [{kind: len(spans) for kind, spans in one.items() if kind != "has_javascript"} for one in c4][0] == \
            {kind: len(spans) for kind, spans in c4[1].items() if kind != "has_javascript"}, "c4_v1 and c4_v2 differ elsewhere"
        lines = c4[1]["line_count"][0].score
        share = lambda kind: len(c4[1].get(kind, [])) / lines
        numbers |= dict(zip(C4, [
            lines, share("lines_with_no_ending_punctuation"), share("lines_with_too_few_words"),
            float("has_curly_brace" in c4[1]), float("has_lorem_ipsum" in c4[1]), *javascript, float("has_naughty_word" in c4[1])]))
        return {metric: None if value is None else float(value) for metric, value in numbers.items()}, v1

    def mixer(self, spans):
        """Whether the published mixer file drops a document with these gopher_v1 numbers."""
        text = (self.root / "configs/dolma-v1_6/mixing/cc-head.yaml").read_text()
        for kind, sign, bound in re.findall(r"gopher_rules__gopher_v1__(\w+)\[0\]\[2\]\s*([<>])\s*([\d.]+)", text):
            value = spans.get(kind)
            if value is not None and (value < float(bound) if sign == "<" else value > float(bound)):
                return True
        return False


def filter_file(bad_words):
    """A filter that measures everything and drops nothing."""
    head = f'title = "all"\n[lists.stop-words]\nany = {json.dumps(STOP_WORDS)}\n[lists.bad-words]\nany = {json.dumps(bad_words, ensure_ascii=False)}\n'
    return head + "".join(f'[[rule]]\nname = "{name}"\nmetric = "{name}@dolma"\nabove = 1e300\n' for name in NAMES)


def main():
    options = arguments(__doc__, "required")
    reference = Reference(options.checkout)
    bad_words = sorted(reference.c4.NAUGHTY_WORDS | reference.c4.NAUGHTY_PHRASES)
    if options.golden:
        reference.c4.NAUGHTY_WORDS = {word for word in BAD_WORDS if " " not in word}
        reference.c4.NAUGHTY_PHRASES = {word for word in BAD_WORDS if " " in word}
        cases = [{"text": text, "numbers": reference(text)[0], "dropped": reference.mixer(reference(text)[1])} for text in TEXTS]
        made = {"made_with": "allenai/dolma 669f534 (1.2.1), CPython " + sys.version.split()[0] +
                ", tests/scripts/compare_dolma.py --golden", "stop_words": STOP_WORDS, "bad_words": BAD_WORDS, "cases": cases}
        write_golden(options.golden, made)
        return
    documents = [*read_documents(options.files, options.limit), *({"id": f"odd#{at}", "text": text}
                 for at, text in enumerate([*TEXTS, *odd_texts(options.odd)]))]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(filter_file(bad_words))
        file.flush()
        answers = judge(documents, file.name, options.gristmill)
    verdicts = judge(documents, "gopher@dolma-v1.6", options.gristmill)
    differences, dropped = Differences(), 0
    for document, answer, verdict in zip(documents, answers, verdicts):
        if answer.verdict == "unread":
            print(f"{document['id']}: gristmill did not read it")
            continue
        numbers, spans = reference(document["text"])
        for metric, value in numbers.items():
            differences.check(f"{document['id']} {metric}", answer.metrics.get(f"{metric}@dolma"), value)
        dropped += reference.mixer(spans)
        differences.check(f"{document['id']} verdict", verdict.verdict == "drop", reference.mixer(spans))
    print(f"the mixer drops {dropped}")
    sys.exit(0 if differences.summary(f"dolma, {len(documents)} documents") else 1)


if __name__ == "__main__":
    main()
