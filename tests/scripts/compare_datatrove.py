"""Compares gristmill with datatrove 0.10, document by document: verdict, first reason, edited text, every value.

    tests/scripts/setup_datatrove.sh DIR
    cargo build --release --example judge_jsonl
    DIR/bin/python tests/scripts/compare_datatrove.py [options] FILE...
    DIR/bin/python tests/scripts/compare_datatrove.py --fuzz 200000 [--seed 1] [--mutate FILE]...

A FILE is JSONL (`.jsonl`, `.gz` or `.zst`; keys `text` and, if there, `id`) or any other text file, which is one document.
Compared are the spaCy words and sentences of each text, the number behind every rule (bit for bit), and what datatrove's
GopherRepetitionFilter, GopherQualityFilter, C4QualityFilter (twice: its defaults, and as FineWeb uses it),
FineWebQualityFilter and C4ParagraphFilter say. Each filter sees the text as it is, not what another filter
left of it. `--run` asks the program itself too: a run with one filter over the texts, its ledger and its documents.

`--fuzz N` makes N short texts from pieces that are hard for the tokenizer (affixes, units, emoticons, special cases, parts
of URLs, odd spaces, marks, characters of all planes), or from real texts whose characters it drops, swaps and replaces, and
compares words and sentences; `--fuzz-documents N` does the same with whole documents and all filters.

datatrove runs once for each text: with `--cache DIR` its answers are kept there, by the text's digest.
Exit status 1 if anything differs.
"""
import argparse, collections, contextlib, gzip, hashlib, io, json, os, random, struct, subprocess, sys

import numpy as np
import datatrove.pipeline.filters.c4_filters as c4
import datatrove.pipeline.filters.fineweb_quality_filter as fineweb
import datatrove.pipeline.filters.gopher_quality_filter as quality
import datatrove.pipeline.filters.gopher_repetition_filter as repetition
from datatrove.data import Document
from datatrove.utils.text import PUNCTUATION_SET, TERMINAL_PUNCTUATION
from datatrove.utils.word_tokenizers import load_word_tokenizer, strip_strings

TOKENIZER = load_word_tokenizer("en")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# --- datatrove's side --------------------------------------------------------------------------------------------


class Analysis:
    """The words and sentences of one text, made once: datatrove's filters would each make them again."""

    def __init__(self):
        self.words, self.sentences = {}, {}

    def make(self, text):
        # As SpaCyTokenizer.word_tokenize and sent_tokenize do: inside a memory zone, where spaCy caches nothing.
        nlp = TOKENIZER.tokenizer
        with nlp.memory_zone():
            nlp.max_length = len(text) + 10
            doc = nlp(text, disable=["parser", "tagger", "ner"])
            self.words[text] = strip_strings([token.text for token in doc])
            self.sentences[text] = strip_strings([sent.text for sent in doc.sents])

    def words_of(self, text, language=None):
        if text not in self.words:
            self.make(text)
        return self.words[text]

    def sentences_of(self, text, language=None):
        if text not in self.sentences:
            self.make(text)
        return self.sentences[text]


ANALYSIS = Analysis()
for module in (quality, repetition, fineweb):
    module.split_into_words = lambda text, language=None: ANALYSIS.words_of(text)
# C4 only counts the sentences. `sent_tokenize` and the spans that datatrove counts are equally many.
c4.split_into_sentences = lambda text, language=None: ANALYSIS.sentences_of(text)

FILTERS = {
    "gopher-repetition@datatrove-0.10": repetition.GopherRepetitionFilter(),
    "gopher-quality@datatrove-0.10": quality.GopherQualityFilter(),
    "c4-quality@datatrove-0.10": c4.C4QualityFilter(),
    "c4-quality-fineweb@datatrove-0.10": c4.C4QualityFilter(filter_no_terminal_punct=False),
    "fineweb-quality@datatrove-0.10": fineweb.FineWebQualityFilter(),
    "c4-paragraph@datatrove-0.10": c4.C4ParagraphFilter(),
}


def ratio(part, whole):
    return part / whole if whole else None


