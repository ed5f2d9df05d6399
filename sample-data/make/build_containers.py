"""Writes the container files of hostile/: compressions, zip containers, quirks of WARC heads and HTTP messages.

Most of these are sound: readers that stop at them lose everything behind. `build_hostile.py` calls `build`.
"""

import gzip
import io
import re
import struct
import zipfile
import zlib

import brotli
import lz4.frame
import zstandard
from articles import article, load
from core import gzip_member, save
from layouts import render
from warc import chunked, http, record, response, warcinfo

EXPECT = []


def expect(name, documents, faults, note):
    EXPECT.append((f"hostile/{name}", str(documents), faults, note))


def text_of(number):
    piece = article("en", load("en")[(number * 7 + 3) % 25], 150 + number, 9, 11)
    return render(piece, f"https://box.example.org/{number}", "news").encode()


def page(number, **more):
    return response(text_of(number), "text/html; charset=utf-8", f"https://box.example.org/{number}", number, **more)


def message(number, raw):
    """A response record around an HTTP message given as bytes."""
    return record("response", raw, f"raw{number}", uri=f"https://quirk.example.org/{number}", content_type="application/http; msgtype=response")


def flip(data, start, length=32):
    return data[:start] + bytes(byte ^ 0xFF for byte in data[start : start + length]) + data[start + length :]


