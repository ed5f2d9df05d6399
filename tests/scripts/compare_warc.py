"""Counts records by type in crawl files with gristmill, warcio and FastWARC, and tells where they differ.

    pip install warcio fastwarc
    cargo build --release --example count_records
    python tests/scripts/compare_warc.py FOLDER...

`record` stands for responses, resources and conversions together. ARC files are counted by warcio alone. Where a program
stops with an error, the error's name stands behind its counts. The last line also tells of files without damage alone: those in
which ours names no fault.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {"response", "resource", "conversion"}


def is_crawl(path):
    name = path.name.lower()
    return any(mark in name for mark in (".warc", ".arc", ".wacz")) and path.suffix not in (".tsv", ".py", ".cdx")


def by_warcio(path):
    from warcio.archiveiterator import ArchiveIterator

    counts = Counter()
    try:
        with open(path, "rb") as file:
            for record in ArchiveIterator(file, arc2warc=False):
                kind = record.rec_type
                counts["record" if kind in DOCUMENTS else kind.replace("_", "-")] += 1
                record.content_stream().read()
    except Exception as error:
        return counts, type(error).__name__
    return counts, None


def by_fastwarc(path):
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    counts = Counter()
    try:
        for record in ArchiveIterator(open(path, "rb"), parse_http=False, record_types=WarcRecordType.any_type):
            kind = str(record.record_type).rsplit(".", 1)[-1]
            counts["record" if kind in DOCUMENTS else kind] += 1
            record.reader.read()
    except Exception as error:
        return counts, type(error).__name__
    return counts, None


def main(folders):
    paths = sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file() and is_crawl(path))
    done = subprocess.run([ROOT / "target/release/examples/count_records", *paths], capture_output=True, check=True)
    same, totals = Counter(), Counter()
    sound = 0
    for path, line in zip(paths, done.stdout.splitlines(), strict=True):
        found = json.loads(line)
        ours = Counter({kind: count for kind, count in found["others"].items() if not kind.startswith("quirk")})
        if found["records"]:
            ours["record"] = found["records"]
        totals["ours"] += sum(ours.values())
        sound += not found["faults"]
        told = []
        for name, (counts, error) in (("warcio", by_warcio(path)), ("fastwarc", by_fastwarc(path))):
            totals[name] += sum(counts.values())
            if counts == ours and error is None:
                same[name] += 1
                same[f"{name}, sound"] += not found["faults"]
            else:
                told.append(f"    {name}: {dict(sorted(counts.items()))} {error or ''}")
        if told:
            print(f"{path.name}\n    ours: {dict(sorted(ours.items()))} faults {found['faults']}")
            print("\n".join(told))
    print(f"{len(paths)} files, {sound} sound; records: {dict(totals)}; the same counts as ours: {dict(same)}")


if __name__ == "__main__":
    main(sys.argv[1:])
