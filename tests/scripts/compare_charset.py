"""Charset detection beside chardet, charset-normalizer and faust-cchardet, on texts encoded for the purpose.

    pip install chardet charset-normalizer faust-cchardet zstandard
    cargo build --release --example decode_bytes
    python tests/scripts/compare_charset.py DATA [--tools ours,chardet,normalizer,cchardet] [--per 12] [--seed 1]
        [--html both] [--misses FILE] [--encodings cp1251,...] [--half test]

DATA is the folder of real data (its parts `3-langid` and `8-corpus` are used). UTF-8 sentences of every language are put
into every legacy charset that can hold them, at five lengths, bare and inside HTML without a declaration, and each tool is
asked. A sample counts as right when its decoding equals the text: charsets that give the same text are the same.
Half of the sentences (by a hash) is for training; by default only the other half is used here.
"""

import argparse
import json
import subprocess
import sys
import time
import unicodedata
import zlib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

WESTERN = "de fr es pt it nl sv da nb fi is ca eu ga sq en af id"
CENTRAL = "pl cs sk hu hr sl bs ro sq de"
CYRILLIC = "ru uk bg sr mk be"
# Charset: languages that were written in it.
FITS = {
    "cp1252": WESTERN, "iso8859-1": WESTERN, "iso8859-15": WESTERN, "mac_roman": WESTERN, "cp850": WESTERN, "cp437": "de fr es sv fi",
    "cp1250": CENTRAL, "iso8859-2": CENTRAL, "mac_latin2": "pl cs sk hu", "cp852": CENTRAL, "iso8859-16": "ro hr",
    "cp1257": "lt lv et", "iso8859-4": "lt lv et", "iso8859-13": "lt lv et", "cp775": "lt lv et",
    "cp1254": "tr", "iso8859-9": "tr", "mac_turkish": "tr", "cp857": "tr", "iso8859-3": "eo", "iso8859-14": "cy ga", "iso8859-10": "is nb",
    "cp1251": CYRILLIC, "koi8-r": "ru bg", "koi8-u": "uk ru", "iso8859-5": CYRILLIC, "cp866": "ru uk be bg", "cp855": CYRILLIC,
    "mac_cyrillic": CYRILLIC, "kz1048": "kk", "ptcp154": "kk",
    "cp1253": "el", "iso8859-7": "el", "cp737": "el", "cp869": "el", "mac_greek": "el",
    "cp1255": "he", "iso8859-8": "he", "cp862": "he", "cp1256": "ar fa ur", "iso8859-6": "ar", "cp720": "ar", "cp874": "th", "tis-620": "th",
    "cp1258": "vi", "viscii": "vi", "tcvn": "vi",
    "gb2312": "zh", "gbk": "zh", "gb18030": "zh", "hz": "zh", "big5": "zh-t", "big5hkscs": "zh-t", "euc_tw": "zh-t",
    "euc_jp": "ja", "shift_jis": "ja", "cp932": "ja", "iso2022_jp": "ja",
    "euc_kr": "ko", "cp949": "ko", "johab": "ko", "iso2022_kr": "ko",
    "utf-8": WESTERN + " " + CYRILLIC + " el he ar th vi zh ja ko", "utf-16-le": "ru en ja zh ko ar de", "utf-16-be": "ru en ja zh ko ar de",
    "utf-32-le": "ru en ja", "utf-32-be": "ru en ja",
}
LENGTHS = [60, 200, 1000, 5000, 20000]
# Python has no codec for these; the system's iconv does.
BY_ICONV = {"euc_tw": "EUC-TW", "viscii": "VISCII", "tcvn": "TCVN5712-1"}
# Python's stricter codecs by their supersets of the web, for tools that answer with the web's names.
WEB = {"shift_jis": "cp932", "euc-kr": "cp949", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "tis-620": "cp874", "iso-8859-11": "cp874",
       "johab": "johab", "iso-8859-1": "cp1252", "ascii": "cp1252", "x-mac-cyrillic": "mac_cyrillic", "maccyrillic": "mac_cyrillic",
       "macroman": "mac_roman", "big5": "big5hkscs", "windows-1252": "cp1252", "viscii": "cp1258", "cp949": "cp949", "hz-gb-2312": "hz"}


CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")


def as_cp1258(text):
    """Tone marks follow their vowel; other marks stay composed."""
    out = []
    for c in text:
        try:
            c.encode("cp1258")
            out.append(c)
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", c)
            out.append(unicodedata.normalize("NFC", parts[:-1]) + parts[-1] if len(parts) > 1 else c)
    return "".join(out)


def encode(text, charset):
    """The bytes, or `None` where the charset lacks too much; single characters that it lacks are left out."""
    if charset == "cp1258":
        text = as_cp1258(text)
    if charset in ("cp1250", "iso8859-2", "cp852"):
        text = text.translate(CEDILLA)
    if charset in BY_ICONV:
        done = subprocess.run(["iconv", "-c", "-f", "UTF-8", "-t", BY_ICONV[charset]], input=text.encode(), capture_output=True)
        raw = done.stdout
        text2 = subprocess.run(["iconv", "-f", BY_ICONV[charset], "-t", "UTF-8"], input=raw, capture_output=True).stdout.decode()
    else:
        raw = text.encode(charset, "ignore")
        # Read as browsers read it: cp932 for Shift_JIS, GB 18030 for GB 2312.
        text2 = raw.decode({"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "tis-620": "cp874"}.get(charset, charset))
    if charset == "tcvn" and any(b < 0x20 and b not in b"\t\n\r" for b in raw):
        return None  # capitals in control characters: not read by anything
    return (raw, text2) if len(text2) >= 0.97 * len(text) else None


def half(line):
    return "train" if zlib.crc32(line.encode()) & 1 else "test"


def sentences(data, which):
    """Sentences by language."""
    out = defaultdict(list)
    base = data / "3-langid/pemistahl+lingua-rs/language-models"
    for path in sorted(base.rglob("sentences.txt")):
        language = next(part for part in path.parts[::-1] if len(part) == 2)
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and (which == "all" or half(line) == which):
                out[language].append(line.strip())
    try:
        import zstandard
    except ImportError:
        return out
    for name, wanted in (("tldr", None), ("learnxinyminutes", None), ("thaigov-a", {"th"}), ("aozora-a", {"ja"}), ("tensorflow-docs-l10n", {"zh", "ja", "ko"})):
        path = data / f"8-corpus/{name}.jsonl.zst"
        if not path.exists():
            continue
        with zstandard.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number > 4000:
                    break
                row = json.loads(line)
                language = (row.get("lang") or "")
                language = "zh-t" if language.lower() in ("zh-tw", "zh_tw") else language[:2]
                text = row["text"]
                if (wanted is None or language in wanted) and (which == "all" or half(text) == which):
                    out[language].append(" ".join(text.split())[:3000])
    return out


class Lcg:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.state >> 33) % bound


def samples(data, options):
    texts = sentences(data, options.half)
    texts["nb"] += texts.get("no", [])
    dice = Lcg(options.seed)
    for charset, languages in FITS.items():
        if options.encodings and charset not in options.encodings.split(","):
            continue
        for language in languages.split():
            pool = texts.get(language)
            if not pool:
                continue
            for length in LENGTHS:
                for _ in range(max(1, options.per // (1 if length < 1000 else 3))):
                    text = ""
                    while len(text) < length:
                        text += pool[dice.below(len(pool))] + "\n"
                    text = "".join(c for c in text[:length] if c != "\ufeff" and not "\x7f" <= c < "\xa0")
                    for html in ((False, True) if options.html == "both" else (options.html == "yes",)):
                        done = encode(wrap(text, dice) if html else text, charset)
                        if done is None or not any(c > "\x7f" for c in done[1]):
                            continue
                        yield {"charset": charset, "language": language, "length": length, "html": html, "raw": done[0], "text": done[1]}


def wrap(text, dice):
    """A page without any declaration."""
    lines = text.split("\n")
    head = f'<!DOCTYPE html>\n<html><head><title>{lines[0][:40]}</title>\n<link rel="stylesheet" href="/style/{dice.below(99)}.css">\n<script>var a = {dice.below(9999)};</script></head>\n<body class="page"><div id="nav"><a href="/">Home</a> | <a href="/news.html">News</a></div>\n'
    return head + "\n".join(f'<p class="t{n % 3}">{line}</p>' for n, line in enumerate(lines)) + "\n</body></html>\n"


def same(got, want):
    return got is not None and got.replace("\x1b", "") == want.replace("\x1b", "")


def by_name(name, raw):
    if not name:
        return None
    name = WEB.get(name.lower(), name)
    if name.lower() == "euc-tw":
        done = subprocess.run(["iconv", "-f", "EUC-TW", "-t", "UTF-8"], input=raw, capture_output=True)
        return done.stdout.decode("utf-8", "replace")
    try:
        return raw.decode(name, "replace")
    except LookupError:
        return None


def options_binary():
    import os
    return os.environ.get("DECODE_BYTES", ROOT / "target/release/examples/decode_bytes")


def ours(rows):
    lines = "".join(json.dumps({"hex": row["raw"].hex()}) + "\n" for row in rows)
    done = subprocess.run([options_binary(), "--time"], input=lines.encode(), capture_output=True, check=True)
    print("ours:", done.stderr.decode().strip())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [(answer["text"], answer["encoding"]) for answer in answers]


def others(rows, tool):
    if tool == "chardet":
        import chardet
        ask = lambda raw: chardet.detect(raw)["encoding"]
    elif tool == "cchardet":
        import cchardet
        ask = lambda raw: cchardet.detect(raw)["encoding"]
    else:
        from charset_normalizer import from_bytes

        def ask(raw):
            best = from_bytes(raw).best()
            return best.encoding if best else None
    out, spent, total = [], 0.0, 0
    for row in rows:
        start = time.process_time()
        name = ask(row["raw"])
        spent += time.process_time() - start
        total += len(row["raw"])
        out.append((by_name(name, row["raw"]), name))
    print(f"{tool}: {total / max(spent, 1e-9) / 1e6:.1f} MB/s over {total} bytes")
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--tools", default="ours")
    parser.add_argument("--per", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--html", default="both")
    parser.add_argument("--half", default="test")
    parser.add_argument("--encodings")
    parser.add_argument("--misses")
    options = parser.parse_args()
    rows = list(samples(options.data, options))
    tools = options.tools.split(",")
    print(len(rows), "samples")
    table = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    misses = []
    for tool in tools:
        answers = ours(rows) if tool == "ours" else others(rows, tool)
        for row, (text, name) in zip(rows, answers, strict=True):
            good = same(text, row["text"])
            for key in ("all", f"length {row['length']}", "html" if row["html"] else "bare", row["charset"]):
                table[key][tool][0] += good
                table[key][tool][1] += 1
            if not good:
                misses.append((tool, row["charset"], row["language"], row["length"], row["html"], name))
    print(f"{'':14}{'n':>7}", *(f"{tool:>11}" for tool in tools))
    for key, line in table.items():
        print(f"{key:14}{line[tools[0]][1]:7}", *(f"{line[tool][0] / line[tool][1]:11.3f}" for tool in tools))
    if options.misses:
        counts = defaultdict(int)
        for tool, charset, language, length, html, name in misses:
            counts[tool, charset, language, str(name)] += 1
        with open(options.misses, "w") as out:
            for key, count in sorted(counts.items(), key=lambda item: -item[1]):
                print(count, *key, sep="\t", file=out)


if __name__ == "__main__":
    sys.exit(main())
