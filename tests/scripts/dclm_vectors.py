"""Writes tests/golden/filters/dclm.json and dclm_c4.json: what DCLM's mappers and datamap-rs say about texts that are made up
here.

    DIR/venv/bin/python tests/scripts/dclm_vectors.py DIR/dclm [DATAMAP_DIR]

The folders are what setup_dclm.sh and setup_datamap.sh made. Without the second only dclm_c4.json is written. Numbers are written as strings, as Python prints them, because a
JSON reader may not give every bit of a number back.
"""
import importlib.metadata
import json
import os
import sys
import tempfile

import gristmill_run
from compare_datamap import FRACTIONS, ask, between
from compare_dclm import c4_texts
from dclm_reference import Dclm

PROSE = ["The council met on Tuesday evening and agreed to build the new bridge that people in the valley have been waiting for.",
         "Work is to begin with the foundations in spring, when the river is low, and the road along the bank will be closed.",
         "Farmers asked for a ford to be kept open, which the council granted after an hour; nobody had expected that.",
         "“It will be a good thing for all of us,” said the ferryman, who has carried sheep and schoolchildren for thirty years."]
PAGE = "\n".join(PROSE)
TEXTS = [
    PAGE,
    "\n\n\n\n".join(PROSE),
    PAGE.upper(),
    PAGE + "\n" + PAGE,
    "\n\n".join(PROSE + PROSE[:1]),
    "HOME | NEWS | SPORT\n" + PAGE * 3 + "\n3 likes\n12\n\n1.2K Followers!\nShare\n",
    PAGE * 3 + "\n2 items in cart\nRead more...\nSign-in\nThe news in short. Read more…..\nSign-in to read on\n   \nend of page",
    "\u00a0Sign-in\u3000now, ITEMS İN CART and items ın cart\nKeep readıng, read moreabc\n" + PAGE,
    "In the end see https://www.example.com/a?b=(c)&d, http://example.co.uk:80 and a.example.museum. Or 10.0.0.1/x, 300.1.2.3.\n" + PAGE,
    "We see https://www.example.com/a and v1.2.3.4 and 255.255.255.255 and  \n 1.2.3.4567-x in the log.\n" + PAGE,
    "In " + "x" * 300 + ".com and " + "a." * 200 + "com/b\n" + PAGE,
    "- " + "\n- ".join(PAGE.replace("\n", " ").split(". ")),
    "\n".join(line + "..." for line in PROSE) + "\n. . .\nand more…",
    "#the #best of #all " * 20 + "\n" + PROSE[0],
    " ".join(str(n) for n in range(200)) + " the of and",
    "the used car market in Rome, the used car market in Oslo, the used car market in Bonn, and the used car market in Graz " * 3,
    "e\u0301te\u0301 \u0301 of the naïve café’s décor and to be with them " * 6,
    "Das Wasser floss den Fluß hinab, und die Bauern sahen zu; keiner von ihnen wußte, ob es im Frühling wieder Eis geben würde. " * 3,
    "橋は春に建てられます。農民は浅瀬を残すよう求めました。the of カタカナ 1,000円。" * 8,
    "สะพานใหม่จะสร้างในฤดูใบไม้ผลิ the of " * 12,
    "a\r\nb\rc\x0bd\x0ce\x1cf\x85g\u2028h\u2029i the of\r\n" * 8,
    "👍🏽 the 👨\u200d👩\u200d👧 of 🇩🇪🇫🇷 x\u200dy a\u00adb 3.5 1,000 it's U.S. foo_bar e-mail " * 8,
    "t h e a n d to of w e a r e h e r e\n" * 6,
    "pneumonoultramicroscopicsilicovolcanoconiosis the internationalisation of deinstitutionalisation\n" * 15,
]


