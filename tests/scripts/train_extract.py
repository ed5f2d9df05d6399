"""Trains the models of src/extract (needs numpy and lightgbm; the extractor itself needs neither).

    python tests/scripts/train_extract.py collect WCXB ROOT FOLDER     (writes FOLDER/pages.txt and FOLDER/gold.jsonl)
    cargo bench --bench extract_rows -- FOLDER/rows < FOLDER/pages.txt
    python tests/scripts/train_extract.py FOLDER/rows FOLDER/gold.jsonl src/extract/blocks.model

`gold.jsonl` has one line per page of pages.txt: {"text": full main text} or {"with": [...], "without": [...]} (segments that must
and must not be in the output) or {} (page not used), with "domain" (pages of one domain stay together in cross-validation) and,
where known, "kind" (one of KINDS). WCXB is a checkout of that benchmark, ROOT the folder that GRISTMILL_DATA names.

What the shipped models were trained on: the 1,497 development pages of WCXB (web-content-extraction-benchmark by Murrough Foley,
annotations CC BY 4.0), the tune halves (by file-name hash, see tests/suite/extract_data.rs) of the 628 public pages of
trafilatura's evaluation and of Mozilla readability's 130 test pages.

These pages are nearly all in Latin letters. So each is also scored in disguise: its words replaced, word by word, with made-up words
of another script (Chinese, Japanese, Korean, Thai, Arabic, Hebrew, Russian or Hindi: length, blanks, capitals and punctuation as
usual there), and half of the disguised pages lose what English words say in headings and links. The labels are those of the page
as it was. Nothing is trained on them: at a weight of .35 the mean F1 over kinds was .795 with them and .795 without, on plain and disguised
pages alike, and on held pages it was lower.

A second block model that also sees the scores of neighbours, of blocks that look alike and of the whole page (stacked on scores
of models that did not see the page's domain) gains nothing: mean F1 over kinds .8083 with it, .8091 without.

Two stages. Seven small models tell the kind of a page from signs outside its text. The block model sees their scores, but for
training those of models that did not see the page's domain, so that it learns how far to trust them. Labels come from the gold
text by word triples; short and doubtful blocks are then set so that the page's F1 of words is highest. A page weighs one
in all, its blocks by their words: that is what the mean F1 over pages counts. Pages whose gold text is empty are left out, and those
where cross-validation finds nearly all of the gold text but keeps more than twice as much (annotations that stop early) weigh
a quarter.
"""
import glob
import gzip
import hashlib
import html.parser
import json
import math
import os
import re
import sys
from collections import Counter

import numpy

KINDS = ["article", "documentation", "service", "forum", "listing", "product", "collection"]
WORD = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]|[^\W_\u3041-\u30ff\u3400-\u9fff]+")
FOLDS = 5
CAP = 300  # most blocks of a page in one training set, drawn by weight: pages with thousands of blocks teach no more
DISGUISED = 0  # weight in training of a page in another script
SAID = slice(-7 - 6 - 26 - 25, -7 - 6 - 26)  # the columns with the hints of words in texts, see Page::fill of features.rs
LEAN = 0.3  # what src/extract/bar.rs takes from every score before it weighs them


def words(text):
    return WORD.findall(text.lower())


def bag(text):
    return Counter(re.findall(r"\w+", text.lower()))


def by_triples(texts, gold):
    """A block belongs to the main text when at least half of its word triples stand in the gold text."""
    want = words(gold)
    triples = set(zip(want, want[1:], want[2:]))
    lines = {" ".join(words(line)) for line in gold.split("\n")}
    joined = " " + " ".join(want) + " "
    found = [words(t) for t in texts]
    label, sure = numpy.zeros(len(texts), numpy.int8), numpy.ones(len(texts))
    for i, t in enumerate(found):
        if len(t) >= 3:
            share = sum(x in triples for x in zip(t, t[1:], t[2:])) / (len(t) - 2)
            label[i] = share >= 0.5
            sure[i] = 1 if share >= 0.7 or share <= 0.2 else 0.3
    long = label.copy()
    for i, t in enumerate(found):
        if len(t) >= 3:
            continue
        key = " ".join(t)
        if not t:
            sure[i] = 0
        elif key in lines:
            label[i] = 1
        elif f" {key} " in joined and long[max(0, i - 3):i + 4].any():
            label[i], sure[i] = 1, 0.3
    return label, sure, numpy.array([len(t) for t in found])


