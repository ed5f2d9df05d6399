"""ROOTS' filtering against gristmill's `@roots` metrics and the filter `roots@bigscience-2023`.

    git clone https://github.com/bigscience-workshop/data-preparation
    pip install numpy pandas emoji==1.6.1 pyarrow zstandard
    python3 tests/scripts/compare_roots.py data-preparation FILE.jsonl … [--limit N] [--odd N] [--lang en]
    python3 tests/scripts/compare_roots.py data-preparation --write-filter roots-full.toml

Runs the reference's own functions with the parameters, stop words and flagged words of `--lang`: first what it takes out of the
text, then each number, then its verdict without language identification and perplexity. `--write-filter` writes the library's filter with
the two rules on word lists added, and the lists of the checkout in it. `--golden FILE` writes numbers for `golden_texts.py`.
"""
import argparse
import json
import sys
import tempfile
import types
from pathlib import Path

from golden_texts import TEXTS, write_golden
from gristmill_run import ROOT, Differences, judge, odd_texts, read_documents

FOLDER = "preprocessing/training/01b_oscar_cleaning_and_filtering"
LANGUAGES = ["ar", "bn", "ca", "en", "es", "eu", "fr", "hi", "id", "pt", "ur", "vi", "zh"]
NAMES = ["words", "char_repetition_ratio.10", "char_repetition_ratio.3", "word_repetition_ratio.5", "word_repetition_ratio.7",
         "special_char_ratio", "stop_word_ratio", "flagged_word_ratio"]
# Chinese words are cut by a SentencePiece model there.
OF_WORDS = {"words", "word_repetition_ratio.5", "word_repetition_ratio.7", "stop_word_ratio", "flagged_word_ratio"}


class Reference:
    """The reference's functions for one language."""

    def __init__(self, checkout, lang, stop_words=None, flagged_words=None):
        for name in ("fasttext", "sentencepiece", "kenlm"):
            sys.modules.setdefault(name, types.ModuleType(name))
        sys.path.insert(0, str(Path(checkout) / FOLDER))
        import filtering
        self.modify, self.filtering = filtering.ModifyingDocuments, filtering.Filtering
        load = filtering.LoadParameters
        self.lang, self.param = lang, load.load_parameters(lang)
        self.stop_words = stop_words or load.load_stopwords(lang)
        self.flagged_words = flagged_words or load.load_flagged_words(lang)

    def edited(self, text):
        p = self.param
        return self.modify.modifying_documents(
            text, p["cond_uniform_whitespace"], p["cond_replace_unicode_punctuation"],
            p["cond_remove_words_with_incorrect_substrings"], p["strip_characters"], p["incorrect_word_substrings"],
            p["cond_remove_long_words"], p["length_word_max_cutoff"])

    def __call__(self, text):
        p, f, text = self.param, self.filtering, self.edited(text)
        strip = p["strip_characters"]
        augment = (p["cond_words_augmentation"], p["words_augmentation_group_sizes"], p["words_augmentation_join_char"])
        numbers = {
            "words": len(self.modify.get_words_from_document(text, None, False, strip)),
            "char_repetition_ratio.10": f.compute_character_repetition_ratio(text, 10),
            "char_repetition_ratio.3": f.compute_character_repetition_ratio(text, 3),
            "word_repetition_ratio.5": f.compute_word_repetition_ratio(text, None, strip, 5),
            "word_repetition_ratio.7": f.compute_word_repetition_ratio(text, None, strip, 7),
            "special_char_ratio": f.compute_special_characters_ratio(text, p["special_characters"]),
            "stop_word_ratio": f.compute_stopwords_ratio(text, None, strip, *augment, self.stop_words),
            "flagged_word_ratio": f.compute_flagged_words_ratio(text, None, strip, *augment, self.flagged_words),
        }
        return {name: None if self.lang == "zh" and name in OF_WORDS else float(value) for name, value in numbers.items()}

    def keeps(self, text):
        """The verdict of the whole function, without models."""
        p = self.param
        keys = ["cond_check_number_words", "strip_characters", "number_words_min_cutoff", "number_words_max_cutoff",
                "cond_check_character_repetition_removal", "character_repetition_length", "character_repetition_max_cutoff",
                "cond_check_word_repetition_removal", "word_repetition_length", "word_repetition_max_cutoff",
                "cond_check_special_characters", "special_characters", "special_characters_max_cutoff", "cond_words_augmentation",
                "words_augmentation_group_sizes", "words_augmentation_join_char", "cond_check_stopwords", "stopwords_min_cutoff",
                "cond_check_flagged_words", "flagged_words_max_cutoff", "cond_check_lang_id", "lang_id_min_cutoff",
                "cond_check_perplexity", "perplexity_max_cutoff"]
        return self.filtering.filtering(
            document=self.edited(text), sentencepiece_model_tok=None, stopwords=self.stop_words, flagged_words=self.flagged_words,
            lang_dataset_id=self.lang, model_lang_id=None, sentencepiece_model=None, kenlm_model=None, **{key: p[key] for key in keys})