C4_BAD_WORDS = ["zonk", "Big Grumbo", "s&m", "\U0001f595"]
C4_TEXTS = [
    "", " ", "\n", "\n\n", "[1]", "a", PAGE, PAGE.replace("\n", "\n\n"), PAGE + "\n" + PAGE.upper(), PAGE.replace(".", "..."),
    PAGE.replace("\n", "\r\n"), PAGE.replace("\n", "\x85"), PAGE.replace("\n", "\u2028"), PAGE.replace(" ", "\u00a0"),
    PAGE + "\nThe Zonk said no.\n" + PAGE[:20], PAGE + "\nThe Zonk said no to all.", PAGE + "\nA big grumbo said no to all.",
    PAGE + "\nHe wrote a\U0001f595b and s&m on the wall.", PAGE + "\nHe drew \U0001f595 and wrote s&ms there.", PAGE + "\nShe sang of éZonk and zonk_ and zonk2.",
    PAGE + "\nIn the end { the ford stayed.", "Set x = { 1 here and now\n" + PAGE, PAGE + "\nThis page uses cookies { it does.",
    PAGE + "\nWe need JavaScript { for that.", PAGE + "\nWe need javascr\u0130pt { for that.", PAGE + "\nWe u\u017fe coo\u212aies for all of it.",
    PAGE + "\nLorem ipsum and so on it goes.", PAGE + "\nLorem \u0130psum and so on it goes.", "Lorem ipsum with javascript and so on.",
    "We ask for javascript and nothing else.", "We ask you to read our privacy policy.", "Dr. Smith came at 5 p.m. yesterday. He left.",
    "Dr. Smith came at 5 p.m. yesterday. He left. Why?", "It ran on and on\nand on to the end.\nIt was a long one.", "x" * 1000 + " a b c d.", "x" * 1001 + " a b c d.",
    "One two three four five.\n" * 3, "one two three four five.\none two three four six.\nONE two three four five. \n",
    "第一個人回家了。第二個人離開了。第三個人留下來。", "Ο ΟΔΟΣ ΕΙΝΑΙ ΜΑΚΡΥΣ ΕΔΩ.\nο οδος ειναι μακρυς εδω.\nο οδος ειναι μακρυς εδω!",
]


def write(name, head, rows):
    """One line of JSON for each text."""
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../golden/filters", name)
    with open(target, "w") as file:
        file.write(json.dumps(head)[:-1] + ', "texts": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]}\n")


def write_c4(reference):
    rows = []
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as banlist:
        banlist.write("\n".join(C4_BAD_WORDS))
        banlist.flush()
        for text in C4_TEXTS + [text for text in c4_texts(60, seed=7) if len(text) < 1500]:
            rule, values, after = reference.c4(text, banlist.name)
            rows.append({"text": text, "rule": rule, "values": numbers(values), "after": after})
    provenance = (f"written by tests/scripts/dclm_vectors.py: mlfoundations/dclm 361714b, CPython {sys.version.split()[0]}, "
                  f"nltk {importlib.metadata.version('nltk')} with nltk_data's punkt")
    write("dclm_c4.json", {"provenance": provenance, "bad_words": C4_BAD_WORDS}, rows)


def numbers(values):
    return {name: repr(value) for name, value in values.items()}


def main():
    checkout, datamap = os.path.abspath(sys.argv[1]), sys.argv[2:] and os.path.abspath(sys.argv[2])
    reference = Dclm(checkout)
    write_c4(reference)
    if not datamap:
        return
    import yaml
    steps = yaml.safe_load(open(f"{datamap}/dclm_config.yaml"))["pipeline"]
    documents = [{"text": text} for text in TEXTS + [text for text in gristmill_run.odd_texts(24, seed=7) if len(text) < 1500]]
    rules = ask(datamap, between(steps, "page_len_filter", "massive_web_repetition_filter"), documents, "rules")
    lines = ask(datamap, between(steps, "word_count_adder", "word_removal_ratio_filter"), documents, "chain")
    rows = []
    for document, judged, edited in zip(documents, rules, lines):
        text = document["text"]
        quality, repetition, page = reference.gopher_quality(text), reference.gopher_repetition(text), reference.lines(text)
        rows.append({
            "text": text,
            "gopher-quality@dclm": [quality[0], numbers(quality[1])],
            "gopher-repetition@dclm": [repetition[0], numbers(repetition[1])],
            "refinedweb-lines@dclm": [page[0], numbers(page[1]), page[2] if page[0] is None else None],
            "clean-text@dclm": reference.clean(text),
            "gopher-quality@datamap-rs": judged["drops"][:-1],
            "gopher-repetition@datamap-rs": [judged["drops"][-1], numbers(dict(zip(FRACTIONS, judged["fractions"])))],
            "refinedweb-lines@datamap-rs": edited["text"],
        })
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("uniseg", "fasttext-wheel"))
    upper = [c for c in map(chr, range(0x110000)) if c.isupper()]
    provenance = (f"written by tests/scripts/dclm_vectors.py: mlfoundations/dclm 361714b, CPython {sys.version.split()[0]}, {packages}; "
                  "allenai/datamap-rs f771794")
    out = {"provenance": provenance, "upper_case": {"count": len(upper), "sum_of_squares": sum(ord(c) ** 2 for c in upper)}}
    write("dclm.json", out, rows)


if __name__ == "__main__":
    main()
