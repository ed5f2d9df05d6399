"""Decides which pages the crawl sample holds: one `Page` each, in a fixed order."""

from dataclasses import dataclass, replace

from articles import article, digest, load, mirror, slots_of
from core import Lcg, expand
from layouts import LAYOUTS, render
from special import MAKERS
from words import COMMENTS, HOSTS, OTHER, THINGS

ENGLISH_PAGES = 5
OTHER_PAGES = {lang: 2 if lang in ("de", "fr", "es") else 1 for lang in OTHER}
# Topics (language, place in the file) whose second page comes in an old charset instead, see charsets.py.
ELSEWHERE = {("de", 0), ("fr", 1), ("es", 2)}
MIRRORS = 25
COPIES = 10
BLOCKED = ["http://casino-bonus.example/free", "http://win.casino-bonus.example/spins", "http://www.pill-palace.example/buy-now",
           "http://spam-harbour.example.net/watches", "http://offers.example.org/casino-jackpot/today"]

# What is planted and how often; every value is a published example or lies in a range kept for fiction and documentation.
PII = [
    ("email", "Write to {v} if you want to take part.", ["marta.quill@example.org", "office@harbour-notes.example", "n.whitlock+club@mail.example.com", "redaktion@example.net"]),
    ("phone", "You can call {v} on weekdays between nine and noon.", ["+1 202-555-0143", "(202) 555-0187", "+44 20 7946 0958", "020 7946 0321", "+1-202-555-0110"]),
    ("ipv4", "The old server answered at {v} until the move.", ["8.8.8.8", "203.0.113.57", "192.0.2.14", "9.9.9.9", "198.51.100.23"]),
    ("ipv6", "Over the newer protocol it is reached at {v} without a change.", ["2001:db8:85a3::8a2e:370:7334", "2001:4860:4860::8888"]),
    ("card", "The receipt in the drawer showed the card number {v} and no name.", ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"]),
    ("iban", "Gifts may be sent to the account {v} with the word roof.", ["DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606"]),
]


@dataclass
class Page:
    url: str
    lang: str
    kind: str
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    note: str = ""
    text: str = ""
    headers: tuple = ()
    blocked: bool = False


def comments_for(rng, count):
    slots = slots_of("en", rng)
    names = ["gull", "tess", "mr_brick", "hedgerow", "anna77", "pilot", "lark"]
    return [(rng.pick(names), expand(line, rng, slots | {"thing": THINGS})) for line in rng.some(COMMENTS, count)]


def page_of(piece, url, layout, titles, kind="article", note=""):
    html = render(piece, url, layout, titles)
    return Page(url, piece.lang, kind, html.encode(), note=note, text=piece.text())


def originals():
    """Every article once: English first, then the other languages."""
    for topic in load("en"):
        for number in range(ENGLISH_PAGES):
            yield article("en", topic, number)
    for lang, count in OTHER_PAGES.items():
        for place, topic in enumerate(load(lang)):
            for number in range(1 if (lang, place) in ELSEWHERE else count):
                yield article(lang, topic, number, 9, 9) if count == 1 else article(lang, topic, number, 7, 8)
    for number in range(4):
        yield digest(number)


def address(piece, number):
    if piece.lang == "en":
        host = HOSTS["en"][number % len(HOSTS["en"])]
    else:
        host = f"{['blatt', 'journal', 'notes'][number % 3]}.{piece.lang}.example"
    return f"https://{host}/{piece.date[:4]}/{piece.topic}-{number}.html"


def plant(piece, number):
    """Adds one or two sentences with personal data; returns the new article and what was planted."""
    rng = Lcg("pii", number)
    first = PII[number % len(PII)]
    second = PII[(number + 1 + number // len(PII)) % len(PII)]
    added, kinds = [], []
    for kind, sentence, values in (first, second):
        value = values[rng.below(len(values))]
        added.append(sentence.replace("{v}", value))
        kinds.append(f"{kind}={value}")
    return replace(piece, paragraphs=piece.paragraphs + [" ".join(added)]), "; ".join(kinds)


def articles_and_copies():
    pieces = list(originals())
    titles = [piece.title for piece in pieces]
    layouts = list(LAYOUTS)
    pages = []
    english = [index for index, piece in enumerate(pieces) if piece.lang == "en" and piece.topic != "digest"]
    foreign = [index for index, piece in enumerate(pieces) if piece.lang in ("de", "fr", "es", "ru", "it", "pl")]
    rng = Lcg("plan")
    order = rng.shuffled(english)
    with_pii, mirrored, copied, talked = set(order[:15]), order[15:30], order[30:37], set(order[37:82])
    mirrored = mirrored + rng.shuffled(foreign)[:4]
    copied = copied + rng.shuffled([index for index in foreign if index not in mirrored])[:3]
    planted = 0
    for index, piece in enumerate(pieces):
        url = address(piece, index)
        layout = layouts[Lcg("which", index).below(len(layouts))]
        near = [titles[(index + step) % len(titles)] for step in (3, 7, 11) if pieces[(index + step) % len(titles)].lang == piece.lang]
        note, kind = "", "article"
        if index in with_pii:
            piece, note = plant(piece, planted)
            planted += 1
            kind = "pii"
        if index in talked:
            piece = replace(piece, comments=comments_for(Lcg("comments", index), 2 + index % 3))
        pieces[index] = piece
        pages.append(page_of(piece, url, layout, near, kind, note))
    for number in range(MIRRORS):
        index = mirrored[number % len(mirrored)]
        host = HOSTS["mirror"][number % len(HOSTS["mirror"])]
        url = f"http://{host}/copy/{pieces[index].topic}/{number}"
        layout = layouts[Lcg("mirror layout", number).below(len(layouts))]
        pages.append(page_of(mirror(pieces[index], number), url, layout, [], "near-duplicate", f"of {pages[index].url}"))
    for number in range(COPIES):
        source = pages[copied[number % len(copied)]]
        url = source.url + "?utm_source=letter" if number % 2 else source.url.replace("https://", "http://m.")
        pages.append(replace(source, url=url, kind="exact-duplicate", note=f"of {source.url}"))
    return pages


def special_pages():
    pages, blocked = [], list(BLOCKED)
    for kind, (make, count) in MAKERS.items():
        for number in range(count):
            url = f"https://{HOSTS['en'][number % 8]}/{kind}/{number}"
            is_blocked = kind == "spam" and bool(blocked)
            if is_blocked:
                url = blocked.pop(0)
            body = make(number)
            lang = body.split('lang="')[1][:2]
            pages.append(Page(url, lang, kind, body.encode(), blocked=is_blocked, note="url on a list of filters-lists" if is_blocked else ""))
    return pages


def all_pages():
    """Articles and special pages, mixed in a fixed order."""
    return Lcg("order").shuffled(articles_and_copies() + special_pages())
