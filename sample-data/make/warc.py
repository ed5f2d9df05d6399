"""WARC 1.1 records: bytes in, bytes out."""

import base64
import hashlib

from core import Lcg, gzip_member

EOL = b"\r\n"


def record_id(*seed):
    rng = Lcg("record", *seed)
    digits = "".join(f"{rng.bits():08x}" for _ in range(4))
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}>"


def digest(data):
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def date_of(number):
    """A capture date: two seconds apart from record to record."""
    seconds = 2 * number
    return f"2024-05-{12 + seconds // 86400:02d}T{seconds // 3600 % 24 + 3:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"


def record(kind, block, seed, *, uri=None, date="2024-05-12T03:00:00Z", content_type=None, extra=(), length=None,
           version="WARC/1.1"):
    """One record with its two closing line ends. `length` overrides the true Content-Length."""
    fields = [("WARC-Type", kind), ("WARC-Date", date), ("WARC-Record-ID", record_id(seed))]
    if uri is not None:
        fields.append(("WARC-Target-URI", uri))
    fields += list(extra)
    if content_type:
        fields.append(("Content-Type", content_type))
    fields.append(("WARC-Block-Digest", digest(block)))
    fields.append(("Content-Length", str(len(block) if length is None else length)))
    head = version.encode() + EOL
    for key, value in fields:
        head += f"{key}: {value}".encode() + EOL
    return head + EOL + block + EOL + EOL


def http(body, content_type, status="200 OK", headers=()):
    """An HTTP response message. The body is given as it travels (already chunked or compressed)."""
    names = {key.lower() for key, _ in headers}
    lines = [f"HTTP/1.1 {status}", "Server: samplehttpd/1.0"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{key}: {value}" for key, value in headers]
    if "content-length" not in names and "transfer-encoding" not in names:
        lines.append(f"Content-Length: {len(body)}")
    return EOL.join(line.encode("latin-1") for line in lines) + EOL * 2 + body


def chunked(body, size=1000):
    out = b""
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        out += f"{len(piece):x}".encode() + EOL + piece + EOL
    return out + b"0" + EOL + EOL


def response(body, content_type, uri, number, *, status="200 OK", headers=(), extra=()):
    message = http(body, content_type, status, headers)
    fields = (("WARC-Payload-Digest", digest(body)), *extra)
    return record("response", message, uri + str(number), uri=uri, date=date_of(number),
                  content_type="application/http; msgtype=response", extra=fields)


def warcinfo(name):
    text = (f"software: gristmill sample maker\r\nformat: WARC File Format 1.1\r\n"
            f"description: invented pages for tests and first runs ({name})\r\n").encode()
    return record("warcinfo", text, "info" + name, content_type="application/warc-fields",
                  extra=(("WARC-Filename", name),))


def pack(records):
    """Per-record gzip, as crawlers write it."""
    return b"".join(gzip_member(item) for item in records)
