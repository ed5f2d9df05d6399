#!/usr/bin/env python3
"""Compares the C4 family with the programs that it reproduces: verdict, reason and text of every document.

Needs: pip install datatrove==0.10 spacy nltk pyarrow zstandard
and two copies of tensorflow_datasets/text/c4_utils.py, taken out of the wheels of tensorflow-datasets 3.2.1 and 4.9.10
(they are run with stubs in place of TensorFlow), lists of bad words (LDNOOBW: one file per language), and a gristmill
binary.

  compare_c4.py --gristmill BIN --old OLD_C4_UTILS --new NEW_C4_UTILS --badwords FOLDER --work DIR \\
      --punkt FOLDER --jsonl FILE...

--punkt FOLDER names NLTK data with tokenizers/punkt_tab. Without it the reference counts sentences by datatrove's
splitter, and the sentence rule of c4@c4-utils differs on a few documents in a thousand.
"""

import argparse
import collections
import io
import json
import pathlib
import random
import shutil
import subprocess
import sys
import types

LANGUAGES = ["en", "de", "fr", "es", "ja", "zh", "th", "ru", "pt", "it"]

# Texts of our own; WORD becomes a word of the list.
NASTY = [
    "",
    "\n",
    " ",
    "one",
    "\n\n\n",
    "The WORD came home today.",
    "WORD",
    "WORD.",
    "a WORD",
    " WORD ",
    "aWORD",
    "WORDs here.",
    "éWORDé is what they said once.",
    "It was 9WORD9 that came home.",
    "It was a_WORD_b that came home.",
    "x\nWORD\ny",
    "The first man came home. The second man went away.\nThen the third man stayed WORD.",
    "WORD the first man came home. The second man went away.\nThen the third man stayed on.",
    "The first man came home. The WORD man went away.\nThen the third man stayed on.",
    "The first WORD came home without end mark\nThe first man came home. The second man went away. The third stayed.",
    "The first WORD came home.\nHere is lorem ipsum once again.",
    "Here is lorem ipsum once again.\nThe first WORD came home.",
    "Here the lorem ipsum WORD is.",
    "Here the { WORD is once again.\nThe first man came home today.",
    "Please enable JavaScript { WORD here.\nThe first man came home. The second man went away. The third stayed.",
    "We use cookies and WORD here too.\nThe first man came home. The second man went away. The third stayed.",
    "The man came home.[1] [2]\nThe man came home [citation needed] today.\nText that ends in a mark. [3]\nAnd [edit] one more line here.",
    "He said 'I will stay at home.'\n\"I will stay at home,\" he said.\nAnd so on and so on...\nWhat is it then?!",
    "A line ends here now.\rAnother line ends here now.\r\nA third line ends here now.\x85A fourth line ends here now.\u2028Fifth line ends here too.",
    "\u00a0 The first man came home.\u00a0\u3000\nThe second man went away now.\x1c The third man came home.",
    "Wörter mit Umlauten ohne Ende sind keine Zeilen.\nEine zweite Zeile hat fünf Wörter.\nUnd eine dritte Zeile hat sie auch.",
    "x" * 1001 + " is one long word here.\n" + "x" * 1000 + " is one long word here.",
    "The same man came home again.\n" * 7000,
    ("a" * 199 + "\n") * 3,
    ("a" * 200 + "\n") * 3,
    ("é" * 200 + "\n") * 3,
    ("a" * 200 + "\n") * 2 + "a" * 199,
    ("a" * 200 + "\r") * 3,
    ("a" * 200 + "\n") * 2,
    "\n".join(["a" * 300, "", "b" * 200, "c", "d" * 201]),
    "K\u212aELVIN javascr\u0130pt use coo\u212aies is what they said.\nUSE COO\u212aIES they said to us all.",
    "Dr. Smith went to Washington, D.C. at 5 p.m. yesterday. He came back. He left.",
    "Is that so?Yes it is! No. No... Maybe.\nTell me more about it, e.g. now.\nThat is all for today, folks.",
]

