"""How Python's `tokenizers` cuts text by the regular expressions of tokenizer files: writes tests/golden/tokenize/cuts.json.

    pip install tokenizers
    python tests/scripts/cut_vectors.py > tests/golden/tokenize/cuts.json
"""

import json
import random
import sys

import tokenizers
from tokenizers import Regex, pre_tokenizers

PATTERNS = [
    r"\p{N}{1,3}", r"\d{1,3}", r"\d", r"\d+", r"\p{N}{1,3}+", r"[0-9]{2,}", r"\p{N}{,2}", r"(?=(\d{3})+(?!\d))", r"\d{1,3}(?=(?:\d{3})*\b)",
    r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[一-龥ࠀ-一가-퟿]+", r"[一-龥぀-ゟ゠-ヿ]+", r"[^\n]+|[\n]+", r"[a-z]+|\s", r"(?i:'s|'t|'re)|\p{L}+", r"(?i:[sdmt]|ll|ve|re)",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[^\r\n\p{L}\p{N}]?+\p{L}++| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    r"\w+|[^\w\s]+", r"\b", r"\B", r"^", r"$", r"\Aa|a\z|1\Z", r".+", r"a*?b", r"a+?", r"(?:ab|a)(?:c|bcd)?", r"(?>a+|ab)b", r"(?<=\p{L})\p{N}|(?<!\p{L})\p{P}", r"(?<=[a-z])(?=[A-Z])", r"(?:ab)*+a", r"(?:a|b){2,3}?", r"x{2}",
    r"\p{Han}+|\p{Hiragana}+|\p{Thai}+", r"\p{Lu}\p{Ll}*", r"[^\p{L}\p{N}\s]", r"[\p{L}-]+", r"\u0041|\x{42}", r" {2,}", r"\p{M}+", r"\W", r"\S+", r"\D+", r"(a|b)(c|d)", r"()a", r"",
    "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+", r"(\w)\1",
]
BITS = ["a", "b", "ab", "abc", "abcd", "A", "B", "aB", "x", "xx", "1", "12", "123", "4567", "\u0663", "\u00bd", "\u2460", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u0085", "\u2028", ".", ",", "'", "'s", "'S", "'\u017f", "'LL", "-", "_",
        "/", "\\", "[", "]", "$", "+", "\u00e9", "e\u0301", "\u00df", "ss", "\u212a", "\u0130", "\u6f22\u5b57", "\u3072\u3089", "\u30ab\u30ca", "\ud55c", "\u0e17\u0e35\u0e48", "\u0939\u093f", "\U0001f44d\U0001f3fd", "\u200d", "\ufeff", "\0", "\u01c5", "\u02b0"]


def main():
    soup = random.Random(1)
    texts = ["", "a", "1234567", "12 345 6789x", "\n", "a\n", "\n\na"]
    texts += ["".join(soup.choice(BITS) for _ in range(soup.randrange(1, 16))) for _ in range(60)]
    rows = []
    for pattern in PATTERNS:
        split = pre_tokenizers.Split(Regex(pattern), "isolated")
        rows.append({"pattern": pattern, "pieces": [[piece for piece, _ in split.pre_tokenize_str(text)] for text in texts]})
    json.dump({"program": f"tokenizers {tokenizers.__version__} (Python)", "texts": texts, "rows": rows}, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    print()


main()
