"""Reads the sample back with other people's readers and checks what README and EXPECT.tsv say. Prints figures, stops at the first fault."""

import gzip
import io
import json
import re
import sys

sys.dont_write_bytecode = True

from build_web import pages
from core import ROOT, jaccard, shingles
from plan import PII

STOP = {"the", "be", "to", "of", "and", "that", "have", "with"}


def grams(page):
    """Shingles of five words; of eight characters where words are not parted by spaces."""
    if page.lang in ("zh", "ja"):
        text = re.sub(r"\s", "", page.text)
        return {text[i : i + 8] for i in range(len(text) - 7)}
    return shingles(page.text)


def check_archives():
    import brotli
    from warcio.archiveiterator import ArchiveIterator

    for name in ("web.warc.gz", "sample.warc.wet.gz", "hostile/sound.arc.gz"):
        kinds = {}
        with open(ROOT / name, "rb") as stream:
            for item in ArchiveIterator(stream, check_digests="raise", arc2warc=name.endswith("arc.gz") and "warc" not in name):
                kinds[item.rec_type] = kinds.get(item.rec_type, 0) + 1
                uri = item.rec_headers.get_header("WARC-Target-URI") or ""
                # warcio 1.8 cannot drive brotli 1.2, so bodies are taken as they travel and unpacked here
                body = item.raw_stream.read()
                if "/brotli" in uri and item.rec_type == "response":
                    body = brotli.decompress(body)
                elif "/gzip" in uri and item.rec_type == "response":
                    body = gzip.decompress(body)
                if "packed." in uri and item.rec_type == "response":
                    assert b"</html>" in body, uri
        print(name, kinds)


def check_likeness():
    every = pages()
    by_url = {page.url: page for page in every}
    originals = [page for page in every if page.text and page.kind not in ("near-duplicate", "exact-duplicate")]
    sets = [grams(page) for page in originals]
    worst = max((jaccard(sets[i], sets[j]), originals[i].url, originals[j].url) for i in range(len(sets)) for j in range(i) if originals[i].lang == originals[j].lang)
    print("most alike pages that are no duplicates:", worst)
    assert worst[0] < 0.40
    near = [jaccard(grams(page), grams(by_url[page.note[3:]])) for page in every if page.kind == "near-duplicate"]
    print(len(near), "near-duplicates, shared shingles", round(min(near), 3), "to", round(max(near), 3))
    assert min(near) >= 0.85
    for page in every:
        if page.kind == "exact-duplicate":
            assert page.body == by_url[page.note[3:]].body
    words = sorted(len(page.text.split()) for page in originals if page.lang == "en")
    print("words of English articles: least", words[0], "median", words[len(words) // 2], "most", words[-1])
    poor = [page.url for page in originals if page.lang == "en" and (len(page.text.split()) < 80 or len(STOP & set(page.text.split())) < 2)]
    assert not poor, poor


def check_numbers():
    for kind, _, values in PII:
        for value in values:
            if kind == "card":
                digits = [int(d) for d in value if d.isdigit()][::-1]
                total = sum(digits[0::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
                assert total % 10 == 0, value
            if kind == "iban":
                plain = value.replace(" ", "")
                assert int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1, value


def check_rest():
    import pyarrow.parquet as pq
    import zstandard
    from tokenizers import Tokenizer

    rows = [json.loads(line) for line in gzip.open(ROOT / "documents.jsonl.gz")]
    papers = zstandard.ZstdDecompressor().stream_reader(io.BytesIO((ROOT / "papers.jsonl.zst").read_bytes())).read().splitlines()
    print(len(rows), "documents,", len([json.loads(line)["body"] for line in papers]), "papers")
    table = pq.read_table(ROOT / "table.parquet")
    print("table", table.num_rows, table.column_names, "null urls", table["url"].null_count)
    flipped = pq.ParquetFile(ROOT / "hostile/flipped.parquet")
    assert flipped.read_row_group(1).num_rows == 28
    try:
        flipped.read_row_group(0)
        raise AssertionError("row group 0 should not decode")
    except OSError:
        pass
    tokenizer = Tokenizer.from_file(str(ROOT / "tokenizer.json"))
    for text in ("A plain sentence, with 12 numbers.", "größer \u4e16\u754c \u0645\u0631\u062d\u0628\u0627 🙂", rows[0]["text"]):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    ids = len(tokenizer.encode(rows[0]["text"]).ids)
    print("tokenizer", tokenizer.get_vocab_size(), "tokens,", round(len(rows[0]["text"]) / ids, 2), "characters a token; end of text is", tokenizer.token_to_id("<|endoftext|>"))


if __name__ == "__main__":
    check_numbers()
    check_archives()
    check_likeness()
    check_rest()
    print("all well")
