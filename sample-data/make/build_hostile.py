"""Writes hostile/: one file per kind of damage, each with good records around it, and what a reader should report.

`EXPECT` rows are (file, documents, faults, note). `documents` is a number or a range; `faults` lists the fault codes
with their count, alternatives parted by `|`.
"""

import json
import struct

import build_containers
from articles import article, load
from core import Lcg, ROOT, gzip_member, save
from layouts import render
from warc import date_of, http, record, response, warcinfo

EXPECT = []
ESC = "\x1b"


def expect(name, documents, faults, note):
    EXPECT.append((f"hostile/{name}", str(documents), faults, note))


def good(number):
    """One sound response record."""
    piece = article("en", load("en")[number % 25], 160 + number, 9, 11)
    url = f"https://sound.example.org/{number}"
    return response(render(piece, url, "news").encode(), "text/html; charset=utf-8", url, number)


def page(html, url, number, content_type="text/html; charset=utf-8", headers=()):
    return response(html if isinstance(html, bytes) else html.encode(), content_type, url, number, headers=headers)


def noise(count, *seed):
    rng = Lcg("noise", *seed)
    return b"".join(struct.pack("<I", rng.bits()) for _ in range(count // 4 + 1))[:count]


def broken_gzip():
    a, b, c = (gzip_member(good(number)) for number in (0, 1, 2))
    save("hostile/truncated.warc.gz", a + b + c[: len(c) // 2])
    expect("truncated.warc.gz", 2, "truncated:1", "third member cut in its middle")
    middle = len(b) // 2
    flipped = b[:middle] + bytes(byte ^ 0xFF for byte in b[middle : middle + 64]) + b[middle + 64 :]
    save("hostile/flipped.warc.gz", a + flipped + c)
    expect("flipped.warc.gz", 2, "bad-compression:1", "64 bytes of the second member inverted; first and third are sound")
    save("hostile/junk-between.warc.gz", a + b"\n<<< this is not a record >>>\n" * 10 + b + gzip_member(b"stray text that belongs to no record\r\n" * 5) + c)
    expect("junk-between.warc.gz", 3, "junk:2", "290 raw bytes between members 1 and 2; a member of stray text between 2 and 3")
    zeros = record("response", http(b" " * (30 << 20), "text/html"), "bomb", uri="https://bomb.example.org/", date=date_of(9), content_type="application/http; msgtype=response")
    save("hostile/bomb.warc.gz", a + gzip_member(zeros) + c)
    expect("bomb.warc.gz", 2, "bomb|too-large:1", "second member inflates to 30 MiB from about 30 KiB (ratio over 1,000)")
    once = gzip_member(b"<div>" * (6 << 20))
    nested = [page(once, "https://bomb.example.org/once", 1, headers=(("Content-Encoding", "gzip"),)),
              page(gzip_member(once), "https://bomb.example.org/twice", 2, headers=(("Content-Encoding", "gzip, gzip"),))]
    save("hostile/nested-bomb.warc.gz", a + b"".join(gzip_member(item) for item in nested) + c)
    expect("nested-bomb.warc.gz", 2, "bomb:2", "two pages whose bodies inflate to 30 MiB, one of them through two gzip layers")
    save("hostile/gzip-of-nothing.warc.gz", gzip_member(b""))
    expect("gzip-of-nothing.warc.gz", 0, "none", "one valid member with no bytes in it")
    tail = gzip_member(good(3))
    save("hostile/trailing-zeros.warc.gz", a + tail + bytes(4096))
    expect("trailing-zeros.warc.gz", 2, "none|junk:1", "two sound members, then 4 KiB of zero bytes (tape padding)")


def broken_records():
    a, b, c, d, e = (good(number) for number in range(5))
    long_b = b.replace(b"\r\nContent-Length: " + str(block_length(b)).encode(), b"\r\nContent-Length: " + str(block_length(b) + 3000).encode(), 1)
    short_d = d.replace(b"\r\nContent-Length: " + str(block_length(d)).encode(), b"\r\nContent-Length: 700", 1)
    save("hostile/lying-length.warc", a + long_b + c + short_d + e)
    expect("lying-length.warc", "2-5", "bad-length:2", "record 2 claims 3,000 bytes too many, record 4 only 700; records 1 and 5 are sound and must be read, record 3 can be")
    longest = c.replace(b"\r\nContent-Length: " + str(block_length(c)).encode(), b"\r\nContent-Length: 18446744073709551615", 1)
    save("hostile/longest-length.warc.gz", gzip_member(a) + gzip_member(longest) + gzip_member(e))
    expect("longest-length.warc.gz", 2, "bad-length|too-large:1", "record 2 claims the largest number of 64 bits (found by fuzzing: head and block together passed it)")
    filler = Lcg("header")
    words = ["alpha", "bravo", "delta", "lima", "oscar", "sierra", "tango", "zulu"]
    long_line = " ".join(filler.pick(words) for _ in range(180_000))
    record_of = record("response", http(b"<p>x</p>", "text/html"), "hdr", uri="https://header.example.org/", content_type="application/http; msgtype=response", extra=(("X-Long", long_line),))
    save("hostile/header-1mb.warc.gz", gzip_member(a) + gzip_member(record_of) + gzip_member(c))
    expect("header-1mb.warc.gz", 2, "bad-record-header:1", f"the head of record 2 has a line of {len(long_line)} bytes")
    no_version = c.replace(b"WARC/1.1\r\n", b"WURC/9.9\r\n", 1)
    no_length = d.replace(b"Content-Length: " + str(block_length(d)).encode() + b"\r\n", b"", 1)
    save("hostile/bad-heads.warc.gz", gzip_member(a) + gzip_member(no_version) + gzip_member(no_length) + gzip_member(e))
    expect("bad-heads.warc.gz", 2, "bad-record-header|junk|bad-length:2", "record 2 has no WARC version line, record 3 no Content-Length")
    not_http = record("response", b"this is no http message at all", "nohttp", uri="https://nohttp.example.org/", content_type="application/http; msgtype=response")
    save("hostile/bad-http.warc", a + not_http + b)
    expect("bad-http.warc", 2, "bad-http:1", "the block of record 2 is no HTTP message")


def block_length(item):
    head = item.index(b"\r\n\r\n")
    return len(item) - head - 8


def broken_bodies():
    a = good(5)
    text = b"<html><body><p>" + b"A sentence that stands in a chunk. " * 30 + b"</p></body></html>"
    chunked = ("Transfer-Encoding", "chunked")
    bodies = [b"zz\r\n" + text + b"\r\n0\r\n\r\n", b"%x\r\n" % (len(text) + 500) + text, b"ffffffffffffffffff\r\n" + text + b"\r\n0\r\n\r\n"]
    items = [page(body, f"https://chunks.example.org/{n}", n, headers=(chunked,)) for n, body in enumerate(bodies)]
    save("hostile/bad-chunks.warc", a + b"".join(items))
    expect("bad-chunks.warc", "1-4", "bad-body:0-3", "chunk size that is no number (a lenient reader takes the body as sent), chunk longer than the block, chunk size over 64 bits")
    packed = gzip_member(text)
    items = [page(text, "https://gz.example.org/plain", 1, headers=(("Content-Encoding", "gzip"),)),
             page(packed[: len(packed) // 2], "https://gz.example.org/cut", 2, headers=(("Content-Encoding", "gzip"),)),
             page(text, "https://gz.example.org/unknown", 3, headers=(("Content-Encoding", "xyzzy"),)),
             page(noise(900, "gz"), "https://gz.example.org/noise", 4, headers=(("Content-Encoding", "br"),))]
    save("hostile/bad-gzip-body.warc", a + b"".join(items))
    expect("bad-gzip-body.warc", "1-3", "bad-body|truncated|bad-compression:2-4", "body said to be gzip but plain, gzip body cut, unknown encoding, noise said to be brotli")


def arc():
    """An ARC v1 file: version block, sound record, record line with no length, sound record."""
    def item(url, message, length=None):
        return f"{url} 192.0.2.1 20010203040506 text/html {len(message) if length is None else length}\n".encode() + message + b"\n"

    def message(number):
        piece = article("en", load("en")[number], 170, 9, 10)
        return http(render(piece, f"http://arc{number}.example.org/", "oldtable", charset="").encode(), "text/html")

    version = b"1 0 sample\nURL IP-address Archive-date Content-type Archive-length\n"
    head = f"filedesc://bad.arc 0.0.0.0 20010203040506 text/plain {len(version)}\n".encode() + version + b"\n"
    save("hostile/bad.arc", head + item("http://arc6.example.org/", message(6)) + item("http://arc7.example.org/", message(7), "many") + item("http://arc8.example.org/", message(8)))
    expect("bad.arc", 2, "bad-record-header|junk:1", "record 2 says its length is `many`")
    save("hostile/sound.arc.gz", gzip_member(head) + gzip_member(item("http://arc6.example.org/", message(6))) + gzip_member(item("http://arc8.example.org/", message(8))))
    expect("sound.arc.gz", 2, "none", "no damage: the ARC peer of the above, one gzip member a record")


def broken_jsonl():
    lines = [json.dumps({"id": f"j{n}", "text": article("en", load("en")[n % 25], 180 + n, 9, 10).text()}).encode() for n in range(20)]
    packed = gzip_member(b"\n".join(lines) + b"\n")
    save("hostile/truncated.jsonl.gz", packed[: len(packed) * 2 // 3])
    expect("truncated.jsonl.gz", "5-19", "truncated:1", "20 lines in one member, the last third of the bytes missing")
    bad = [lines[0], b'{"id": "utf8", "text": "bad \xff\xfe bytes \xc3"}', b'{"id": "cut", "text": "no end', b'{"id": "surrogate", "text": "lone \\ud800 half"}', b"",
           b'{"id": "missing"}', b'{"id": "null", "text": null}', b'{"id": "number", "text": 42}', b'{"id": "list", "text": ["a", "b"]}', b'["not", "an", "object"]',
           b"{" * 5000, b'{"id": "deep", "text": "t", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"id": "twice", "text": "first", "text": "second"}', lines[1]]
    save("hostile/bad-lines.jsonl", b"\n".join(bad))
    expect("bad-lines.jsonl", "2-6", "bad-json|bad-charset:4-7;no-text:4", "see the source: 14 lines, the first and the last sound, the last without a line end; line 5 is blank and no fault; a tolerant reader may keep `utf8`, `surrogate`, `deep` and `twice`")
    rng = Lcg("long line")
    block = " ".join(rng.pick(["salt", "water", "stone", "lantern", "river", "gate", "yellow", "seven"]) for _ in range(3500))
    long_text = (block + " ") * ((20 << 20) // (len(block) + 1) + 1)
    data = lines[2] + b"\n" + json.dumps({"id": "long", "text": long_text[: 20 << 20]}).encode() + b"\n" + lines[3] + b"\n"
    packed = gzip_member(data)
    save("hostile/long-line.jsonl.gz", packed)
    expect("long-line.jsonl.gz", 2, "too-large:1", f"line 2 is just over 20 MiB; ratio {len(data) // len(packed)}, so below a bomb limit of 200")
    save("hostile/garbage.jsonl.zst", b"\x28\xb5\x2f\xfd" + noise(600, "zst"))
    expect("garbage.jsonl.zst", 0, "bad-compression|truncated|unknown-format:1", "a zstd magic number and noise")


def broken_parquet():
    whole = (ROOT / "table.parquet").read_bytes()
    save("hostile/truncated.parquet", whole[: len(whole) // 2])
    expect("truncated.parquet", 0, "bad-parquet|truncated:1", "half of table.parquet: no footer")
    import pyarrow.parquet as pq

    start = pq.read_metadata(ROOT / "table.parquet").row_group(0).column(1).data_page_offset + 10
    save("hostile/flipped.parquet", whole[:start] + bytes(byte ^ 0xFF for byte in whole[start : start + 64]) + whole[start + 64 :])
    expect("flipped.parquet", 28, "bad-parquet:1", "64 bytes inverted from the page head of the text column of row group 1 on (its 32 rows are lost), the second row group (28 rows) is sound")
    save("hostile/garbage.parquet", b"PAR1" + noise(400, "parquet") + struct.pack("<I", 300) + b"PAR1")
    expect("garbage.parquet", 0, "bad-parquet:1", "right magic numbers and a footer of noise")


def empty_files():
    for name in ("empty.warc.gz", "empty.warc", "empty.jsonl", "empty.parquet", "empty.html", "empty.txt"):
        save(f"hostile/{name}", b"")
        expect(name, "0-1" if name in ("empty.html", "empty.txt") else 0, "none|bad-parquet:1" if "parquet" in name else "none|no-text:1", "no bytes")
    save("hostile/noise.bin", noise(3000, "bin"))
    expect("noise.bin", 0, "unknown-format:1", "3,000 bytes of noise with no known ending or magic number")


def heavy_markup():
    a = good(6)
    deep = "<!DOCTYPE html><title>deep</title><body>" + "<div>" * 100_000 + "The text at the bottom of a very deep page."
    save("hostile/deep-nesting.warc.gz", gzip_member(a) + gzip_member(page(deep, "https://deep.example.org/", 1)))
    expect("deep-nesting.warc.gz", "1-2", "none|over-budget:1", "page 2: 100,000 divs, none closed, one sentence at the bottom")
    save("hostile/deep-nesting.html", "<!DOCTYPE html><title>deep</title><body>" + "<div>" * 20_000 + "The text at the bottom." + "</div>" * 20_000)
    expect("deep-nesting.html", "0-1", "none|over-budget:1", "20,000 nested divs, all closed")
    digits = "abcdefghijklmnopqrstuvwxyz"
    names = "".join(f" {digits[n // 17576 % 26]}{digits[n // 676 % 26]}{digits[n // 26 % 26]}{digits[n % 26]}" for n in range(100_000))
    items = [page(f"<html><body><p{names}>A paragraph with one hundred thousand attributes.</p></body></html>", "https://attr.example.org/distinct", 2),
             page("<html><body><p" + " b" * 500_000 + ">A paragraph with the same attribute half a million times.</p></body></html>", "https://attr.example.org/same", 3)]
    save("hostile/many-attributes.warc.gz", gzip_member(a) + b"".join(gzip_member(item) for item in items))
    expect("many-attributes.warc.gz", "1-3", "none|over-budget:1-2", "one tag with 100,000 distinct attributes, one with 500,000 equal ones (a record just under 1 MiB, so below the floor of a ratio limit)")
    table = "<table><tr><td>" * 8000
    wrong = "<b><i><u><a href=x><p>" * 8000
    save("hostile/misnested.warc.gz", gzip_member(a) + gzip_member(page(f"<body>{wrong}end", "https://deep.example.org/misnested", 4)) + gzip_member(page(f"<body>{table}end", "https://deep.example.org/tables", 5)))
    expect("misnested.warc.gz", "1-3", "none|over-budget:1-2", "formatting elements that have to be reconstructed 8,000 times; 8,000 tables inside each other")


def hostile_text():
    piece = article("en", load("en")[11], 190, 10, 11)
    evil_title = f"</title><script>alert(1)</script>\"><img src=x onerror=alert(2)> {ESC}]52;c;ZWNobyBoaQ==\x07{ESC}[31mred"
    extra = (f"<p>Text with &lt;script&gt;alert(3)&lt;/script&gt;, &quot;&gt;&lt;img onerror=alert(4)&gt;, &lt;/script&gt;, {ESC}[2J{ESC}]0;owned\x07, "
             "a right-to-left override \u202egnp.exe, zero\u200bwidth\u200djoiners\ufeff, bidi \u2066isolate\u2069, and a formula =HYPERLINK(&quot;http://x.example&quot;).</p>")
    html = f"<!DOCTYPE html><html><head><title>&lt;/title&gt;{evil_title}</title></head><body><article><h1>&lt;script&gt;alert(5)&lt;/script&gt;</h1>{extra}" + "".join(f"<p>{text}</p>" for text in piece.paragraphs) + "</article></body></html>"
    url = 'https://inject.example.org/"><script>alert(6)</script>?q=\u202e&t=%1b[31m'
    save("hostile/script-injection.warc", page(html, url, 1) + good(7))
    expect("script-injection.warc", 2, "none", "title, url and text of page 1 try to break out of HTML reports and terminals")
    urls = ["../../etc/passwd", "file:///etc/passwd", "http://a.example/../../../../tmp/x", "C:\\windows\\system32\\config", "http://a.example/%2e%2e/%2e%2e/etc/shadow", "", "http://[::bad/", "x" * 5000,
            "http://user:secret@a.example/"]
    def simple(n):
        return "<html><body><article>" + "".join(f"<p>{text}</p>" for text in article("en", load("en")[n], 200 + n, 9, 10).paragraphs) + "</article></body></html>"
    save("hostile/path-traversal.warc", b"".join(page(simple(n), target, n) for n, target in enumerate(urls)))
    expect("path-traversal.warc", "0-9", "none|bad-record-header:0-9", "nine pages with hostile target URIs; whatever is read, no path outside the run may be written")
    body = simple(12).replace("the ", "the\0 ").encode()
    save("hostile/nul-bytes.warc", page(body, "https://nul.example.org/a\0b", 1) + good(8))
    expect("nul-bytes.warc", "1-2", "none|bad-record-header:1", "NUL bytes in the URI and all over the text of page 1")
    wrong = "Die größte Überraschung für die Bürger wäre ein schöner Sommer. ".encode("iso-8859-1") * 40
    save("hostile/wrong-charset.warc", page(b"<html><body><p>" + wrong + b"</p></body></html>", "https://charset.example.org/1", 1) + page(b"<html><body>" + noise(2000, "cs") + b"</body></html>", "https://charset.example.org/2", 2, "text/html; charset=bogus-9") + good(9))
    expect("wrong-charset.warc", "1-3", "none|bad-charset:0-2", "latin-1 said to be utf-8; noise in an unknown charset")


def build():
    EXPECT.clear()
    for part in (broken_gzip, broken_records, broken_bodies, arc, broken_jsonl, broken_parquet, empty_files, heavy_markup, hostile_text):
        part()
    save("hostile/with-info-only.warc.gz", gzip_member(warcinfo("nothing")))
    expect("with-info-only.warc.gz", 0, "none", "a warcinfo record and nothing else")
    return list(EXPECT) + build_containers.build()


if __name__ == "__main__":
    for row in build():
        print(*row, sep="\t")
