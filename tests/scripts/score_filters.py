"""How well filters tell good documents from bad ones, on any JSONL with labels.

    cargo build --release --example judge_jsonl
    python3 tests/scripts/score_filters.py --label label FILE.jsonl [FILTER...] [--score METRIC]... [--tune METRIC]...

FILE has `text` and a label for each document (1 or true: good). Each FILTER is a name of the library, a `.toml` file, or
several joined by `+`, which keep what all of them keep; without any, the presets and gristmill's own chains. Printed are,
with keeping as the positive decision:

* precision, recall and F1, and the AUC (the chance that a good document scores above a bad one, ties half) of minus the
  number of tripped rules; each with a 90 % interval over bootstrap samples of the documents;
* `halves`: the part of random halves of the documents on which precision and recall are both above `--beat P R`;
* for each `--score METRIC` and for the length of the text, which is the baseline, its AUC;
* for each `--tune METRIC`: the bound that does best on one random half (greatest F1), measured on the other half, many times.

Needs nothing but Python.
"""
import argparse, gzip, json, os, random, statistics, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOUR = ["gopher-repetition@datatrove-0.10", "gopher-quality@datatrove-0.10", "c4-quality-fineweb@datatrove-0.10", "fineweb-quality@datatrove-0.10"]
DEFAULT = FOUR + ["+".join(FOUR), "c4-quality@datatrove-0.10", "gopher@dclm-baseline", "gopher@dolma-v1.6", "web-en", "web-multilingual"]


