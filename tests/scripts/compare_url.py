#!/usr/bin/env python3
"""Compares the filters on addresses with the programs that they reproduce: verdict and reason of every URL.

Needs: pip install datatrove==0.10 tldextract==5.4.0 pyahocorasick fasteners retrie==0.3.1 pyarrow zstandard
A checkout of mlfoundations/dclm (only baselines/mappers/filters/metadata_filters.py of it is read), and a gristmill
binary.

  compare_url.py --gristmill BIN --dclm DCLM --work DIR --url-jsonl FILE... --url-tsv FILE:COLUMN...

The lists are made from the URLs themselves (every so-and-so-many-th host, URL, word), so that every rule is hit often;
one goes to gristmill plain, one as gzip, one as zstd. tldextract works with the suffix list of its package, without
network.
"""

import argparse
import collections
import gzip
import importlib.util
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import types

os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] = ""

NASTY = [
    "",
    " ",
    "/",
    "//",
    "://",
    "http://",
    "https://",
    "http:///",
    "http:/bad.example",
    "http:bad.example",
    "bad.example",
    "bad.example/path",
    "//bad.example/x",
    "www.bad.example",
    "http://www.bad.example",
    "HTTP://BAD.EXAMPLE/",
    "http://Bad.Example/",
    "http://bad.example.",
    "http://bad.example./",
    "http://.bad.example/",
    "http://..bad.example/",
    "http://bad..example/",
    "http://user@bad.example/",
    "http://user:pw@bad.example:8080/",
    "http://user@evil@bad.example/",
    "http://bad.example:80",
    "http://bad.example:/",
    "http://bad.example:port/",
    "http://127.0.0.1/",
    "http://127.0.0.1:8080/casino",
    "http://256.1.1.1/",
    "http://1.2.3/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::1]:80/casino",
    "http://[2001:db8::1]/hot/teen",
    "http://[::1/",
    "http://::1]/",
    "http://[bad.example]/",
    "http://[v1.x]/",
    "http://localhost/",
    "http://localhost:8080/casino",
    "http://com/",
    "http://co.uk/",
    "http://bad.co.uk/",
    "http://www.bad.co.uk/",
    "http://a.b.c.bad.co.uk/",
    "http://blogspot.com/",
    "http://me.blogspot.com/",
    "http://a.b.compute.amazonaws.com/",
    "http://www.ck/",
    "http://a.ck/",
    "http://a.b.ck/",
    "http://city.kawasaki.jp/",
    "http://x.kawasaki.jp/",
    "http://y.x.kawasaki.jp/",
    "http://kobe.jp/",
    "http://bücher.example/",
    "http://xn--bcher-kva.example/",
    "http://bücher.de/casino",
    "http://xn--bcher-kva.de/",
    "http://例え.テスト/",
    "http://例え.中国/",
    "http://x.xn--fiqs8s/",
    "http://X.XN--FIQS8S/",
    "http://例え。com/",
    "http://a．b｡com/",
    "http://bad.example\uff0e/",
    "http://xn--/",
    "http://xn--a.com/",
    "http://xn--zzzzzz.com/",
    "http://good.example/Casino",
    "http://good.example/CASINO",
    "http://good.example/cas%69no",
    "http://good.example/%63asino",
    "http://good.example/casino%20hot",
    "http://good.example/hot%2Fteen",
    "http://good.example/hot/hot",
    "http://good.example/hot/teen",
    "http://good.example/Hot/teen",
    "http://good.example/hot-teen",
    "http://good.example/hot_teen",
    "http://good.example/porn-tube",
    "http://good.example/Porn.Tube",
    "http://porn.tube/",
    "http://good.example/p-o-r-n-t-u-b-e",
    "http://good.example/casino",
    "http://good.example/casinos",
    "http://good.example/my_casino",
    "http://good.example/casino_",
    "http://good.example/été-casino",
    "http://good.example/écasino",
    "http://good.example/ſex",
    "http://good.example/ıcasıno",
    "http://good.example/casıno",
    "http://good.example/ÇASINO",
    "http://good.example/casİno",
    "http://good.example/\u212ainky",
    "casino",
    "hot teen",
    "-casino-",
    "http://good.example?casino",
    "http://good.example#casino",
    "http://good.example;casino",
    "http://good.example/a?b=http://bad.example/",
    "http://good.example@bad.example/",
    "http://bad.example@good.example/",
    "http://bad.example\\@good.example/",
    "ftp://bad.example/",
    "javascript:casino",
    "mailto:me@bad.example",
    "data:text/html,casino",
    "http1://bad.example/",
    "1http://bad.example/",
    "a+b-c.d://bad.example/",
    "a_b://bad.example/",
    "http://bad.example/\n",
    "http://bad\n.example/",
    "http://b\tad.example/",
    " http://bad.example/",
    "http://bad.example /",
    "http:// bad.example/",
    "\x00http://bad.example/",
    "\u00a0http://bad.example/",
    "http://bad.example\u00a0/",
    "http://wwww.bad.example/",
    "http://www.www.bad.example/",
    "http://wwwbad.example/",
    "http://bad.www.example/",
    "http://WWW.bad.example/",
    "http://www2.bad.example/",
    "http://www.worse.example/",
    "http://worse.example/",
    "<http://bad.example/>",
    "http://bad.example%2f/",
    "http://bad.example%00/",
    "http://b%61d.example/",
    "http://good.example/" + "a/" * 3000,
    "http://" + "a." * 3000 + "com/",
    "http://good.example/" + "hot-" * 3000 + "teen",
    "x" * 10000,
    "http://good.example/🎰casino",
    "http://🎰.example/",
    "http://good.example/賭博",
    "http://good.example/賭博/",
]

