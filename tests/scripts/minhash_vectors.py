"""Writes tests/golden/minhash/datatrove.json: what datatrove's three MinHash stages make of a few texts of ours.

Needs: pip install "datatrove==0.10.1" "xxhash<4" spacy tokenizers regex

    python minhash_vectors.py tests/golden/minhash/datatrove.json
"""

import importlib.metadata
import json
import platform
import sys
import tempfile
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.utils.hashing import HashConfig

MILL = "The old mill by the river grinds oats and barley until the first frost; the miller's dog doesn't bark at 1,250 carts."
TASKS = [
    [MILL, "too short to sign", MILL.replace("oats", "wheat"), "数 と 文字 が まざる 文章 です 2.5 回"],
    ["İstanbul ΣΟΦΟΣ café naïve — “quoted” … 42", MILL.upper(), "\n \u00a0", MILL],
]


def main():
    version = importlib.metadata.version
    made_by = f"datatrove {version('datatrove')}, spaCy {version('spacy')}, xxhash {version('xxhash')}, Python {platform.python_version()}"
    golden = {"made by": f"tests/scripts/minhash_vectors.py with {made_by}", "tasks": TASKS, "runs": []}
    for word, function, precision in [("xxh64", "xxhash", 64), ("sha1-64", "sha1", 64), ("sha1-32", "sha1", 32)]:
        config = MinhashConfig(hash_config=HashConfig(hash_fc=function, precision=precision))
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            signer = MinhashDedupSignature(output_folder=str(folder / "sig"), config=config)
            for rank, texts in enumerate(TASKS):
                signer.run((Document(text=text, id=str(at)) for at, text in enumerate(texts)), rank, len(TASKS))
            for rank in range(config.num_buckets):
                MinhashDedupBuckets(str(folder / "sig"), str(folder / "dups"), config=config).run(None, rank, config.num_buckets)
            MinhashDedupCluster(str(folder / "dups"), str(folder / "remove"), config=config, save_cluster_size=True).run(None, 0, 1)
            wanted = ["sig/bucket_000/*", "sig/bucket_013/*", "dups/00000*", "dups/00013*", "remove/*.remove", "remove/*.sizes"]
            files = {
                str(path.relative_to(folder)): path.read_bytes().hex()
                for pattern in wanted
                for path in sorted(folder.glob(pattern))
                if path.is_file()
            }
        golden["runs"].append({"hash": word, "files": files})
    Path(sys.argv[1]).write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
