"""HTML layouts: the same article in six kinds of page, with menus, asides, banners and footers around it."""

from html import escape

from articles import furniture
from core import Lcg


def menu(lang, rng, tag="ul"):
    items = furniture(lang)["menu"]
    links = "".join(f'<li><a href="/{number}">{escape(item)}</a></li>' for number, item in enumerate(items))
    return f'<nav class="main-menu" id="n{rng.below(99)}"><{tag}>{links}</{tag}></nav>'


def cookie(lang):
    text, *buttons = furniture(lang)["cookie"]
    keys = "".join(f'<button type="button">{escape(label)}</button>' for label in buttons)
    return f'<div class="cookie-banner" role="dialog" aria-label="cookies"><p>{escape(text)}</p>{keys}</div>'


def related(lang, titles):
    links = "".join(f'<li><a href="/a/{number}.html">{escape(title)}</a></li>' for number, title in enumerate(titles))
    return f'<aside class="related"><h3>{escape(furniture(lang)["related"])}</h3><ul>{links}</ul></aside>'


def comments(article):
    if not article.comments:
        return ""
    items = "".join(f'<li class="comment"><cite>{escape(who)}</cite><p>{escape(text)}</p></li>' for who, text in article.comments)
    return f'<section id="comments" class="comments"><h2>{escape(furniture(article.lang)["comments"])}</h2><ol>{items}</ol></section>'


def body_of(article, heading="h2"):
    """The paragraphs, with a sub-heading in the middle of long ones."""
    out = []
    for number, paragraph in enumerate(article.paragraphs):
        if number == 3 and len(article.paragraphs) > 5:
            out.append(f"<{heading}>{escape(article.section)}</{heading}>")
        text = escape(paragraph, quote=False)
        if number == 1:
            words = text.split(" ")
            if len(words) > 8:
                words[4] = f'<a href="/ref/{len(words)}">{words[4]}</a>'
                words[6] = f"<em>{words[6]}</em>"
            text = " ".join(words)
        out.append(f"<p>{text}</p>")
    return "\n".join(out) + article.extra_html


def head(article, url, rng, charset="utf-8"):
    meta = f'<meta charset="{charset}">' if charset else ""
    rtl = ' dir="rtl"' if article.lang == "ar" else ""
    return (f'<!DOCTYPE html>\n<html lang="{article.lang}"{rtl}>\n<head>\n{meta}\n<title>{escape(article.title)}</title>\n'
            f'<meta name="viewport" content="width=device-width">\n<link rel="canonical" href="{escape(url)}">\n'
            f'<style>.c{rng.below(999)}{{color:#333;margin:0 auto}}</style>\n'
            f'<script>var page = {{"id": {rng.below(99999)}, "tags": ["a", "b"]}}; if (1 < 2) {{ page.id++; }}</script>\n</head>\n')


def news(article, url, rng, titles, charset):
    words = furniture(article.lang)
    return (head(article, url, rng, charset) + f'<body>\n{cookie(article.lang)}\n<header><a href="/">{escape(article.section)}</a>{menu(article.lang, rng)}</header>\n'
            f'<main><article>\n<h1>{escape(article.title)}</h1>\n<p class="byline">{escape(words["by"])} {escape(article.author)} <time datetime="{article.date}">{article.date}</time></p>\n'
            f'{body_of(article)}\n</article></main>\n{related(article.lang, titles)}\n{comments(article)}\n<footer><p>&copy; 2024 {escape(words["footer"])}</p></footer>\n</body></html>\n')


def blog(article, url, rng, titles, charset):
    words = furniture(article.lang)
    return (head(article, url, rng, charset) + f'<body class="single post">\n<div id="wrapper"><div id="header">{menu(article.lang, rng, "ol")}</div>\n'
            f'<div id="content" class="post-content"><h1 class="entry-title">{escape(article.title)}</h1>\n<div class="entry-content">\n{body_of(article, "h3")}\n</div>\n'
            f'<div class="share"><a href="#">&#9733;</a> <a href="#">RSS</a></div>\n{comments(article)}</div>\n'
            f'<div id="sidebar">{related(article.lang, titles)}<form><input type="search" placeholder="?"></form></div>\n'
            f'<div id="footer">{escape(words["footer"])} {escape(article.author)}</div></div>\n{cookie(article.lang)}\n</body></html>\n')


