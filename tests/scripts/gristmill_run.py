"""What gristmill says about texts, for comparisons with the programs it reproduces.

A comparison script reads documents (`read_documents`, `odd_texts`), asks the program it compares with, asks gristmill
(`run`, `judge`), and prints what differs (`Differences`). Needs pyarrow; zstandard for .zst files.

Also a program: `python3 tests/scripts/gristmill_run.py FILTER FILE.jsonl` prints one line of JSON per document.
"""
import argparse
import gzip
import io
import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Answer:
    """What became of one document."""
    verdict: str                                   # keep, drop, quarantine, or unread: no row in the ledger
    step: str | None = None                        # the step that dropped it
    rule: str | None = None                        # `filter/rule`, the first that tripped
    also: list[str] = field(default_factory=list)  # further rules of that filter that tripped
    tags: list[str] = field(default_factory=list)  # `step/filter/rule`, of steps with mode = "tag"
    metrics: dict[str, float] = field(default_factory=dict)  # by `step/metric`; what was not measured is absent
    language: str | None = None
    language_score: float = 0.0
    text: str | None = None                        # the text after all steps, of kept documents

    @property
    def keeps(self) -> bool:
        return self.verdict == "keep"

    @property
    def rule_name(self) -> str | None:
        """The rule without the filter's name."""
        return self.rule.rsplit("/", 1)[-1] if self.rule else None


def binary(path: str | None = None) -> str:
    """The program: `path`, or the release build of this checkout, or what the shell finds."""
    built = ROOT / "target/release/gristmill"
    found = path or (str(built) if built.exists() else shutil.which("gristmill"))
    if not found:
        sys.exit("no gristmill: build it with `cargo build --release`, or name it with --gristmill")
    return str(Path(found).absolute()) if Path(found).exists() else found


def config(steps: list[str], fields: str = 'fields = { text = "text", id = "id", url = "url" }') -> str:
    """A config with these steps, each the TOML inside one `[[step]]`. Fault limits are off: records that cannot be read
    come back as `unread`."""
    head = f'version = 1\n[[source]]\nname = "in"\npaths = ["in.jsonl"]\nformat = "jsonl"\ncarry = false\n{fields}\n'
    tail = '[output]\ndir = "out"\ntokens = "none"\n[limits]\nmax-fault-ratio = 1.0\n[limits.record]\nbytes = "1GiB"\n'
    return head + "".join(f"[[step]]\n{step}\n" for step in steps) + tail


def run(documents, steps: list[str], gristmill: str | None = None, folder: str | None = None) -> list[Answer]:
    """Runs `steps` over `documents` (texts, or dicts with `text` and perhaps `url`); one answer each, in order. The
    run directory is kept when `folder` names a place for it."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(folder or scratch)
        shutil.rmtree(place / "out", ignore_errors=True)
        place.mkdir(parents=True, exist_ok=True)
        count = 0
        with open(place / "in.jsonl", "w") as out:
            for document in documents:
                document = {"text": document} if isinstance(document, str) else document
                row = {"id": str(count), "text": document["text"]}
                if document.get("url"):
                    row["url"] = document["url"]
                out.write(json.dumps(row) + "\n")
                count += 1
        (place / "config.toml").write_text(config(steps))
        done = subprocess.run([binary(gristmill), "run", "--quiet", "config.toml"], cwd=place, capture_output=True,
            text=True)
        if done.returncode not in (0, 2, 3):
            raise RuntimeError(f"gristmill run: exit {done.returncode}\n{done.stderr[-4000:]}")
        if not (place / "out/MANIFEST.json").exists():
            raise RuntimeError(f"gristmill run did not finish: exit {done.returncode}\n{done.stderr[-4000:]}")
        return read_run(place / "out", count)


def read_run(folder: Path, count: int) -> list[Answer]:
    """The answers of a finished run, by the documents' own ids, which are the numbers below `count`."""
    from pyarrow import parquet

    answers = [Answer("unread") for _ in range(count)]
    for file in sorted((folder / "ledger").glob("*.parquet")):
        table = parquet.read_table(file)
        measured = [name for name in table.column_names if name.startswith("metric:")]
        for row in table.to_pylist():
            split = lambda key: row[key].split(",") if row[key] else []
            answers[int(row["source_id"])] = Answer(
                row["verdict"], row["step"], row["rule"], split("also"), split("tags"),
                {name[len("metric:"):]: row[name] for name in measured if row[name] is not None},
                row["language"], row["language_score"])
    for file in sorted((folder / "documents").glob("*.parquet")):
        for row in parquet.read_table(file, columns=["source_id", "text"]).to_pylist():
            answers[int(row["source_id"])].text = row["text"]
    return answers


