"""Token ids and speed of gristmill beside the public tokenizers, over the same texts.

    pip install tokenizers tiktoken sentencepiece fastokens gigatoken zstandard
    cargo build --release --example encode_jsonl
    GRISTMILL_DATA=... python tests/scripts/compare_tokenizers.py ids MODEL.model|tokenizer.json|FILE.tiktoken ...
    GRISTMILL_DATA=... python tests/scripts/compare_tokenizers.py time [MEGABYTES] [FILE ...]

`ids` compares every id with `sentencepiece` (`.model`), `tokenizers` (`tokenizer.json`) or `tiktoken` (rank files) over documents
of `8-corpus` (every STEP-th, environment variable, 1 is all) and generated texts. `time` measures MB of text per CPU second of one
thread on English, multilingual text and code, each program in a fresh process: the first pass, and the best of PASSES
(environment variable; 3) later passes over the same texts; and says whether all ids are equal.
"""

import hashlib
import io
import json
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time

OURS = os.environ.get("ENCODE_JSONL", "target/release/examples/encode_jsonl")
DATA = os.environ.get("GRISTMILL_DATA", "")
KINDS = {
    "english": ["classic-books-a", "spamassassin-a"],
    "multilingual": ["tldr", "aozora-a", "thaigov-a", "masakhane-a", "tensorflow-docs-l10n"],
    "code": ["learnxinyminutes", "powershell-docs"],
}


def documents(name, limit=None, step=1):
    import zstandard

    size = 0
    with open(f"{DATA}/8-corpus/{name}.jsonl.zst", "rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        for number, line in enumerate(lines):
            if number % step:
                continue
            text = json.loads(line)["text"]
            size += len(text.encode())
            yield text
            if limit and size > limit:
                return


def generated():
    everything = "".join(map(chr, [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]))
    yield from ("", " ", "a", "\0", "\n", "  ", "\u2581", " \u2581 ", "a\0b", "\u00a0", "\u3000x", "a ", " a", "  a  b  ")
    yield from (everything[at : at + 20000] for at in range(0, 0x32000, 20000))
    yield from (" ".join(everything[at : at + 5000]) for at in range(0, 0x32000, 5000))
    for unit in ("a", " ", "\n", "\u2581", "\u0e01", "\u6f22", "e\u0301", "\U0001f44d\U0001f3fd", "ab ", "\0", "Aa"):
        yield unit * (1 << 16)
    yield "a" * (1 << 20)
    yield "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea\U0001f3f4\U000e0067\U000e007f \u2764\ufe0f" * 50
    yield "\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48 \u0e01\u0e47 \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22" * 50
    bits = [" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2581", "\u2581\u2581", "a", "b", "ab", "abc", "foo bar", "<u1>", "<s>", "</s>",
            "<unk>", "<0x41>", "<ctl>", "<sep>", "<cls>", "the", "The", " the", "'s", "1", "12", "345", "\u0663", "\u00bd", ".", "//", "\u00e9", "e\u0301", "\u0301",
            "\u01c5", "\u00df", "\u0436", "\u3060", "\u6f22\u5b57", "\ud55c\uad6d", "\u4f60\u597d", "\u0e01\u0e47", "\u0939\u093f\u0928\u094d\u0926\u0940", "\U0001f44d\U0001f3fd", "\0", "\ufeff", "\uff21\uff22", "\ufb01",
            "\u2460", "\u200b", "\u00ad", "\u0085", "\u2028", "\U0010ffff", "\ue000", "_", "return", "<|endoftext|>", "<mask>", "\ufffd", "\u1e9b\u0323"]
    soup = random.Random(1)
    for _ in range(6000):
        yield "".join(soup.choice(bits) for _ in range(soup.randrange(16)))


def peer_encode(file):
    if ".model" in os.path.basename(file):
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=file).encode, "sentencepiece " + sentencepiece.__version__
    if file.endswith(".tiktoken"):
        encoding = tiktoken_encoding(file)
        return lambda text: encoding.encode(text, allowed_special="all"), "tiktoken"
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(file)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    return encode, "tokenizers " + tokenizers.__version__