def magazine(article, url, rng, titles, charset):
    words = furniture(article.lang)
    first, *rest = article.paragraphs
    figure = f'<figure><img src="/i/{rng.below(999)}.jpg" alt=""><figcaption>{escape(article.section)}, {article.date[:4]}</figcaption></figure>'
    inner = f'<p class="lead"><strong>{escape(first, quote=False)}</strong></p>\n{figure}\n' + "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in rest)
    return (head(article, url, rng, charset) + f'<body>\n<div class="top">{menu(article.lang, rng)}</div><div class="grid"><section class="story">\n'
            f'<h1>{escape(article.title)}</h1><span class="author">{escape(article.author)}</span>\n{inner}{article.extra_html}\n</section>\n{related(article.lang, titles)}</div>\n'
            f'{comments(article)}<noscript><img src="/p.gif"></noscript><footer class="site">{escape(words["footer"])}{menu(article.lang, rng)}</footer>{cookie(article.lang)}</body></html>\n')


def oldtable(article, url, rng, titles, charset):
    """A page of about 1999: tables for layout, upper-case tags, unclosed paragraphs."""
    meta = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={charset}">' if charset else ""
    links = "".join(f'<A HREF="{number}.htm">{escape(item)}</A><BR>' for number, item in enumerate(furniture(article.lang)["menu"]))
    inner = "\n<P>".join(escape(text, quote=False) for text in article.paragraphs)
    return (f'<HTML><HEAD>{meta}<TITLE>{escape(article.title)}</TITLE></HEAD>\n<BODY BGCOLOR="#FFFFFF" TEXT="#000000">\n'
            f'<TABLE BORDER=0 WIDTH="100%"><TR><TD WIDTH=120 VALIGN=top><FONT SIZE=2>{links}</FONT></TD>\n<TD><FONT FACE="Times">'
            f'<H1>{escape(article.title)}</H1>\n<P>{inner}{article.extra_html}\n</FONT><HR><I>{escape(article.author)}, {article.date}</I></TD></TR></TABLE>\n</BODY></HTML>\n')


def encyclopedia(article, url, rng, titles, charset):
    rows = "".join(f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in
                   (("Section", article.section), ("Updated", article.date), ("Editor", article.author), ("Number", str(rng.between(10, 9000)))))
    return (head(article, url, rng, charset) + f'<body>\n{menu(article.lang, rng)}<div id="bodyContent"><h1 id="firstHeading">{escape(article.title)}</h1>\n'
            f'<table class="infobox">{rows}</table>\n{body_of(article)}\n<div class="catlinks"><a href="/c/1">{escape(article.section)}</a></div></div>\n'
            f'<div id="p-tools">{related(article.lang, titles)}</div>{comments(article)}<footer>{escape(furniture(article.lang)["footer"])}</footer></body></html>\n')


def bare(article, url, rng, titles, charset):
    """Hardly any structure: text in divs parted by double line breaks."""
    inner = "<br><br>\n".join(escape(text, quote=False) for text in article.paragraphs)
    return (head(article, url, rng, charset) + f'<body><div class="nav">{" | ".join(escape(item) for item in furniture(article.lang)["menu"])}</div>'
            f'<h2>{escape(article.title)}</h2><div class="text">{inner}</div>{article.extra_html}<hr>{related(article.lang, titles)}{comments(article)}</body></html>\n')


LAYOUTS = {"news": news, "blog": blog, "magazine": magazine, "oldtable": oldtable, "encyclopedia": encyclopedia, "bare": bare}


def render(article, url, layout, titles=(), charset="utf-8"):
    return LAYOUTS[layout](article, url, Lcg("layout", url), titles, charset)