def label_text(texts, gold):
    """Labels by triples; short and doubtful blocks change sides one by one while the page's F1 of words grows."""
    label, sure, sizes = by_triples(texts, gold)
    want, may = bag(gold), (sizes < 3) | (sure < 1)
    size = sum(want.values())
    if not size:
        return label, numpy.zeros(len(texts))
    bags = [bag(t) if may[i] or label[i] else None for i, t in enumerate(texts)]
    before, have = label.copy(), Counter()
    for one, mine in zip(bags, label):
        if mine:
            have.update(one)
    kept, shared = sum(have.values()), sum((have & want).values())
    for _ in range(3):
        changed = False
        for i in numpy.flatnonzero(may):
            if not bags[i]:
                continue
            sign = -1 if label[i] else 1
            gain = sum(min(have[w] + sign * n, want[w]) - min(have[w], want[w]) for w, n in bags[i].items())
            more = sign * sum(bags[i].values())
            if 2 * (shared + gain) / max(1, kept + more + size) > 2 * shared / max(1, kept + size) + 1e-12:
                (have.subtract if label[i] else have.update)(bags[i])
                label[i] ^= 1
                shared, kept, changed = shared + gain, kept + more, True
        if not changed:
            break
    moved = label != before
    sure[~moved & (sure > 0) & (sure < 1)] = 0.6
    sure[moved] = numpy.where(sizes[moved] > 0, 0.5, 0)
    weight = sizes * sure
    return label, weight / max(weight.sum(), 1e-9)


def label_segments(texts, gold, scale=0.35):
    """Blocks that hold a wanted segment are main text, those that hold an unwanted one are not; all others are unknown."""
    texts = [" ".join(t.split()) for t in texts]
    label, weight = numpy.zeros(len(texts), numpy.int8), numpy.zeros(len(texts))
    for segment in gold["with"]:
        hits = [i for i, t in enumerate(texts) if " ".join(segment.split()) in t]
        for i in hits:
            label[i] = 1
            weight[i] += 1 / len(hits)
    for segment in gold["without"]:
        hits = [i for i, t in enumerate(texts) if " ".join(segment.split()) in t and not label[i]]
        for i in hits:
            weight[i] += 1 / math.sqrt(len(hits))
    return label, weight * scale


# Per script: letters to draw from, letters for one Latin letter, blank between words, sentence end, comma, capitals stay.
SCRIPTS = {
    "zh": ([(0x4E00, 0x7FFF)], 0.33, "", "。", "，", False),
    "ja": ([(0x3042, 0x3093), (0x3042, 0x3093), (0x30A2, 0x30F3), (0x5000, 0x7FFF)], 0.45, "", "。", "、", False),
    "ko": ([(0xAC00, 0xD7A3)], 0.42, " ", ".", ",", False),
    "th": ([(0xE01, 0xE2E)], 0.9, "", " ", " ", False),
    "ar": ([(0x628, 0x63A), (0x641, 0x64A)], 0.8, " ", ".", "،", False),
    "he": ([(0x5D0, 0x5EA)], 0.75, " ", ".", ",", False),
    "ru": ([(0x430, 0x44F)], 1.0, " ", ".", ",", True),
    "hi": ([(0x915, 0x939)], 0.9, " ", "।", ",", False),
}


