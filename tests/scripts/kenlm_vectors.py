"""Models and scores of KenLM, for the tests of `classify::kenlm`: tests/golden/kenlm.

    tests/scripts/setup_kenlm.sh FOLDER SOURCE
    FOLDER/venv/bin/python tests/scripts/kenlm_vectors.py FOLDER CC_NET tests/golden/kenlm

CC_NET is a checkout of facebookresearch/cc_net (vectors: commit bda555b).

The corpus is sentences of this project's ARCHITECTURE.md, as they stand in corpus.txt. `lmplz` makes the models, `build_binary` their
binary forms, and the Python module scores: per word log10, length of the n-gram that was found, and whether the word is unknown; the
totals with and without beginning and end; the perplexity. `ccnet.json` holds the perplexities that CCNet's steps give to documents:
its `normalize`, SentencePiece, KenLM, one decimal.
"""

import json
import pathlib
import subprocess
import sys

import kenlm
import sentencepiece

SENTENCES = [
    "the ledger is a tally .",
    "metrics are code , rules are data .",
    "a unit is computed whole , sealed , resumed , and one day sent to another machine .",
    "nobody wrote this sentence in the corpus",
    "an unknown wörd between known ones : the run is sealed .",
    "",
    "one",
    "<s> the run </s>",
    "<unk> the <unk>",
    "the  run\tis \u00a0sealed\u3000whole",
    "of the of the of the of the",
]

KINDS = {
    "probing": ["probing"],
    "probing-1.1": ["-p", "1.1", "probing"],
    "trie": ["trie"],
    "trie-q8": ["-q", "8", "-b", "7", "trie"],
    "trie-a": ["-a", "22", "trie"],
    "trie-qa": ["-q", "6", "-b", "5", "-a", "64", "trie"],
}


DOCUMENTS = [
    "The ledger is a tally.\nMetrics are code, rules are data.",
    "The run is sealed \u2013 \u201cwhole\u201d\u2026 in 2026!\n\nA unit, \u00e9t\u00e9 \u00e0 la meule.",
    "GRIND THE GRAIN (12 mills): the miller's stone turns; the grain turns to flour \U0001f44d\u6c49\u5b57 and flour",
    "\u78e8\u574a\u3002\uff11\uff12 \u9762\u7c89\uff08\u6c34\u8f66\uff09\n\ufffdx",
    "\n \n",
    "",
    "\u0001",
    "the the the the the the the the\tthe\u00a0the\r\nthe",
]


def document_scores(model, pieces, normalize):
    """As the classes `DocLM` of cc_net.perplexity and `KenlmModel` of data-juicer compute it; without `pandas`, which they import."""
    def perplexity(lines):
        log_score, length = 0, 0
        for line in lines:
            log_score += model.score(line)
            length += len(line.split()) + 1
        return round(10.0 ** (-log_score / length), 1)

    def tokenized(text):
        return " ".join(pieces.encode_as_pieces(text))

    out = []
    for text in DOCUMENTS:
        whole = tokenized(normalize(text))
        out.append(
            {
                "text": text,
                "ccnet": perplexity(whole.split("\n")) if whole else None,
                "plain": perplexity(tokenized(text).split("\n")) if text else None,
                "words": {
                    "ccnet": perplexity([normalize(text)]) if normalize(text) else None,
                    "ccnet-lines": perplexity([normalize(line) for line in text.split("\n")]) if text else None,
                    "plain": perplexity(text.split("\n")) if text else None,
                },
            }
        )
    return out


def scores(path):
    model = kenlm.Model(str(path))
    out = []
    for text in SENTENCES:
        out.append(
            {
                "text": text,
                "words": list(model.full_scores(text, bos=True, eos=True)),
                "bare": list(model.full_scores(text, bos=False, eos=False)),
                "totals": [model.score(text, bos=b, eos=e) for b in (True, False) for e in (True, False)],
                "perplexity": model.perplexity(text),
            }
        )
    return {"order": model.order, "sentences": out}


def gaps(arpa, out):
    """The model without some of the bigrams and trigrams that longer n-grams end with, as other programs prune."""
    sections, name = {}, None
    for line in arpa.read_text().splitlines():
        if line.startswith("\\") and line.endswith("-grams:"):
            name = int(line[1:-7])
            sections[name] = []
        elif line.startswith("\\"):
            name = None
        elif name and line:
            sections[name].append(line)
    contexts = {tuple(line.split("\t")[1].split()[:-1]) for n in sections for line in sections[n]}
    for n in (2, 3):
        free = [line for line in sections[n] if tuple(line.split("\t")[1].split()) not in contexts]
        gone = set(free)
        sections[n] = [line for line in sections[n] if line not in gone]
    with open(out, "w") as file:
        file.write("\\data\\\n" + "".join(f"ngram {n}={len(sections[n])}\n" for n in sections))
        for n in sections:
            file.write(f"\n\\{n}-grams:\n" + "".join(line + "\n" for line in sections[n]))
        file.write("\n\\end\\\n")


def main():
    tools, cc_net, folder = map(pathlib.Path, sys.argv[1:])
    sys.path.insert(0, str(cc_net / "cc_net"))
    from text_normalizer import normalize

    corpus = (folder / "corpus.txt").read_bytes()
    made = {
        "order4": ["-o", "4", "--prune", "0", "0", "0", "1", "--discount_fallback"],
        "order2": ["-o", "2", "--discount_fallback"],
        "order5": ["-o", "5", "--discount_fallback"],
    }
    for name, options in made.items():
        text = b"\n".join(corpus.splitlines()[: 20 if name == "order5" else 60]) + b"\n"
        arpa = subprocess.run([tools / "bin/lmplz", "-S", "100M", *options], input=text, capture_output=True, check=True).stdout
        (folder / f"{name}.arpa").write_bytes(arpa)
    gaps(folder / "order5.arpa", folder / "gaps.arpa")
    for kind, options in KINDS.items():
        command = [tools / "bin/build_binary", *options, folder / "order4.arpa", folder / f"{kind}.bin"]
        subprocess.run(command, check=True, capture_output=True)
    subprocess.run([tools / "bin/build_binary", "trie", folder / "order2.arpa", folder / "order2.bin"], check=True, capture_output=True)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "../tokenize/unigram-rules.model"))
    text = "\n".join(" ".join(pieces.encode_as_pieces(line)) for line in [*corpus.decode().splitlines(), *DOCUMENTS[2:4]])
    command = [tools / "bin/lmplz", "-S", "100M", "-o", "3", "--prune", "0", "1", "--discount_fallback"]
    arpa = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    (folder / "pieces.arpa").write_bytes(arpa)
    model = kenlm.Model(str(folder / "pieces.arpa"))
    documents = document_scores(model, pieces, normalize)
    words = document_scores(kenlm.Model(str(folder / "trie.bin")), pieces, normalize)
    for document, other in zip(documents, words):
        document["words"] = other["words"]
    (folder / "ccnet.json").write_text(json.dumps(documents, indent=1) + "\n")
    files = sorted([*folder.glob("*.arpa"), *folder.glob("*.bin")])
    vectors = {path.name: scores(path) for path in files}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(vectors[name])}" for name in vectors)
    (folder / "scores.json").write_text("{" + lines + "}\n")


main()
