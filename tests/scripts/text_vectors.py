"""Writes the golden vectors of the text module into tests/golden/text.

Run as tests/scripts/text_tables.py is run. All texts are made up here, all answers are the programs'.
"""
import importlib.metadata as md
import json, os, random, re, sys, unicodedata
import regex, spacy, xxhash
from spacy.symbols import ORTH
from datatrove.utils.text import simplify_text
from datatrove.utils.word_tokenizers import load_word_tokenizer

out = sys.argv[1] if len(sys.argv) > 1 else "tests/golden/text"
provenance = ("written by tests/scripts/text_vectors.py: CPython %s (Unicode %s), spaCy %s, datatrove %s, regex %s"
              % (sys.version.split()[0], unicodedata.unidata_version, spacy.__version__,
                 md.version("datatrove"), regex.__version__))
tok = spacy.blank("en").tokenizer
dt = load_word_tokenizer("en")

rules = {k: [t[ORTH] for t in v] for k, v in tok.rules.items() if not k.isspace()}
with open(os.path.join(out, "spacy_specials.json"), "w") as f:
    f.write('{"provenance": %s,\n"rules": [\n' % json.dumps(provenance))
    f.write(",\n".join(json.dumps(v, ensure_ascii=False) for _, v in sorted(rules.items())))
    f.write("\n]}\n")

random.seed(20)
from spacy.lang import char_classes as cc
units = cc.UNITS.split("|") + [c.replace("\\", "") for c in cc.CURRENCY.split("|")]
marks = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…—–’‘“”«»·。、，°¬©§™½²³₽〈﷼") + [
    "...", "..", "……", "--", "---", "——", "'s", "’S", "n't", "://", "www.", "http://", ".com", "@", "US$", "C$",
    ":8080", "/a?b#c", "192.168.0.1", "8.8.8.8", "172.16.0.1", "10", "9.5"]
letters = ["٣", "Ab", "Σ", "ΑΣ", "É", "e\u0301", "中", "の", "가", "ب", "ก", "अ", "И", "😀", "ß", "İ", "ﬁ", "ǅ", "ª",
           "\u0345", "\u00ad", "\u200d", "\u0903", "１", "٫", "\U00011F50", "\U0001E4F0"]
spaces = [" "] * 6 + ["  ", "\n", "\t", "\u00a0", "\u3000", "\x1c", "\x85", "\r\n", "\u2028", " \n", "\n\n", "\n\n\n"]
words = "the she it do not can don we I a in of foo Bar baz server cannot gonna im dont NASA iPhone".split()
kinds = [list(rules), [d + u for d in "05" for u in units], marks, marks, words, words, letters, spaces]


def made_up():
    n = random.randrange(1, 60)
    return "".join(random.choice(random.choice(kinds)) + (random.choice(spaces) if random.random() < .3 else "")
                   for _ in range(n))


texts = ["", " ", "\n", "Hello, world!", "It's 5km to U.S. (e.g. New York).\n\nHe said: \"I can't\" ... ok :)",
         "See http://user:pw@example.com:8080/a?b#c, or ftp.example.org. Mail a.b@c.de; IP 8.8.8.8/x 10.0.0.1:80",
         "well-known co-op and/or 3-4 A,B 1,2 x=y a.B a.b 9am 10p.m. don’t he’ll ’cause o'clock"]
face = list(":)(-=8DPoO0'<3>./|[]{}_^xX;v*’  ") + [" ", "\n"]
part = ["http://", "a+b-c.d://", "x://", "mailto:", "user@", "u:p@", "@", "b-c", "_f", "www", "example", "com", "Com", "ü",
        "中国", "\U00020000", "1", "10", "127", "192", "168", "172", "16", "32", "8", "255", "0", "٣", ".", ".", ".", ".",
        "..", ":", ":80", ":8", ":123456", "/p?q#r", "?", "#", "a" * 64, "b" * 63, "-", "~", ",", "(", ")", "’s", "$"]
texts += [made_up() for _ in range(45)]
texts += ["".join(random.choice(face) for _ in range(60)) for _ in range(12)]
texts += [" ".join("".join(random.choice(part) for _ in range(random.randrange(1, 10))) for _ in range(20)) for _ in range(12)]
with open(os.path.join(out, "cases.json"), "w") as f:
    f.write('{"provenance": %s,\n"cases": [\n' % json.dumps(provenance))
    rows = []
    for t in texts:
        rows.append(json.dumps({
            "text": t, "words": dt.word_tokenize(t) if t else [], "sentences": dt.sent_tokenize(t) if t else [],
            "simplified": simplify_text(t), "lower": t.lower(), "splitlines": t.splitlines(), "split": t.split(),
            "newline_plus": re.split("\n+", t), "paragraphs": re.split(r"\n{2,}", t.strip()),
            "word_punct": re.findall(r"\w+|[^\w\s]+", t), "red_pajama": re.findall(r"\b[^.!?]+[.!?]*", t)}, ensure_ascii=False))
    f.write(",\n".join(rows))
    f.write("\n]}\n")

every = [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
digest = lambda parts: "%016x" % xxhash.xxh3_64_intdigest("".join(parts).encode())
bits = lambda f: digest("1" if f(c) else "0" for c in every)
with open(os.path.join(out, "all_chars.json"), "w") as f:
    json.dump({
        "provenance": provenance,
        "about": "xxh3-64 over all code points in order: of the texts run together, or of a 0 or 1 for each",
        "lower": digest(c.lower() for c in every),
        "lower_before_sigma": digest(("A" + c + "Σ" + c + "b").lower() for c in every),
        "simplify": digest(simplify_text("x" + c + "1\u0323\u0301" + c + c + "y\n") for c in every),
        "is_space": bits(str.isspace), "is_alpha": bits(str.isalpha), "is_alnum": bits(str.isalnum),
        "is_digit": bits(str.isdigit), "is_decimal": bits(str.isdecimal),
        "nfd": digest(unicodedata.normalize("NFD", "a" + c + "\u0323\u0301" + c + "b") for c in every),
        "is_numeric": bits(str.isnumeric), "is_upper": bits(str.isupper),
        "is_upper_text": bits(lambda c: ("A" + c).isupper()),
        "is_word": bits(lambda c: re.match(r"\w", c)), "is_linebreak": bits(lambda c: len((c + "x").splitlines()) > 1),
    }, f, indent=1)
    f.write("\n")
