"""Writes tests/golden/text/splitters.json: what the programs of tests/scripts/splitter_references.py make of texts that are
made up here, and digests over all code points.

    python tests/scripts/splitter_vectors.py > tests/golden/text/splitters.json

Needs the packages named in splitter_references.py (datatrove aside) and xxhash.
"""
import importlib.metadata as md
import json
import random
import sys
import unicodedata

import icu
import xxhash

from compare_splitters import made_up
from splitter_references import REFERENCES

TEXTS = [
    "", " \n\t", "Hello.", "  Leading space. And more.", "No end", "Wait!!! Now?! \"Yes.\" (Fine.) 'Good.' She left... and came.",
    "Mr. Smith of the U.S. met J. S. Bach at 5 p.m. He said no. Prices rose 3.5 to 1,000.50. Nos. 1. and 2. are here.",
    "The No. 1 international rate. On Jan. 5 it fell. St. Louis, Ark. and Wash. were asked. Etc. The end.",
    "\"I can't,\" he said, \"and won't.\" ``Don't'' she'd've said; they'll, we're, I'm, it's the dogs' bone.",
    "'tis more'n enough; 'Twas. Gimme that, I'm gonna, wanna (gotta) lemme cannot d'ye know?",
    "x::a, y:b; 12:30 1,000 a,b ,c :d e: f,", "(a) [b] {c} <d> *e* #f @g $5 10% r&d; a--b ---c-- ... .. . . . end.",
    "«Oui» “yes” ‘no’ „ja“ it’s ``x`` ```y```` ''z'' '''q'''", "line one\nline two. line three\r\nfour! five\u2028six? seven\x85eight",
    "He paid $5.Then he left.It rained .It snowed . \" Quoted . \" ) done", "e.g. this, i.e. that. a.b.c. X.Y. Corp. In 1995. the end",
    "Ünïcödé wörds. Été. Ça va? İstanbul'da. ΑΣ. Straße 5. ſ 'ſ 'é 'é. 'x 'xy", "na\u00efve\u00a0text. next\u3000word",
    "\0a\x0bb\x0cc\x1cd\x1fe\u00a0f\u2003g", "🇩🇪🇫🇷 👩‍👧‍👦 e\u0301. क्षत्रिय अब। नमस्ते. 한국어 문장입니다. да. нет! уже.",
]
rng = random.Random(20)
TEXTS += [made_up(rng) for _ in range(160)]
NAMES = ["words:NltkWords", "sentences:Punkt", "words:NltkWordPunct", "words:FastText", "words:Uax29Bounds"]
# Where ICU 72.1 is known to differ from gristmill's ICU4X: other dictionaries; `@` and `:` inside words, by CLDR 42; the
# semicolon, which goes on with a sentence only since Unicode 15.1.
NO_WORDS, NO_SENTENCES = set("中文のカไทยកက@:"), set(";")

rows = []
for text in TEXTS:
    names = NAMES + ([] if set(text) & NO_WORDS else ["words:Icu"]) + ([] if set(text) & NO_SENTENCES else ["sentences:Uax29"])
    rows.append(json.dumps({"text": text} | {name: REFERENCES[name](text) for name in names}, ensure_ascii=False))

every = [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def bits(member):
    return "%016x" % xxhash.xxh3_64_intdigest("".join("1" if member(c) else "0" for c in every))


digests = {
    "about": "xxh3-64 of a 0 or 1 for each code point in order",
    "is_upper": bits(str.isupper), "is_lower": bits(str.islower),
    "splits": bits(lambda c: len(f"a{c}b".split()) == 2), "is_stripped": bits(lambda c: f"{c}a{c}".strip() == "a"),
}
provenance = ("written by tests/scripts/splitter_vectors.py: CPython %s (Unicode %s), NLTK %s with its English Punkt model, "
              "uniseg %s, fasttext %s, ICU %s (Unicode %s)" % (
                  sys.version.split()[0], unicodedata.unidata_version, md.version("nltk"), md.version("uniseg"),
                  md.version("fasttext"), icu.ICU_VERSION, icu.UNICODE_VERSION))
print('{"provenance": %s,\n"all_chars": %s,\n"cases": [' % (json.dumps(provenance), json.dumps(digests)))
print(",\n".join(rows))
print("]}")
