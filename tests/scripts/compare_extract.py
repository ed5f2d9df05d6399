"""Compares gristmill's extractor with trafilatura and resiliparse in one run, on the same bytes.

    pip install trafilatura resiliparse lxml_html_clean
    python tests/scripts/compare_extract.py [--wcxb FOLDER]... [--data ROOT] [--only NAME,...] [--most N]

`--wcxb` takes a folder of `html/NAME.html.gz` and `ground-truth/NAME.json` (Web Content Extraction Benchmark): the F1 of words as
its `evaluate.py` counts it, by page type and language. `--data` takes the folder that GRISTMILL_DATA names: trafilatura's evaluation
pages with its own count of segments, and Mozilla readability's pages with the F1 of words (their text without markup). The pages on
which the block model was trained are counted apart ("tune"; `held` pages were not). Speed is pages per CPU second of the
process, decoding included, reading files not. Run from the root of the project; ours is `cargo bench --bench extract_pages`
(or the program that `--ours` names).
"""
import argparse
import collections
import gzip
import html.parser
import json
import os
import re
import subprocess
import tempfile
import time
from collections import Counter

INLINE = set("a abbr b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt rtc ruby s samp small span strike "
             "strong sub sup time tt u var wbr".split())


def words(text):
    return Counter(re.findall(r"\w+", text.lower()))


def word_f1(got, want):
    got, want = words(got), words(want)
    size = sum(got.values()) + sum(want.values())
    if not got or not want:
        return 1.0 if not size else 0.0
    return 2 * sum((got & want).values()) / size


class Plain(html.parser.HTMLParser):
    """Text without markup, a line end at each tag that is not inline."""

    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        self.handle_starttag(tag, ())

    def handle_data(self, data):
        self.parts.append(data)


def plain(markup):
    parser = Plain()
    parser.feed(markup)
    return "".join(parser.parts)


def language(markup):
    found = re.search(rb"<html[^>]*?\slang\s*=\s*[\"']?([A-Za-z]{2,3})", markup[:5000], re.I)
    return found.group(1).decode().lower() if found else "none"


def wcxb(folder):
    for name in sorted(os.listdir(f"{folder}/ground-truth")):
        gold = json.load(open(f"{folder}/ground-truth/{name}"))
        kind = (gold.get("_internal") or {}).get("page_type") or {}
        kind = kind.get("primary", "article") if isinstance(kind, dict) else kind
        markup = gzip.open(f"{folder}/html/{name[:-5]}.html.gz").read()
        text = gold["ground_truth"].get("main_content") or ""
        keys = ["all", "type " + ("collection" if kind == "category" else kind), "lang " + language(markup)]
        yield markup, text, [f"wcxb {k}" for k in keys], None


