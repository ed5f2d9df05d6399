"""Small `tokenizer.json` files of many kinds: ids of gristmill against Python's `tokenizers`, and which engine gave them.

    pip install tokenizers
    cargo build --release --example encode_jsonl
    python tests/scripts/compare_families.py [FILES [SEED]]

Each file is put together at random: a model (byte-level BPE, BPE of characters with byte fallback, BPE with an unknown token, WordPiece,
Unigram, WordLevel), normalizers, pre-tokenizers and added tokens. They are trained on the words below and on the texts of the generator.
"""

import collections
import json
import os
import random
import sys
import tempfile

import tokenizers
from compare_tokenizers import OURS, ours, smallest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

TEXT = """The mill grinds the grain, and the miller's teeth grind; it's 12 o'clock, we'll see 3456 grains.
Die Mühle mahlt Mehl. Größe, Höhe, ÄÖÜ; \u00e9t\u00e9, e\u0301t\u0301e, na\u00efve caf\u00e9.
\u6c34\u8f66\u78e8\u9762\u7c89 \u6c34\u8f66 \u3060\u3044\u3059\u304d \ud55c\uad6d\uc5b4 \u0e17\u0e35\u0e48\u0e19\u0e35\u0e48 \u0438 \u041c\u0435\u043b\u044c\u043d\u0438\u0446\u0430 \u0939\u093f\u0928\u094d\u0926\u0940
def mill(grain):\n    return grain + 1  # flour\n\n\n        x = [1, 22, 333, 4444]
HTTP://example.org/a_b?c=d&e=1.5e-10 \U0001f44d\U0001f3fd \ufb01n \uff21\uff22 \u2460 \u00bd
"""
BITS = ["mill", " mill", "Mill", "MILL", " the", "the", "grain", " ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u3000", "\u2581", "\u2581\u2581", "\u0085", "1", "22", "333", "4444", "\u0663",
        "\u00bd", "\u2460", ".", ",", "!", "'s", "'S", "'ll", "'", "_", "-", "//", "\u00e9", "e\u0301", "\u0301", "\u00c9", "\u00df", "\u0130", "\u01c5", "\ufb01", "\uff21", "\u6c34\u8f66", "\u78e8", "\u3060", "\ud55c",
        "\u1112\u1161\u11ab", "\u0e17\u0e35\u0e48", "\u0939\u093f", "\u0416", "\U0001f44d\U0001f3fd", "\0", "\ufeff", "\u200b", "\u00ad", "\ufffd", "\U0010ffff", "\ue000", "<s>", "</s>", "<mask>", "[SEP]", "abc", "ABC", "a", "b", "<0x41>", "zq", "<|end|>"]


def texts(soup):
    yield from ("", " ", "\n", "a", TEXT, TEXT.upper(), "the " * 2000, "a" * 5000, " " * 3000, "\u6c34\u8f66" * 1500, "<s>", " <s> ", "x<mask> y", "  <mask>  <mask>", "abcabc abc")
    yield "".join(map(chr, [*range(0, 0x3000), *range(0xAC00, 0xAD00), *range(0xF900, 0x10000), *range(0x1F300, 0x1F700)]))
    for _ in range(250):
        yield "".join(soup.choice(BITS) for _ in range(soup.randrange(14)))


def some_normalizer(soup):
    single = {
        "nfc": normalizers.NFC, "nfd": normalizers.NFD, "nfkc": normalizers.NFKC, "nfkd": normalizers.NFKD, "lower": normalizers.Lowercase, "strip": normalizers.Strip,
        "accents": normalizers.StripAccents, "nmt": normalizers.Nmt, "bert": normalizers.BertNormalizer,
        "bert2": lambda: normalizers.BertNormalizer(lowercase=False, strip_accents=True, handle_chinese_chars=False),
        "replace": lambda: normalizers.Replace(" ", "\u2581"), "replace2": lambda: normalizers.Replace("mill", "abc"), "prepend": lambda: normalizers.Prepend("\u2581"),
        "regex": lambda: normalizers.Replace(tokenizers.Regex(" {2,}"), " "),
    }
    chosen = [single[soup.choice(list(single))]() for _ in range(soup.choice([0, 1, 1, 2, 3]))]
    if not chosen:
        return None
    return chosen[0] if len(chosen) == 1 and soup.random() < 0.5 else normalizers.Sequence(chosen)


CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
DEEPSEEK = (r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
            r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def some_pre(soup, kind):
    split = lambda regex, behavior="isolated", invert=False: pre_tokenizers.Split(tokenizers.Regex(regex), behavior, invert)
    if kind == "bytes":
        last = lambda regex: pre_tokenizers.ByteLevel(add_prefix_space=soup.random() < 0.2, use_regex=regex)
        return soup.choice([
            lambda: last(True), lambda: last(True), lambda: last(False),
            lambda: pre_tokenizers.Sequence([pre_tokenizers.Digits(True), last(True)]), lambda: pre_tokenizers.Sequence([pre_tokenizers.Digits(False), last(True)]),
            lambda: pre_tokenizers.Sequence([split(CL100K), last(False)]), lambda: pre_tokenizers.Sequence([split(CL100K, "removed", True), last(False)]),
            lambda: pre_tokenizers.Sequence([split(CL100K.replace("{1,3}", "")), last(False)]),
            lambda: pre_tokenizers.Sequence([split(r"\d{1,3}"), last(True)]), lambda: pre_tokenizers.Sequence([split(r"\p{N}{1,3}"), split(r"\p{L}+"), last(False)]),
            lambda: pre_tokenizers.Sequence([pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.Digits(True), last(True)]),
            lambda: pre_tokenizers.Sequence([pre_tokenizers.Split("\n", "isolated"), last(True)]), lambda: pre_tokenizers.Sequence([split(r"[\r\n]", "merged_with_previous"), last(True)]),
            lambda: pre_tokenizers.Sequence([split(r"(?=(\d{3})+(?!\d))"), last(True)]),
            lambda: pre_tokenizers.Sequence([split(r"\p{N}{1,3}"), split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"), split(DEEPSEEK), last(False)]),
            lambda: pre_tokenizers.Sequence([split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"), pre_tokenizers.Digits(True), last(False)]),
            lambda: pre_tokenizers.Sequence([split(CL100K.replace(r"\p{N}{1,3}", r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))")), last(False)]),
            lambda: pre_tokenizers.Sequence([split(r"\w+|[^\w\s]+", soup.choice(["removed", "merged_with_next", "contiguous"]), soup.random() < 0.5), last(False)]),
            lambda: pre_tokenizers.Sequence([pre_tokenizers.FixedLength(3), last(False)]), lambda: pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), last(False)]),
        ])()
    meta = lambda: pre_tokenizers.Metaspace(prepend_scheme=soup.choice(["always", "first", "never"]), split=soup.random() < 0.5)
    if kind in ("chars", "unigram"):
        return soup.choice([lambda: None, lambda: None, meta, meta, lambda: pre_tokenizers.Split(" ", "merged_with_previous"), lambda: pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), meta()]), lambda: pre_tokenizers.Sequence([pre_tokenizers.Digits(True), meta()])])()
    return soup.choice([pre_tokenizers.Whitespace, pre_tokenizers.WhitespaceSplit, pre_tokenizers.BertPreTokenizer, lambda: pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(True)]), lambda: pre_tokenizers.Punctuation("isolated"), meta])()