def disguise_text(text, script):
    """The words of a piece of text in another script."""
    ranges, scale, blank, stop, comma, capitals = SCRIPTS[script]

    def word(found):
        latin = found.group()
        seed = hashlib.md5(latin.lower().encode()).digest()
        out = []
        for i in range(max(1, round(len(latin) * scale))):
            low, high = ranges[seed[i % 16] % len(ranges)]
            out.append(chr(low + (seed[(i + 1) % 16] * 256 + seed[(i * 3 + 2) % 16] + i) % (high - low + 1)))
        return "".join(out).capitalize() if capitals and latin[0].isupper() else "".join(out)

    text = re.sub(r"[A-Za-z\u00c0-\u024f]+", word, text)
    if not blank:  # within a sentence; blanks beside digits and signs stay
        text = re.sub(r"(?<=[\u0e00-\u9fff]) (?=[\u0e00-\u9fff])", "", text)
    text = re.sub(r"(?<=\w)\.(?=\s|$) ?", stop, text)
    return re.sub(r"(?<=\w),(?=\s|$) ?", comma, text)


def disguise(markup, script):
    """A page with its text (and the descriptions in its head) in another script."""
    out = []
    for part in re.split(r"(<(?:script|style|textarea)\b.*?</(?:script|style|textarea)\s*>|<!--.*?-->|<[^>]*>|&#?\w+;)", markup,
                         flags=re.S | re.I):
        if re.match(r"<meta\b[^>]*description", part, re.I):
            part = re.sub(r"(content\s*=\s*[\"'])([^\"']*)", lambda m: m.group(1) + disguise_text(m.group(2), script), part, flags=re.I)
        elif not part.startswith(("<", "&")):
            part = disguise_text(part, script)
        out.append(part)
    return "".join(out)


def export(booster):
    """One tree per line: `feature,bound,left,right` per split, `;`, leaves in 1/1024 log-odds; leaves are negative children."""
    lines = []
    for tree in booster.dump_model()["tree_info"]:
        splits, leaves = {}, {}
        stack = [tree["tree_structure"]]
        child = lambda n: n["split_index"] if "split_index" in n else -1 - n["leaf_index"]
        while stack:
            node = stack.pop()
            if "split_index" in node:
                bound = max(-32768, min(32767, math.floor(node["threshold"])))
                sides = (node["left_child"], node["right_child"])
                splits[node["split_index"]] = (node["split_feature"], bound, *map(child, sides))
                stack.extend(sides)
            else:
                leaves[node["leaf_index"]] = round(node["leaf_value"] * 1024)
        if splits:
            left = " ".join(",".join(map(str, splits[i])) for i in range(len(splits)))
            lines.append(left + ";" + " ".join(str(leaves[i]) for i in range(len(leaves))))
    return "\n".join(lines) + "\n"


COMMON = dict(objective="binary", bagging_freq=1, verbose=-1, seed=7, deterministic=True, force_col_wise=True, num_threads=1)
KIND_PARAMETERS = dict(COMMON, learning_rate=0.08, num_leaves=6, min_data_in_leaf=12, feature_fraction=0.4, bagging_fraction=0.7,
                       lambda_l2=5.0, max_bin=31)
KIND_TREES = 60
BLOCK_PARAMETERS = dict(COMMON, learning_rate=0.06, num_leaves=24, min_data_in_leaf=80, min_sum_hessian_in_leaf=1e-4,
                        feature_fraction=0.4, bagging_fraction=0.6, lambda_l2=2.0, max_bin=63)
BLOCK_TREES = 300
CHECK_TREES = 120  # for the pass that only finds early ends of annotations


def fit(parameters, trees, x, y, w):
    import lightgbm
    return lightgbm.train(parameters, lightgbm.Dataset(x, label=y, weight=w / w.mean()), trees)


def fold_of(domain):
    name = ".".join(domain.split(".")[-2:])
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % 30 % FOLDS


def kind_models(signs, golds, folds, copies):
    """Models of the kinds, and for every page the scores of models that did not see its domain (eighths of log-odds)."""
    kind = numpy.array([KINDS.index(g.get("kind", "article")) for g in golds])
    weight = numpy.array([1.0 if "kind" in g else 0.3 for g in golds]) * numpy.where(copies >= 0, DISGUISED, 1)
    weight[[not g.get("text") and "with" not in g for g in golds]] = 0
    use = weight > 0
    scores, models = numpy.zeros((len(golds), len(KINDS))), []
    for k in range(len(KINDS)):
        train = lambda rows: fit(KIND_PARAMETERS, KIND_TREES, signs[rows], kind[rows] == k, weight[rows])
        for fold in range(FOLDS):
            scores[folds == fold, k] = train(use & (folds != fold)).predict(signs[folds == fold], raw_score=True)
        models.append(train(use))
    return models, numpy.clip(numpy.trunc(scores * 8), -64, 64).astype(numpy.int16)


