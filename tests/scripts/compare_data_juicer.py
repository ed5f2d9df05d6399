"""Compares gristmill's `…@data-juicer` metrics and filters with data-juicer itself, document by document.

    python tests/scripts/compare_data_juicer.py FILE.jsonl… [--checkout DATA-JUICER] [--limit N] [--odd N]
    python tests/scripts/compare_data_juicer.py --golden tests/golden/filters/data_juicer.json [--checkout DATA-JUICER]

DATA-JUICER is a checkout of datajuicer/data-juicer; without it the installed package py-data-juicer is used (which
holds no recipes, so that only metrics are compared). Only the modules of the text filters are loaded, so that of its
dependencies emoji 2.2.0, regex, numpy, pydantic, loguru, zstandard and PyYAML are enough; gristmill_run.py needs
pyarrow.
"""

import ast
import importlib
import importlib.metadata
import importlib.util
import json
import sys
import types
from pathlib import Path

import yaml

import gristmill_run as ours
from compare_curator import exact, measure, reasons

# Our filter, and the recipe that it takes its bounds from.
RECIPES = {
    "text-defaults": "configs/config_all.yaml",
    "redpajama-c4-heuristics": "configs/data_juicer_recipes/redpajama-c4-refine.yaml",
    "redpajama-cc-2023-06-heuristics": "configs/data_juicer_recipes/redpajama-cc-2023-06-refine.yaml",
}
# Word lists for the comparison, made up here.
STOP_WORDS = ["the", "be", "to", "of", "and", "that", "have", "with", "it's", "straße", "и"]
FLAGGED = ["bridge", "farmers", "x1", "日本", "don't"]
# Module, class, the name of the number in data-juicer, and gristmill's metric.
FILTERS = [
    ("alphanumeric_filter", "AlphanumericFilter", "alnum_ratio", "alnum_char_ratio@data-juicer"),
    ("special_characters_filter", "SpecialCharactersFilter", "special_char_ratio", "special_char_ratio@data-juicer"),
    ("average_line_length_filter", "AverageLineLengthFilter", "avg_line_length", "mean_line_chars@data-juicer"),
    ("maximum_line_length_filter", "MaximumLineLengthFilter", "max_line_length", "max_line_chars@data-juicer"),
    (
        "character_repetition_filter",
        "CharacterRepetitionFilter",
        "char_rep_ratio",
        "char_repetition_ratio.10@data-juicer",
    ),
    ("words_num_filter", "WordsNumFilter", "num_words", "words@data-juicer"),
    ("word_repetition_filter", "WordRepetitionFilter", "word_rep_ratio", "word_repetition_ratio.10@data-juicer"),
    ("stopwords_filter", "StopWordsFilter", "stopwords_ratio", "stop_word_ratio@data-juicer"),
    ("flagged_words_filter", "FlaggedWordFilter", "flagged_words_ratio", "flagged_word_ratio@data-juicer"),
    ("text_length_filter", "TextLengthFilter", "text_len", "chars"),
]


class Registry:
    """Stands for data-juicer's registries: leaves what is registered as it is."""

    @staticmethod
    def register_module(_name):
        return lambda registered: registered