def judge(documents, filter_name: str, gristmill: str | None = None, more: str = "") -> list[Answer]:
    """What one filter says, by its name or by the path of its file; `more` is further TOML of the filter's table. Metrics are
    named without the step."""
    key, value = ("path", str(Path(filter_name).resolve())) if filter_name.endswith(".toml") else ("name", filter_name)
    named = f"filter = {{ {key} = {json.dumps(value)}{', ' + more if more else ''} }}"
    answers = run(documents, [f'name = "f"\n{named}'], gristmill)
    for answer in answers:
        answer.metrics = {name.removeprefix("f/"): value for name, value in answer.metrics.items()}
    return answers


def arguments(about: str, checkout: str = "optional", **more: str | None) -> argparse.Namespace:
    """The options that comparison scripts share: `checkout` as `required` or `optional`, `files`, `--limit`, `--odd`,
    `--golden`, `--gristmill`; and further ones by name with their default, or None."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout" if checkout == "required" else "--checkout", help="a checkout of the program compared with")
    parser.add_argument("files", nargs="*", help="JSONL files")
    parser.add_argument("--limit", type=int, help="documents of each file")
    parser.add_argument("--odd", type=int, default=1000, help="so many made-up texts as well (default %(default)s)")
    parser.add_argument("--golden", help="write golden numbers to this file and end")
    parser.add_argument("--gristmill", help="the program; default: the release build of this checkout")
    for name, default in more.items():
        parser.add_argument("--" + name.replace("_", "-"), default=default)
    return parser.parse_args()


def read_documents(files, limit: int | None = None, text_field: str = "text"):
    """Documents of JSONL files (plain, .gz, .zst): dicts with `text`, `id`, `url` and `lang` if there. `limit` takes so
    many of each file, spread evenly over it."""
    for name in files:
        rows = list(_lines(name))
        step = max(1, len(rows) / limit) if limit else 1
        for at in itertools.takewhile(lambda at: at < len(rows), (int(k * step) for k in itertools.count())):
            row = json.loads(rows[at])
            text = row.get(text_field)
            if not isinstance(text, str):
                continue
            out = {"id": str(row.get("id", f"{name}#{at}")), "text": text}
            out |= {key: row[key] for key in ("url", "lang") if isinstance(row.get(key), str)}
            yield out


def _lines(name):
    """The lines of a file that are not blank. JSON's own line breaks only: no U+2028."""
    with open(name, "rb") as raw:
        if str(name).endswith(".gz"):
            raw = gzip.open(raw)
        elif str(name).endswith(".zst"):
            import zstandard
            raw = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        for line in io.BufferedReader(raw) if not isinstance(raw, io.BufferedReader) else raw:
            if line.strip():
                yield line