def values(text):
    """The numbers that datatrove's filters compare with their bounds, by gristmill's metric names."""
    words = ANALYSIS.words_of(text)
    content = [w for w in words if any(ch not in PUNCTUATION_SET for ch in w)]
    lines, stop = text.splitlines(), set(quality.STOP_WORDS)
    out = {
        "content_words": len(content),
        "mean_word_chars": float(np.mean([len(w) for w in content])) if content else None,
        "hashes_per_word": ratio(text.count("#"), len(words)),
        "ellipses_per_word": ratio(text.count("...") + text.count("…"), len(words)),
        "bullet_line_ratio": ratio(sum(s.lstrip().startswith("•") or s.lstrip().startswith("-") for s in lines), len(lines)),
        "ellipsis_line_ratio": ratio(sum(s.rstrip().endswith("...") or s.rstrip().endswith("…") for s in lines), len(lines)),
        "alpha_word_ratio": ratio(sum(any(c.isalpha() for c in w) for w in words), len(words)),
        "distinct_stop_words": len(stop.intersection(words)),
    }
    paragraphs = FILTERS["gopher-repetition@datatrove-0.10"].paragraph_exp.split(text.strip())
    plus = FILTERS["gopher-repetition@datatrove-0.10"]._line_splitter.split(text)
    for name, parts in (("paragraph", paragraphs), ("line", plus)):
        copies, chars = repetition.find_duplicates(parts)
        out[f"dup_{name}_ratio"] = ratio(copies, len(parts))
        out[f"dup_{name}_char_ratio"] = ratio(chars, len(text))
    for n in (2, 3, 4):
        grams = repetition.get_n_grams(words, n)
        out[f"top_ngram_char_ratio.{n}"] = ratio(repetition.find_top_duplicate(grams), len(text)) if grams else None
    for n in range(5, 11):
        out[f"dup_ngram_char_ratio.{n}"] = ratio(repetition.find_all_duplicate(words, n), len(text))
    lines = [line for line in text.split("\n") if line.strip() != ""]
    ends = tuple(TERMINAL_PUNCTUATION)
    out["nonblank_lines"] = len(lines)
    out["terminal_line_ratio"] = ratio(sum(1 for line in lines if line.endswith(ends)), len(lines))
    out["short_line_ratio"] = ratio(sum(1 for line in lines if len(line) <= 30), len(lines))
    out["nonblank_dup_line_char_ratio"] = ratio(repetition.find_duplicates(lines)[1], len(text.replace("\n", "")))
    out["newlines_per_word"] = ratio(text.count("\n"), len(words))
    return {f"{name}@datatrove": value for name, value in out.items()}


