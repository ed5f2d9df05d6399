"""Compares gristmill's `…@curator` metrics and filters with NeMo Curator itself, document by document.

    python tests/scripts/compare_curator.py FILE.jsonl… [--checkout CURATOR] [--limit N] [--odd N]
    python tests/scripts/compare_curator.py --golden tests/golden/filters/curator.json [--checkout CURATOR]

CURATOR is a checkout of NVIDIA-NeMo/Curator; without it the installed package nemo-curator is used. Only the modules
of the heuristic filters are loaded, so that of its dependencies regex, loguru and PyYAML are enough; gristmill_run.py
needs pyarrow, and zstandard for .zst files.

Of equally frequent n-grams Curator takes whichever comes first out of a Python set, which changes from run to run.
gristmill takes the first of the text, and is compared with Curator made to choose so; how often that matters is
counted.

Golden vectors want regex 2025.11.3, the version in Curator's lock file: later ones know letters of a later Unicode.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import sys
import tempfile
import tomllib
import types
from pathlib import Path

import yaml

import gristmill_run as ours

# Our filter, and the pipeline file that it reproduces.
PIPELINES = {
    "heuristic-english": "heuristic_filter_english_pipeline",
    "heuristic-non-english": "heuristic_filter_non_english_pipeline",
}
STOP_WORDS = ["the", "be", "to", "of", "and", "that", "have", "with"]


class Reference:
    """Curator's filters, loaded without the rest of Curator."""

    def __init__(self, checkout=None):
        if checkout:
            root = Path(checkout) / "nemo_curator"
        else:
            root = Path(importlib.util.find_spec("nemo_curator").submodule_search_locations[0])
        for name in [
            "",
            ".stages",
            ".stages.text",
            ".stages.text.utils",
            ".stages.text.filters",
            ".stages.text.filters.heuristic",
            ".stages.text.filters.heuristic.repetition",
        ]:
            package = types.ModuleType("nemo_curator" + name)
            package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
            sys.modules["nemo_curator" + name] = package
        heuristic = "nemo_curator.stages.text.filters.heuristic."
        self.string = importlib.import_module(heuristic + "string")
        self.repetition = importlib.import_module(heuristic + "repetition.repetition")
        self.constants = importlib.import_module("nemo_curator.stages.text.utils.constants")
        version = {}
        exec(_assignments(root / "package_info.py"), version)
        self.version = ".".join(str(version[part]) for part in ("MAJOR", "MINOR", "PATCH"))
        self.pipelines = {name: self.pipeline(root / f"config/text/{file}.yaml") for name, file in PIPELINES.items()}
        self.scores = self.scorers()
        # For `max` in the module of n-grams: None is Python's own, else the rank of each n-gram.
        self.rank = None
        self.repetition.max = self.max

    def max(self, *values, key=None):
        best = max(*values) if key is None else max(*values, key=key)
        if key is not None and self.rank is not None:
            best = min((gram for gram in values[0] if key(gram) == key(best)), key=self.rank.__getitem__)
        return best

    def pipeline(self, file):
        """The filters of a pipeline file, in order."""
        filters = []
        for stage in yaml.safe_load(file.read_text())["stages"]:
            settings = dict(stage.get("filter_obj") or {})
            if settings:
                module, name = settings.pop("_target_").rsplit(".", 1)
                module = self.string if module.endswith("string") else self.repetition
                filters.append(getattr(module, name)(**settings))
        return filters

    def scorers(self):
        """For each metric of gristmill the filter whose score it is."""
        s, r = self.string, self.repetition
        return {
            "nonalnum_char_ratio@curator": s.NonAlphaNumericFilter(),
            "digit_char_ratio@curator": s.NumbersFilter(),
            "white_space_char_ratio@curator": s.WhiteSpaceFilter(),
            "parenthesis_char_ratio@curator": s.ParenthesesFilter(),
            "url_char_ratio@curator": s.UrlsFilter(),
            "porn_url@curator": s.PornographicUrlsFilter(),
            "symbol_word_ratio@curator": s.SymbolsToWordsFilter(),
            "words@curator": s.WordCountFilter(),
            "mean_word_chars@curator": s.MeanWordLengthFilter(),
            "max_word_chars@curator": s.LongWordFilter(),
            "alpha_word_ratio@curator": s.WordsWithoutAlphabetsFilter(),
            "stop_words@curator": s.CommonEnglishWordsFilter(stop_at_false=False),
            "boilerplate_paragraph_ratio@curator": s.BoilerPlateStringFilter(),
            "unique_line_ratio@curator": r.RepeatedLinesFilter(),
            "unique_line_char_ratio@curator": r.RepeatedLinesByCharFilter(),
            "unique_paragraph_ratio@curator": r.RepeatedParagraphsFilter(),
            "unique_paragraph_char_ratio@curator": r.RepeatedParagraphsByCharFilter(),
            "no_end_mark_line_ratio@curator": s.PunctuationFilter(),
            "ellipsis_line_ratio@curator": s.EllipsisFilter(),
            "bullet_line_ratio@curator": s.BulletsFilter(),
            **{f"top_ngram_char_ratio.{n}@curator": r.RepeatingTopNGramsFilter(n=n) for n in range(2, 5)},
            **{f"dup_ngram_char_ratio.{n}@curator": r.RepeatingDuplicateNGramsFilter(n=n) for n in range(5, 11)},
        }

    def score(self, filter, text, first_of_text=True):
        """The score, or None where Curator raises."""
        if first_of_text and isinstance(filter, self.repetition.RepeatingTopNGramsFilter):
            words = text.split()
            self.rank = {}
            for place in range(len(words) - filter._n + 1):
                self.rank.setdefault(tuple(words[place : place + filter._n]), place)
        try:
            return filter.score_document(text)
        except (ZeroDivisionError, ValueError):
            return None
        finally:
            self.rank = None

    def verdict(self, filters, text, first_of_text=True):
        """The name of the first filter that drops the text, `raises`, or None."""
        for filter in filters:
            score = self.score(filter, text, first_of_text)
            if score is None:
                return "raises"
            if not filter.keep_document(score):
                return filter.name


