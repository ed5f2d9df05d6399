"""Writes src/text/punkt/english.txt: what the Punkt algorithm reads of NLTK's English model.

    pip install nltk==3.8.1 llama-index-core==0.10.30 --no-deps
    python tests/scripts/punkt_english.py > src/text/punkt/english.txt

The wheel of llama-index-core 0.10.30 ships the package `punkt` of nltk_data, and later wheels its successor `punkt_tab`
with equal parameters (`english.pickle` and the four tables were compared). Pass another folder that holds
`tokenizers/punkt` as the argument to use that. Author of the models: Jan Strunk; licence in nltk_data: MIT.

Of the contexts in which a word was seen, the algorithm asks three things: was it seen in lower case (a); inside a sentence
with a capital (b); in lower case at the beginning of a sentence and never with a capital (c). A word without (a) is
treated as an unknown one and left out.
"""
import importlib.util
import pathlib
import sys

import nltk

folder = sys.argv[1] if len(sys.argv) > 1 else None
if folder is None:
    found = importlib.util.find_spec("llama_index.core")
    folder = pathlib.Path(found.origin).parent / "_static" / "nltk_cache"
nltk.data.path[:] = [str(folder)]
params = nltk.data.load("tokenizers/punkt/english.pickle")._params

MID_UPPER, UPPER, BEGIN_LOWER, LOWER = 4, 2 | 4 | 8, 16, 16 | 32 | 64
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def rows(words):
    """Sorted words, each as the number of characters it shares with the one before (one digit to base 36) and the rest."""
    before = ""
    for word in sorted(words):
        shared = 0
        while shared < min(len(word), len(before), 35) and word[shared] == before[shared]:
            shared += 1
        yield DIGITS[shared] + word[shared:], word
        before = word


kinds = {}
for word, context in params.ortho_context.items():
    if context & LOWER:
        assert word.isascii() and word[0].isalpha() and not set(word) & set("!?") and word == word.lower()
        never_upper = context & BEGIN_LOWER and not context & UPPER
        assert not (never_upper and context & MID_UPPER)
        kinds[word] = "!" if context & MID_UPPER else "?" if never_upper else ""
assert not any("-" in word for word in params.abbrev_types)

print(f"# Parameters of NLTK's English Punkt model, written by tests/scripts/punkt_english.py with NLTK {nltk.__version__}.")
print("# Model: Jan Strunk, nltk_data package `punkt`, MIT License. Lists are front-coded: a digit to base 36 says how many")
print("# characters a word shares with the one before. In [words] `!` marks condition (b), `?` condition (c).")
print(f"[abbreviations {len(params.abbrev_types)}]")
print("\n".join(row for row, _ in rows(params.abbrev_types)))
print(f"[starters {len(params.sent_starters)}]")
print("\n".join(row for row, _ in rows(params.sent_starters)))
print(f"[collocations {len(params.collocations)}]")
print("\n".join(row for row, _ in rows(" ".join(pair) for pair in params.collocations)))
print(f"[words {len(kinds)}]")
print("\n".join(row + kinds[word] for row, word in rows(kinds)))
