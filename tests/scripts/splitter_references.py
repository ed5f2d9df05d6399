"""The programs whose words and sentences gristmill reproduces, each asked about one text.

    pip install nltk==3.8.1 datatrove==0.2.0 uniseg==0.10.1 fasttext==0.9.3 PyICU==2.17 "numpy>=1.25" zstandard
    pip install --no-deps llama-index-core==0.10.30

CPython 3.11 (Unicode 14.0). The wheel of llama-index-core carries nltk_data's `punkt`, which NLTK would else download; set
NLTK_DATA to a folder with `tokenizers/punkt` to use that. PyICU takes the ICU of the system: 72.1 (Unicode 15.0) here.
"""
import functools
import importlib.metadata as md
import importlib.util
import os
import pathlib


@functools.cache
def nltk():
    """NLTK with its English model."""
    import nltk as module
    assert module.__version__ == "3.8.1", "newer versions cut otherwise"
    if not os.environ.get("NLTK_DATA"):
        folder = importlib.util.find_spec("llama_index.core").submodule_search_locations[0]
        module.data.path[:] = [str(pathlib.Path(folder) / "_static" / "nltk_cache")]
    return module


def nltk_words(text):
    return nltk().tokenize.word_tokenize(text)


def punkt(text):
    return nltk().tokenize.sent_tokenize(text)


def word_punct(text):
    return nltk().tokenize.WordPunctTokenizer().tokenize(text)


def uniseg(text):
    """As DCLM asks it: segments that begin with a letter or digit."""
    from uniseg.wordbreak import words
    return [word for word in words(text) if word[0].isalnum()]


def fast_text(text):
    """Without the `</s>` that stands for each line feed."""
    import fasttext
    return [word for word in fasttext.tokenize(text) if word != "</s>"]


@functools.cache
def icu_iterator(kind):
    import icu
    make = icu.BreakIterator.createWordInstance if kind == "words" else icu.BreakIterator.createSentenceInstance
    return make(icu.Locale.getRoot())


def icu(text, kind):
    """ICU counts in UTF-16. ICU 72.1 and gristmill's ICU4X differ in what splitter_vectors.py names."""
    iterator, units = icu_iterator(kind), text.encode("utf-16-le")
    iterator.setText(text)
    out, start = [], 0
    for end in iterator:
        if kind == "sentences" or iterator.getRuleStatus() >= 100:
            out.append(units[2 * start:2 * end].decode("utf-16-le"))
        start = end
    return out


@functools.cache
def datatrove_filters():
    """The filters of datatrove 0.2 with the arguments of its FineWeb example, by gristmill's names."""
    nltk()
    assert md.version("datatrove") == "0.2.0"
    from datatrove.pipeline import filters
    return {
        "gopher-quality@datatrove-0.2": filters.GopherQualityFilter(),
        "gopher-repetition@datatrove-0.2": filters.GopherRepetitionFilter(),
        "c4-quality-fineweb@datatrove-0.2": filters.C4QualityFilter(filter_no_terminal_punct=False),
        "fineweb-quality@datatrove-0.2": filters.FineWebQualityFilter(None),
    }


def datatrove(text, name):
    """Reason of the drop, and the text after C4's edits if it stays and has changed."""
    from datatrove.data import Document
    document = Document(text=text, id="")
    try:
        result = datatrove_filters()[name].filter(document)
    except ZeroDivisionError:
        # On an empty text; gristmill keeps it.
        return [None, None]
    if result is True:
        return [None, document.text if document.text != text else None]
    return [result[1], None]


REFERENCES = {
    "words:NltkWords": nltk_words, "sentences:Punkt": punkt, "words:NltkWordPunct": word_punct,
    "words:FastText": fast_text, "words:Uax29Bounds": uniseg,
    "words:Icu": lambda text: icu(text, "words"), "sentences:Uax29": lambda text: icu(text, "sentences"),
} | {f"filter:{name}": functools.partial(datatrove, name=name) for name in (
    "gopher-quality@datatrove-0.2", "gopher-repetition@datatrove-0.2", "c4-quality-fineweb@datatrove-0.2",
    "fineweb-quality@datatrove-0.2")}
"""gristmill's name for each answer (of `benches/split_jsonl.rs`), and the program that is asked."""
