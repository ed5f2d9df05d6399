#!/usr/bin/env python3
"""Reading speed beside other programs: MB of uncompressed data per CPU second, on the same files in the same run.

Needs: pip install fastwarc warcio
       GRISTMILL_DATA, from which the bench makes its files (or name files)

  compare_readers.py [--work DIR] [--rounds N] [FILE...]

Every way of reading is told by its fastest round, in CPU seconds of its process (user and system). Of fastwarc: iterating
with and without parsing HTTP heads, and with every body read; of warcio: iterating. Ours is `cargo bench --bench readers`.
"""

import argparse
import gzip
import pathlib
import resource
import subprocess
import tempfile

from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

ROOT = pathlib.Path(__file__).parents[2]


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def fastwarc(path, http, bodies):
    count = 0
    with open(path, "rb") as file:
        for record in ArchiveIterator(file, parse_http=http):
            count += 1
            if bodies:
                record.reader.read()
    return count


def warcio(path):
    with open(path, "rb") as file:
        return sum(1 for _ in WarcioIterator(file))


WAYS = [
    ("fastwarc, heads of records alone", lambda path: fastwarc(path, False, False)),
    ("fastwarc, HTTP heads parsed", lambda path: fastwarc(path, True, False)),
    ("fastwarc, HTTP parsed, bodies read", lambda path: fastwarc(path, True, True)),
    ("warcio", warcio),
]


def bench(*arguments):
    subprocess.run(["cargo", "bench", "-q", "--bench", "readers", "--", *map(str, arguments)], cwd=ROOT, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or pathlib.Path(scratch)
        files = [path.resolve() for path in options.files]
        if not files:
            work.mkdir(parents=True, exist_ok=True)
            bench("--write", work.resolve())
            files = sorted(work.resolve().iterdir())
        bench(*files)
        for path in files:
            if not path.name.endswith((".warc.gz", ".wet.gz")):
                continue
            with gzip.open(path) as file:
                size = sum(len(piece) for piece in iter(lambda: file.read(1 << 20), b""))
            print(f"{path}: {size} uncompressed")
            for name, way in WAYS:
                best = float("inf")
                for _ in range(options.rounds if name != "warcio" else 2):
                    start = cpu()
                    count = way(path)
                    best = min(best, cpu() - start)
                print(f"  {name:<36} {size / best / 1e6:>8.0f} MB per CPU second   {count} records", flush=True)


if __name__ == "__main__":
    main()
