#!/bin/sh
# Makes a virtual environment DIR with datatrove 0.10 and what it splits words with, for compare_datatrove.py.
#
#   tests/scripts/setup_datatrove.sh DIR
#
# Versions are those that the golden vectors were made with; xxhash 4 is refused because datatrove hands it strings.
set -eu
dir=${1:?usage: setup_datatrove.sh DIR}
python3 -m venv "$dir"
"$dir/bin/pip" install --quiet 'datatrove==0.10.*' 'spacy==3.8.*' 'xxhash<4' regex numpy zstandard pyarrow
"$dir/bin/python" - <<'PYTHON'
import importlib.metadata as versions
import spacy
spacy.blank("en")
print(", ".join("%s %s" % (name, versions.version(name)) for name in ("datatrove", "spacy", "xxhash", "numpy", "regex")))
PYTHON