def held(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return (value >> 32) & 1 == 1


def packaged(root):
    """The pages of trafilatura's and readability's test suites, out of the packaged crawl."""
    folder = f"{root}/1-crawl-packaged/PACKAGED-real-html-public"
    raw = gzip.open(folder + ".warc.gz").read()
    rows = (line.rstrip("\n").split("\t") for line in open(folder + ".index.tsv"))
    segments = json.load(open(f"{root}/2-html/adbar+trafilatura/tests/evaldata.json"))
    segments = {v["file"]: v for v in segments.values()}
    at = 0
    while at < len(raw):
        head = raw.index(b"\r\n\r\n", at)
        header = raw[at:head].decode("latin-1").lower()
        end = head + 4 + int(re.search(r"content-length:\s*(\d+)", header).group(1))
        if "warc-type: response" in header:
            _, source, path, url, *_ = next(rows)
            domain = re.sub(r"^\w+://(www\.)?|/.*", "", url) or path
            markup = raw[raw.index(b"\r\n\r\n", head + 4, end) + 4:end]
            name = path.rsplit("/", 1)[-1]
            if source == "trafilatura" and name in segments:
                part = "held" if held(name) else "tune"
                yield markup, segments[name], [f"segments {k}" for k in ("all", part, f"{part} lang {language(markup)}")], domain
            elif source == "readability":
                part = "held" if held(path) else "tune"
                want = f"{root}/2-html/mozilla+readability/{path.replace('source.html', 'expected.html')}"
                yield markup, plain(open(want).read()), [f"readability {k}" for k in ("all", part)], domain
        at = end + 4


def by_trafilatura(**options):
    import trafilatura
    return lambda markup: trafilatura.extract(markup, **options) or ""


def by_resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    return lambda markup: extract_plain_text(bytes_to_str(markup, detect_encoding(markup)), main_content=True)


def run_python(extract, pages):
    texts, spent = [], 0.0
    for markup, *_ in pages:
        start = time.process_time()
        try:
            text = extract(markup)
        except Exception as error:  # a peer that fails on a page has no text for it
            print("failed:", type(error).__name__)
            text = ""
        spent += time.process_time() - start
        texts.append(text)
    return texts, spent


def run_ours(pages, program):
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{folder}/{i}.html" for i in range(len(pages))]
        for name, page in zip(names, pages):
            open(name, "wb").write(page[0])
        out = f"{folder}/texts.jsonl"
        done = subprocess.run([*program, "--texts", out], input="\n".join(names), text=True, check=True, stdout=subprocess.PIPE)
        texts = [json.loads(line)["text"] for line in open(out)]
        return texts, json.loads(done.stdout.strip().splitlines()[-1])["cpu_seconds"]


def score(pages, texts):
    means, counts = collections.defaultdict(list), collections.defaultdict(lambda: [0, 0, 0])
    for (_, gold, keys, _), text in zip(pages, texts, strict=True):
        for key in keys:
            if isinstance(gold, str):
                means[key].append(word_f1(text, gold))
            else:
                count = counts[key]
                found = sum(s in text for s in gold["with"])
                count[0] += found
                count[1] += len(gold["with"]) - found
                count[2] += sum(s in text for s in gold["without"])
                means[key].append(0)
    out = {k: (sum(v) / len(v), len(v)) for k, v in means.items()}
    out.update({k: (2 * tp / max(2 * tp + fn + fp, 1), len(means[k])) for k, (tp, fn, fp) in counts.items()})
    types = [f for k, (f, _) in out.items() if k.startswith("wcxb type")]
    if types:
        out["wcxb mean over types"] = (sum(types) / len(types), len(types))
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wcxb", action="append", default=[])
    parser.add_argument("--data")
    parser.add_argument("--only", default="gristmill,trafilatura,trafilatura-fast,resiliparse")
    parser.add_argument("--most", type=int, default=10**9, help="every page up to this many of each set, evenly spread")
    parser.add_argument("--ours", default="cargo bench -q --bench extract_pages --")
    args = parser.parse_args()
    pages = []
    for source in [*map(wcxb, args.wcxb), *([packaged(args.data)] if args.data else [])]:
        source = list(source)
        pages += source[::max(1, -(-len(source) // args.most))]
    makers = {"trafilatura": lambda: by_trafilatura(), "trafilatura-fast": lambda: by_trafilatura(fast=True),
              "resiliparse": by_resiliparse}
    table, speed = {}, {}
    for name in args.only.split(","):
        texts, spent = run_ours(pages, args.ours.split()) if name == "gristmill" else run_python(makers[name](), pages)
        table[name], speed[name] = score(pages, texts), len(pages) / spent
    print(f"{'':<28}{'pages':>6}" + "".join(f"{n:>18}" for n in table))
    for key in sorted(next(iter(table.values()))):
        print(f"{key:<28}{next(iter(table.values()))[key][1]:>6}" + "".join(f"{t[key][0]:>18.4f}" for t in table.values()))
    print(f"{'pages per CPU second':<28}{len(pages):>6}" + "".join(f"{s:>18.0f}" for s in speed.values()))


if __name__ == "__main__":
    main()
