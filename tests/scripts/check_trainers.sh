#!/bin/sh
# Every form of token shards, in input order and shuffled, through `verify`, the trainers' own readers and a few steps of
# training. Run as: sh tests/scripts/check_trainers.sh DIR, where DIR was filled by setup_trainers.sh; from the project's root.
set -eu
dir=$1
gristmill=${GRISTMILL:-target/release/gristmill}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for order in input shuffle; do
    for form in megatron nanotron olmo flat parquet; do
        run=$out/$order-$form
        "$gristmill" run configs/quickstart.toml --out "$run" --quiet --set "output.tokens=\"$form\"" \
            --set "output.order=\"$order\"" --set output.shard-tokens=20000 2> /dev/null
        "$gristmill" verify "$run"
        PYTHONPATH=$dir /usr/bin/python3 tests/scripts/read_shards.py "$run" --tokenizer sample-data/tokenizer.json
        PYTHONPATH=$dir /usr/bin/python3 tests/scripts/train_tiny.py "$run" --steps 40 | tail -1
    done
done