OWN_LISTS = {
    "en": ["zonk", "big zonk", "Grumbo"],
    "de": ["größlich", "zonk"],
    "ja": ["ぞんく", "sm"],
    "zh": ["坏蛋", "性"],
}


def stubs():
    """Stand-ins for what c4_utils imports and does not need."""
    anything = types.SimpleNamespace

    class Counter:
        def inc(self, amount):
            pass

    metrics = anything(Metrics=anything(counter=lambda namespace, name: Counter()))
    tf = anything(compat=anything(as_text=lambda text: text), io=anything(gfile=anything(GFile=open)))
    lazy = anything(apache_beam=anything(metrics=metrics), nltk=None, langdetect=None, tldextract=None, gcld3=None)
    modules = {
        "absl": {"logging": anything(info=print)},
        "tensorflow": tf.__dict__,
        "tensorflow_datasets": {},
        "tensorflow_datasets.public_api": {"core": anything(lazy_imports=lazy)},
        "tensorflow_datasets.core": {},
        "tensorflow_datasets.core.utils": {},
        "tensorflow_datasets.core.utils.lazy_imports_utils": {"tensorflow": tf},
        "tensorflow.compat": {"v2": tf},
        "tensorflow.compat.v2": tf.__dict__,
    }
    for name, content in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module
    sys.modules["tensorflow_datasets"].public_api = sys.modules["tensorflow_datasets.public_api"]
    sys.modules["tensorflow"].compat = types.SimpleNamespace(v2=tf, as_text=lambda text: text)


def load(path, sentences):
    module = types.ModuleType("c4_utils_" + str(abs(hash(path))))
    sys.modules[module.__name__] = module
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), module.__dict__)
    module._get_sentences = sentences
    return module


def sentence_splitter(punkt):
    if punkt:
        import nltk

        nltk.data.path.insert(0, punkt)
        tokenizer = nltk.tokenize.PunktTokenizer("english")
        return tokenizer.tokenize
    from datatrove.utils.text import split_into_sentences

    return lambda text: split_into_sentences(text, "eng")


def documents(args):
    random.seed(3)
    out = []
    words = {}
    for language in LANGUAGES:
        path = pathlib.Path(args.badwords) / language
        words[language] = [line.strip() for line in open(path, encoding="utf-8")]
    for language in LANGUAGES:
        for word in random.sample(words[language], min(4, len(words[language]))):
            out += [(language, text.replace("WORD", word)) for text in NASTY]
    for path in args.jsonl:
        import zstandard

        stream = zstandard.ZstdDecompressor().stream_reader(open(path, "rb"))
        texts = [json.loads(line)["text"] for line in io.TextIOWrapper(stream, "utf-8")]
        texts = random.sample(texts, args.most) if len(texts) > args.most else texts
        out += [(random.choice(LANGUAGES), text[:300_000]) for text in texts]
    # Real text with a bad word in it, at a random word.
    for language, text in random.sample(out, min(len(out), 600)):
        parts = text.split(" ")
        parts.insert(random.randrange(len(parts) + 1), random.choice(words[language]).upper())
        out.append((language, " ".join(parts)))
    return out


def own_documents():
    words = {"en": ["zonk", "big zonk"], "de": ["größlich"], "ja": ["ぞんく", "sm"], "zh": ["坏蛋", "性"]}
    short = [text for text in NASTY if len(text) < 700]
    return [
        (language, text.replace("WORD", word))
        for language in words
        for word in words[language]
        for text in short
        if "WORD" in text or word == "zonk"
    ]


def write_golden(args, documents):
    results = references(args, documents)
    cases = []
    for number, (language, text) in enumerate(documents):
        got = {
            name: [reason, None if reason or after == text else after]
            for name, (reason, after) in ((name, found[number]) for name, found in results.items())
        }
        cases.append({"language": language, "text": text, "results": got})
    sentences = "NLTK punkt" if args.punkt else "datatrove's splitter (spaCy 3.8) in place of NLTK punkt"
    golden = {
        "made-by": f"tests/scripts/compare_c4.py --golden; c4_utils.py of tensorflow-datasets 3.2.1 and 4.9.10 with {sentences}, "
        "datatrove 0.10",
        "lists": OWN_LISTS,
        "cases": cases,
    }
    text = json.dumps(golden, ensure_ascii=False, indent=None).replace('{"language"', '\n{"language"')
    pathlib.Path(args.golden).write_text(text + "\n", encoding="utf-8")