def digest(parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def reference(text, whole):
    """What datatrove makes of a text; `whole`: filters and values too, not words and sentences alone."""
    ANALYSIS.__init__()
    row = {"words": digest(ANALYSIS.words_of(text)), "sentences": digest(ANALYSIS.sentences_of(text))}
    if not whole:
        return row
    row["values"] = values(text)
    for name, one in FILTERS.items():
        doc = Document(text=text, id="x")
        try:
            result = one.filter(doc)
            reason = result[1] if isinstance(result, tuple) else None if result else "dropped"
        except Exception as fault:
            reason = "!" + type(fault).__name__
        row[name] = [reason, digest([doc.text]) if reason is None and doc.text != text else None]
    return row


class Cache:
    """References by digest of the text, appended to one file."""

    def __init__(self, folder, whole):
        self.rows, self.file = {}, None
        if folder:
            os.makedirs(folder, exist_ok=True)
            path = os.path.join(folder, "datatrove%s.jsonl" % ("" if whole else "-words"))
            with contextlib.suppress(FileNotFoundError), open(path) as kept:
                for line in kept:
                    key, row = json.loads(line)
                    self.rows[key] = row
            self.file = open(path, "a")
        self.whole = whole

    def get(self, text):
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self.rows:
            row = reference(text, self.whole)
            if self.file is None:
                return row
            self.rows[key] = row
            self.file.write(json.dumps([key, row]) + "\n")
        return self.rows[key]


# --- gristmill's side --------------------------------------------------------------------------------------------


def judge(binary, texts, filters):
    """gristmill's answers, one for each text, in order."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run([binary, "--words", "--values", *filters], input=lines.encode(), stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("%s failed with %d" % (binary, done.returncode))
    rows = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    assert len(rows) == len(texts)
    return rows


def known(binary, names):
    """The names that gristmill's library has."""
    has = lambda name: subprocess.run([binary, name], input=b"", capture_output=True).returncode == 0
    return [name for name in names if has(name)]


def run_and_compare(report, program, batch, cache, filters):
    """The same questions to the whole program: verdict, reason and text from a run directory."""
    import glob, tomllib
    import gristmill_run
    library = [tomllib.load(open(path, "rb")) for path in glob.glob(os.path.join(ROOT, "filters/datatrove/*.toml"))]
    reasons = {one["name"] + "/" + rule["name"]: rule["reason"] for one in library for rule in one["rule"]}
    for one in filters:
        answers = gristmill_run.judge([text for _, text in batch], one, program)
        for (name, text), answer in zip(batch, answers):
            reason, edited = cache.get(text)[one]
            ours = [reasons.get(answer.rule, answer.verdict), None]
            if answer.keeps:
                ours = [None, digest([answer.text]) if answer.text != text else None]
            report.add("run: " + one, ours == [reason, edited], name, lambda: "theirs %r, ours %r" % ([reason, edited], ours))


def same(a, b):
    """Equal to the last bit; `None` is "not measurable"."""
    return (a is None) == (b is None) and (a is None or struct.pack("d", a) == struct.pack("d", b))


class Report:
    def __init__(self, limit):
        self.compared, self.different = collections.Counter(), collections.Counter()
        self.limit = limit

    def add(self, what, equal, name, detail):
        self.compared[what] += 1
        if not equal:
            self.different[what] += 1
            if self.different[what] <= self.limit:
                print("DIFFERENT %s in %s: %s" % (what, name, detail()), flush=True)

    def table(self):
        width = max(map(len, self.compared), default=0)
        for what, n in self.compared.items():
            print("%-*s %9d compared %7d different" % (width, what, n, self.different[what]))
        print("%-*s %9d compared %7d different" % (width, "all", sum(self.compared.values()), sum(self.different.values())))


def first_difference(theirs, ours, text):
    """Where two lists of tokens part, with the text before."""
    at = next((i for i, (a, b) in enumerate(zip(theirs, ours)) if a != b), min(len(theirs), len(ours)))
    return "token %d: theirs %r, ours %r, after %r" % (at, theirs[at:at + 4], ours[at:at + 4], theirs[max(0, at - 3):at])


def compare(report, name, text, theirs, ours, filters):
    for what, make in (("words", ANALYSIS.words_of), ("sentences", ANALYSIS.sentences_of)):
        def detail():
            ANALYSIS.__init__()
            return first_difference(make(text), ours[what], text)
        report.add(what, theirs[what] == digest(ours[what]), name, detail)
    measured = {}
    for one in filters:
        tripped, after, row = ours[one]
        measured.update(row)
        first = tripped[0] if tripped else None
        # Only the edit of a document that stays is looked at.
        edited = digest([after]) if after is not None and after != text else None
        report.add(one, theirs[one] == [first, edited], name, lambda: "theirs %r, ours %r" % (theirs[one], [first, edited]))
    if filters:
        for metric, value in theirs["values"].items():
            report.add(metric, metric in measured and same(value, measured[metric]), name,
                       lambda: "theirs %r, ours %r" % (value, measured.get(metric)))


# --- documents ---------------------------------------------------------------------------------------------------


def opened(path):
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8")
    if path.endswith(".zst"):
        import zstandard
        return io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(open(path, "rb")), encoding="utf-8")
    return open(path, encoding="utf-8", errors="replace", newline="")


def documents(path, every, max_chars):
    base = os.path.basename(path)
    with opened(path) as file:
        if ".json" not in base:
            yield base, file.read()[:max_chars]
            return
        for number, line in enumerate(file):
            if number % every == 0 and line.strip():
                row = json.loads(line)
                if isinstance(row.get("text"), str):
                    yield "%s#%s" % (base, row.get("id", number)), row["text"][:max_chars]


# --- fuzzing -----------------------------------------------------------------------------------------------------