LISTS = {
    "domains": [
        "bad.example",
        "bad.co.uk",
        "blogspot.com",
        ".worse.example",
        "me.blogspot.com",
        "xn--bcher-kva.de",
        "bücher.example",
        "テスト.com",
        "a.b.ck",
        "www.ck",
        "city.kawasaki.jp",
        "x.xn--fiqs8s",
        "Bad.Example",
        "# a comment",
        "bad.example:80",
        "user@bad.example",
        "[::1]",
        "127.0.0.1",
        "  spaced.example  ",
    ],
    "urls": ["http://bad.example/exact", "http://good.example/賭博", "http://Good.example/Case"],
    "words": ["casino", "Poker-Game", "kinky", "sex"],
    "soft": ["hot", "teen", "hot-teen", "Free"],
    "subwords": ["porntube", "cas-ino-royale"],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gristmill", required=True)
    parser.add_argument("--dclm", required=True, help="folder with baselines/mappers/filters/metadata_filters.py")
    parser.add_argument("--work", required=True)
    parser.add_argument("--url-jsonl", nargs="*", default=[])
    parser.add_argument("--url-tsv", nargs="*", default=[], help="FILE:COLUMN, columns from 0")
    parser.add_argument("--most", type=int, default=3000, help="URLs taken of each file")
    parser.add_argument("--golden", help="write the nasty URLs with their verdicts here")
    return parser.parse_args()


def lines_of(path):
    if path.endswith(".zst"):
        import zstandard

        return io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(open(path, "rb")), "utf-8")
    return open(path, encoding="utf-8")


def real_urls(args):
    found = []
    for path in args.url_jsonl:
        urls = dict.fromkeys(json.loads(line).get("url") or "" for line in lines_of(path))
        found.append([url for url in urls if url])
    for spec in args.url_tsv:
        path, column = spec.rsplit(":", 1)
        found.append(list(dict.fromkeys(line.rstrip("\n").split("\t")[int(column)] for line in lines_of(path))))
    random.seed(7)
    return [url for urls in found for url in (random.sample(urls, args.most) if len(urls) > args.most else urls)]