PATTERNS = {
    "gpt2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": "|".join([
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"]),
}


def pattern_of(file):
    name = os.path.basename(file)
    return "o200k" if "o200k" in name else "cl100k" if "cl100k" in name or "llama" in name else "gpt2"


def tiktoken_encoding(file):
    import base64

    import tiktoken

    ranks = {}
    for line in open(file, "rb"):
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    special = {"<|endoftext|>": {"gpt2": 50256, "cl100k": 100257, "o200k": 199999}[pattern_of(file)]}
    if "llama" in os.path.basename(file):
        special = {}
        ranks = {token: rank for token, rank in ranks.items() if rank < 128000}
    return tiktoken.Encoding("x", pat_str=PATTERNS[pattern_of(file)], mergeable_ranks=ranks, special_tokens=special)


def ours(file, texts):
    data = "".join(json.dumps(text) + "\n" for text in texts).encode()
    done = subprocess.run([OURS, "ids", file], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        return done.stdout.decode().strip() if done.returncode == 2 else f"failed with {done.returncode}: {done.stderr.decode().strip().splitlines()[:2]}"
    at, found = 0, []
    while at < len(done.stdout):
        (n,) = struct.unpack_from("<I", done.stdout, at)
        found.append(list(struct.unpack_from(f"<{n}I", done.stdout, at + 4)))
        at += 4 + 4 * n
    return found


def smallest(text, differs):
    step = len(text) // 2
    while step:
        at = 0
        while at + step <= len(text) and len(text) < 4000:
            rest = text[:at] + text[at + step :]
            if differs(rest):
                text = rest
            else:
                at += step
        step //= 2
    return text


def compare(files):
    step = int(os.environ.get("STEP", "40"))
    texts = list(generated())
    for names in KINDS.values():
        for name in names:
            texts += documents(name, step=step)
    print(len(texts), "texts,", sum(len(text.encode()) for text in texts) // 1000, "kB")
    bad = 0
    for file in files:
        encode, peer = peer_encode(file)
        start = time.process_time()
        expected = [encode(text) for text in texts]
        took = time.process_time() - start
        found = ours(file, texts)
        if isinstance(found, str):
            print(file, found)
            continue
        wrong = [i for i, (a, b) in enumerate(zip(found, expected)) if a != b]
        print(f"{file}: {len(texts) - len(wrong)} equal, {len(wrong)} different from {peer} ({took:.1f} s)", flush=True)
        bad += len(wrong)
        for i in wrong[:3]:
            text = texts[i]
            if len(text) < 3000:
                text = smallest(text, lambda part: ours(file, [part])[0] != encode(part))
            print("   ", repr(text[:200]), ours(file, [text])[0][:20], encode(text)[:20])
    return bad


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def child(peer, file, source):
    """One peer in a process of its own: prints load, cold and hot seconds, tokens and a hash of all ids."""
    texts = [json.loads(line) for line in open(source, encoding="utf-8")]
    before = cpu()
    if peer == "tokenizers":
        import tokenizers

        tokenizer = tokenizers.Tokenizer.from_file(file)
        encode = lambda texts: [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    elif peer == "tiktoken":
        encoding = tiktoken_encoding(file)
        encode = lambda texts: [encoding.encode_ordinary(text) for text in texts]
    elif peer == "sentencepiece":
        import sentencepiece

        processor = sentencepiece.SentencePieceProcessor(model_file=file)
        encode = lambda texts: [processor.encode(text) for text in texts]
    elif peer == "fastokens":
        import fastokens

        tokenizer = fastokens.Tokenizer.from_file(file)
        encode = lambda texts: [list(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]
    elif peer == "gigatoken":
        import gigatoken

        tokenizer = gigatoken.Tokenizer(file)
        encode = lambda texts: tokenizer.encode_batch(texts)
    load = cpu() - before
    before = cpu()
    found = encode(texts)
    cold = cpu() - before
    rows = [list(map(int, row)) for row in (found.to_list() if hasattr(found, "to_list") else found)]
    digest = hashlib.sha256(b"".join(struct.pack(f"<I{len(row)}I", len(row), *row) for row in rows)).hexdigest()
    del found
    hot = []
    for _ in range(int(os.environ.get("PASSES", "3"))):
        before = cpu()
        encode(texts)
        hot.append(cpu() - before)
    print(json.dumps({"load": load, "cold": cold, "hot": min(hot), "tokens": sum(map(len, rows)), "digest": digest}))


def timing(megabytes, files):
    peers = os.environ.get("PEERS", "tokenizers tiktoken sentencepiece fastokens gigatoken").split()
    os.environ.update(FASTOKENS_BPE_THREADS="1", RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
    print(f"{'':64} {'cold':>7} {'hot':>7}   MB per CPU second")
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            for kind, names in KINDS.items():
                source = f"{folder}/{kind}.jsonl"
                if not os.path.exists(source):
                    texts = [t for name in names for t in documents(name, megabytes * 1_000_000 // len(names))]
                    with open(source, "w", encoding="utf-8") as out:
                        out.writelines(json.dumps(text) + "\n" for text in texts)
                size = sum(len(json.loads(line).encode()) for line in open(source)) / 1e6
                digests = {}
                with open(source, "rb") as given:
                    done = subprocess.run([OURS, "time", file], stdin=given, stdout=subprocess.PIPE)
                with open(source, "rb") as given:
                    output = subprocess.run([OURS, "ids", file], stdin=given, stdout=subprocess.PIPE).stdout
                rows = [("gristmill", json.loads(done.stdout))] if not done.returncode else []
                digests["gristmill"] = hashlib.sha256(output).hexdigest()
                for peer in peers:
                    fits = {"tokenizers": ".json", "tiktoken": ".tiktoken", "sentencepiece": ".model", "fastokens": ".json", "gigatoken": ".json"}
                    if not file.endswith(fits[peer]) and not (peer == "sentencepiece" and ".model" in file):
                        continue
                    run = subprocess.run([sys.executable, __file__, "child", peer, file, source], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    if run.returncode:
                        print(f"    {peer}: {run.stderr.decode().strip().splitlines()[-1][:150]}")
                        continue
                    row = json.loads(run.stdout)
                    digests[peer] = row["digest"]
                    rows.append((peer, row))
                label = os.sep.join(file.split(os.sep)[-2:])
                for peer, row in rows:
                    equal = "" if peer == "gristmill" else ("equal" if digests[peer] == digests["gristmill"] else f"DIFFERENT ({row['tokens']} tokens)")
                    print(f"{label[-40:] + ' ' + kind + ' ' + peer:64} {size / row['cold']:7.1f} {size / row['hot']:7.1f}   load {row['load']:.2f} s {equal}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ids", *files]:
            sys.exit(compare(files) > 0)
        case ["time", *rest]:
            size = int(rest[0]) if rest and rest[0].isdigit() else 10
            timing(size, [file for file in rest if not file.isdigit()])
        case ["child", peer, file, source]:
            child(peer, file, source)
        case _:
            print(__doc__)
