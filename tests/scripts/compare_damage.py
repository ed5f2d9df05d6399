#!/usr/bin/env python3
"""What readers find in damaged files: ours beside warcio, fastwarc and datatrove.

Needs: pip install warcio fastwarc zstandard datatrove==0.10.1 orjson faust-cchardet python-magic, and a gristmill binary.

  compare_damage.py --gristmill BIN [--warc FILE.warc.gz] [--jsonl FILE.jsonl.gz]

The damage is done here, to copies of sample files whose records are one gzip member each (WARC) or one stream (JSONL). A
row says how many records each program finds of how many there are, and whether it tells of a loss: `!` for an error or an
exception, `?` for nothing at all. Ours counts documents and names the damaged records.
"""

import argparse
import gzip
import importlib.machinery
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import types
import zlib

import zstandard

ROOT = pathlib.Path(__file__).parents[2]


def members(data):
    """Where the gzip members of `data` are."""
    out, at = [], 0
    while at < len(data):
        state = zlib.decompressobj(31)
        state.decompress(data[at:])
        end = len(data) - len(state.unused_data)
        out.append((at, end))
        at = end
    return out


def usual(data):
    """The members that every program makes a document of: pages, answered with 200 and HTML (warcio 1.8 fails at Brotli)."""
    marks = (b"\r\nWARC-Type: response\r\n", b"\r\nContent-Type: application/http", b"HTTP/1.1 200 ", b"text/html")
    records = [(data[a:b], gzip.decompress(data[a:b])) for a, b in members(data)]
    heads = [(stored, record[:4096]) for stored, record in records]
    wanted = (stored for stored, head in heads if all(mark in head for mark in marks) and b"Encoding: br" not in head)
    return b"".join(wanted)


