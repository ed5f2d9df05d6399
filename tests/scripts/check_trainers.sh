#!/bin/sh
# Every form of token shards, in input order, shuffled and packed, through `verify`, the trainers' own readers and a few steps of
# training. Run as: sh tests/scripts/check_trainers.sh DIR, where DIR was filled by setup_trainers.sh; from the project's root.
# ORDERS="input shuffle" FORMS="mds litdata" in the environment takes some of them; all are 28 trainings.
set -eu
dir=$1
gristmill=${GRISTMILL:-target/release/gristmill}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for order in ${ORDERS:-input shuffle best-fit concatenate}; do
    for form in ${FORMS:-megatron nanotron olmo flat parquet mds litdata}; do
        run=$out/$order-$form
        case $order in
            input | shuffle) more="output.order=\"$order\"" ;;
            *) more="output.packing={ method = \"$order\", length = 256 }" ;;
        esac
        echo "$order, $form"
        "$gristmill" run configs/quickstart.toml --out "$run" --quiet --set "output.tokens=\"$form\"" \
            --set "$more" --set output.shard-tokens=20000 2> "$out/said" || { cat "$out/said" >&2; exit 1; }
        "$gristmill" verify "$run"
        case $form in
            mds | litdata) python=$dir/streaming/bin/python path= ;;
            *) python=/usr/bin/python3 path=$dir ;;
        esac
        PYTHONPATH=$path $python tests/scripts/read_shards.py "$run" --tokenizer sample-data/tokenizer.json
        # Not through a pipe, which would hide its exit code.
        PYTHONPATH=$path $python tests/scripts/train_tiny.py "$run" --steps 40 > "$out/said"
        tail -1 "$out/said"
    done
done
echo "${ORDERS:-all orders}, ${FORMS:-all forms}: read"
