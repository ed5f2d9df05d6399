"""Pages in old charsets, pages with broken markup, and bodies that travel in odd ways."""

from dataclasses import replace

from articles import article, load
from core import gzip_member
from layouts import render
from plan import Page

# charset, language, topic index, where it is declared
LEGACY = [
    ("windows-1252", "de", 0, "header"), ("windows-1252", "fr", 1, "meta"), ("windows-1252", "es", 2, "none"),
    ("iso-8859-2", "pl", 0, "meta"), ("shift_jis", "ja", 0, "meta"), ("euc-jp", "ja", 1, "header"), ("shift_jis", "ja", 2, "none"),
    ("gb18030", "zh", 0, "meta"), ("gb18030", "zh", 1, "none"), ("windows-1251", "ru", 0, "header"), ("windows-1251", "ru", 1, "none"),
    ("koi8-r", "ru", 2, "meta"), ("utf-16", "en", 3, "bom"), ("utf-8", "tr", 0, "none"),
    ("windows-1252", "en", 5, "wrong"),
]


def legacy_pages():
    for number, (charset, lang, topic, place) in enumerate(LEGACY):
        topics = load(lang)
        foreign = lang != "en"
        piece = article(lang, topics[topic % len(topics)], 1 if foreign else 7, 7, 7 if foreign else 9)
        url = f"http://old{number}.{lang}.example/{charset.replace('_', '-')}/{place}.html"
        declared = {"meta": charset, "wrong": "utf-8"}.get(place, "")
        html = render(piece, url, "oldtable" if number % 2 else "bare", charset=declared)
        if place == "bom":
            body = b"\xff\xfe" + html.encode("utf-16-le")
        else:
            body = html.encode(charset, errors="xmlcharrefreplace")
        if place == "wrong":
            body = body.replace(b"</H1>", b" \x96 caf\xe9</H1>").replace(b"</h2>", b" \x96 caf\xe9</h2>")
        content_type = f"text/html; charset={charset}" if place == "header" else "text/html"
        yield Page(url, lang, "charset", body, content_type, note=f"{charset}, declared: {place}", text=piece.text())


def broken_pages():
    """Articles whose markup a browser still shows: cut, unclosed, wrongly nested, with stray bytes."""
    topics = load("en")
    for number in range(4):
        piece = article("en", topics[number + 9], 8, 10, 12)
        url = f"http://broken.example.net/{number}.html"
        html = render(piece, url, "news")
        if number == 0:
            html = html[: html.rindex("</p>\n</article>")]
        elif number == 1:
            html = html.replace("</p>", "").replace("</ul>", "").replace("</title>", "</title></head>")
        elif number == 2:
            html = html.replace("<em>", "<b><i>").replace("</em>", "</b></i>").replace("<h1>", "<h1><div><p>").replace("</nav>", "</div></nav></span>")
        else:
            html = html.replace("<p>", "<p class=a\"b'c data-x=<y>", 3).replace("<!DOCTYPE html>", "<!-- -- > --!><!DOCTYPE").replace("</body>", "\0</body>&#xFFFFFF;&#0;&bogus;")
        yield Page(url, "en", "broken-markup", html.encode(), note=["cut", "unclosed", "misnested", "stray quotes"][number], text=piece.text())


def gzip_page():
    piece = article("en", load("en")[20], 9, 10, 12)
    url = "https://packed.example.org/gzip.html"
    body = gzip_member(render(piece, url, "blog").encode())
    return Page(url, "en", "gzip-body", body, note="Content-Encoding: gzip", headers=(("Content-Encoding", "gzip"),), text=piece.text())


def brotli_page():
    import brotli

    piece = article("en", load("en")[21], 9, 10, 12)
    url = "https://packed.example.org/brotli.html"
    body = brotli.compress(render(piece, url, "news").encode(), quality=9)
    return Page(url, "en", "brotli-body", body, note="Content-Encoding: br", headers=(("Content-Encoding", "br"),), text=piece.text())


def chunked_page():
    piece = article("en", load("en")[22], 9, 10, 12)
    url = "https://packed.example.org/chunked.html"
    page = Page(url, "en", "chunked", render(piece, url, "magazine").encode(), note="Transfer-Encoding: chunked", text=piece.text())
    return replace(page, headers=(("Transfer-Encoding", "chunked"),))
