"""Counts the pairs of characters by which the charset detection tells languages in single-byte charsets apart.

    python tests/scripts/train_charset.py DATA     # writes src/extract/charset/pairs.txt and common.txt

`pairs.txt`: a line `language cost pairs…` says what a pair of neighbours costs in bits (the negative binary logarithm of
its share among all pairs with at least one character outside ASCII). Letters are lower-cased; `_` stands for everything
that is no letter. `common.txt`: the commonest characters of the four languages of East Asia, commonest first.
Only the training half of the sentences is counted, as `compare_charset.py` parts them.
"""

import math
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from compare_charset import CEDILLA, as_cp1258, sentences

ROOT = Path(__file__).resolve().parents[2] / "src/extract/charset"
LANGUAGES = ("af az be bg bs ca cs cy da de el en eo es et eu fa fi fr ga he hr hu is it kk lt lv mk mn nb nl pl pt ro ru sk sl sq sr sv th tr uk ur vi vn ar").split()
EAST = {"zh": 900, "zh-t": 900, "ja": 500, "ko": 600}
FLOOR = 14


def symbol(c):
    """The class of a character: a lower-case letter (marks are letters too), or `_`."""
    if unicodedata.category(c)[0] not in "LM":
        return "_"
    low = c.lower()
    return low if len(low) == 1 else "_"


def pairs(texts, language):
    counts = Counter()
    if language == "ro":
        # Old charsets write the cedilla for the comma below.
        texts = texts + [text.translate(CEDILLA) for text in texts]
    for text in texts:
        text = unicodedata.normalize("NFC", text)
        if language == "vi":
            text = as_cp1258(text)
        symbols = ["_"] + [symbol(c) for c in text] + ["_"]
        for a, b in zip(symbols, symbols[1:]):
            if a > "\x7f" or b > "\x7f":
                counts[a, b] += 1
    return counts


def main(data):
    texts = sentences(data, "train")
    # Vietnamese with composed letters, for VISCII and TCVN; windows-1258 has the tones apart.
    texts["vn"] = texts["vi"]
    texts["nb"] += texts.get("no", [])
    with open(ROOT / "pairs.txt", "w", encoding="utf-8") as out:
        for language in LANGUAGES:
            counts = pairs(texts[language], language)
            total = sum(counts.values())
            if total < 40:
                print(language, "too little:", total)
                continue
            # Letters that the language does not really have (names, loans) are left out.
            letters = Counter()
            for (a, b), count in counts.items():
                letters[a] += count
                letters[b] += count
            alphabet = {c for c, count in letters.items() if count * 4000 >= total and count > 1 or c < "\x7f"}
            levels = defaultdict(str)
            kinds = len(counts) + 1
            for (a, b), count in sorted(counts.items()):
                if a in alphabet and b in alphabet:
                    cost = round(-math.log2((count + 0.3) / (total + 0.3 * kinds)))
                    if cost < FLOOR:
                        levels[cost] += a + b
            for cost, text in sorted(levels.items()):
                print(language, cost, text, file=out)
    with open(ROOT / "common.txt", "w", encoding="utf-8") as out:
        for language, size in EAST.items():
            counts = Counter(c for text in texts[language] for c in text if c >= "\u3041" and unicodedata.category(c) == "Lo")
            print(language, "".join(c for c, _ in counts.most_common(size)), file=out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