def some_file(soup):
    kind = soup.choice(["bytes", "bytes", "bytes", "chars", "chars", "chars", "unknown", "wordpiece", "unigram", "wordlevel"])
    specials = ["<unk>", "<s>", "</s>", "[UNK]", "[SEP]"][: soup.choice([1, 3, 5])] if kind != "bytes" else ["<|end|>"]
    unk = specials[0]
    if kind == "bytes":
        tokenizer = Tokenizer(models.BPE())
        trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    elif kind in ("chars", "unknown"):
        tokenizer = Tokenizer(models.BPE(unk_token=unk, fuse_unk=soup.random() < 0.5, byte_fallback=kind == "chars"))
        alphabet = [f"<0x{b:02X}>" for b in range(256)] if kind == "chars" else []
        trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=specials + alphabet, limit_alphabet=60, show_progress=False)
    elif kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token=unk, max_input_chars_per_word=100))
        trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=specials, show_progress=False)
    elif kind == "unigram":
        tokenizer = Tokenizer(models.Unigram())
        trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=specials, unk_token=unk, show_progress=False)
    else:
        tokenizer = Tokenizer(models.WordLevel(unk_token=unk))
        trainer = trainers.WordLevelTrainer(vocab_size=100, special_tokens=specials, show_progress=False)
    normalizer, pre = some_normalizer(soup), some_pre(soup, kind)
    if soup.random() < 0.4 and kind in ("bytes", "chars"):
        normalizer = soup.choice([None, normalizers.NFC()]) if kind == "bytes" else soup.choice([
            normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]), normalizers.Replace(" ", "\u2581"), None])
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre is not None:
        tokenizer.pre_tokenizer = pre
    tokenizer.train_from_iterator(TEXT.splitlines(keepends=True) * 2, trainer)
    data = json.loads(tokenizer.to_str())
    if kind == "chars":
        # Bytes are no special tokens in real files.
        data["added_tokens"] = [token for token in data["added_tokens"] if not token["content"].startswith("<0x")]
    size = len(data["model"]["vocab"])
    options = lambda **given: {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False, **given}
    flags = lambda: {flag: soup.random() < p for flag, p in (("single_word", 0.15), ("lstrip", 0.2), ("rstrip", 0.2), ("normalized", 0.5), ("special", 0.3))}
    for content in soup.sample(["<mask>", "abc", "  ", "\u00c9", "ABC", "zq", "\u2581\u2581", " the"], soup.choice([0, 1, 2, 3])):
        known = data["model"]["vocab"]
        if content not in (known if isinstance(known, dict) else [piece for piece, _ in known]):
            data["added_tokens"].append({"id": size, "content": content, **options(**flags())})
            size += 1
    return kind, data


def main(count, seed):
    engines, bad = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            soup = random.Random(f"{seed}-{number}")
            kind, data = some_file(soup)
            path = os.path.join(folder, "tokenizer.json")
            with open(path, "w", encoding="utf-8") as out:
                json.dump(data, out)
            tokenizer = Tokenizer.from_file(path)

            def encode(text):
                try:
                    return tokenizer.encode(text, add_special_tokens=False).ids
                except BaseException:  # It panics where one added token strips what another one has taken.
                    return None

            given = list(texts(soup))
            found = ours(path, given)
            if isinstance(found, str):
                engines[kind, found[:80]] += 1
                print(number, kind, found[:200])
                continue
            import subprocess
            timed = subprocess.run([OURS, "time", path], input=b'"a"\n', stdout=subprocess.PIPE).stdout
            engine = json.loads(timed)["engine"]
            engines[kind, engine] += 1
            wrong = [text for text, ids in zip(given, found) if encode(text) not in (ids, None)]
            bad += bool(wrong)
            if wrong:
                engines[kind, engine + " DIFFERENT"] += 1
                text = smallest(min(wrong, key=len)[:3000], lambda part: ours(path, [part])[0] != encode(part))
                parts = {key: data[key] for key in ("normalizer", "pre_tokenizer")}
                added = [t for t in data["added_tokens"] if t["content"] in text or t["normalized"]]
                print(number, kind, engine, len(wrong), "different:", repr(text), ours(path, [text])[0][:12], encode(text)[:12], json.dumps(parts)[:400], json.dumps(added)[:300], flush=True)
    for key, n in sorted(engines.items()):
        print(*key, n)
    return bad


if __name__ == "__main__":
    rest = [int(word) for word in sys.argv[1:]]
    sys.exit(main(rest[0] if rest else 100, rest[1] if len(rest) > 1 else 1) > 0)