def reference(checkout=None):
    """data-juicer's text filters, loaded without the rest of data-juicer."""
    if checkout:
        root = Path(checkout) / "data_juicer"
    else:
        root = Path(importlib.util.find_spec("data_juicer").submodule_search_locations[0])
    for name in ["", ".ops", ".ops.filter", ".utils"]:
        package = types.ModuleType("data_juicer" + name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules["data_juicer" + name] = package

    class Filter:
        """As much of data-juicer's base class as these filters use."""

        text_key = "text"

        def __init__(self, *args, **kwargs):
            self.min_closed_interval = self.max_closed_interval = True
            self.reversed_range = False

    # The test of the bounds is data-juicer's own.
    body = ast.parse((root / "ops/base_op.py").read_text())
    keep = next(
        node for node in ast.walk(body) if isinstance(node, ast.FunctionDef) and node.name == "get_keep_boolean"
    )
    space = {}
    exec(compile(ast.Module([keep], []), "base_op.py", "exec"), space)
    Filter.get_keep_boolean = space["get_keep_boolean"]
    lists = {"stopwords": {"en": STOP_WORDS}, "flagged_words": {"en": FLAGGED}}
    stand_in("data_juicer.ops.base_op", OPERATORS=Registry, Filter=Filter)
    stand_in("data_juicer.ops.op_fusion", INTER_LINES=Registry, INTER_WORDS=Registry)
    stand_in("data_juicer.utils.model_utils", get_model=lambda key: None, prepare_model=None)
    stand_in(
        "data_juicer.utils.asset_utils",
        ASSET_DIR="",
        load_words_asset=lambda words_dir, words_type: lists[words_type],
    )
    stats = importlib.import_module("data_juicer.utils.constant").Fields.stats
    classes = {
        module: getattr(importlib.import_module(f"data_juicer.ops.filter.{module}"), name)
        for module, name, _, _ in FILTERS
    }
    specials = importlib.import_module("data_juicer.ops.common").SPECIAL_CHARACTERS
    return types.SimpleNamespace(stats=stats, classes=classes, special_characters=specials, checkout=checkout)


def stand_in(name, **contents):
    """Puts a module with these contents in the place of one of data-juicer's."""
    module = types.ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


def score(program, module, key, text):
    """The number that a filter computes."""
    op = program.classes[module]()
    if hasattr(op, "compute_stats_single"):
        return op.compute_stats_single({"text": text, program.stats: {}})[program.stats][key]
    return op.compute_stats_batched({"text": [text], program.stats: [{}]})[program.stats][0][key]


def steps(program, recipe):
    """The filters of a recipe that need no model and no word list, with their settings, in order."""
    names = {module for module, *_ in FILTERS} - {"stopwords_filter", "flagged_words_filter"}
    for step in yaml.safe_load((Path(program.checkout) / recipe).read_text())["process"]:
        ((name, settings),) = step.items()
        settings = settings or {}
        if name in names and not settings.get("tokenization"):
            yield name, program.classes[name](**settings)


def verdict(program, filters, scores):
    """The first filter that drops."""
    for name, op in filters:
        key, metric = next((key, metric) for module, _, key, metric in FILTERS if module == name)
        if not list(op.process_batched({program.stats: [{key: scores[metric]}]}))[0]:
            return name


CRAFTED = [
    "The council met on Tuesday.\r\nIt agreed to build the Bridge, that people have waited for!\n\nFarmers: don't.",
    "abcdefghij" * 30,
    "abcdefghijk abcdefghijk abcdefghijl",
    "abcdefghi",
    "abcdefghij",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "日本語のテキストです。日本語のテキストです。日本語のテキスト",
    "один два три " * 8,
    "😀😀😀😀😀😀😀😀😀😀😀😀",
    "one two three four five six seven eight nine ten eleven " * 4,
    "One, two THREE four. five six seven eight nine ten " * 3,
    "Øre ØRE øre Гг г ГГ ısı İ STRASSE straße ΑΣ ας",
    "’it's’ “the” —of— 日本、 日本。 ππ 12 a1 1a --",
    "a\x0bb c\rd e\u2028f g\xa0h the\u3000of",
    "x\ty\nz  w",
    "1234 5678 !!! ...",
    "\x1c\x1d\x85\u2029",
    "line one\nline two is longer\x0c\x0b\u2028end",
    "½ ² ٣ Ⅷ ① 一 ー シ ツ",
    "👍🏽 👨\u200d👩\u200d👧 🇩🇪 a👍 👍a",
    "the THE The tHe and\tAND\nAnd",
]


def main():
    options = ours.arguments(__doc__, "optional")
    program = reference(options.checkout)
    if options.golden:
        return write_golden(program, options.golden)
    texts = CRAFTED + list(ours.odd_texts(options.odd))
    texts += [document["text"] for document in ours.read_documents(options.files, options.limit)]
    lists = f"[lists.stop-words]\nany = {toml(STOP_WORDS)}\n[lists.bad-words]\nany = {toml(FLAGGED)}\n"
    metrics = [metric for *_, metric in FILTERS]
    measured = measure(texts, metrics, options.gristmill, lists)
    same, expected = True, [{} for _ in texts]
    for module, _, key, metric in FILTERS:
        found = ours.Differences(5)
        for place, text in enumerate(texts):
            expected[place][metric] = score(program, module, key, text)
            found.check(f"{metric} of text {place} {text[:60]!r}", measured[place][metric], expected[place][metric])
        same &= found.summary(metric)
    for name, recipe in RECIPES.items() if options.checkout else ():
        file = ours.ROOT / f"filters/data-juicer/{name}-1.4.toml"
        reason, found, filters = reasons(file), ours.Differences(5), list(steps(program, recipe))
        for place, (text, answer) in enumerate(zip(texts, ours.judge(texts, str(file), options.gristmill))):
            got = None if answer.keeps else reason[answer.rule_name]
            found.check(f"{name} of text {place} {text[:60]!r}", got, verdict(program, filters, expected[place]))
        same &= found.summary(f"{name} ({', '.join(step for step, _ in filters)})")
    sys.exit(0 if same else 1)


def toml(words):
    return json.dumps(words, ensure_ascii=False)


def write_golden(program, path):
    """Writes the numbers and verdicts of texts made up here."""
    cases = []
    for text in CRAFTED + list(ours.odd_texts(60, seed=7)):
        scores = {metric: score(program, module, key, text) for module, _, key, metric in FILTERS}
        verdicts = {name: verdict(program, steps(program, recipe), scores) for name, recipe in RECIPES.items()}
        scores = {metric: exact(value) for metric, value in scores.items()}
        cases.append({"text": text, "scores": scores, "verdicts": verdicts})
    head = {
        "provenance": "written by tests/scripts/compare_data_juicer.py --golden: data-juicer 1.4.3, CPython "
        f"{sys.version.split()[0]}, emoji {importlib.metadata.version('emoji')}",
        "stop_words": STOP_WORDS,
        "flagged_words": FLAGGED,
    }
    with open(path, "w") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ',\n"cases": [\n')
        file.write(",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]}\n")


if __name__ == "__main__":
    main()
