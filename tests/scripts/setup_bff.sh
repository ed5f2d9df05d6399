#!/bin/sh
# Sets up what tests/scripts/compare_bff.py needs: setup_bff.sh DIR makes DIR/venv with the packages and DIR/bff, the program of
# DCLM's dedup/bff (from a clone of mlfoundations/dclm, or from the checkout that DCLM names). It is built as its lock file says,
# but with flate2's own inflate instead of zlib-ng, which wants cmake.
set -eu
dir=$1
mkdir -p "$dir"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet pyarrow==26.0.1 zstandard==0.25.0
if [ ! -e "$dir/source" ]; then
    if [ -n "${DCLM:-}" ]; then
        cp -r "$DCLM/dedup/bff" "$dir/source"
    else
        git clone --quiet --filter=blob:none --no-checkout https://github.com/mlfoundations/dclm "$dir/dclm"
        git -C "$dir/dclm" checkout --quiet 361714bdd60bb9b7f4b2d8354cebbf0dec0c329e -- dedup/bff
        cp -r "$dir/dclm/dedup/bff" "$dir/source"
    fi
    sed -i.orig 's/"zlib-ng"/"rust_backend"/' "$dir/source/Cargo.toml"
fi
cargo build --release --manifest-path "$dir/source/Cargo.toml"
cp "$dir/source/target/release/bff" "$dir/bff"
echo "$dir/venv/bin/python tests/scripts/compare_bff.py $dir/bff FILE.jsonl..."