def c4_old(module, badwords, language, text):
    counters = []
    if len(text) > 1.9e5:
        return "filtered-page-contenttoolong", None
    clean = module.get_clean_page_fn(badwords)
    pages = list(clean(("url", {"text": text}), counter_inc_fn=counters.append))
    return (None, pages[0][1]["text"]) if pages else (next(c for c in counters if c.startswith("filtered-page")), None)


def references(args, documents):
    """Verdict and text of each document, by filter."""
    stubs()
    sentences = sentence_splitter(args.punkt)
    old, new = load(args.old, sentences), load(args.new, sentences)
    folder = pathlib.Path(args.badwords)
    lists = {code: [line.strip() for line in open(folder / code, encoding="utf-8")] for code in LANGUAGES}
    allowed = {"ja": {"sm", "グロ", "女の子"}, "zh": {"性"}}
    sets = {code: set(words) - allowed.get(code, set()) for code, words in lists.items()}
    bad_new = new.get_badwords_filter_fn(sets)
    from datatrove.data import Document
    from datatrove.pipeline.filters import c4_filters

    c4_filters.cached_asset_path_or_download = lambda url, **_: str(folder / url.rsplit("/", 1)[1])
    bad_datatrove, paragraphs = c4_filters.C4BadWordsFilter(), c4_filters.C4ParagraphFilter()

    def trove(step, language, text):
        result = step.filter(Document(text=text, id="x", metadata={"language": language}))
        return None if result is True else result[1]

    out = collections.defaultdict(list)
    for language, text in documents:
        page = new.PageFeatures(text=text, language=language, url="u", normalized_url="u")
        out["c4@c4-utils"].append(c4_old(old, lists["en"], language, text))
        out["mc4-paragraphs@c4-utils"].append(
            (None if new.paragraph_filter(page) else "paragraph-filter:filtered", text)
        )
        out["c4-paragraph@datatrove-0.10"].append((trove(paragraphs, language, text), text))
        out["c4-badwords@c4-utils"].append((None if bad_new(page) else "badwords-filter:filtered", text))
        out["c4-badwords@datatrove-0.10"].append((trove(bad_datatrove, language, text), text))
    return out


REASONS = {
    "c4@c4-utils": {
        "too-long": "filtered-page-contenttoolong",
        "lorem-ipsum": "filtered-page-loremipsum",
        "curly-bracket": "filtered-page-squigglybracket",
        "bad-word": "filtered-page-badword",
        "too-few-sentences": "filtered-page-toofewsentences",
    },
    "mc4-paragraphs@c4-utils": {"too-few-paragraphs": "paragraph-filter:filtered"},
    "c4-paragraph@datatrove-0.10": {"too-few-paragraphs": "< 3 paragraphs"},
    "c4-badwords@c4-utils": {"bad-word": "badwords-filter:filtered"},
    "c4-badwords@datatrove-0.10": {"bad-word": "document_removed_with_badwords"},
}


