"""Writes src/text/tables.rs: character facts as runs of code points.

Run with CPython 3.11 (Unicode 14.0.0) in an environment with spaCy 3.8, datatrove 0.10 and regex:
    python tests/scripts/text_tables.py > src/text/tables.rs
Every set is found by asking the running program about each code point; no list is copied.
"""
import re, sys, unicodedata
import regex
import spacy
from spacy.lang import char_classes as cc
from spacy.pipeline import Sentencizer
from datatrove.utils import text as dt

assert unicodedata.unidata_version == "14.0.0" and sys.version_info[:2] == (3, 11)
tok = spacy.blank("en").tokenizer
CPS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def runs(member):
    """Greedy runs (first, last, step) with step 1 or 2."""
    cps = [c for c in CPS if member(chr(c))]
    out, i = [], 0
    while i < len(cps):
        best = None
        for step in (1, 2):
            j = i
            while j + 1 < len(cps) and cps[j + 1] == cps[j] + step:
                j += 1
            if best is None or j - i > best[0] - i:
                best = (j, step)
        j, step = best
        if j == i:
            step = 1
        out.append((cps[i], cps[j], step))
        i = j + 1
    return out


def klass(body):
    pattern = re.compile("[" + body + "]")
    return lambda c: pattern.match(c) is not None


def one(search, c):
    m = search(c)
    return m is not None and m.end() - m.start() == 1


cased = lambda c: (c + "\u03a3").lower()[-1] == "\u03c2"
nd = regex.compile(r"\p{Nd}")
dot = re.compile("(?:" + [s for s in __import__("spacy.lang.punctuation", fromlist=["x"]).TOKENIZER_SUFFIXES
                 if s.startswith("(?<=[0-9a-z")][0] + ")$")
SETS = [
    ("ALPHA", "Python `str.isalpha`: general category L*.", str.isalpha),
    ("ALNUM_ONLY", "Python `str.isalnum` but not `isalpha`.", lambda c: c.isalnum() and not c.isalpha()),
    ("DIGIT", "Python `str.isdigit`.", str.isdigit),
    ("DECIMAL", r"Python `str.isdecimal`, `\d` of `re`: category Nd.", str.isdecimal),
    ("NONSPACING", "General category Mn.", lambda c: unicodedata.category(c) == "Mn"),
    ("PUNCTUATION_CATEGORY", "General category P*: spaCy's `is_punct` for one character.",
     lambda c: unicodedata.category(c).startswith("P")),
    ("ASSIGNED", "Assigned in Unicode 14.0 (category not Cn).", lambda c: unicodedata.category(c) != "Cn"),
    ("CASED", "Cased and not case-ignorable, as `str.lower` sees it around a capital sigma.", cased),
    ("CASE_IGNORABLE", "Case-ignorable, as `str.lower` sees it around a capital sigma.",
     lambda c: ("A" + c + "\u03a3").lower()[-1] == "\u03c2" and not cased(c)),
    ("NUMBER", r"`\p{Nd}` of the module `regex` " + regex.__version__ + " (a newer Unicode than CPython's).",
     lambda c: nd.match(c) is not None),
    ("DT_PUNCTUATION", "datatrove `PUNCTUATION`.", lambda c: c in set(dt.PUNCTUATION)),
    ("DT_TERMINAL", "datatrove `TERMINAL_PUNCTUATION`.", lambda c: c in dt.TERMINAL_PUNCTUATION),
    ("SENTENCE_END", "spaCy `Sentencizer.default_punct_chars`.",
     lambda c: c in set(Sentencizer.default_punct_chars)),
    ("SPACY_ALPHA", "spaCy `ALPHA`.", klass(cc.ALPHA)),
    ("SPACY_LOWER", "spaCy `ALPHA_LOWER`.", klass(cc.ALPHA_LOWER)),
    ("SPACY_UPPER", "spaCy `ALPHA_UPPER`.", klass(cc.ALPHA_UPPER)),
    ("SPACY_QUOTE", "spaCy `CONCAT_QUOTES`.", klass(cc.CONCAT_QUOTES)),
    ("SPACY_PREFIX", "Is a spaCy prefix by itself, whatever follows.",
     lambda c: c != "+" and one(tok.prefix_search, c) and one(tok.prefix_search, c + "0")),
    ("SPACY_SUFFIX", "Is a spaCy suffix by itself, whatever stands before.", lambda c: one(tok.suffix_search, c)),
    ("SPACY_INFIX", "Is a spaCy infix by itself, whatever stands around.",
     lambda c: not c.isspace() and [m.span() for m in tok.infix_finditer(c)] == [(0, 1)]),
    ("SPACY_BEFORE_DOT", "A full stop after it, at the end of a chunk, is a spaCy suffix.",
     lambda c: not c.isspace() and dot.search(c + ".") is not None),
]

print("//! Character facts as runs `(first, last, step)` of code points.")
print("//!")
print(f"//! Written by `tests/scripts/text_tables.py` from CPython 3.11 (Unicode {unicodedata.unidata_version}), "
      f"spaCy {spacy.__version__},")
print(f"//! datatrove {__import__('importlib.metadata').metadata.version('datatrove')} and regex "
      f"{regex.__version__}, by asking them about every code point. Do not edit.")
print("\n/// First code point, last code point, distance between members.")
print("pub(super) type Run = (u32, u32, u8);\n")
for i, (name, doc, member) in enumerate(SETS):
    rs = runs(member)
    n = sum((b - a) // s + 1 for a, b, s in rs)
    print(f"{name}: {len(rs)} runs, {n} code points", file=sys.stderr)
    print(f"/// {doc} {n} code points.")
    print("#[rustfmt::skip]")
    print(f"pub(super) const {name}: &[Run] = &[")
    line = "   "
    for a, b, s in rs:
        item = f" ({a:#x},{b:#x},{s}),"
        if len(line) + len(item) > 118:
            print(line)
            line = "   "
        line += item
    print(line)
    print("];\n")
print("/// Every set, in the order of the flags in `chars`.")
print("#[rustfmt::skip]")
print(f"pub(super) const SETS: [&[Run]; {len(SETS)}] = [")
for name, _, _ in SETS:
    print(f"    {name},")
print("];")
