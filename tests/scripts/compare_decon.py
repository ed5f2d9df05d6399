"""The step `decontaminate` with `method = "decon"` beside allenai/decon itself, over the same documents and items.

Needs Rust, pip install pyarrow zstandard, a release build of gristmill, a checkout of decon at commit e1bcb80 and its program:

    git clone https://github.com/allenai/decon && cd decon && git checkout e1bcb80 && cargo build --release --locked

    python3 tests/scripts/compare_decon.py CHECKOUT FILE.jsonl.zst... [--decon PROGRAM] [--tokenizer cl100k_base.tiktoken]
        [--limit 400] [--planted 3000]
    python3 tests/scripts/compare_decon.py CHECKOUT --golden tests/golden/decon.json

Without `--tokenizer` both cut by `uniseg`; with it decon takes its own cl100k. Items are those of decon's bundled sets and,
as a set with passages, pieces of the documents. They are planted into documents: word for word, with words put in, left out or
changed, in part, question without answer, answer far away, passage before. Compared, for every document: the verdict, the
highest score and that its item is named; and in mode `tag` the set of all items, where they are at most eight. Items of the
bundled sets get an index of their own each: decon reports one of the answers of a question, by chance of a hash.
Golden numbers come from made-up words: every finding of decon with scores and places, by `uniseg` and by `cl100k`.
"""
import argparse
import gzip
import hashlib
import json
import random
import subprocess
import tempfile
from pathlib import Path

import gristmill_run

PARTS = ("question", "answer", "passage")