def _assignments(file):
    """The lines of a file that set a number."""
    lines = file.read_text().splitlines()
    return "\n".join(line for line in lines if line.split("=")[0].strip() in ("MAJOR", "MINOR", "PATCH"))


def probe(metrics, lists=""):
    """A filter file that measures all of `metrics`."""
    rules = "".join(
        f'[[rule]]\nname = "r{place}"\nmetric = "{metric}"\nbelow = 0.5\n' for place, metric in enumerate(metrics)
    )
    return f'name = "probe"\ntitle = "All metrics"\n{lists}\n{rules}'


def measure(texts, metrics, gristmill, lists=""):
    """gristmill's numbers, None where it has none."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(probe(metrics, lists))
        file.flush()
        answers = ours.judge(texts, file.name, gristmill)
    return [{metric: answer.metrics.get(metric) for metric in metrics} for answer in answers]


def reasons(filter_file):
    """The reason of each rule of a library filter."""
    return {rule["name"]: rule["reason"] for rule in tomllib.loads(filter_file.read_text())["rule"]}


def notices(reference):
    """Texts with each of the program's boilerplate phrases."""
    for phrase in reference.constants.policy_substrings:
        yield f"The bridge is old.\n\nNow: {phrase.upper()}\n\nThe river rose."
        yield f"The bridge is old.\n\nNow: {phrase[:-1]}\n\n{phrase[1:]} The river rose."
        yield phrase.replace("k", "\u212a").replace("e", "E") + "\n\n\nThe river rose."


