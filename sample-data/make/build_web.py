"""Writes web.warc.gz and the list of its pages."""

from charsets import broken_pages, brotli_page, chunked_page, gzip_page, legacy_pages
from core import fnv, gzip_member, save
from plan import all_pages
from warc import chunked, date_of, digest, http, pack, record, record_id, response, warcinfo

# A 1x1 grey PNG, written out by hand.
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
                      "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082")


def pages():
    return all_pages() + list(legacy_pages()) + list(broken_pages()) + [gzip_page(), brotli_page(), chunked_page()]


def page_record(page, number):
    if page.kind == "chunked":
        # no payload digest: tools disagree whether it covers the chunked or the plain body
        message = http(chunked(page.body), page.content_type, headers=page.headers)
        return record("response", message, page.url, uri=page.url, date=date_of(number),
                      content_type="application/http; msgtype=response")
    return response(page.body, page.content_type, page.url, number, headers=page.headers)


def odd_records(number, seen):
    """A redirect, a 404, an image, a revisit, a robots.txt as text/plain."""
    moved = b"<html><body>Moved <a href='/new'>here</a></body></html>"
    yield "redirect", "https://moved.example.org/old", response(moved, "text/html", "https://moved.example.org/old", number, status="301 Moved Permanently", headers=(("Location", "/new"),))
    gone = b"<html><head><title>404</title></head><body><h1>Not found</h1><p>There is no such page on this server.</p></body></html>"
    yield "not-found", "https://moved.example.org/gone", response(gone, "text/html", "https://moved.example.org/gone", number + 1, status="404 Not Found")
    yield "image", "https://moved.example.org/pixel.png", response(PIXEL, "image/png", "https://moved.example.org/pixel.png", number + 2)
    head = http(b"", "text/html", headers=(("Content-Length", "0"),))
    yield "revisit", seen.url, record("revisit", head, "revisit", uri=seen.url, date=date_of(number + 3), content_type="application/http; msgtype=response",
                 extra=(("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
                        ("WARC-Refers-To", record_id(seen.url + "0")), ("WARC-Payload-Digest", digest(seen.body))))
    robots = b"User-agent: *\nDisallow: /private/\n"
    yield "plain", "https://moved.example.org/robots.txt", response(robots, "text/plain", "https://moved.example.org/robots.txt", number + 4)


def build():
    every = pages()
    records, rows = [warcinfo("web.warc.gz")], [("warcinfo", "", "", "warcinfo", "")]
    for number, page in enumerate(every):
        if number < 5:
            ask = f"GET /{page.url.split('/', 3)[3]} HTTP/1.1\r\nHost: {page.url.split('/')[2]}\r\nUser-Agent: samplebot/1.0\r\n\r\n".encode()
            records.append(record("request", ask, "ask" + page.url, uri=page.url, date=date_of(number), content_type="application/http; msgtype=request"))
            rows.append(("request", page.url, "", "request", ""))
        records.append(page_record(page, number))
        rows.append(("response", page.url, page.lang, page.kind, page.note))
        if number < 5:
            facts = f"fetchTimeMs: {fnv(page.url) % 900}\r\n".encode()
            records.append(record("metadata", facts, "meta" + page.url, uri=page.url, date=date_of(number), content_type="application/warc-fields"))
            rows.append(("metadata", page.url, "", "metadata", ""))
    for kind, url, item in odd_records(len(every), every[0]):
        records.append(item)
        rows.append(("revisit" if kind == "revisit" else "response", url, "", kind, ""))
    save("web.warc.gz", pack(records))
    lines = ["number\trecord\turl\tlang\tkind\tnote"] + ["\t".join((str(i), *row)) for i, row in enumerate(rows)]
    save("web-pages.tsv", "\n".join(lines) + "\n")
    save("filters-lists/blocked-domains.txt", "# registered or full domains whose pages are dropped, one per line\ncasino-bonus.example\npill-palace.example\nspam-harbour.example.net\n")
    save("filters-lists/blocked-words.txt", "# words that drop a page when they stand in its address\njackpot\ncasino\n")
    return every, rows


if __name__ == "__main__":
    built, listed = build()
    print(len(built), "pages", len(listed), "records")
