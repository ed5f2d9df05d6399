"""Runs of very many units with next to nothing in them: what scheduling, claims, sealing, listing, statistics, manifest and
report cost. One JSONL file of a few words is one unit; exact and near duplicates, a shuffle and token shards make all kinds of
stages. For each number of units the run is done by one process and by several workers on one directory; both must be equal.

usage: many_units.py UNITS [UNITS ...] [--workers N] [--only-workers]
needs: the program in target/release (or GRISTMILL=…); about 25 small files a unit below TMPDIR
"""

import argparse
import filecmp
import json
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time

TOKENIZER = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../sample-data/tokenizer.json"))
GRISTMILL = os.path.abspath(os.environ.get("GRISTMILL", "target/release/gristmill"))
CONFIG = """
version = 1
name = "many-units"
[[source]]
name = "small"
paths = ["in"]
[[step]]
dedup = { method = "exact" }
[[step]]
dedup = { method = "minhash", ngram = 2 }
[[step]]
tokenize = { tokenizer = "TOKENIZER" }
[output]
dir = "out"
order = "shuffle"
documents = false
shard-tokens = 1_000_000
[limits]
unit-bytes = "1KiB"
"""


def make_inputs(folder, units):
    """One file a unit; every tenth document is an earlier one again."""
    dice, texts = random.Random(units), []
    words = [f"word{n}" for n in range(5000)]
    for unit in range(units):
        text = dice.choice(texts) if texts and unit % 10 == 9 else " ".join(dice.choices(words, k=160))
        if len(texts) < 1000:
            texts.append(text)
        path = os.path.join(folder, "in", f"{unit // 1000:04}")
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, f"{unit:07}.jsonl"), "w") as out:
            out.write(json.dumps({"text": text, "id": f"{unit}"}) + "\n")


def wait_for(processes):
    """Waits for all; CPU seconds and the largest peak memory in MiB."""
    cpu, peak = 0.0, 0
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{process.args}: status {status}")
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
    return cpu, peak / 1024


def stages(log):
    """Seconds from the start of each stage to its end, from a run's log."""
    began, took = {}, {}
    with open(log) as lines:
        for line in map(json.loads, lines):
            stage, at = line.get("stage"), line.get("ts")
            if line.get("event") == "stage.start":
                began.setdefault(stage, at)
            elif line.get("event") == "stage.end":
                took[stage] = at - began[stage]
    return took


def differing(one, other):
    """Names that differ between two folders, the log apart."""
    names = set()
    for top in (one, other):
        for folder, _, files in os.walk(top):
            names |= {os.path.relpath(os.path.join(folder, file), top) for file in files}
    names.discard("run.log.jsonl")
    _, different, missing = filecmp.cmpfiles(one, other, sorted(names), shallow=False)
    return different + missing


def measure(folder, units, form, commands):
    start = time.time()
    cpu, peak = wait_for([subprocess.Popen(words, cwd=folder, stderr=subprocess.DEVNULL) for words in commands])
    took = time.time() - start
    print(f"{units:>8} units, {form:>10}: {took:7.1f} s, {cpu:7.1f} CPU s, {1e6 * cpu / units:6.0f} CPU us a unit, "
          f"peak {peak:5.0f} MiB", flush=True)
    return took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("units", type=int, nargs="+")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--only-workers", action="store_true", help="no run of one process, hence no comparison")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    for units in args.units:
        with tempfile.TemporaryDirectory() as folder:
            make_inputs(folder, units)
            with open(os.path.join(folder, "many.toml"), "w") as out:
                out.write(CONFIG.replace("TOKENIZER", TOKENIZER))
            if not args.only_workers:
                measure(folder, units, "one", [[GRISTMILL, "run", "many.toml", "--out", "one", "--quiet"]])
                log = os.path.join(folder, "one", "run.log.jsonl")
                print("         " + ", ".join(f"{name} {took:.1f} s" for name, took in stages(log).items()), flush=True)
            work = [GRISTMILL, "work", "many.toml", "--out", "shared", "--threads", "1", "--quiet", "--worker"]
            count = args.workers
            measure(folder, units, f"{count} workers", [[*work, f"{n}/{count}"] for n in range(count)])
            manifest = os.path.getsize(os.path.join(folder, "shared", "MANIFEST.json"))
            report = os.path.getsize(os.path.join(folder, "shared", "report.html"))
            print(f"         manifest {manifest / 1e6:.1f} MB, report {report / 1e6:.2f} MB", flush=True)
            different = [] if args.only_workers else differing(os.path.join(folder, "one"), os.path.join(folder, "shared"))
            if different:
                raise SystemExit(f"these files differ: {different[:20]}")
            verify = [GRISTMILL, "verify", "shared"]
            measure(folder, units, "verify", [verify])
            shutil.rmtree(os.path.join(folder, "shared"))


main()
