#!/bin/sh
# Installs what read_megatron.py needs into DIR (default: pylib beside this script's package): torch from Debian,
# the rest from the Python package index. Needs root for apt-get. Run as: sh setup_megatron.sh DIR
set -eu
dir=${1:-pylib}
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-torch python3-pip python3-numpy
/usr/bin/python3 -m pip install --break-system-packages --target "$dir" --no-deps megatron-core==0.6.0
# Debian's torch wants numpy 1, which pyarrow 18 is the last to take.
/usr/bin/python3 -m pip install --break-system-packages --target "$dir" --no-deps packaging "pyarrow<19"
# tokenizers itself; its Python dependencies are only needed for downloads, so they stay out.
/usr/bin/python3 -m pip install --break-system-packages --target "$dir" --no-deps tokenizers
echo "run: PYTHONPATH=$dir /usr/bin/python3 read_megatron.py --help"