def compressions():
    pages = [page(number) for number in range(4)]
    head, *members = [gzip_member(item) for item in [warcinfo("box"), *pages]]
    broken = members[1][:-6] + bytes([members[1][-6] ^ 1]) + members[1][-5:]
    save("hostile/bad-crc.warc.gz", head + members[0] + broken + members[2])
    expect("bad-crc.warc.gz", 2, "bad-compression:1", "one bit of the checksum of the third member is wrong")
    save("hostile/one-member.warc.gz", gzip_member(b"".join(pages)))
    expect("one-member.warc.gz", 4, "none", "all records in one gzip member")
    stream = b"".join(pages)
    blocks = [stream[at : at + 3000] for at in range(0, len(stream), 3000)] + [b""]
    save("hostile/block-gzip.warc.gz", b"".join(bgzf(block) for block in blocks))
    expect("block-gzip.warc.gz", 4, "none", "block-sized gzip (BGZF): members of 3,000 bytes that end inside records, with the extra field BC, and an empty one last")
    frames = [lz4.frame.compress(item, store_size=True, content_checksum=True, block_linked=number % 2 == 0) for number, item in enumerate([warcinfo("box"), *pages])]
    save("hostile/sound.warc.lz4", b"".join(frames))
    expect("sound.warc.lz4", 4, "none", "one LZ4 frame a record, linked and independent blocks in turn")
    save("hostile/flipped.warc.lz4", b"".join([*frames[:2], flip(frames[2], len(frames[2]) // 2), *frames[3:]]))
    expect("flipped.warc.lz4", 3, "bad-compression:1", "32 bytes of the third frame inverted")
    save("hostile/truncated.warc.lz4", b"".join(frames)[: -len(frames[-1]) // 2])
    expect("truncated.warc.lz4", 3, "truncated:1", "the last frame cut in its middle")
    dictionary = zstandard.ZstdCompressionDict(b"".join(pages)[:8000], dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    packer = zstandard.ZstdCompressor(level=3, dict_data=dictionary)
    raw = dictionary.as_bytes()
    save("hostile/dictionary.warc.zst", b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(raw)) + raw + b"".join(packer.compress(item) for item in pages))
    expect("dictionary.warc.zst", 4, "none", "a skippable frame with the dictionary, then one zstd frame a record that needs it")


def bgzf(block):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    data = packer.compress(block) + packer.flush()
    size = len(data) + 26
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", size - 1)
    return head + data + struct.pack("<II", zlib.crc32(block), len(block))


def zip_of(parts, zip64=False):
    """Parts are (name, content, deflated)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, content, deflated in parts:
            info = zipfile.ZipInfo(name, (2024, 5, 12, 3, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
            with box.open(info, "w", force_zip64=zip64) as file:
                file.write(content)
    return out.getvalue()


def zips():
    pages = [page(number) for number in range(8, 14)]
    packed = b"".join(gzip_member(item) for item in [warcinfo("box"), *pages[:2]])
    parts = [("datapackage.json", b'{"profile": "data-package", "wacz_version": "1.1.1"}', False), ("archive/data.warc.gz", packed, False),
             ("archive/plain.warc", b"".join(pages[2:4]), False), ("archive/deflated.warc", b"".join(pages[4:6]), True),
             ("indexes/index.cdx", b"org,example,box)/8 20240512030000 {}\n", True), ("pages/pages.jsonl", b'{"format": "json-pages-1.0", "id": "pages"}\n', False)]
    sound = zip_of(parts)
    save("hostile/sound.wacz", sound)
    expect("sound.wacz", 6, "none", "a WACZ: a stored WARC.gz, a stored WARC, a deflated WARC, and files that are no crawl")
    save("hostile/zip64.wacz", zip64_directory(zip_of(parts, zip64=True)))
    expect("zip64.wacz", 6, "none", "the same with 64-bit sizes in every header and a 64-bit end of the directory")
    at = sound.index(b"archive/deflated.warc") + 200
    save("hostile/flipped.wacz", flip(sound, at))
    expect("flipped.wacz", "4-5", "bad-archive:1;truncated|bad-length|bad-http|bad-record-header:0-2", "32 bytes of the deflated member inverted: its pages are lost, the other members are sound")
    at = sound.index(b"archive/plain.warc") + 2000
    save("hostile/bad-crc.wacz", sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
    expect("bad-crc.wacz", 6, "bad-archive:1", "one bit of a stored WARC differs: its pages are read, and the checksum of the member tells")
    save("hostile/truncated.wacz", sound[: sound.index(b"archive/plain.warc") + 18 + len(pages[2]) + 2000])
    expect("truncated.wacz", 3, "bad-archive:1;truncated:1", "cut inside the second page of the third member, so that the directory is missing")
    save("hostile/lying.wacz", sound[:-6] + struct.pack("<I", len(sound) * 3) + sound[-2:])
    expect("lying.wacz", 6, "bad-archive:1", "the end of the directory says that it lies behind the end of the file: members are found by their own headers")
    entry = sound.index(b"PK\x01\x02", sound.index(b"PK\x01\x02") + 4)
    save("hostile/far-member.wacz", sound[: entry + 42] + struct.pack("<I", 0x7FFFFFFF) + sound[entry + 46 :])
    expect("far-member.wacz", 4, "bad-archive:1", "the directory says of the stored WARC.gz that it lies 2 GiB on (found by fuzzing: progress ran past the end)")
    save("hostile/no-crawl.zip", zip_of([("letter.txt", b"Dear reader, this is no crawl.\n", True)]))
    expect("no-crawl.zip", 0, "unknown-format:1", "a zip container without any WARC")


def zip64_directory(data):
    """Gives an archive the 64-bit end of the directory, and makes the 32-bit one point to it."""
    at = data.rindex(b"PK\x05\x06")
    count, length, offset = struct.unpack("<HII", data[at + 10 : at + 20])
    end = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, length, offset)
    pointer = b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1)
    return data[:at] + end + pointer + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def quirks():
    html = "text/html; charset=utf-8"

    def plain(number, line=b"HTTP/1.1 200 OK", extra=b"", end=b"\r\n", body=None):
        body = text_of(number) if body is None else body
        return message(number, line + end + b"Content-Type: " + html.encode() + end + extra + end + body)

    def zlibbed(data, raw):
        packer = zlib.compressobj(6, zlib.DEFLATED, -15 if raw else 15)
        return packer.compress(data) + packer.flush()

    def coded(number, name, body, extra=()):
        return message(number, http(body, html, headers=(("Content-Encoding", name), *extra)))

    text = text_of(20)
    items = [
        plain(0, b"HTTP/2 200"), plain(1, b"HTTP/1.1 200"), plain(2, b"http/1.0 200 ok"), plain(3, end=b"\n"),
        plain(4, extra=b"X-Folded: one\r\n two\r\n\tthree\r\n"), plain(5, extra=b"a line without a colon\r\n"),
        plain(6, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), message(7, b"\r\n" + http(text_of(7), "TEXT/HTML; Charset=UTF-8")),
        message(8, http(text, html, headers=(("Transfer-Encoding", "chunked"),))),
        message(9, http(chunked(text), html, headers=(("TRANSFER-ENCODING", "Chunked"),))),
        message(10, http(chunked(gzip.compress(text, mtime=0)), html, headers=(("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")))),
        coded(11, "gzip", text), coded(12, "gzip, gzip", gzip.compress(gzip.compress(text, mtime=0), mtime=0)), coded(13, "x-gzip", gzip.compress(text, mtime=0)),
        coded(14, "deflate", zlibbed(text, True)), coded(15, "deflate", zlibbed(text, False)), coded(16, "br", brotli.compress(text)), coded(17, "zstd", zstandard.compress(text)),
        coded(18, "identity", text), coded(19, "br", text),
    ]
    save("hostile/http-quirks.warc.gz", b"".join(gzip_member(item) for item in items))
    expect("http-quirks.warc.gz", len(items), "none", "20 pages: status lines of HTTP/2 and without a reason, LF alone, folded fields, interim answers, blank lines before, bodies that were decoded already, chunks, every content encoding")
    a, b, c, d, e = (page(number) for number in range(30, 35))
    folded = b.replace(b"WARC-Type: response\r\n", b"WARC-TYPE:\r\n  RESPONSE\r\nX-Note: a\r\n\tb\r\n", 1)
    brackets = c.replace(b"WARC-Target-URI: https://box.example.org/32", b"WARC-Target-URI: <https://box.example.org/32>", 1)
    body = d.index(b"\r\n\r\n")
    line_feeds = d[:body].replace(b"\r\n", b"\n") + b"\n\n" + d[body + 4 :]
    others = [record(kind, b"a: b\r\n", kind, uri="https://box.example.org/30", content_type="application/warc-fields") for kind in ("metadata", "revisit", "request", "made-up")]
    wet = record("conversion", "Plain text of a page, as WET files have it.".encode(), "wet", uri="https://box.example.org/wet", content_type="text/plain")
    kept = record("resource", text_of(36), "res", uri="https://box.example.org/res", content_type="text/html; charset=utf-8")
    cut = page(37, extra=(("WARC-Truncated", "length"),))
    old = e.replace(b"WARC/1.1", b"WARC/0.17", 1)
    save("hostile/record-quirks.warc", b"".join([a, others[0], folded, others[1], brackets, others[2], line_feeds, others[3], old, wet, kept, cut]))
    expect("record-quirks.warc", 8, "none", "heads with upper-case names, folded fields, brackets around URIs, LF alone, an old version; metadata, revisit, request and an unknown type; conversion, resource, a record that says it was cut")
    first, second = page(40, extra=(("WARC-Segment-Number", "1"),)), record("continuation", text_of(41)[:900], "seg2", extra=(("WARC-Segment-Number", "2"), ("WARC-Segment-Total-Length", "4000")))
    save("hostile/segments.warc", page(42) + first + second + page(43))
    expect("segments.warc", 2, "bad-segment:1", "a record in two segments that do not add up to its length: it is no document, and a fault under its name")
    save("hostile/joined-segments.warc.gz", b"".join(gzip_member(item) for item in [page(44), *in_segments(45, 3), page(46), *in_segments(47, 2)[1:], page(48), in_segments(49, 2)[0]]))
    expect("joined-segments.warc.gz", 4, "bad-segment:2", "a page in three segments, which is one page; a continuation whose first segment is elsewhere; a first segment at the end of the file")


def in_segments(number, count):
    """The records of a page that was cut into that many segments."""
    whole = page(number)
    block = whole[whole.index(b"\r\n\r\n") + 4 : -4]
    step = -(-len(block) // count)
    out = [record("response", block[:step], f"page{number}", uri=f"https://box.example.org/{number}", content_type="application/http; msgtype=response", extra=(("WARC-Segment-Number", "1"),))]
    for at in range(1, count):
        last = (("WARC-Segment-Total-Length", str(len(block))),) if at == count - 1 else ()
        own = re.search(rb"WARC-Record-ID: (\S+)", out[0]).group(1).decode()
        out.append(record("continuation", block[at * step : (at + 1) * step], f"page{number}-{at}", extra=(("WARC-Segment-Origin-ID", own), ("WARC-Segment-Number", str(at + 1)), *last)))
    return out


def build():
    EXPECT.clear()
    for part in (compressions, zips, quirks):
        part()
    return list(EXPECT)


if __name__ == "__main__":
    for row in build():
        print(*row, sep="\t")
