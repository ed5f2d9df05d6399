"""Trains the block model of src/extract (needs numpy and lightgbm; the extractor itself needs neither).

    cargo bench --bench extract_rows -- rows < pages.txt
    python tests/scripts/train_extract.py rows gold.jsonl src/extract/blocks.model

`gold.jsonl` has one line per page of pages.txt: {"text": full main text} or {"with": [...], "without": [...]} (segments that must
and must not be in the output) or {} (page not used). What the shipped model was trained on: the 1,497 development pages of WCXB
(web-content-extraction-benchmark by Murrough Foley, annotations CC BY 4.0), the tune halves (by file-name hash, see
tests/suite/extract_data.rs) of the 628 public pages of trafilatura's evaluation and of Mozilla readability's 130 test pages.
"""
import json
import math
import re
import sys

import lightgbm
import numpy

WORD = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]|[^\W_\u3041-\u30ff\u3400-\u9fff]+")


def words(text):
    return WORD.findall(text.lower())


def label_text(texts, gold):
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
    weight = numpy.array([len(t) ** 0.7 for t in found]) * sure
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


def export(booster, path, note):
    """One tree per line: `feature,bound,left,right` per split, `;`, leaves in 1/1024 log-odds; leaves are negative children."""
    lines = [f"# {note}"]
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
    with open(path, "w") as out:
        out.write("\n".join(lines) + "\n")


PARAMETERS = dict(objective="binary", learning_rate=0.08, num_leaves=24, min_data_in_leaf=80, min_sum_hessian_in_leaf=1e-4,
                  feature_fraction=0.4, bagging_fraction=0.6, bagging_freq=1, lambda_l2=2.0, max_bin=127, verbose=-1, seed=7,
                  deterministic=True)


def main(rows, gold, out):
    pages = [json.loads(line)["texts"] for line in open(rows + ".jsonl")]
    golds = [json.loads(line) for line in open(gold)]
    labels, weights = [], []
    for texts, g in zip(pages, golds, strict=True):
        if "text" in g:
            label, weight = label_text(texts, g["text"])
        elif "with" in g:
            label, weight = label_segments(texts, g)
        else:
            label, weight = numpy.zeros(len(texts), numpy.int8), numpy.zeros(len(texts))
        labels.append(label)
        weights.append(weight)
    y, w = map(numpy.concatenate, (labels, weights))
    x = numpy.fromfile(rows + ".bin", "<i2").reshape(len(y), -1)
    use = w > 0
    data = lightgbm.Dataset(x[use], label=y[use], weight=w[use] / w[use].mean())
    export(lightgbm.train(PARAMETERS, data, 200), out, "block model of gristmill, see tests/scripts/train_extract.py")


main(*sys.argv[1:4])
