"""Title, author, date, language and site name of pages, beside trafilatura's, against known truth.

Truth: the dev half of the Web Content Extraction Benchmark (its folder `dev` with `html/NNNN.html.gz` and
`ground-truth/NNNN.json`) for title, author and date of publication; Mozilla readability's test pages
(`expected-metadata.json`) for byline, language, site name and time of publication.

    pip install trafilatura lxml_html_clean
    cargo build --release --example facts_jsonl
    python tests/scripts/compare_metadata.py --program target/release/examples/facts_jsonl \
        [--wcxb DEV] [--readability TEST-PAGES] [--cache FILE] [--misses title|author|date]

trafilatura's answers are kept in the cache file, since they take minutes. A field counts as right when it equals the truth
after folding case, typographic marks and white space (dates: the same day). Precision is over pages where a program
answers, recall over pages where the truth has a value; a page without truth counts against precision for authors and dates.
"""

import argparse
import gzip
import html
import json
import pathlib
import re
import subprocess
import unicodedata


def wcxb(folder):
    for path in sorted(pathlib.Path(folder, "ground-truth").glob("*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        truth = page["ground_truth"]
        source = pathlib.Path(folder, "html", path.stem + ".html.gz")
        if not source.exists():
            continue
        text = gzip.decompress(source.read_bytes()).decode("utf-8", "replace")
        gold = {"title": truth.get("title"), "author": truth.get("author"), "date": truth.get("publish_date")}
        yield "wcxb/" + path.stem, page.get("url") or "", text, gold


def readability(folder):
    for path in sorted(pathlib.Path(folder).glob("*/expected-metadata.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        text = (path.parent / "source.html").read_text(encoding="utf-8", errors="replace")
        gold = {"author": page.get("byline"), "date": page.get("publishedTime"), "site": page.get("siteName")}
        gold["language"] = page.get("lang")
        yield "readability/" + path.parent.name, "http://fakehost/test/page.html", text, gold


def fold(text):
    text = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    text = re.sub(r"[‘’ʼ`´]", "'", re.sub(r"[“”„«»]", '"', re.sub(r"[‐-―]", "-", text)))
    return " ".join(text.replace("…", "...").split())


def people(text):
    text = re.sub(r"^(written )?(by|von|par|por|di)\b:? ", "", fold(text))
    names = re.split(r"\s*(?:,|;|&|\band\b|\bund\b|\bet\b|\by\b)\s*", text)
    return sorted(name for name in names if name)


def same(field, truth, answer):
    if field == "date":
        return truth[:10] == answer[:10]
    if field == "author":
        return people(truth) == people(answer)
    if field == "language":
        return fold(truth).replace("_", "-") == fold(answer).replace("_", "-")
    return fold(truth) == fold(answer)


def of_trafilatura(pages, cache):
    known = {}
    if cache and pathlib.Path(cache).exists():
        known = {one["id"]: one for one in map(json.loads, open(cache, encoding="utf-8"))}
    missing = [page for page in pages if page[0] not in known]
    if missing:
        import trafilatura
        from trafilatura.metadata import extract_metadata

        out = open(cache, "a", encoding="utf-8") if cache else None
        for name, url, text, _ in missing:
            one = {"id": name}
            try:
                tree = trafilatura.load_html(text)
                found = extract_metadata(tree, url).as_dict() if tree is not None else {}
                one.update(title=found.get("title"), author=found.get("author"), date=found.get("date"))
                one.update(site=found.get("sitename"), language=found.get("language"))
            except Exception as error:  # a page it cannot read has no answers
                one["error"] = repr(error)
            known[name] = one
            if out:
                out.write(json.dumps(one, ensure_ascii=False) + "\n")
    return known


def of_ours(pages, program):
    lines = (json.dumps({"id": name, "url": url, "html": text}) for name, url, text, _ in pages)
    done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return {one["id"]: one for one in map(json.loads, done.stdout.splitlines()) if one}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--program", required=True)
    args.add_argument("--wcxb")
    args.add_argument("--readability")
    args.add_argument("--cache")
    args.add_argument("--misses")
    args = args.parse_args()
    pages = list(wcxb(args.wcxb)) if args.wcxb else []
    pages += list(readability(args.readability)) if args.readability else []
    programs = {"gristmill": of_ours(pages, args.program), "trafilatura": of_trafilatura(pages, args.cache)}
    print(f"{'set':<13}{'field':<10}{'program':<13}{'truth':>6}{'answers':>9}{'right':>7}{'precision':>11}{'recall':>8}{'F1':>7}")
    for group in ("wcxb", "readability"):
        of_group = [page for page in pages if page[0].startswith(group)]
        for field in ("title", "author", "date", "language", "site"):
            truths = [page for page in of_group if field in page[3]]
            if not truths:
                continue
            for program, answers in programs.items():
                known = answered = right = 0
                for name, url, _, gold in truths:
                    truth, answer = gold[field], answers.get(name, {}).get(field)
                    known, answered = known + bool(truth), answered + bool(answer)
                    hit = bool(truth and answer) and same(field, truth, answer)
                    right += hit
                    if args.misses == field and program == "gristmill" and not hit and (truth or answer):
                        other = programs["trafilatura"].get(name, {}).get(field)
                        print("MISS", name, url[:90], "| truth", truth, "| ours", answer, "| theirs", other)
                precision, recall = right / max(answered, 1), right / max(known, 1)
                f1 = 2 * precision * recall / max(precision + recall, 1e-9)
                print(f"{group:<13}{field:<10}{program:<13}{known:>6}{answered:>9}{right:>7}{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}")


if __name__ == "__main__":
    main()