def pieces():
    """Kinds of pieces that the tokenizer's rules are about."""
    from spacy.lang import char_classes as cc
    rules = [rule for rule in TOKENIZER.tokenizer.tokenizer.rules if rule.strip()]
    units = cc.UNITS.split("|") + [c.replace("\\", "") for c in cc.CURRENCY.split("|")]
    marks = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…—–’‘“”«»·。、，°¬©§™½²³₽〈﷼") + [
        "...", "..", "……", "--", "---", "——", "'s", "’S", "n't", "://", "US$", "C$", "A$", "'", "''", "``", "'ll", "n’t"]
    url = ["http://", "https://", "ftp://", "a+b-c.d://", "x://", "mailto:", "www.", "user@", "u:p@", "@", "example", ".com",
           "com", "Com", ".co.uk", ".org/", "ü", "中国", "127.0.0.1", "192.168.0.1", "8.8.8.8", "172.16.0.1", "172.32.0.1",
           "10", "255", "٣", ":80", ":8080/", "/p?q#r", "?a=b&c=d", "#", "a" * 63, "_", "-", "~", "%20", "index.html"]
    letters = list("aAbBzZéÉßİıǅªσΣςñŁдДהबกকあア中가ბჯሀ") + ["e\u0301", "\u0345", "ﬁ", "１", "٫", "٣", "x²", "µ", "μ", "Å", "K", "ﷺ"]
    faces = list(":)(-=8DPoO0'<3>./|[]{}_^xX;v*’;@") + [":)", ":-D", "^_^", "(:", "<3", "o.O", "¯\\(ツ)/¯", "(╯°□°）╯︵┻━┻"]
    invisible = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u200e", "\u202e", "\0", "\x01",
                 "\x07", "\x08", "\x1b", "\x7f", "\x80", "\x9f", "\ufffd", "\ufffe", "\uffff", "\u20e3", "\U000e0041"]
    emoji = ["😀", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "☎", "✓", "★", "→", "\U0001F9FF", "\U0001FAF8", "♥", "™", "•", "▶"]
    spaces = [" "] * 8 + ["  ", "\n", "\t", "\xa0", "\u3000", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\r\n", "\r", "\u2028",
                          "\u2029", " \n", "\n\n", "\v", "\f", "\u1680", "\u2003", "\u202f", "\u205f", "\u180e"]
    words = ("the she it do not can don we I a in of foo Bar baz server cannot gonna im dont NASA iPhone U.S. e.g. i.e. "
             "a.m. p.m. o'clock y'all we'd've shouldn't've Ph.D. Mr. St. vs. ca wo ai ve ll re d m s t it's its").split()
    numbers = ["0", "1", "5", "10", "1,000", "3.14", "1.", "1st", "2nd", "5km", "10p.m.", "9am", "$5", "5$", "+1", "-1", "1-2",
               "1+1", "1*2", "1^2", "1/2", "12:30", "½", "²", "٣", "１", "Ⅷ", "5°C.", "°F", "°c.", "10%", "100€", "v1.2.3"]
    # A character from anywhere, a few times as likely from the blocks that texts come from.
    blocks = [(0, 0x300), (0x300, 0x3000), (0x3000, 0xD800), (0xE000, 0x10000), (0x10000, 0x20000), (0, 0x110000)]
    anywhere = lambda: chr(random.randrange(*random.choice(blocks)))
    some = lambda: next(c for c in iter(anywhere, None) if not 0xD800 <= ord(c) < 0xE000)
    kinds = [rules, rules, [d + u for d in "059" for u in units], units, marks, marks, marks, url, url, letters, faces, faces,
             invisible, emoji, words, words, numbers, numbers]
    return kinds, spaces, some


def made_up(kinds, spaces, some):
    """One short text; now and then a long one without a space."""
    if random.random() < 0.02:
        few = [random.choice(random.choice(kinds)) for _ in range(random.randrange(1, 8))]
        return "".join(random.choice(few) for _ in range(random.randrange(20, 400)))
    few = random.sample(range(len(kinds)), random.choice([1, 2, 3, len(kinds)]))
    gap = random.choice([0.05, 0.2, 0.5])
    out = []
    for _ in range(random.randrange(1, 14)):
        out.append(some() if random.random() < 0.05 else random.choice(kinds[random.choice(few)]))
        if random.random() < gap:
            out.append(random.choice(spaces))
    return "".join(out)


