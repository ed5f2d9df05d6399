"""RedPajama-Data-v2's quality signals against gristmill's `@rpv2` metrics, value by value.

    git clone https://github.com/togethercomputer/RedPajama-Data
    pip install nltk==3.8.1 numpy msgspec typing_extensions pyarrow zstandard
    python3 tests/scripts/compare_rpv2.py RedPajama-Data FILE.jsonl … [--limit N] [--odd N] [--lang en] [--bad-words FILE]

Runs the reference's own signal classes (CPython 3.11, as its Dockerfile has it) over the documents of JSONL files and over
odd texts, and compares each number exactly. NLTK must be the one of the time: from 3.10 on it searches with the
module `regex`, for which combining marks are word characters, and cuts many languages otherwise. Stop words are the reference's own for `--lang`; bad words are read from a file,
one entry a line. Signals with one number a line are compared as the sum or mean that the metric's documentation names.
`--golden FILE` writes the reference's numbers for the texts of `golden_texts.py` instead.
"""
import json
import sys
import tempfile
from pathlib import Path

from golden_texts import TEXTS, write_golden
from gristmill_run import Differences, arguments, judge, odd_texts, read_documents

DOC = {  # metric: signal
    "sentences": "rps_doc_num_sentences", "words": "rps_doc_word_count", "mean_word_chars": "rps_doc_mean_word_length",
    "symbols_per_word": "rps_doc_symbol_to_word_ratio", "ellipsis_line_ratio": "rps_doc_frac_lines_end_with_ellipsis",
    "nonalpha_word_ratio": "rps_doc_frac_no_alph_words", "unique_word_ratio": "rps_doc_frac_unique_words",
    "unigram_entropy": "rps_doc_unigram_entropy", "caps_word_ratio": "rps_doc_frac_all_caps_words",
    "stop_word_ratio": "rps_doc_stop_word_fraction", "curly_bracket_ratio": "rps_doc_curly_bracket",
    "lorem_ipsum_ratio": "rps_doc_lorem_ipsum", "bad_words": "rps_doc_ldnoobw_words",
    **{f"top_ngram_char_ratio.{n}": f"rps_doc_frac_chars_top_{n}gram" for n in (2, 3, 4)},
    **{f"dup_ngram_char_ratio.{n}": f"rps_doc_frac_chars_dupe_{n}grams" for n in range(5, 11)},
}
SUMS = {"javascript_words": "rps_lines_javascript_counts"}
MEANS = {
    "terminal_line_ratio": "rps_lines_ending_with_terminal_punctution_mark", "mean_line_words": "rps_lines_num_words",
    "bullet_line_ratio": "rps_lines_start_with_bulletpoint", "mean_line_upper_ratio": "rps_lines_uppercase_letter_fraction",
    "mean_line_numeric_ratio": "rps_lines_numerical_chars_fraction",
}
NAMES = sorted([*DOC, *SUMS, *MEANS])


class Reference:
    """The reference's signals for one language."""

    def __init__(self, checkout, lang, bad_words):
        sys.path.insert(0, str(Path(checkout) / "app/src"))
        from core.document import Document
        from core.quality_signals import content, lines, natural_language, repetitions
        self.document = Document
        self.folder = tempfile.TemporaryDirectory()
        place = Path(self.folder.name)
        (place / "domain_to_category_id.json").write_text("{}")
        (place / f"{lang}.txt").write_text("\n".join(bad_words))
        self.signals = [
            *content.register_content_callables(lang, place, place), *lines.register_lines_callables(),
            *natural_language.register_natural_language_callables(), *repetitions.register_repetitions_callables()]

    def __call__(self, text):
        document = self.document(text, domain=None, precompute_ngrams=True)
        found = {signal.field_name: [value for _, _, value in signal(document)] for signal in self.signals}
        numbers = {metric: found[signal][0] for metric, signal in DOC.items()}
        numbers |= {metric: sum(found[signal]) for metric, signal in SUMS.items()}
        for metric, signal in MEANS.items():
            values = [value for value in found[signal] if value is not None]
            numbers[metric] = sum(values) / len(values) if values else None
        return {metric: None if value is None else float(value) for metric, value in numbers.items()}


def filter_file(lang, stop_words, bad_words):
    """A filter that measures everything and drops nothing."""
    words = lambda entries: json.dumps(sorted(entries), ensure_ascii=False)
    head = f'title = "all"\nlanguage = "{lang}"\n[lists.stop-words]\nany = {words(stop_words)}\n[lists.bad-words]\nany = {words(bad_words)}\n'
    return head + "".join(f'[[rule]]\nname = "{name}"\nmetric = "{name}@rpv2"\nabove = 1e300\n' for name in NAMES)


def main():
    options = arguments(__doc__, "required", lang="en", bad_words=None)
    bad_words = ["bridge", "council", "new bridge", "used car market"]
    if options.bad_words:
        bad_words = [line.strip() for line in open(options.bad_words)]
    reference = Reference(options.checkout, options.lang, bad_words)
    from core.quality_signals.utils.stop_words import get_stop_words
    if options.golden:
        # A stop list of our own: the golden file holds no list of the reference.
        stop = next(signal for signal in reference.signals if signal.field_name == "rps_doc_stop_word_fraction")
        stop._stop_words = {"the", "of", "and", "to", "und", "der"}
        cases = [{"text": text, "numbers": reference(text)} for text in TEXTS]
        made = {"made_with": "togethercomputer/RedPajama-Data 6d2cee9, CPython " + sys.version.split()[0] +
                ", tests/scripts/compare_rpv2.py --golden", "stop_words": sorted(stop._stop_words), "bad_words": bad_words,
                "cases": cases}
        write_golden(options.golden, made)
        return
    documents = [*read_documents(options.files, options.limit), *({"id": f"odd#{at}", "text": text}
                 for at, text in enumerate([*TEXTS, *odd_texts(options.odd)]))]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(filter_file(options.lang, get_stop_words(options.lang), bad_words))
        file.flush()
        answers = judge(documents, file.name, options.gristmill)
    differences = Differences()
    for document, answer in zip(documents, answers):
        if answer.verdict == "unread":
            print(f"{document['id']}: gristmill did not read it")
            continue
        for metric, value in reference(document["text"]).items():
            differences.check(f"{document['id']} {metric}", answer.metrics.get(f"{metric}@rpv2"), value)
    sys.exit(0 if differences.summary(f"rpv2, {len(documents)} documents") else 1)


if __name__ == "__main__":
    main()
