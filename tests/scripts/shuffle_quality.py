"""Measures how well a run's training shards are shuffled, from their lineage: documents are numbered in the order of the input
(source, file, place), and the correlation of the numbers of neighbours, of number and place, and the share of neighbours that were
neighbours are compared with chance. Needs numpy and pyarrow. Exit code 1: further from chance than four standard deviations.

    python tests/scripts/shuffle_quality.py RUN
"""

import glob
import os
import sys

import numpy as np
import pyarrow.parquet as pq

files = sorted(glob.glob(os.path.join(sys.argv[1], "tokens", "shard-*.lineage.parquet")))
columns = ["source", "file", "offset", "document"]
rows = [row for file in files for row in zip(*(pq.read_table(file, columns=columns)[name].to_pylist() for name in columns))]
numbers = {row: i for i, row in enumerate(sorted(set(rows)))}
order = np.array([numbers[row] for row in rows], dtype=float)
n = len(order)
neighbours = np.corrcoef(order[:-1], order[1:])[0, 1]
places = np.corrcoef(order, np.arange(n))[0, 1]
together = int(np.sum(order[1:] - order[:-1] == 1))
# A random order keeps each of the pairs with a chance of 1 in n.
print(f"{n} documents in {len(files)} shards, chance is 0 +- {1 / np.sqrt(n):.5f}")
print(f"correlation of neighbours {neighbours:+.5f}, of place and input {places:+.5f}, {together} neighbours of the input still are")
sys.exit(0 if max(abs(neighbours), abs(places)) < 4 / np.sqrt(n) and together < 1 + 4 * max(1, len(rows) / len(numbers)) else 1)