def thin(w, pages, starts):
    """At most CAP blocks a page, drawn by weight; their weights are raised to the page's."""
    draw = numpy.random.default_rng(1)
    out = w.copy()
    for page in range(pages):
        rows = starts[page] + numpy.flatnonzero(w[starts[page]:starts[page + 1]] > 0)
        if len(rows) > CAP:
            pick = draw.choice(rows, CAP, replace=False, p=w[rows] / w[rows].sum())
            out[rows] = 0
            out[pick] = w[pick] * (w[rows].sum() / w[pick].sum())
    return out


def best_blocks(scores, sizes):
    """As src/extract/bar.rs: the blocks with which the expected F1 is highest."""
    chance = 1 / (1 + numpy.exp(LEAN - scores))
    order = numpy.argsort(-chance, kind="stable")
    hits, kept = numpy.cumsum((chance * sizes)[order]), numpy.cumsum(sizes[order])
    out = numpy.zeros(len(scores), bool)
    if len(scores):
        out[order[:numpy.argmax(hits / (kept + hits[-1])) + 1]] = True
    return out


def trust(x, y, w, folds, texts, golds, starts, disguised):
    """The weight of each page: a quarter where the annotation seems to stop early."""
    page_folds = numpy.repeat(folds, numpy.diff(starts))
    scores = numpy.zeros(len(y))
    for fold in range(FOLDS):
        use = (w > 0) & (page_folds != fold)
        model = fit(dict(BLOCK_PARAMETERS, learning_rate=0.1), CHECK_TREES, x[use], y[use], w[use])
        scores[page_folds == fold] = model.predict(x[page_folds == fold], raw_score=True)
    out, f1 = numpy.ones(len(golds)), {}
    for i, gold in enumerate(golds):
        if not gold.get("text"):
            continue
        sizes = numpy.array([max(1, len(words(t))) for t in texts[i]])
        keep = best_blocks(scores[starts[i]:starts[i + 1]], sizes)
        got, want = bag("\n".join(t for t, k in zip(texts[i], keep) if k)), bag(gold["text"])
        shared = sum((got & want).values())
        recall, precision = shared / max(1, sum(want.values())), shared / max(1, sum(got.values()))
        if recall > 0.85 and precision < 0.4:
            out[i] = 0.25
        f1.setdefault(gold.get("kind", "other") + " disguised" * int(disguised[i]), []).append(2 * recall * precision / max(1e-9, recall + precision))
    for kind, values in sorted(f1.items()):
        print(f"cross-validated by domain, {CHECK_TREES} trees: {kind:<24} {len(values):>5} pages, F1 {numpy.mean(values):.4f}")
    print(f"pages of a quarter weight: {int((out < 1).sum())}")
    return out


