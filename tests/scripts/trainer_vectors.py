"""Writes the golden vectors of the trainer: merges and vocabulary of Hugging Face's `BpeTrainer` on the texts of
`src/tokenize/train/tests.rs`.

    pip install tokenizers==0.23.3
    python tests/scripts/trainer_vectors.py > tests/golden/tokenize/trainer.json
"""

import json
import os
import re

import tokenizers
from compare_tokenizers import PATTERNS
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = open(os.path.join(HERE, "../../src/tokenize/train/tests.rs"), encoding="utf-8").read()
TEXTS = [json.loads(text) for text in re.findall(r'^    (".*"),$', SOURCE.split("];")[0], re.M)]
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
found = {"provenance": f"tokenizers {tokenizers.__version__}, tests/scripts/trainer_vectors.py"}
for name, regex in (("gpt2", None), ("cl100k", CL100K), ("o200k", PATTERNS["o200k"])):
    tokenizer = Tokenizer(models.BPE())
    last = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex is None)
    split = lambda: pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), "isolated"), last])
    tokenizer.pre_tokenizer = last if regex is None else split()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<|endoftext|>", "<|pad|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    model = json.loads(tokenizer.to_str())["model"]
    found[name] = {"merges": model["merges"], "vocab": model["vocab"]}
print(json.dumps(found, separators=(",", ":")))