def judge(program, documents, filters, metrics):
    """Tripped rules by filter, and metrics, for each document."""
    # A filter of our own whose rules never trip measures the metrics.
    probe = 'name = "probe"\ntitle = "Metrics"\nsplitter = "spacy-en"\n'
    probe += "".join('[[rule]]\nname = "rule-%d"\nmetric = "%s"\nbelow = 0\n' % pair for pair in enumerate(metrics))
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(probe)
        file.flush()
        lines = "".join(json.dumps(document) + "\n" for document in documents)
        done = subprocess.run([program, "--values", file.name, *filters], input=lines.encode(), stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("%s failed with %d" % (program, done.returncode))
    return [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]


def exists(program, name):
    return name.endswith(".toml") or subprocess.run([program, name], input=b"", capture_output=True).returncode == 0


def auc(scores, labels):
    """By ranks: the chance that a good one scores above a bad one."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, at = [0.0] * len(scores), 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        for i in order[at:end]:
            ranks[i] = (at + end + 1) / 2
        at = end
    good = sum(labels)
    if not good or good == len(labels):
        return float("nan")
    return (sum(rank for rank, label in zip(ranks, labels) if label) - good * (good + 1) / 2) / good / (len(labels) - good)


def decision(keeps, labels):
    """Precision, recall, F1 of keeping."""
    both, kept, good = sum(k and g for k, g in zip(keeps, labels)), sum(keeps), sum(labels)
    precision, recall = both / kept if kept else float("nan"), both / good if good else float("nan")
    return precision, recall, 2 * both / (kept + good) if kept + good else float("nan")


def measures(keeps, scores, labels):
    return (*decision(keeps, labels), auc(scores, labels))


def picked(rows, places):
    return [[row[i] for i in places] for row in rows]


def interval(values):
    values = sorted(value for value in values if value == value)
    return values[int(len(values) * 0.05)], values[min(len(values) - 1, int(len(values) * 0.95))]


def row_of(name, keeps, scores, labels, beat, rounds, chance):
    """One line of the table."""
    n, rows = len(labels), [keeps, scores, labels]
    whole = measures(*rows)
    samples = [measures(*picked(rows, [chance.randrange(n) for _ in range(n)])) for _ in range(rounds)]
    halves = [decision(*picked([keeps, labels], chance.sample(range(n), n // 2))) for _ in range(rounds)]
    won = sum(p > beat[0] and r > beat[1] for p, r, _ in halves) / rounds
    cells = ["%.2f (%.2f–%.2f)" % (value, *interval([sample[i] for sample in samples])) for i, value in enumerate(whole)]
    print("| %s | %s | %.0f %% | %.0f %% |" % (name, " | ".join(cells), 100 * won, 100 * sum(keeps) / n), flush=True)


def tune(name, values, labels, rounds, chance):
    """The bound chosen on one half, judged on the other."""
    n, results, bounds = len(labels), [], []
    for _ in range(rounds):
        order = chance.sample(range(n), n)
        first, second = order[:n // 2], order[n // 2:]
        # Twenty bounds that cut the values evenly: no finer than the data can tell.
        cuts = sorted(values[i] for i in first)
        cuts = sorted({cuts[len(cuts) * k // 20] for k in range(20)})
        of = lambda bound, places: decision([values[i] >= bound for i in places], [labels[i] for i in places])
        best = max(cuts, key=lambda bound: of(bound, first)[2])
        bounds.append(best)
        results.append(of(best, second))
    for label, at in (("precision", 0), ("recall", 1), ("F1", 2)):
        column = [result[at] for result in results]
        print("  %s on the other half: %.2f (%.2f–%.2f)" % (label, statistics.median(column), *interval(column)))
    print("  %s: chosen bounds %.3g (%.3g–%.3g)" % (name, statistics.median(bounds), *interval(bounds)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("filters", nargs="*")
    parser.add_argument("--label", default="label")
    parser.add_argument("--score", action="append", default=[], metavar="METRIC")
    parser.add_argument("--tune", action="append", default=[], metavar="METRIC")
    parser.add_argument("--beat", nargs=2, type=float, default=[0.76, 0.73], metavar=("P", "R"))
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judge", default=os.path.join(ROOT, "target/release/examples/judge_jsonl"), metavar="PROGRAM")
    options = parser.parse_args()
    with (gzip.open if options.file.endswith(".gz") else open)(options.file, "rt", encoding="utf-8", newline="\n") as file:
        documents = [json.loads(line) for line in file if line.strip()]
    labels = [bool(document[options.label]) for document in documents]
    chains = options.filters or [one for one in DEFAULT if all(exists(options.judge, part) for part in one.split("+"))]
    metrics = list(dict.fromkeys(options.score + options.tune + ["chars"]))
    texts = [{key: document[key] for key in ("text", "lang") if key in document} for document in documents]
    answers = judge(options.judge, texts, sorted({part for chain in chains for part in chain.split("+")}), metrics)
    chance = random.Random(options.seed)
    print("%d documents, %d good\n" % (len(labels), sum(labels)))
    print("| filter | precision | recall | F1 | AUC of rules tripped | halves | kept |\n|---|---|---|---|---|---|---|")
    for chain in chains:
        name_of = lambda part: part if not part.endswith(".toml") else next(l.split('"')[1] for l in open(part) if l.startswith("name"))
        tripped = [sum(len(answer[name_of(part)][0]) for part in chain.split("+")) for answer in answers]
        title = chain if chain != "+".join(FOUR) else "these four together"
        row_of(title, [n == 0 for n in tripped], [-n for n in tripped], labels, options.beat, options.rounds, chance)
    columns = {name: [answer["probe"][2][name] for answer in answers] for name in metrics}
    columns = {name: [0.0 if value is None else value for value in column] for name, column in columns.items()}
    print("\n| score | AUC |\n|---|---|")
    for name in metrics:
        pairs = [columns[name], labels]
        samples = [auc(*picked(pairs, [chance.randrange(len(labels)) for _ in labels])) for _ in range(options.rounds)]
        print("| %s | %.3f (%.2f–%.2f) |" % (name, auc(*pairs), *interval(samples)))
    for name in options.tune:
        print("\n`%s` with a bound chosen on one half, %d times:" % (name, options.rounds))
        tune(name, columns[name], labels, options.rounds, chance)


if __name__ == "__main__":
    main()