def list_words(words):
    """Words as a TOML array."""
    return json.dumps(sorted(words), ensure_ascii=False)


def filter_file(reference, library):
    """A filter that measures everything and drops nothing, with the library's edit."""
    edit = next(line for line in library.splitlines() if line.startswith("roots-words"))
    head = f'title = "all"\nlanguage = "{reference.lang}"\n[lists.stop-words]\nany = {list_words(reference.stop_words)}\n' \
           f'[lists.bad-words]\nany = {list_words(reference.flagged_words)}\n[[edit]]\n{edit}\n'
    return head + "".join(f'[[rule]]\nname = "{name}"\nmetric = "{name}@roots"\nabove = 1e300\n' for name in NAMES)


def full_filter(checkout, library, language=None):
    """The library's filter with the lists of a checkout and the rules on them, before the rule on the language."""
    every = {lang: Reference(checkout, lang) for lang in LANGUAGES}
    bounds = lambda key, word: ", ".join(f"{lang} = {{ {word} = {one.param[key]} }}" for lang, one in every.items())
    rules = f"""[[rule]]
name = "too-few-stop-words"
metric = "stop_word_ratio@roots"
below = 0.1
languages = {{ {bounds("stopwords_min_cutoff", "below")} }}

[[rule]]
name = "too-many-flagged-words"
metric = "flagged_word_ratio@roots"
above = 0.1
languages = {{ {bounds("flagged_words_max_cutoff", "above")} }}

"""
    lists = "[lists.stop-words]\n" + "".join(f"{lang} = {list_words(one.stop_words)}\n" for lang, one in every.items())
    lists += "\n[lists.bad-words]\n" + "".join(f"{lang} = {list_words(one.flagged_words)}\n" for lang, one in every.items())
    library = library.split("[[example]]")[0].rstrip() + "\n"
    library = library.replace('name = "roots@bigscience-2023"', 'name = "roots-full@bigscience-2023"', 1)
    if language:
        library = library.replace("[[reference]]", f'language = "{language}"\n\n[[reference]]', 1)
    library = library.replace("[[edit]]", lists + "\n[[edit]]", 1)
    at = library.index('[[rule]]\nname = "low-language-score"')
    return library[:at] + rules + library[at:]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--odd", type=int, default=1000)
    parser.add_argument("--lang", default="en", choices=LANGUAGES)
    parser.add_argument("--write-filter")
    parser.add_argument("--gristmill")
    parser.add_argument("--golden")
    options = parser.parse_args()
    library = (ROOT / "filters/roots/roots-2023.toml").read_text()
    if options.write_filter:
        Path(options.write_filter).write_text(full_filter(options.checkout, library))
        return
    if options.golden:
        golden(options)
        return
    reference = Reference(options.checkout, options.lang)
    documents = [*read_documents(options.files, options.limit), *({"id": f"odd#{at}", "text": text}
                 for at, text in enumerate([*TEXTS, *odd_texts(options.odd)]))]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file, tempfile.NamedTemporaryFile("w", suffix=".toml") as full:
        file.write(filter_file(reference, library))
        file.flush()
        full.write(full_filter(options.checkout, library, options.lang))
        full.flush()
        answers = judge(documents, file.name, options.gristmill)
        verdicts = judge(documents, full.name, options.gristmill)
    differences, dropped = Differences(), 0
    for document, answer, verdict in zip(documents, answers, verdicts):
        if answer.verdict == "unread":
            print(f"{document['id']}: gristmill did not read it")
            continue
        text = document["text"]
        differences.check(f"{document['id']} text", answer.text, reference.edited(text))
        for name, value in reference(text).items():
            differences.check(f"{document['id']} {name}", answer.metrics.get(f"{name}@roots"), value)
        if options.lang != "zh":
            dropped += not reference.keeps(text)
            differences.check(f"{document['id']} keeps", verdict.keeps, reference.keeps(text))
    print(f"the reference drops {dropped}")
    sys.exit(0 if differences.summary(f"roots, {options.lang}, {len(documents)} documents") else 1)


def golden(options):
    """Golden numbers, with short lists of our own."""
    stop_words = {"the", "of", "and", "to", "xin chào", "các", "der"}
    flagged_words = {"bridge", "used", "chào các"}
    cases = []
    for lang in ("en", "fr", "vi", "zh", "ur"):
        reference = Reference(options.checkout, lang, stop_words, flagged_words)
        for text in TEXTS if lang in ("en", "vi") else TEXTS[::3]:
            edited = reference.edited(text)
            cases.append({"language": lang, "text": text, **({} if edited == text else {"edited": edited}), "numbers": reference(text)})
    made = {"made_with": "bigscience-workshop/data-preparation 9d05884, emoji 1.6.1, CPython " + sys.version.split()[0] +
            ", tests/scripts/compare_roots.py --golden", "stop_words": sorted(stop_words), "bad_words": sorted(flagged_words), "cases": cases}
    write_golden(options.golden, made)


if __name__ == "__main__":
    main()