def warc_cases(data):
    data = usual(data)
    spans = members(data)
    middle = spans[len(spans) // 2]
    flip = bytearray(data)
    flip[(middle[0] + middle[1]) // 2] ^= 0x20
    zero = bytearray(data)
    zero[middle[0] + 40:middle[0] + 104] = bytes(64)
    check = bytearray(data)
    check[middle[1] - 6] ^= 1
    head = bytearray(data)
    head[middle[0]] ^= 0xFF
    quarter = spans[len(spans) // 4][0]
    plain = gzip.decompress(data)
    cut = plain.index(b"\r\nContent-Length: ", plain.index(b"WARC-Type: response", len(plain) // 2))
    lying = plain[:cut] + b"\r\nContent-Length: 9" + plain[cut + len(b"\r\nContent-Length: "):]
    return {
        "whole": data,
        "cut off at 60 %": data[:len(data) * 6 // 10],
        "one bit flipped in one member": bytes(flip),
        "64 bytes of one member zeroed": bytes(zero),
        "checksum of one member wrong": bytes(check),
        "magic number of one member gone": bytes(head),
        "100 bytes of junk between members": data[:quarter] + b"~junk" * 20 + data[quarter:],
        "20 zero bytes between members": data[:quarter] + bytes(20) + data[quarter:],
        "one Content-Length too large (plain)": lying,
    }


def jsonl_cases(data):
    plain = gzip.decompress(data)
    lines = plain.splitlines(keepends=True)
    middle = len(lines) // 2
    flip = bytearray(data)
    flip[len(data) // 2] ^= 0x20
    frames = [zstandard.ZstdCompressor().compress(b"".join(lines[at:at + 8])) for at in range(0, len(lines), 8)]
    torn = bytearray(b"".join(frames))
    torn[len(torn) // 2] ^= 0x20
    return {
        "whole.gz": data,
        "cut off at 60 %.gz": data[:len(data) * 6 // 10],
        "one bit flipped in the middle.gz": bytes(flip),
        "one bit flipped, 8 lines a frame.zst": bytes(torn),
        "one line broken": b"".join(lines[:middle] + [lines[middle][:-20] + b"\n"] + lines[middle + 1:]),
        "one line empty": b"".join(lines[:middle] + [b"\n"] + lines[middle:]),
        "one line not UTF-8": b"".join(lines[:middle] + [b'{"text":"caf\xe9 latin"}\n'] + lines[middle:]),
        "last line cut": plain[:-30],
    }


def told(error):
    return f"{type(error).__name__}!"


def count(items):
    """How many come out of an iterator, and what it said if it did not end by itself."""
    found = 0
    try:
        for _ in items:
            found += 1
    except Exception as error:  # what the program does is what is asked
        return found, told(error)
    return found, "?"


def warcio(path):
    from warcio.archiveiterator import ArchiveIterator
    errors = io.StringIO()
    kept, sys.stderr = sys.stderr, errors
    try:
        with open(path, "rb") as file:
            read = (record.content_stream().read() for record in ArchiveIterator(file) if record.rec_type == "response")
            found, said = count(read)
    finally:
        sys.stderr = kept
    return found, "!" if said == "?" and errors.getvalue() else said


def fastwarc(path):
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    with open(path, "rb") as file:
        return count(r.reader.read() for r in ArchiveIterator(file, record_types=WarcRecordType.response))


def datatrove(path, warc):
    # libmagic is asked for the type of bodies only.
    try:
        import magic  # noqa: F401
    except ImportError:
        stub = types.ModuleType("magic")
        stub.__spec__ = importlib.machinery.ModuleSpec("magic", None)
        stub.from_buffer = lambda *_, **__: "text/html"
        sys.modules["magic"] = stub
    from loguru import logger
    said = []
    logger.remove()
    logger.add(lambda message: said.append(message), level="WARNING")
    from datatrove.pipeline.readers import JsonlReader, WarcReader
    reader = (WarcReader if warc else JsonlReader)(str(path.parent), glob_pattern=path.name)
    found, end = count(reader.run())
    return found, end if end != "?" else ("warning" if said else "?")


def gristmill(binary, path):
    folder = path.parent
    config = folder / "config.toml"
    config.write_text(
        'version = 1\nname = "damage"\n[[source]]\nname = "s"\npaths = [%s]\n[[step]]\nextract = {}\n'
        '[output]\ndir = "out"\ndocuments = false\n[limits]\nmax-fault-ratio = 1.0\n' % json.dumps(path.name)
    )
    done = subprocess.run([binary, "run", str(config)], capture_output=True, text=True)
    if done.returncode != 0:
        return 0, f"exit {done.returncode}!"
    stats = json.loads((folder / "out/stats.json").read_text())
    faults = stats["tally"]["faults"] if "tally" in stats else stats.get("faults", {})
    return stats["totals"]["documents"], ", ".join(f"{kind} {n}" for kind, n in sorted(faults.items())) or "-"


def row(name, results):
    cells = [f"{found} ({said})" for found, said in results]
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gristmill", required=True)
    parser.add_argument("--warc", type=pathlib.Path, default=ROOT / "sample-data/web.warc.gz")
    parser.add_argument("--jsonl", type=pathlib.Path, default=ROOT / "sample-data/documents.jsonl.gz")
    options = parser.parse_args()
    binary = str(pathlib.Path(options.gristmill).resolve())
    print("| WARC.gz, responses | gristmill | warcio | fastwarc | datatrove |\n|---|---|---|---|---|")
    for name, data in warc_cases(options.warc.read_bytes()).items():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / ("file.warc" if "plain" in name else "file.warc.gz")
            path.write_bytes(data)
            row(name, [gristmill(binary, path), warcio(path), fastwarc(path), datatrove(path, True)])
    print("\n| JSONL, lines | gristmill | datatrove |\n|---|---|---|")
    for name, data in jsonl_cases(options.jsonl.read_bytes()).items():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / ("file.jsonl" + pathlib.Path(name).suffix)
            path.write_bytes(data)
            row(name.rsplit(".", 1)[0], [gristmill(binary, path), datatrove(path, False)])


if __name__ == "__main__":
    main()
