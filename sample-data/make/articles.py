"""Turns the topic files under texts/ into articles: titles, paragraphs, authors and dates."""

from dataclasses import dataclass, field, replace

from core import MAKE, Lcg, expand
from words import ENGLISH, FURNITURE, OTHER


@dataclass
class Article:
    lang: str
    topic: str
    section: str
    title: str
    paragraphs: list
    author: str
    date: str
    comments: list = field(default_factory=list)
    extra_html: str = ""

    def text(self):
        return "\n".join(self.paragraphs)


def load(lang):
    """Every topic of a language: (slug, section, titles, sentences), in file order."""
    topics = []
    for path in sorted((MAKE / "texts").glob(f"{lang}*.txt")):
        if path.stem.split("-")[0] != lang:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                slug, section, *titles = [part.strip() for part in line[3:].split(" | ")]
                topics.append((slug, section, titles, []))
            elif line.strip():
                topics[-1][3].append(line.strip())
    return topics


def slots_of(lang, rng):
    """One set of names and places for one page."""
    if lang == "en":
        keep_open = {"month", "nth", "count"}
        return {key: value if key in keep_open else rng.pick(value) for key, value in ENGLISH.items()}
    names, places = OTHER[lang]
    return {"name": rng.pick(names), "place": rng.pick(places)}


def paragraphs_of(sentences, lang, rng):
    """Groups sentences into paragraphs of two to four."""
    glue = "" if lang in ("zh", "ja") else " "
    out, start = [], 0
    while start < len(sentences):
        size = rng.between(2, 4)
        if len(sentences) - start - size < 2:
            size = len(sentences) - start
        out.append(glue.join(sentences[start : start + size]))
        start += size
    return out


def window(count, number, size, seed):
    """`size` indexes out of `count` for the `number`-th page of a topic: pages share as few as they can."""
    order = Lcg("window", seed).shuffled(range(count))
    stride = max(1, count // 2)
    if number < 2:
        chosen = [order[(number * stride + step) % count] for step in range(size)]
    else:
        chosen = Lcg("window", seed, number).shuffled(order)[:size]
    return sorted(chosen)


def article(lang, topic, number, low=9, high=12):
    """The `number`-th article of a topic."""
    slug, section, titles, sentences = topic
    rng = Lcg("article", lang, slug, number)
    slots = slots_of(lang, rng)
    size = min(len(sentences), rng.between(low, high))
    chosen = [sentences[index] for index in window(len(sentences), number, size, (lang, slug))]
    body = [expand(sentence, rng, slots) for sentence in chosen]
    author = rng.pick(ENGLISH["other"] if lang == "en" else OTHER[lang][0])
    date = f"{rng.between(2012, 2024)}-{rng.between(1, 12):02d}-{rng.between(1, 28):02d}"
    title = expand(titles[number % len(titles)], rng, slots)
    return Article(lang, slug, section, title, paragraphs_of(body, lang, rng), author, date)


def digest(number):
    """A long English page: two topics under one title."""
    topics = load("en")
    rng = Lcg("digest", number)
    first, second = rng.some(topics, 2)
    left, right = article("en", first, 40 + number, 12, 13), article("en", second, 50 + number, 12, 13)
    return replace(left, topic="digest", title=f"{left.title}; {right.title}", paragraphs=left.paragraphs + right.paragraphs)


SWAPS = [(" small ", " little "), (" before ", " ahead of "), (" because ", " since "), (" said ", " stated "), (" old ", " former "),
         (" never ", " not ever "), (" people ", " persons "), (" often ", " frequently ")]


def mirror(original, number):
    """A near-duplicate: one or two words and one number changed, one short credit line added."""
    rng = Lcg("mirror", original.title, number)
    text = "\n".join(original.paragraphs)
    words = text.split(" ")
    digits = [index for index, word in enumerate(words) if word.isdigit()]
    if digits:
        index = rng.pick(digits)
        words[index] = str(int(words[index]) + 1)
    text = " ".join(words)
    possible = [pair for pair in SWAPS if pair[0] in text]
    if possible and rng.below(2):
        old, new = rng.pick(possible)
        text = text.replace(old, new, 1)
    paragraphs = text.split("\n")
    if original.lang == "en" and rng.below(2):
        paragraphs.append(f"First printed in another place on {original.date}.")
    return replace(original, paragraphs=paragraphs, comments=[], title=original.title)


def furniture(lang):
    menu, cookie, related, comments, footer, by = FURNITURE[lang]
    return {"menu": menu.split("|"), "cookie": cookie.split("|"), "related": related, "comments": comments,
            "footer": footer, "by": by}
