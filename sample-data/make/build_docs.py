"""Writes the WET file, the JSONL files, the Parquet table and the text folder."""

import io
import json

from articles import article, load
from build_web import pages
from core import Lcg, fnv, gzip_member, save
from layouts import render
from special import CODE, INSULTS
from warc import date_of, pack, record, warcinfo

WET_LANGS = ["en"] * 12 + ["de", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ar", "hi"]


def wet():
    """25 conversion records: new texts, and two whose text also stands in web.warc.gz."""
    every = [page for page in pages() if page.kind == "article" and page.lang == "en"]
    records = [warcinfo("sample.warc.wet.gz")]
    for number, lang in enumerate(WET_LANGS):
        topics = load(lang)
        piece = article(lang, topics[number % len(topics)], 20 + number, 9, 12)
        url = f"https://wet{number}.example.org/{piece.topic}"
        text = piece.title + "\n" + piece.text()
        if number in (3, 7):
            url, text = every[number].url, every[number].text
        code = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "pt": "por", "nl": "nld", "pl": "pol", "ru": "rus", "zh": "zho", "ja": "jpn", "ar": "ara", "hi": "hin"}[lang]
        records.append(record("conversion", (text + "\n").encode(), "wet" + str(number), uri=url, date=date_of(number), content_type="text/plain",
                              extra=(("WARC-Identified-Content-Language", code),)))
    save("sample.warc.wet.gz", pack(records))
    return len(WET_LANGS)


def entry(text, kind, number, lang="en", **extra):
    rng = Lcg("entry", kind, number)
    row = {"id": f"{kind}-{number:04d}", "text": text, "url": f"https://texts.example.org/{kind}/{number}",
           "date": f"{rng.between(1998, 2023)}-{rng.between(1, 12):02d}-{rng.between(1, 28):02d}", "lang": lang, "source": kind,
           "meta": {"words": len(text.split()), "tags": [kind, lang], "reviewed": bool(number % 2)}}
    row.update(extra)
    return row


def snippet(number):
    name, title, text, code = CODE[number % 4]
    rng = Lcg("snippet", number)
    mark = {0: "#", 1: "//", 2: "//", 3: "--"}[number % 4]
    usage = [f"{mark} example {step}: size {rng.between(2, 900)}, seed {rng.between(1, 99999)}" for step in range(4)]
    return f"{mark} {name}: {title} (variant {number})\n{mark} {text}\n{code}\n" + "\n".join(usage) + "\n"


def documents():
    """120 rows: books, notes, articles, code, copies of crawl pages, one rude text, other languages."""
    rows = []
    books, notes, english = load("book"), load("note"), load("en")
    for number in range(24):
        piece = article_as("book", books[number % 2], number, 13, 16)
        rows.append(entry(piece.title + "\n\n" + "\n\n".join(piece.paragraphs), "book", number, chapter=number))
    for number in range(20):
        piece = article_as("note", notes[number % 2], number, 8, 11)
        rows.append(entry(piece.title + "\n" + piece.text(), "note", number))
    for number in range(38):
        piece = article("en", english[number % len(english)], 60 + number, 9, 13)
        rows.append(entry(piece.title + "\n\n" + piece.text(), "essay", number))
    for number in range(12):
        rows.append(entry(snippet(number), "code", number, language=["python", "rust", "javascript", "sql"][number % 4]))
    for number, lang in enumerate(["de", "fr", "es", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ar", "tr", "hi"]):
        topics = load(lang)
        piece = article(lang, topics[number % len(topics)], 30 + number, 9, 11)
        rows.append(entry(piece.title + "\n" + piece.text(), "foreign", number, lang))
    crawl = [page for page in pages() if page.kind == "article" and page.lang in ("en", "fr")]
    for number in range(10):
        page = crawl[number * 9]
        rows.append(entry(page.text, "copy", number, page.lang, copy_of=page.url))
    rows.append(entry("\n".join(INSULTS), "rude", 0))
    rows.append(entry(rows[30]["text"], "again", 0, copy_of=rows[30]["id"]))
    rows.append(entry(rows[50]["text"], "again", 1, copy_of=rows[50]["id"]))
    return Lcg("documents").shuffled(rows)


def article_as(kind, topic, number, low, high):
    """Books and notes are English texts that live in files of their own."""
    slug, section, titles, sentences = topic
    return article("en", (f"{kind}-{slug}", section, titles, sentences), number, low, high)


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=index % 3 == 0) + "\n" for index, row in enumerate(rows)).encode()


def papers():
    rows = []
    for number in range(20):
        topic = load("en")[(number * 7 + 3) % 25]
        piece = article("en", topic, 120 + number, 10, 13)
        rows.append({"doc_id": f"paper-{number:03d}", "body": "\n\n".join(["Abstract", *piece.paragraphs]), "link": f"https://papers.example.net/{number}", "year": 2004 + number % 20})
    return rows


def table():
    """60 rows in two row groups, with a nested list and a nullable column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    for number in range(60):
        lang = ["en", "en", "en", "en", "de", "fr"][number % 6]
        topics = load(lang)
        piece = article(lang, topics[number % len(topics)], 90 + number, 8, 12)
        rows.append({"id": f"row-{number:03d}", "text": piece.text(), "url": None if number % 10 == 9 else f"https://table.example.com/{number}",
                     "license": ["CC0-1.0", "CC-BY-4.0", "public domain"][number % 3], "year": 1990 + number % 35,
                     "links": [f"https://table.example.com/{fnv(number, step) % 60}" for step in range(number % 4)]})
    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("url", pa.string()), ("license", pa.string()), ("year", pa.int32()), ("links", pa.list_(pa.string()))])
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), sink, row_group_size=32, compression="zstd", write_page_checksum=True)
    save("table.parquet", sink.getvalue())
    return len(rows)


def text_folder():
    topics = load("en")
    for number, name in enumerate(["letter.txt", "walk.txt"]):
        piece = article("en", topics[number + 2], 150, 10, 12)
        save(f"text/{name}", piece.title + "\n\n" + "\n\n".join(piece.paragraphs) + "\n")
    german = article("de", load("de")[1], 150, 9, 11)
    save("text/uhr-latin1.txt", ("\r\n".join([german.title, "", *german.paragraphs]) + "\r\n").encode("iso-8859-1", errors="replace"))
    for number, layout in enumerate(["news", "oldtable"]):
        piece = article("en", topics[number + 14], 150, 10, 12)
        save(f"text/page-{layout}.html", render(piece, f"https://text.example.org/{number}", layout))
    save("text/sub/short.txt", "A short note that most quality rules drop.\n")


def build():
    import zstandard

    rows = documents()
    save("documents.jsonl.gz", gzip_member(jsonl(rows)))
    save("papers.jsonl.zst", zstandard.ZstdCompressor(level=19).compress(jsonl(papers())))
    counts = {"wet": wet(), "documents": len(rows), "papers": len(papers()), "table": table()}
    text_folder()
    return counts


if __name__ == "__main__":
    print(build())
