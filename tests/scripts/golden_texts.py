"""Texts on which recipes differ, for golden numbers. Written for gristmill."""
import json
from pathlib import Path


PROSE = ("The council met on Tuesday evening and agreed to build the new bridge that people in the valley have been waiting for.\n"
         "Work is to begin with the foundations in spring, when the river is low, and the road along the bank will be closed "
         "while it lasts. Farmers asked for a ford to be kept open, which the council granted.\n")

TEXTS = [
    "", " ", "\n", "\n\n\n", "a", "The", "...", "…", "\u0301", "\u00a0\u2028\u0085\u3000", "!!! ??? ...", "\r\n\r\n", "\ufeffText",
    PROSE, PROSE * 3, PROSE.upper(), PROSE.replace(" ", "  ").replace("\n", "\r\n"), PROSE.replace("\n", "\n\n\n"),
    "\n" + PROSE + "\n\n- one\n* two\n• three\n– four\n‣ five…\nsix ...\nseven...\n",
    "- one two three\n- one two three\n\n- one two three\n",
    "Wir sagen es noch einmal: der Rat der Stadt und der Rat des Landes. ÜBER ALLES Straße STRASSE ﬁ Ǆ ǅ ǆ ΌΣΟΣ Σ ας.\n" * 2,
    "lorem ipsum Lorem Ipsum lorem, ipsum LOREM\nIPSUM lorem \u0131psum lorem ip\u017fum",
    "Enable JavaScript javascript, to use {this} page. JAVASCRIPT\njavascript: void(0) } { xjavascript",
    "#tag #tag ## ... …. . .. .... one two\n#\n",
    "x1 y² ½ Ⅷ 三百二十 ٣٤ ① 12,5 3.14 1,000,000\n\n\n42\n",
    "the the the the the the the the the the the the",
    "a b a b a b c a b a b a b c a b a b a b c a b a b a b c a b a b a b c",
    "see the used car market in Rome, the used car market in Oslo, the used car market in Bonn, the used car market in Graz.",
    "http://a.example/b www.b.example c.com href=d //e f_g e-mail don't “quoted” (and) [so] on",
    "supercalifragilisticexpialidociousness-and-then-some-more-of-it short\t\ttabbed  words \n \n\n\t\n end",
    "東京は日本の首都です。東京は日本の首都です。上ンシ一。", "中文 中文 中文 中文 中文 中文 中文", "สภาเทศบาลมีมติเมื่อวันอังคาร" * 3,
    "Xin chào các bạn, xin chào các bạn, hôm nay trời đẹp và chúng tôi rất vui.", "👍🏽 👨\u200d👩\u200d👧 😀😀😀 🇩🇪 ok 😀word😀",
    "e\u0301cole \u00e9cole E\u0301COLE \u1100\u1161 \uac00 \u212b \u00c5 A\u030a", "\u0345\u0301a \u0301\u0327b c\u0327\u0301",
    "one\x0btwo\x0cthree\x1cfour\x1dfive\x1esix\x1fseven\u200beight\u2060nine", "word " * 60, "ab " * 5 + "abcdefghij" * 30,
    "Buy now! Buy now! Buy now!\nBuy now! Buy now! Buy now!\n\n\nCall us today.\nCall us today.\n",
    "\n".join(f"Line {n} of the list of {n * n} items" for n in range(40)), "\t".join("abcdefgh"), "A\nB\nA\nB\n\nA\n",
]


def write_golden(path, made):
    """Writes a golden file with one line a case; numbers as strings, which every reader takes to the last bit."""
    for case in made["cases"]:
        case["numbers"] = {name: None if value is None else repr(float(value)) for name, value in case["numbers"].items()}
    cases = ",\n".join(json.dumps(case) for case in made["cases"])
    head = json.dumps({key: value for key, value in made.items() if key != "cases"}, indent=1)[:-2]
    Path(path).write_text(f'{head},\n "cases": [\n{cases}\n]}}\n')