def ours(args, name, documents):
    """The same from gristmill: one source for each language, whose filter gets that language's list for any."""
    folder = pathlib.Path(args.work)
    lists = pathlib.Path(args.badwords).resolve()
    needs_list = "paragraph" not in name
    one_list = name == "c4@c4-utils"
    config = ["version = 1"]
    for language in ["en"] if one_list or not needs_list else LANGUAGES:
        chosen = [
            (n, text) for n, (code, text) in enumerate(documents) if code == language or one_list or not needs_list
        ]
        with open(folder / f"{language}.jsonl", "w", encoding="utf-8") as file:
            for number, text in chosen:
                file.write(json.dumps({"id": str(number), "text": text}) + "\n")
        given = f', lists = {{ bad-words = {{ any = "{lists}/{language}" }} }}' if needs_list else ""
        if language in ("ja", "th", "zh"):
            # A list for any language has borders; these have none, so the filter must know the language.
            own = folder / f"{name.split('@')[0]}-{name.split('@')[1]}-{language}.toml"
            text = subprocess.run(
                [args.gristmill, "filters", "show", name], check=True, capture_output=True, text=True
            ).stdout
            head = text.split("[[example]]", 1)[0]
            lines = [
                line for line in head.splitlines() if line != f'name = "{name}"' and not line.startswith("language = ")
            ]
            own.write_text(f'name = "{name}"\nlanguage = "{language}"\n' + "\n".join(lines) + "\n", encoding="utf-8")
            step = f'{{ path = "{own.resolve()}", lists = {{ bad-words = {{ {language} = "{lists}/{language}" }} }} }}'
        else:
            step = f'{{ name = "{name}"{given} }}'
        config += [f'[[source]]\nname = "{language}"\npaths = ["{language}.jsonl"]\n[[source.step]]\nfilter = {step}']
    config.append('[output]\ndir = "out"\ntokens = "none"\n[limits.record]\nbytes = "64MiB"\n')
    path = folder / "config.toml"
    path.write_text("\n".join(config), encoding="utf-8")
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run([args.gristmill, "run", str(path), "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
    import pyarrow.parquet

    rules, texts = {}, {}
    for file in sorted((out / "ledger").glob("*.parquet")):
        for row in pyarrow.parquet.read_table(file, columns=["source_id", "id", "rule"]).to_pylist():
            rules[int(row["source_id"])] = (row["rule"] and row["rule"].split("/", 1)[1], row["id"])
    for file in sorted((out / "documents").glob("*.parquet")):
        texts.update(
            {row["id"]: row["text"] for row in pyarrow.parquet.read_table(file, columns=["id", "text"]).to_pylist()}
        )
    return {number: (REASONS[name].get(rule, rule), texts.get(id)) for number, (rule, id) in rules.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for required in ("gristmill", "old", "new", "work"):
        parser.add_argument(f"--{required}", required=True)
    parser.add_argument("--badwords", help="folder with a list for each language; without it, lists of this script")
    parser.add_argument("--jsonl", nargs="*", default=[])
    parser.add_argument("--punkt", help="NLTK data with tokenizers/punkt_tab")
    parser.add_argument("--golden", help="write this script's own documents with the references' verdicts here")
    parser.add_argument("--most", type=int, default=300, help="documents taken of each file")
    args = parser.parse_args()
    pathlib.Path(args.work).mkdir(parents=True, exist_ok=True)
    if not args.badwords:
        args.badwords = str(pathlib.Path(args.work) / "lists")
        pathlib.Path(args.badwords).mkdir(exist_ok=True)
        for language in LANGUAGES:
            text = "\n".join(OWN_LISTS.get(language, ["zonk"])) + "\n"
            (pathlib.Path(args.badwords) / language).write_text(text, encoding="utf-8")
    all_documents = own_documents() if args.golden else documents(args)
    if args.golden:
        write_golden(args, all_documents)
    worst = 0
    for name, expected in references(args, all_documents).items():
        found = ours(args, name, all_documents)
        # Empty documents come through as they are; gristmill's readers set none aside.
        different = []
        for number, (language, text) in enumerate(all_documents):
            reason, after = expected[number]
            got = found.get(number)
            if got is None or got[0] != reason or (reason is None and got[1] != after):
                different.append((language, text, (reason, after), got))
        counts = collections.Counter(reason for reason, _ in expected)
        print(f"{name}: {len(all_documents)} documents, {len(different)} differences; {dict(counts)}")
        for language, text, reference, got in different[:8]:
            print(f"  {language} {text[:150]!r}: reference {str(reference)[:150]}, ours {str(got)[:150]}")
        worst += len(different)
    sys.exit(1 if worst else 0)


if __name__ == "__main__":
    main()