def train(rows, gold, out):
    texts = [json.loads(line)["texts"] for line in open(rows + ".jsonl")]
    golds = [json.loads(line) for line in open(gold)]
    copies = numpy.array([g.get("copy", -1) for g in golds])
    for i, of in enumerate(copies):
        if of >= 0:  # labelled as the page that it is a copy of, where it has the same blocks
            golds[i] = {**golds[of], "domain": golds[of]["domain"]} if len(texts[i]) == len(texts[of]) else {"domain": "none"}
            texts[i] = texts[of] if len(texts[i]) == len(texts[of]) else texts[i]
    print(f"{(copies >= 0).sum()} copies, {sum(c >= 0 and len(g) > 1 for c, g in zip(copies, golds))} of them used")
    starts = numpy.concatenate([[0], numpy.cumsum([len(t) for t in texts])])
    folds = numpy.array([fold_of(g.get("domain", str(i))) for i, g in enumerate(golds)])
    signs = numpy.fromfile(rows + ".signs", "<i2").reshape(len(golds), -1)
    x = numpy.fromfile(rows + ".bin", "<i2").reshape(starts[-1], -1)
    kinds, scores = kind_models(signs, golds, folds, copies)
    x[:, -len(KINDS):] = numpy.repeat(scores, numpy.diff(starts), axis=0)
    quiet = numpy.repeat((copies >= 0) & (numpy.arange(len(copies)) % 2 == 0), numpy.diff(starts))
    x[quiet, SAID] = 0
    pairs = []
    for page, g in zip(texts, golds, strict=True):
        unknown = numpy.zeros(len(page), numpy.int8), numpy.zeros(len(page))
        pairs.append(label_text(page, g["text"]) if "text" in g else label_segments(page, g) if "with" in g else unknown)
    y, w = (numpy.concatenate(p) for p in zip(*pairs))
    w = thin(w, len(golds), starts)
    w *= numpy.repeat(numpy.where(copies >= 0, DISGUISED, 1), numpy.diff(starts))
    w *= numpy.repeat(trust(x, y, w, folds, texts, golds, starts, copies >= 0), numpy.diff(starts))
    blocks = fit(BLOCK_PARAMETERS, BLOCK_TREES, x[w > 0], y[w > 0], w[w > 0])
    with open(out, "w") as file:
        file.write("# models of gristmill's extractor, see tests/scripts/train_extract.py\n")
        for name, model in [*zip(KINDS, kinds), ("blocks", blocks)]:
            file.write(f"= {name}\n{export(model)}")


class Plain(html.parser.HTMLParser):
    """Text without markup."""

    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("a", "abbr", "b", "cite", "code", "em", "font", "i", "img", "mark", "q", "small", "span", "strong", "sub", "sup", "u"):
            self.parts.append("\n")

    def handle_endtag(self, tag):
        self.handle_starttag(tag, ())

    def handle_data(self, data):
        self.parts.append(data.replace("\n", " "))


def collect(wcxb, root, folder):
    """Writes pages.txt and gold.jsonl into `folder`: WCXB's folder `dev` and the tune halves of the sets under `root`."""
    import compare_extract
    names, golds = [], []
    domains = json.load(open(f"{wcxb}/metadata.json"))["files"]
    for path in sorted(glob.glob(f"{wcxb}/dev/ground-truth/*.json")):
        stem = os.path.basename(path)[:-5]
        page = json.load(open(path))
        kind = ((page.get("_internal") or {}).get("page_type") or {}).get("primary", "article")
        names.append(f"{wcxb}/dev/html/{stem}.html.gz")
        golds.append({"text": page["ground_truth"].get("main_content") or "", "domain": domains[stem]["domain"],
                      "kind": "collection" if kind == "category" else kind})
    for i, (markup, gold, keys, domain) in enumerate(compare_extract.packaged(root)):
        if any(" tune" in key for key in keys):
            names.append(f"{folder}/{i}.html")
            open(names[-1], "wb").write(markup)
            gold = {"text": gold} if isinstance(gold, str) else {"with": gold["with"], "without": gold["without"]}
            golds.append({**gold, "domain": domain})
    read = lambda name: gzip.open(name).read() if name.endswith(".gz") else open(name, "rb").read()
    for i, name in enumerate(list(names)):
        script = list(SCRIPTS)[i % len(SCRIPTS)]
        names.append(f"{folder}/{script}-{i}.html")
        head = b"<meta charset=utf-8>"
        open(names[-1], "wb").write(head + disguise(read(name).decode("utf-8", "replace"), script).encode())
        golds.append({"copy": i, "domain": golds[i]["domain"]})
    open(f"{folder}/pages.txt", "w").write("\n".join(names) + "\n")
    with open(f"{folder}/gold.jsonl", "w") as file:
        file.writelines(json.dumps(g) + "\n" for g in golds)


if sys.argv[1] == "collect":
    collect(*sys.argv[2:5])
else:
    train(*sys.argv[1:4])