def variants(urls):
    """The same URLs as others write them: capitals, user, port, no scheme, percent-encoding, www."""
    random.seed(11)
    out = []
    for url in random.sample(urls, min(1500, len(urls))):
        rest = url.split("://", 1)[-1]
        host, slash, path = rest.partition("/")
        out += [
            url.upper(),
            rest,
            f"http://me:pw@{rest}",
            f"http://{host}:8080{slash}{path}",
            f"http://www.{rest}",
            f"https://{host.title()}.{slash}{path}",
            url.replace("-", "%2D"),
            url.replace("/", "//"),
            f"{url}?q=hot#teen",
        ]
    return out


def lists_of(urls):
    lists = {name: list(entries) for name, entries in LISTS.items()}
    hosts = list(dict.fromkeys(re.sub(r"^\w+://", "", url).split("/")[0] for url in urls))
    lists["domains"] += [host.removeprefix("www.") for host in hosts[::9]] + [
        f".{host[4:]}" for host in hosts[::13] if host[:4] == "www."
    ]
    lists["urls"] += urls[::17]
    words = collections.Counter(word for url in urls for word in set(re.split("[^a-zA-Z0-9]+", url)) if len(word) > 2)
    rare = [word for word, count in sorted(words.items()) if 2 <= count <= len(urls) // 300]
    random.seed(5)
    random.shuffle(rare)
    lists["words"] += rare[:25]
    lists["soft"] += rare[25:225]
    lists["subwords"] += [word[:6] + "-" + word[6:9] for word in rare[225:240]] + [word for word in rare[240:250]]
    return lists


def write_lists(folder, lists):
    """One file each: plain, gzip, zstd in turn."""
    import zstandard

    paths = {}
    for index, (name, entries) in enumerate(lists.items()):
        text = ("\n".join(entries) + "\n").encode()
        (folder / f"{name}.plain").write_bytes(text)
        ending, packed = [("txt", text), ("txt.gz", gzip.compress(text)), ("txt.zst", zstandard.compress(text))][
            index % 3
        ]
        (folder / f"{name}.{ending}").write_bytes(packed)
        paths[name] = f"{name}.{ending}"
    return paths


def datatrove_verdicts(folder, urls):
    from datatrove.data import Document
    from datatrove.pipeline.filters import URLFilter

    opened = {name: open(folder / f"{name}.plain", encoding="utf-8") for name in LISTS}
    reference = URLFilter(
        extra_domains=opened["domains"],
        extra_urls=opened["urls"],
        banned_words=opened["words"],
        banned_subwords=opened["subwords"],
        soft_banned_words=opened["soft"],
        use_integrated_lists=False,
    )
    out = []
    for url in urls:
        try:
            result = reference.filter(Document(text="x", id="x", metadata={"url": url}))
            out.append(None if result is True else result[1])
        except Exception as error:  # the reference's own, whatever it is
            out.append(error)
    return out


def dclm_verdicts(checkout, folder, urls):
    for name in ("core", "core.factory_utils", "baselines", "baselines.core", "baselines.core.constants"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["core.factory_utils"].factory_function = lambda function: function
    sys.modules["baselines.core.constants"].URL = "url"
    path = pathlib.Path(checkout) / "baselines/mappers/filters/metadata_filters.py"
    spec = importlib.util.spec_from_file_location("metadata_filters", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # The four calls of dclm_baseline_refinedweb.yaml.
    calls = [
        ("domain", "domains", {"exact_domain_match": True, "ignore_chars": ["www"]}),
        ("strict-word", "subwords", {"ignore_chars": ["-", "."]}),
        ("hard-word", "words", {"match_substrings": False}),
        ("soft-words", "soft", {"num_banned_substrs": 2, "match_substrings": False}),
    ]
    steps = [
        (rule, module.url_substring_filter(banlist_from_fname=str(folder / f"{name}.plain"), **options))
        for rule, name, options in calls
    ]
    out = []
    for url in urls:
        try:
            out.append(next((rule for rule, step in steps if not step({"url": url})), None))
        except Exception as error:
            out.append(error)
    return out


def gristmill_rows(args, folder, urls, name, lists):
    with open(folder / "urls.jsonl", "w", encoding="utf-8") as file:
        for number, url in enumerate(urls):
            file.write(json.dumps({"id": str(number), "url": url, "text": "x"}) + "\n")
    config = folder / f"{name.split('@')[0]}.toml"
    given = ", ".join(f'{role} = "{path}"' for role, path in lists.items())
    config.write_text(
        f'version = 1\n[[source]]\nname = "urls"\npaths = ["urls.jsonl"]\n'
        f'[[step]]\nfilter = {{ name = "{name}", lists = {{ {given} }} }}\n'
        f'[output]\ndir = "out"\ntokens = "none"\n'
    )
    out = folder / f"out-{name.split('@')[0]}"
    if out.exists():
        import shutil

        shutil.rmtree(out)
    subprocess.run([args.gristmill, "run", str(config), "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
    import pyarrow.parquet

    rows = {}
    for file in sorted((out / "ledger").glob("*.parquet")):
        for row in pyarrow.parquet.read_table(file, columns=["source_id", "verdict", "rule", "value"]).to_pylist():
            rows[int(row["source_id"])] = row
    assert len(rows) == len(urls), f"{len(rows)} rows for {len(urls)} URLs"
    return [rows[number]["rule"] and rows[number]["rule"].split("/", 1)[1] for number in range(len(urls))]


def compare(name, urls, theirs, ours, reason_of):
    different, raised = [], []
    counts = collections.Counter()
    for url, expected, rule in zip(urls, theirs, ours):
        if isinstance(expected, Exception):
            raised.append((url, type(expected).__name__, rule))
            continue
        counts[expected] += 1
        if reason_of.get(rule, rule) != expected:
            different.append((url, expected, rule))
    print(
        f"{name}: {len(urls)} URLs, {len(different)} differences, {len(raised)} at which the reference raises; {dict(counts)}"
    )
    for url, expected, rule in different[:40]:
        print(f"  {url[:120]!r}: reference {expected}, ours {rule}")
    for url, error, rule in raised:
        print(f"  raises {error} at {url[:80]!r}; ours: {rule or 'kept'}")
    return len(different)


def main():
    args = arguments()
    folder = pathlib.Path(args.work)
    folder.mkdir(parents=True, exist_ok=True)
    real = real_urls(args)
    urls = NASTY + real + variants(real)
    paths = write_lists(folder, lists_of(real) if real else LISTS)
    reasons = {
        "domain": "domain",
        "host": "subdomain",
        "url": "url",
        "hard-word": "hard_blacklisted",
        "soft-words": "soft_blacklisted",
        "subword": "blacklisted_subword",
    }
    roles = {
        "url-domains": paths["domains"],
        "url-words": paths["words"],
        "url-soft-words": paths["soft"],
        "url-subwords": paths["subwords"],
    }
    datatrove = datatrove_verdicts(folder, urls)
    dclm = dclm_verdicts(args.dclm, folder, urls)
    name = "url@datatrove-0.10"
    worst = compare(
        name, urls, datatrove, gristmill_rows(args, folder, urls, name, {**roles, "url-urls": paths["urls"]}), reasons
    )
    name = "url-banlists@dclm-2025-09"
    worst += compare(name, urls, dclm, gristmill_rows(args, folder, urls, name, roles), {})
    if args.golden:
        assert not real, "golden vectors are made of the URLs of this script alone"
        word = lambda verdict: {"raises": type(verdict).__name__} if isinstance(verdict, Exception) else verdict
        cases = [
            {"url": url, "datatrove": word(a), "dclm": word(b)}
            for url, a, b in zip(urls, datatrove, dclm)
            if len(url) < 300
        ]
        golden = {
            "made-by": "tests/scripts/compare_url.py --golden; datatrove 0.10, tldextract 5.4.0 (suffixes of its package), "
            "mlfoundations/dclm 361714b, retrie 0.3.1, Python 3.11",
            "lists": LISTS,
            "cases": cases,
        }
        text = json.dumps(golden, ensure_ascii=False, indent=1)
        pathlib.Path(args.golden).write_text(text + "\n", encoding="utf-8")
    sys.exit(1 if worst else 0)


main()
