#!/bin/sh
# Installs the trainers' own readers that read_shards.py and train_tiny.py need into DIR: torch from Debian, the rest from the
# Python package index. Needs root for apt-get. Run as: sh setup_trainers.sh DIR
set -eu
dir=${1:-pylib}
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-torch python3-pip python3-numpy
install() {
    /usr/bin/python3 -m pip install --break-system-packages --target "$dir" --no-deps "$@"
}
install megatron-core==0.6.0
# Debian's torch wants numpy 1, which pyarrow 18 is the last to take.
install packaging "pyarrow<19"
# tokenizers itself; its Python dependencies are only needed for downloads, so they stay out.
install tokenizers
# datatrove's dataset, which nanotron uses, with what it imports.
install "datatrove==0.10.*" fsspec loguru dill humanize multiprocess "huggingface-hub<1" tqdm pyyaml filelock \
    typing-extensions requests urllib3 idna certifi charset-normalizer rich
# MosaicML streaming and LitData want a newer torch than Debian has, so they have an environment of their own (some GB).
/usr/bin/python3 -m venv "$dir/streaming" || { apt-get install -y --no-install-recommends python3-venv; /usr/bin/python3 -m venv "$dir/streaming"; }
"$dir/streaming/bin/pip" install torch mosaicml-streaming==0.13.0 litdata==0.2.76 pyarrow tokenizers "numpy<2.2"
echo "run: PYTHONPATH=$dir /usr/bin/python3 read_shards.py --help"
