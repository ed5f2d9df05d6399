"""Trains tokenizer.json, a byte-level BPE in the style of GPT-2, on the sample texts only."""

import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from build_docs import documents, papers
from build_web import pages
from core import ROOT

VOCABULARY = 8000


def texts():
    seen = set()
    for text in [page.text for page in pages()] + [row["text"] for row in documents()] + [row["body"] for row in papers()]:
        if text and text not in seen:
            seen.add(text)
            yield text


def build():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(texts(), trainer)
    tokenizer.save(str(ROOT / "tokenizer.json"), pretty=False)
    return tokenizer.get_vocab_size()


if __name__ == "__main__":
    print(build())
