"""Writes the golden shards of MDS and LitData: what the libraries' own writers make of a few documents.

    pip install mosaicml-streaming==0.13.0 litdata==0.2.76
    python tests/scripts/chunk_vectors.py > tests/golden/shards.json
"""

import json
import os
import tempfile

import litdata
import numpy as np
import streaming
import torch
from litdata.streaming.item_loader import TokensLoader
from litdata.streaming.writer import BinaryWriter

DOCUMENTS = [[258, 0], [0], list(range(300))]
SEQUENCES = [[1, 2, 3, 0], [5, 0, 7, 7]]


def mds(documents, dtype, length=None):
    with tempfile.TemporaryDirectory() as folder:
        encoding = f"ndarray:{dtype}" + (f":{length}" if length else "")
        with streaming.MDSWriter(out=os.path.join(folder, "out"), columns={"tokens": encoding}, size_limit=None) as writer:
            for ids in documents:
                writer.write({"tokens": np.array(ids, dtype=dtype)})
        read = lambda name: open(os.path.join(folder, "out", name), "rb").read()
        return {"data": read("shard.00000.mds").hex(), "index": read("index.json").decode()}


def lit(documents, dtype):
    with tempfile.TemporaryDirectory() as folder:
        writer = BinaryWriter(folder, chunk_bytes=1 << 20, item_loader=TokensLoader(4))
        for i, ids in enumerate(documents):
            writer[i] = torch.tensor(ids, dtype=dtype)
        writer.done()
        writer.merge()
        name = next(name for name in os.listdir(folder) if name.endswith(".bin"))
        index = json.load(open(os.path.join(folder, "index.json")))
        # Times and names differ; what a reader takes from it is kept.
        config = {key: index["config"][key] for key in ("data_format", "data_spec", "item_loader", "compression", "encryption")}
        chunk = {key: index["chunks"][0][key] for key in ("chunk_bytes", "chunk_size", "dim")}
        return {"data": open(os.path.join(folder, name), "rb").read().hex(), "config": config, "chunk": chunk}


print(json.dumps({
    "provenance": f"mosaicml-streaming {streaming.__version__}, litdata {litdata.__version__}, tests/scripts/chunk_vectors.py",
    "documents": DOCUMENTS,
    "sequences": SEQUENCES,
    "mds-2": mds(DOCUMENTS, "uint16"),
    "mds-4": mds(DOCUMENTS, "int32"),
    "mds-2-packed": mds(SEQUENCES, "uint16", 4),
    "litdata-2": lit(DOCUMENTS, torch.uint16),
    "litdata-4": lit(DOCUMENTS, torch.int32),
}, separators=(",", ":")))
