"""Makes the whole sample folder again: `python make/make_all.py`, with warcio, pyarrow, zstandard, brotli, lz4 and tokenizers installed."""

import sys

sys.dont_write_bytecode = True

import build_docs
import build_hostile
import build_tokenizer
import build_web
from core import ROOT, save

HEADER = "file\tformat\trecords\tdocuments\tfaults\tnote"


def web_row(pages, rows):
    kinds = {}
    for kind, *_ in rows:
        kinds[kind] = kinds.get(kind, 0) + 1
    records = ";".join(f"{kind}:{count}" for kind, count in sorted(kinds.items()))
    note = (f"{len(pages)} HTML pages with status 200; the other responses are one redirect (301), one 404, one PNG and one text/plain robots.txt; "
            "robots.txt is no document; page by page: web-pages.tsv")
    return ("web.warc.gz", "warc", records, str(len(pages)), "none", note)


def build():
    pages, rows = build_web.build()
    counts = build_docs.build()
    size = build_tokenizer.build()
    table = [web_row(pages, rows),
             ("sample.warc.wet.gz", "wet", f"conversion:{counts['wet']};warcinfo:1", str(counts["wet"]), "none", "records 4 and 8 repeat the text of two pages of web.warc.gz"),
             ("documents.jsonl.gz", "jsonl", f"line:{counts['documents']}", str(counts["documents"]), "none", "10 rows (source copy) repeat pages of web.warc.gz, 2 (source again) repeat rows of the file itself, 1 (source rude) is an insult; a third of the lines is written with \\u escapes"),
             ("papers.jsonl.zst", "jsonl", f"line:{counts['papers']}", str(counts["papers"]), "none", "fields are named doc_id, body, link, year: the text field is `body`"),
             ("table.parquet", "parquet", f"row:{counts['table']}", str(counts["table"]), "none", "2 row groups (32 and 28 rows), zstd; url is null in 6 rows; links is a nested list"),
             ("text/letter.txt", "text", "file:1", "1", "none", "English"), ("text/walk.txt", "text", "file:1", "1", "none", "English"),
             ("text/uhr-latin1.txt", "text", "file:1", "1", "none", "German in ISO 8859-1 with CRLF line ends"),
             ("text/sub/short.txt", "text", "file:1", "1", "none", "eight words, in a sub-folder"),
             ("text/page-news.html", "html", "file:1", "1", "none", "English"), ("text/page-oldtable.html", "html", "file:1", "1", "none", "English, layout by tables"),
             ("tokenizer.json", "tokenizer", f"token:{size}", "0", "none", "byte-level BPE, <|endoftext|> is id 0")]
    for name, documents, faults, note in build_hostile.build():
        table.append((name, "", "", documents, faults, note))
    save("EXPECT.tsv", "\n".join([HEADER, *("\t".join(row) for row in table)]) + "\n")
    return sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())


if __name__ == "__main__":
    print(build(), "bytes in the folder")
