"""Trains a tiny GPT for a few steps on CPU from the token shards of a run, whatever their form, and fails unless the loss falls
well below that of guessing. Set up with setup_trainers.sh; run as: PYTHONPATH=DIR python3 train_tiny.py RUN
"""

import argparse
import glob
import json
import math
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def tokens_of(run):
    load = lambda name: json.load(open(os.path.join(run, name)))
    output, stats = load("plan.json")["output"], load("stats.json")
    form = output["tokens"]
    dtype = np.uint16 if stats["vocab_size"] <= 1 << 16 else np.uint32
    shards = [os.path.join(run, "tokens", shard["name"]) for shard in stats["shards"]]
    train = [path for path in shards if "validation" not in os.path.basename(path)]
    if form == "megatron":
        from megatron.core.datasets.indexed_dataset import IndexedDataset

        # Copies: the dataset unmaps its file when it goes, whoever still looks into it.
        read = lambda path: np.concatenate([dataset[i].copy() for dataset in [IndexedDataset(path)] for i in range(len(dataset))])
    elif form == "parquet":
        import pyarrow.parquet as pq

        read = lambda path: np.concatenate(pq.read_table(path + ".parquet")["input_ids"].to_numpy())
    elif form in ("mds", "litdata"):
        from read_shards import samples

        block = output["packing"]["length"] if output.get("packing") else 16
        ids = lambda sample: sample["tokens"] if form == "mds" else sample.numpy()
        read = lambda path: np.concatenate([ids(sample) for sample in samples(path, form, block)])
    else:
        read = lambda path: np.memmap(glob.glob(path + {"nanotron": ".ds", "olmo": ".npy", "flat": ".bin"}[form])[0], dtype=dtype, mode="r")
    data = [np.asarray(read(path)).astype(np.int64) for path in train]
    packing = output.get("packing")
    if not packing:
        return stats["vocab_size"], np.concatenate(data), None
    length = packing["length"]
    documents = [np.concatenate([segments(rows, length) for rows in pieces_of(path, form, length)]) for path in train]
    return stats["vocab_size"], np.concatenate(data).reshape(-1, length), np.concatenate(documents).reshape(-1, length)


def pieces_of(path, form, length):
    """Starts and lengths of the pieces of each sequence of a packed shard."""
    if form == "parquet":
        import pyarrow.parquet as pq

        for lengths in pq.read_table(path + ".parquet", columns=["seq_lengths"])["seq_lengths"].to_pylist():
            yield [(sum(lengths[:k]), n) for k, n in enumerate(lengths)]
        return
    table = np.load(path + ".pieces.npy", mmap_mode="r")
    for sequence in range(table[-1, 0] + 1):
        first, last = np.searchsorted(table[:, 0], [sequence, sequence + 1])
        yield [(start, n) for start, n in table[first:last, 1:3].tolist()]


def segments(pieces, length):
    """The number of the piece that each place belongs to; -1 for padding."""
    out = np.full(length, -1)
    for number, (start, n) in enumerate(pieces):
        out[start:start + n] = number
    return out


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.one, self.two = heads, nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, mask):
        b, t, c = x.shape
        q, k, v = (y.view(b, t, self.heads, -1).transpose(1, 2) for y in self.qkv(self.one(x)).split(c, 2))
        scores = (q @ k.transpose(2, 3)) / math.sqrt(c // self.heads)
        mixed = scores.masked_fill(~mask, float("-inf")).softmax(-1) @ v
        x = x + self.out(mixed.transpose(1, 2).reshape(b, t, c))
        return x + self.mlp(self.two(x))


class Gpt(nn.Module):
    def __init__(self, vocab, context, width=64, heads=4, layers=2):
        super().__init__()
        self.token, self.place = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.blocks, self.norm = nn.ModuleList([Block(width, heads) for _ in range(layers)]), nn.LayerNorm(width)
        for embedding in (self.token, self.place):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, ids, segments=None):
        x = self.token(ids) + self.place(torch.arange(ids.shape[1]))
        mask = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()
        if segments is not None:
            # Nothing looks into another document.
            mask = (mask & (segments[:, :, None] == segments[:, None, :]))[:, None]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x) @ self.token.weight.T


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--steps", type=int, default=60)
    args = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(2)
    vocab, data, places = tokens_of(args.run)
    context, batch = (64, 16) if places is None else (data.shape[1] - 1, max(1, 1024 // data.shape[1]))
    model = Gpt(vocab, context)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    generator = np.random.default_rng(1)
    losses = []
    for step in range(args.steps):
        if places is None:
            starts = generator.integers(0, len(data) - context - 1, batch)
            ids, segment = torch.from_numpy(np.stack([data[s:s + context + 1] for s in starts])), None
            targets = ids[:, 1:]
        else:
            rows = generator.integers(0, len(data), batch)
            ids, segment = torch.from_numpy(data[rows]), torch.from_numpy(places[rows])
            # The first token of a document is not foretold from the one before it, and padding from nothing.
            inside = (segment[:, 1:] == segment[:, :-1]) & (segment[:, 1:] >= 0)
            targets, segment = ids[:, 1:].masked_fill(~inside, -100), segment[:, :-1]
        loss = F.cross_entropy(model(ids[:, :-1], segment).reshape(-1, vocab), targets.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % 10 == 0 or step + 1 == args.steps:
            print(f"step {step:3}  loss {losses[-1]:.3f}")
    first, last = losses[0], sum(losses[-5:]) / 5
    print(f"{data.size} tokens, vocabulary {vocab}, guessing {math.log(vocab):.3f}: first {first:.3f}, last {last:.3f}")
    sys.exit(0 if last < first - 1.0 else 1)


if __name__ == "__main__":
    main()