ODD_PARTS = {
    "prose": "the be to of and that have with council bridge river farmers agreed a spring north harbour ferry Monday evening "
             "market people valley road, weather. lantern’s ploughing".split(" "),
    "words": "the be to of and that have with The AND council bridge river Farmers agreed a I it's don't e-mail U.S. 3.5 1,000 "
             "42 2nd x1 foo_bar _ __init__ #tag # ## ... … . . . .... - -- * • ● – “quote” (and) [1] [edit] {x} http://a.example/b "
             "a@b.example likes 12 3 1.2K Sign-in items in cart Read more...".split(" "),
    "letters": ["é", "e\u0301", "ß", "İ", "ı", "ſ", "K", "Σ", "ας", "ǅ", "ª", "中", "文", "の", "カ", "ー", "가", "ᄀ",
        "ب", "א", "ก", "ำ",
                "अ", "ि", "\u0903", "１", "²", "①", "٣", "Ⅷ", "ⓐ", "😀", "👍🏽", "👨\u200d👩\u200d👧", "🇩🇪", "\u200d",
                    "\u00ad", "\u0345",
                "\ufeff", "\u2060", "\U00011f50", "\U0001e4f0", "\U00020000", "\ufffd", "\x00", "\x7f", "\u034f"],
    "marks": list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["...", "…", ". . .", "--", "—", "’", "“", "”", "。", "、",
        "！", "？", "・", "·",
                                                      "‧", "：", "．", "٫", "״", "׳"],
    "spaces": [" "] * 8 + ["  ", "\n", "\n", "\n\n", "\n\n\n", "\n \n", "\t", "\r\n", "\r", "\x0b", "\x0c", "\x1c",
        "\x1d", "\x1e", "\x1f", "\x85",
                           "\xa0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000", "\u200b"],
}


def odd_texts(count: int = 1000, seed: int = 1):
    """Texts that programs stumble over: fixed ones, then `count` made from odd parts by chance, many with repetition.
    They do not depend on anything but `count` and `seed`."""
    yield from ["", " ", "\n", "\n\n\n", "a", "the", ".", "…", "#", "\x00", "\u0301", "\u200d", "\ufeff",
        "\r\n\r\n", "\x85", "\u2028",
                "\xa0", "the of", "word " * 50, "the of and be " * 13, "the\n" * 60, "x" * 5000,
                    "the " + "x" * 1001 + " of", "[" * 300,
                "- a b c the of\n" * 60, "A\u030a " * 60, "中文" * 200, "カタカナ " * 60, "ภาษาไทย" * 60, "😀 " * 60,
                    "👍🏽" * 60]
    chance = random.Random(seed)
    pick = lambda kind: chance.choice(ODD_PARTS[kind])
    kinds = ["words"] * 8 + ["letters", "marks"]
    for _ in range(count):
        weights = chance.choice([["words"], ["words"], ["prose"], ["prose"], kinds, kinds, ["letters", "marks"],
            ["words", "marks"]])
        length = chance.choice([3, 20, 60, 120, 300])
        spaces = chance.choice([[" "], [" ", " ", " ", "\n"], [" ", "\n", "\n\n"], ODD_PARTS["spaces"]])
        parts = []
        while len(parts) < length:
            if parts and chance.random() < 0.05:
                run_length = chance.randrange(1, 40)
                start = chance.randrange(len(parts))
                parts += parts[start:start + run_length]
            parts.append(pick(chance.choice(weights)) + (chance.choice(spaces) if chance.random() < 0.85 else ""))
        yield "".join(parts)


class Differences:
    """Counts comparisons and shows the first few that differ."""

    def __init__(self, shown: int = 20):
        self.compared, self.differ, self.shown = 0, 0, shown

    def check(self, where: str, ours, theirs):
        self.compared += 1
        same = ours == theirs or (ours != ours and theirs != theirs)
        if not same:
            self.differ += 1
            if self.differ <= self.shown:
                print(f"{where}: gristmill {_short(ours)}, reference {_short(theirs)}")
        return same

    def summary(self, what: str) -> bool:
        print(f"{what}: {self.differ} differences in {self.compared} comparisons", flush=True)
        return self.differ == 0


def _short(value) -> str:
    text = repr(value)
    return text if len(text) < 400 else text[:200] + " … " + text[-200:]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("filter")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--gristmill")
    options = parser.parse_args()
    documents = list(read_documents(options.files, options.limit))
    for document, answer in zip(documents, judge(documents, options.filter, options.gristmill)):
        print(json.dumps({"id": document["id"], "verdict": answer.verdict, "rule": answer.rule, "also": answer.also,
                          "metrics": answer.metrics}))


if __name__ == "__main__":
    main()
