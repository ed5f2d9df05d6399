#!/usr/bin/env bash
# Builds KenLM's `lmplz`, `build_binary` and its Python module, for compare_kenlm.py and kenlm_vectors.py.
#
#   tests/scripts/setup_kenlm.sh FOLDER SOURCE
#
# SOURCE is a checkout of KenLM (vectors: commit 4cb443e). The Boost that `lmplz` needs is unpacked below FOLDER from Debian's packages;
# nothing is installed outside of FOLDER. Afterwards: FOLDER/venv/bin/python, FOLDER/bin/lmplz, FOLDER/bin/build_binary.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
source=$(cd "$2" && pwd)
mkdir -p "$folder/deb" "$folder/bin" "$folder/build"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet cmake kenlm==0.3.0 sentencepiece==0.2.3
cd "$folder/deb"
version=$(apt-cache depends libboost-thread-dev | sed -n 's/.*libboost-thread\([0-9.]*\)-dev.*/\1/p')
names="libboost$version-dev"
for part in program-options thread system chrono atomic date-time test; do
    names="$names libboost-$part$version-dev"
done
for name in $names; do apt-get download --quiet --quiet "$name" 2>/dev/null; done
for file in *.deb; do dpkg -x "$file" unpacked; done
cd "$folder/build"
"$folder/venv/bin/cmake" "$source" -DCMAKE_BUILD_TYPE=Release -DBOOST_ROOT="$folder/deb/unpacked/usr" -DBoost_USE_STATIC_LIBS=ON \
    -DBoost_NO_SYSTEM_PATHS=ON -DCMAKE_POLICY_DEFAULT_CMP0167=OLD -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DENABLE_PYTHON=OFF
make -j2 lmplz build_binary
cp bin/lmplz bin/build_binary "$folder/bin/"
