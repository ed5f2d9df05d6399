#!/bin/sh
# Sets up what tests/scripts/compare_dclm.py needs: setup_dclm.sh DIR makes DIR/venv with the packages, DIR/dclm with
# DCLM's mappers (a clone of mlfoundations/dclm, or a copy of the checkout that DCLM names) and DIR/nltk_data with the
# Punkt models of nltk_data, which the wheel of llama-index-core carries.
set -eu
dir=$1
mkdir -p "$dir"
python3 -m venv "$dir/venv"
# DCLM does not pin versions. These gave the golden vectors.
"$dir/venv/bin/pip" install --quiet uniseg==0.10.1 fasttext-wheel==0.9.2 nltk==3.8.1 justext==3.0.2 lxml==6.1.3 \
    lxml_html_clean==0.4.6 retrie==0.3.1 beautifulsoup4==4.15.0 Unidecode==1.4.0 PyYAML==6.0.4 \
    langdetect==1.0.9 pyarrow==26.0.1 zstandard==0.25.0
if [ ! -e "$dir/nltk_data" ]; then
    "$dir/venv/bin/pip" install --quiet --no-deps --target "$dir/punkt" llama-index-core==0.10.30
    cp -r "$dir/punkt/llama_index/core/_static/nltk_cache" "$dir/nltk_data"
fi
if [ -n "${DCLM:-}" ]; then
    [ -e "$dir/dclm" ] || cp -r "$DCLM" "$dir/dclm"
elif [ ! -e "$dir/dclm" ]; then
    git clone --quiet https://github.com/mlfoundations/dclm "$dir/dclm"
    git -C "$dir/dclm" checkout --quiet 361714bdd60bb9b7f4b2d8354cebbf0dec0c329e
fi
echo "$dir/venv/bin/python tests/scripts/compare_dclm.py $dir/dclm FILE.jsonl..."