def bundled(checkout, names, count, draw):
    """Rows of decon's sets by name; so many of each, spread evenly."""
    out = {}
    for name in names:
        rows = []
        for file in sorted((Path(checkout) / "bundled-evals").glob(f"{name}-*.jsonl.gz")):
            with gzip.open(file, "rt") as lines:
                rows += [json.loads(line) for line in lines]
        step = max(1, len(rows) // count)
        out[name.replace("_", "-")] = [{part: row.get(part) or "" for part in PARTS} for row in rows[::step]]
    return out


def pieces(texts, count, draw):
    """Items with passages, out of documents."""
    out = []
    while len(out) < count:
        words = draw.choice(texts).split()
        if len(words) < 60:
            continue
        at = draw.randrange(len(words) - 50)
        lengths = [draw.choice([0, 15, 40, 90]), draw.choice([4, 10, 18, 30, 60]), draw.choice([0, 1, 2, 5, 20])]
        cuts = [at, at + lengths[0], at + sum(lengths[:2]), at + sum(lengths)]
        passage, question, answer = (" ".join(words[a:b]) for a, b in zip(cuts, cuts[1:]))
        out.append({"question": question, "answer": answer, "passage": passage})
    return out


def changed(text, kind, draw):
    words = text.split()
    if kind == "partial" and words:
        share = draw.choice([0.5, 0.7, 0.8, 0.9, 0.95])
        start = draw.randrange(max(1, int(len(words) * (1 - share))))
        words = words[start:start + max(1, int(len(words) * share))]
    times = draw.choice([1, 2, 3, 6]) if kind in ("put in", "left out", "changed") else 0
    for _ in range(min(times, len(words))):
        at = draw.randrange(len(words))
        if kind == "put in":
            words[at:at] = ["rather"] * draw.choice([1, 1, 2, 5])
        elif kind == "left out":
            del words[at]
        else:
            words[at] = draw.choice([words[at].upper(), words[at] + "!", "instead", "“" + words[at] + "”"])
    return " ".join(words)


KINDS = ["verbatim", "put in", "left out", "changed", "partial", "no answer", "answer far", "shuffled"]


def plant(text, item, draw):
    """A document with an item in it."""
    kind = draw.choice(KINDS)
    passage, question, answer = (changed(item[part], kind, draw) for part in ("passage", "question", "answer"))
    between = {"answer far": " so it was told by all of them at the time " * draw.choice([2, 8, 15])}.get(kind, draw.choice([" ", "\n", " A: "]))
    if kind == "no answer":
        answer = ""
    if kind == "shuffled":
        passage, question, answer = answer, passage, question
    words = text.split(" ")
    at = draw.randrange(len(words) + 1)
    before = " ".join(words[max(0, at - draw.choice([5, 200, 2000])):at])
    return f"{before} {passage}\n{question}{between}{answer} {' '.join(words[at:at + 100])}"


def decon(program, sets, texts, tokenizer, folder):
    """Findings of decon by document, each with the set and number of its item."""
    evals, train, report = folder / "evals", folder / "train", folder / "report"
    evals.mkdir()
    train.mkdir()
    number = 0
    for name, rows in sets.items():
        with open(evals / f"{name}.jsonl", "w") as out:
            for line, row in enumerate(rows):
                whole = "\0".join(row[part] for part in PARTS)
                row = {key: value for key, value in row.items() if value or key == "question"}
                row |= {"eval_key": name, "eval_instance_index": line, "doc_id": number,
                    "fingerprint": hashlib.sha256(whole.encode()).hexdigest()}
                out.write(json.dumps(row) + "\n")
                number += 1
    with open(train / "in.jsonl", "w") as out:
        for text in texts:
            out.write(json.dumps({"text": text}) + "\n")
    done = subprocess.run([program, "detect", "--training-dir", train, "--evals-dir", evals, "--report-output-dir", report,
        "--tokenizer", tokenizer, "--worker-threads", "1"], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"decon: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    out = [[] for _ in texts]
    for file in report.rglob("*.jsonl*"):
        for line in open(file):
            row = json.loads(line)
            out[row["training_line"]].append(row)
    return out


def step(sets, tokenizer, folder, mode):
    tables = []
    for name, rows in sets.items():
        file = folder / f"{name}.items.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        fields = "".join(f", {part} = \"{part}\"" for part in PARTS if any(row[part] for row in rows))
        tables.append(f"{{ name = \"{name}\", paths = [{json.dumps(str(file))}]{fields} }}")
    given = json.dumps(str(Path(tokenizer).resolve()) if tokenizer else "uniseg")
    return (f"name = \"d\"\nmode = \"{mode}\"\ndecontaminate = {{ method = \"decon\", tokenizer = {given}, "
            f"sets = [{', '.join(tables)}] }}")


def compare(options):
    draw = random.Random(5)
    texts = [document["text"] for document in gristmill_run.read_documents(options.files, options.limit)]
    sets = bundled(options.checkout, ["gsm8k_test", "mmlu_test", "agi_eval_train"], options.items, draw)
    sets["pieces"] = pieces(texts, options.items, draw)
    all_items = [row for rows in sets.values() for row in rows]
    texts += [plant(draw.choice(texts), draw.choice(all_items), draw) for _ in range(options.planted)]
    with tempfile.TemporaryDirectory() as scratch:
        theirs = decon(options.decon, sets, texts, "cl100k" if options.tokenizer else "uniseg", Path(scratch))
        drop, tag = (gristmill_run.run(texts, [step(sets, options.tokenizer, Path(scratch), mode)], options.gristmill)
                     for mode in ("drop", "tag"))
    verdicts, named, scores, tags = (gristmill_run.Differences() for _ in range(4))
    worst, same, items = 0.0, 0, 0
    for number, (rows, answer, tagged) in enumerate(zip(theirs, drop, tag)):
        where = f"document {number}"
        items += len(rows)
        if not verdicts.check(where, answer.verdict, "drop" if rows else "keep") or not rows:
            continue
        best = max(row["contamination_score"] for row in rows)
        score = answer.metrics["d/overlap_score"]
        worst = max(worst, abs(score - best))
        same += score == best
        scores.check(where, round(score, 5), round(best, 5))
        near = {f"contaminated:{row['eval_key']}" for row in rows if abs(row["contamination_score"] - best) < 1e-5}
        named.check(where, answer.rule in near or answer.rule, True)
        # Beside its items a document is tagged with the rule that would have dropped it.
        ours = {one for one in tagged.tags if "#" in one}
        expected = {f"d/contaminated:{row['eval_key']}#{row['eval_instance_index'] + 1}" for row in rows}
        if len(expected) <= 8:
            tags.check(where, sorted(ours), sorted(expected))
    print(f"{len(texts)} documents, {sum(map(len, sets.values()))} items; decon finds {items} in {sum(map(bool, theirs))} documents")
    good = [verdicts.summary("verdicts"), named.summary("set named"), scores.summary("highest scores, five digits"),
        tags.summary("all items")]
    print(f"scores equal to the last bit: {same} of {scores.compared}; farthest apart {worst:.2g}")
    return all(good)


def golden(options):
    draw = random.Random(9)
    prose = gristmill_run.ODD_PARTS["prose"]
    sentence = lambda count: " ".join(
        draw.choice(prose) if draw.randrange(3) else f"{draw.choice(prose)}{draw.randrange(60)}" for _ in range(count))
    lengths = [(0, 8, 12), (0, 12, 0), (0, 20, 1), (0, 30, 0), (0, 30, 15), (0, 60, 2), (40, 12, 3), (60, 30, 8), (25, 50, 0), (10, 6, 30)]
    items = [dict(zip(("passage", "question", "answer"), map(sentence, row))) for row in lengths * 2]
    # Shared beginnings, so that several items are followed at once.
    for row in items[10:15]:
        row["question"] = items[3]["question"] + " " + row["question"]
    texts = [sentence(150)] + [plant(sentence(120), draw.choice(items), draw) for _ in range(150)]
    out = {"provenance": "allenai/decon e1bcb80, `decon detect` with its default settings and one worker thread, over made-up words; written "
           "by tests/scripts/compare_decon.py --golden", "items": items, "texts": texts, "found": {}}
    for tokenizer in ("uniseg", "cl100k"):
        with tempfile.TemporaryDirectory() as scratch:
            found = decon(options.decon, {"set": items}, texts, tokenizer, Path(scratch))
        keys = ["eval_instance_index", "contamination_score", "idf_overlap", "answer_idf_overlap", "passage_idf_overlap",
            "question_start_idx", "question_end_idx", "answer_boundaries"]
        rows = [sorted(([row.get(key) for key in keys] for row in rows), key=lambda row: (row[5], row[0])) for rows in found]
        out["found"][tokenizer] = rows
        print(tokenizer, sum(map(len, rows)), "findings in", sum(map(bool, rows)), "documents")
    text = "{\n" + ",\n".join(f" {json.dumps(key)}: " + (
        json.dumps(value) if isinstance(value, str) else
        "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(rows)}" for name, rows in value.items()) + "\n }"
        if isinstance(value, dict) else
        "[\n" + ",\n".join("  " + json.dumps(row) for row in value) + "\n ]") for key, value in out.items()) + "\n}\n"
    Path(options.golden).write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--decon", help="the program; default: the release build of the checkout")
    parser.add_argument("--tokenizer")
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--planted", type=int, default=3000)
    parser.add_argument("--golden")
    parser.add_argument("--gristmill")
    options = parser.parse_args()
    options.decon = options.decon or str(Path(options.checkout) / "target/release/decon")
    if options.golden:
        golden(options)
        return
    raise SystemExit(0 if compare(options) else 1)


if __name__ == "__main__":
    main()