def mutated(text, kinds, spaces, some, length):
    """A piece of a real text with a few characters dropped, doubled, swapped, replaced or put in."""
    start = random.randrange(max(1, len(text) - length))
    chars = list(text[start:start + random.randrange(1, length)])
    for _ in range(random.randrange(0, 2 + len(chars) // 12)):
        if not chars:
            break
        at, way = random.randrange(len(chars)), random.randrange(6)
        if way == 0:
            del chars[at]
        elif way == 1:
            chars[at] = random.choice(random.choice(kinds))
        elif way == 2:
            chars.insert(at, random.choice(random.choice(kinds)))
        elif way == 3:
            chars.insert(at, random.choice(spaces))
        elif way == 4:
            other = random.randrange(len(chars))
            chars[at], chars[other] = chars[other], chars[at]
        else:
            chars[at] = random.choice([some(), chars[at].upper(), chars[at].lower(), chars[at] * 2])
    return "".join(chars)


def fuzz_document(real, kinds, spaces, some):
    """A document of a few dozen lines, some of them repeated, near the bounds of the filters."""
    pool = [mutated(random.choice(real), kinds, spaces, some, random.choice([20, 60, 300])) if real else
            " ".join(made_up(kinds, spaces, some) for _ in range(3)) for _ in range(random.randrange(1, 20))]
    pool += ["lorem ipsum dolor", "we use cookies here.", "{ x }", "Enable JavaScript.", "Text [1] and [citation needed].",
             "- item", "• item", "read more...", "and so on…", "x" * 1001 + " a b c.", ""][:random.choice([0, 0, 0, 11])]
    lines = [random.choice(pool) for _ in range(random.randrange(1, 40))]
    breaks = random.choice([["\n"], ["\n", "\n\n"], ["\n", "\r\n", "\n\n\n", "\u2028", "\x85", "\v"]])
    return "".join(line + random.choice(["", ".", "!", "...", ". ", "”"]) + random.choice(breaks) for line in lines)


def fuzz_texts(options, count, make):
    kinds, spaces, some = pieces()
    real = [text for path in options.mutate for _, text in documents(path, 1, 20000) if text]
    for number in range(count):
        yield "fuzz seed %d number %d" % (options.seed, number), make(real, kinds, spaces, some)


def short_text(real, kinds, spaces, some):
    if real and random.random() < 0.5:
        return mutated(random.choice(real), kinds, spaces, some, random.choice([10, 30, 80]))
    return made_up(kinds, spaces, some)


def every_character():
    """Each code point alone, at the start and end of words, numbers and special cases, between them, and doubled."""
    forms = ["%s", "%sa", "a%s", "A%s", "1%s", "%s1", "a%sb", "A%sB", "a%sB", "1%s2", "%s%s", "a.%sb", "%s.a", "a.%s", "(%s)", "a%s.com",
             "%s'll", "he%sll", "U.S.%s", "%s:)", "5%s.", "a-%s", "%s-a"]
    for first in range(0, 0x110000, 64):
        chars = [chr(c) for c in range(first, first + 64) if not 0xD800 <= c < 0xE000]
        # The planes without characters are sampled.
        if chars and (first < 0x34000 or 0xE0000 <= first < 0xE1000 or first % 0x8000 == 0):
            yield "code points from U+%04X" % first, " ".join(form.replace("%s", c) for form in forms for c in chars)


def in_batches(items, size):
    batch, chars = [], 0
    for item in items:
        batch.append(item)
        chars += len(item[1])
        if chars > size:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--words", action="store_true", help="compare words and sentences alone")
    parser.add_argument("--fuzz", type=int, default=0, metavar="N", help="compare words of N made-up short texts")
    parser.add_argument("--fuzz-documents", type=int, default=0, metavar="N", help="compare everything of N made-up documents")
    parser.add_argument("--every-character", action="store_true", help="compare words around every code point")
    parser.add_argument("--mutate", action="append", default=[], metavar="FILE", help="take half of the made-up texts from here")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth document")
    parser.add_argument("--max-chars", type=int, default=50_000, help="cut documents (default 50,000)")
    parser.add_argument("--limit", type=int, default=10, help="differences to print for each thing compared")
    parser.add_argument("--cache", metavar="DIR", help="keep datatrove's answers here")
    parser.add_argument("--judge", default=os.path.join(ROOT, "target/release/examples/judge_jsonl"), metavar="PROGRAM")
    parser.add_argument("--run", metavar="GRISTMILL", help="also ask this program, with a run for each filter (needs pyarrow)")
    options = parser.parse_args()
    random.seed(options.seed)
    report = Report(options.limit)
    files = ((n, t) for path in options.files for n, t in documents(path, options.every, options.max_chars))
    jobs = [(options.words, options.cache, files)]
    jobs.append((True, None, every_character() if options.every_character else ()))
    jobs.append((True, None, fuzz_texts(options, options.fuzz, short_text)))
    jobs.append((False, None, fuzz_texts(options, options.fuzz_documents, fuzz_document)))
    for words_only, folder, texts in jobs:
        filters = [] if words_only else known(options.judge, FILTERS)
        cache = Cache(folder, not words_only)
        for batch in in_batches(texts, 2_000_000):
            ours = judge(options.judge, [text for _, text in batch], filters)
            for (name, text), row in zip(batch, ours):
                compare(report, name, text, cache.get(text), row, filters)
            if options.run and not words_only:
                run_and_compare(report, options.run, batch, cache, filters)
    report.table()
    return any(report.different.values())


if __name__ == "__main__":
    sys.exit(main())
