"""What a filter keeps of clean text and of junk, language by language, where no labels are at hand.

    cargo build --release --example judge_jsonl
    python3 tests/scripts/score_multilingual.py [--filter web-multilingual] --clean FILE... [--junk FILE...]

Files are JSONL (`.jsonl`, `.gz`, `.zst` with the package zstandard; keys `text`, `lang`). From the clean documents of each
language junk is made: their words shuffled, lists of their longest words, the beginnings of their sentences as headlines
and as teasers, one sentence twenty times, the first 80 characters. Printed is the share that the filter keeps, with the
rules that drop the rest first. Documents are cut to `--max-chars`, at most `--most` are taken for each file and language.
"""
import argparse, collections, gzip, io, json, os, random, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}


def lines_of(path):
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", newline="\n")
    if path.endswith(".zst"):
        import zstandard
        raw = zstandard.ZstdDecompressor().stream_reader(open(path, "rb"), read_across_frames=True)
        return io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
    return open(path, encoding="utf-8", newline="\n")


def sample(path, most, max_chars, chance):
    """Texts by language, chosen by chance."""
    texts = collections.defaultdict(list)
    with lines_of(path) as file:
        for line in file:
            document = json.loads(line)
            if document["text"].strip():
                texts[document.get("lang") or "?"].append(document["text"][:max_chars])
    return {language: chance.sample(own, min(most, len(own))) for language, own in texts.items()}


def junk(text, language, chance):
    """Kinds of junk made of a clean text."""
    unspaced = language.split("-")[0] in UNSPACED
    words = re.findall(r".{1,4}", text.replace("\n", "")) if unspaced else text.split()
    gap = "" if unspaced else " "
    shuffled = words[:]
    chance.shuffle(shuffled)
    yield "words shuffled", gap.join(shuffled[:300])
    longest = [word.strip(".,;:!?()\"'«»“”።፣、。") for word in sorted(sorted(set(words)), key=len)[-80:]]
    chance.shuffle(longest)
    yield "keywords, one a line", "\n".join(longest)
    yield "keywords, with commas", ", ".join(longest)
    sentences = [one for one in re.split(r"(?<=[.!?。።])\s*", text) if len(one) > 20]
    begin = lambda one, n: one[:2 * n] if unspaced else " ".join(one.split()[:n])
    yield "headlines", "\n".join(begin(one, 7) for one in sentences[:30])
    yield "teasers", "\n".join(begin(one, 12) + "..." for one in sentences[:20])
    yield "one sentence again and again", gap.join(sentences[:1] * 20)
    yield "stub", text[:80]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clean", nargs="+", required=True, metavar="FILE")
    parser.add_argument("--junk", nargs="*", default=[], metavar="FILE")
    parser.add_argument("--filter", default="web-multilingual")
    parser.add_argument("--most", type=int, default=120)
    parser.add_argument("--max-chars", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judge", default=os.path.join(ROOT, "target/release/examples/judge_jsonl"), metavar="PROGRAM")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    rows = []
    for path in options.clean:
        name = os.path.basename(path).split(".")[0]
        for language, texts in sorted(sample(path, options.most, options.max_chars, chance).items()):
            for text in texts:
                rows.append(("clean: " + name, language, text))
                rows += [("made: " + kind, language, made) for kind, made in junk(text, language, chance) if made.strip()]
    for path in options.junk:
        for language, texts in sorted(sample(path, options.most, options.max_chars, chance).items()):
            rows += [("junk: " + os.path.basename(path).split(".")[0], language, text) for text in texts]
    lines = "".join(json.dumps({"text": text, "lang": language}) + "\n" for _, language, text in rows)
    done = subprocess.run([options.judge, options.filter], input=lines.encode(), stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("%s failed with %d" % (options.judge, done.returncode))
    groups = collections.defaultdict(list)
    for (kind, language, _), line in zip(rows, done.stdout.decode().split("\n")):
        (tripped, _), = json.loads(line).values()
        groups[kind, language].append(tripped)
        if not kind.startswith("clean"):
            groups[kind, "all"].append(tripped)
    print("| text | language | documents | kept | dropped first by |\n|---|---|---|---|---|")
    for (kind, language), answers in sorted(groups.items()):
        first = collections.Counter(tripped[0] for tripped in answers if tripped).most_common(3)
        kept = sum(not tripped for tripped in answers) / len(answers)
        print("| %s | %s | %d | %.0f %% | %s |" % (kind, language, len(answers), 100 * kept, ", ".join("%s %d" % one for one in first)))


if __name__ == "__main__":
    main()