CRAFTED = [
    "The council met on Tuesday.\nIt agreed to build the bridge that people have waited for.\n\nRead more\n• one\n◦ two\n- three",
    "# ## #a #a# #a#b# ##a# ... … [...] (...) […] -» .... the be to of",
    "http://a.example/x?y=1&z=%20%zz https://b.example/(c)*d!, http:// https:/x xhttps://http://porn.example<br> HTTP://c.example",
    "http://porn.example/a",
    "https://a.example/b|porn",
    "see http://a.example/日本 and http://b.example/%4",
    "{a} [b] (c) ⟨d⟩ <e> \x08\x08 \t\r\n",
    "Lorem Ipsum dolor\n\nplain paragraph",
    "PRIVACY POLICY\n\n\n\nuse of coo\u212aies\n\nuses\ncookies",
    "any cookies that may noterms of use and if you continue to browse",
    "necessary cookies are absolutely nice, terms of use",
    "a b\nb a b a b  a b",
    "ba bc a b a b",
    "one two three four five one two three four five one two three four five six",
    "x y z w v u x y z w v q x y z w v u x y z w v q r s t " * 3,
    "a a a a a a a a a a a a a a a a",
    "ends. \nends?\u3000\nends!\x85\nquote\"\nquote'\nquote”\nopen",
    "read more..\nREAD MORE \nread more.\nRead  more\n[…]\n-»\n(...)",
    "ⓐⓑ Ⅷ ① ١ ² ª \u0345 \u0903 \u0301 \U0001e4f0 \U00011f50 \u1abf \U0001ccd6",
    "same\n\nsame\n\n\nsame\n\n\n\nsame",
    "same\nsame \n same\nsame",
    "word " * 60 + "end.",
    "\n\n\n\n\nthe be\n\n",
    "\xa0\n\n\n\n\n\n\n",
    "• \n•• a\n ⦿ b\n\u3000‣ c\nx •",
]


def main():
    options = ours.arguments(__doc__, "optional")
    reference = Reference(options.checkout)
    if options.golden:
        return write_golden(reference, options.golden)
    texts = CRAFTED + list(notices(reference)) + list(ours.odd_texts(options.odd))
    texts += [document["text"] for document in ours.read_documents(options.files, options.limit)]
    lists = f"[lists.stop-words]\nany = {json.dumps(STOP_WORDS)}\n"
    same = True
    measured = measure(texts, list(reference.scores), options.gristmill, lists)
    for metric, filter in reference.scores.items():
        found, ties = ours.Differences(5), 0
        for place, text in enumerate(texts):
            expected = reference.score(filter, text)
            found.check(f"{metric} of text {place} {text[:60]!r}", measured[place][metric], expected)
            ties += metric.startswith("top") and expected != reference.score(filter, text, first_of_text=False)
        same &= found.summary(
            metric + (f" ({ties} where the reference takes another of equally frequent ones)" if ties else "")
        )
    for name, filters in reference.pipelines.items():
        file = ours.ROOT / f"filters/curator/{name}-1.3.toml"
        reason, found, ties, raised = reasons(file), ours.Differences(5), 0, 0
        for place, (text, answer) in enumerate(zip(texts, ours.judge(texts, str(file), options.gristmill))):
            expected = reference.verdict(filters, text)
            got = None if answer.keeps else reason[answer.rule_name]
            if expected == "raises":
                # The program stops; gristmill goes on to a rule that drops.
                raised += 1
                found.check(f"{name} of text {place} {text[:60]!r}", got is not None, True)
                continue
            found.check(f"{name} of text {place} {text[:60]!r}", got, expected)
            ties += expected != reference.verdict(filters, text, first_of_text=False)
        same &= found.summary(f"{name} ({raised} where the reference raises, {ties} that hang on its order of ties)")
    sys.exit(0 if same else 1)


def write_golden(reference, path):
    """Writes the scores and verdicts of texts made up here."""
    cases = []
    for text in CRAFTED + list(ours.odd_texts(60, seed=7)):
        scores = {metric: exact(reference.score(filter, text)) for metric, filter in reference.scores.items()}
        verdicts = {name: reference.verdict(filters, text) for name, filters in reference.pipelines.items()}
        cases.append({"text": text, "scores": scores, "verdicts": verdicts})
    alphabetic = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000 and is_alpha(reference, code)]
    head = {
        "provenance": f"written by tests/scripts/compare_curator.py --golden: NeMo Curator {reference.version}, CPython "
        f"{sys.version.split()[0]}, regex {importlib.metadata.version('regex')}; null where Curator raises; of equally "
        "frequent n-grams the first of the text",
        "stop_words": STOP_WORDS,
        "alphabetic": {"count": len(alphabetic), "sum": sum(alphabetic)},
    }
    with open(path, "w") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ',\n"cases": [\n')
        file.write(",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]}\n")


def exact(number):
    """A number as text: readers of JSON may be a bit off in the last place."""
    return None if number is None else repr(number)


def is_alpha(reference, code):
    """Whether Curator takes a character for one of the alphabet."""
    return reference.constants.regex_alpha.match(chr(code)) is not None


if __name__ == "__main__":
    main()
