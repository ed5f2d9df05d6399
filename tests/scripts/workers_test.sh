#!/usr/bin/env bash
# Several processes work on one run directory while one of them is killed with SIGKILL again and again, each time when it has
# a unit in hand; the result must be that of one process, byte by byte (the log apart).
#
# usage: tests/scripts/workers_test.sh CONFIG [WORKERS] [KILLS] [SEED]
set -euo pipefail
config=${1:?usage: workers_test.sh CONFIG [WORKERS] [KILLS] [SEED]}
workers=${2:-3}
kills=${3:-20}
RANDOM=${4:-1}
gristmill=${GRISTMILL:-target/release/gristmill}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

start=$(date +%s%N)
"$gristmill" run "$config" --out "$work/alone" --quiet 2>/dev/null
length=$((($(date +%s%N) - start) / 1000000))
echo "one process takes ${length} ms"

struck=0
runs=0
while [ "$struck" -lt "$kills" ]; do
    runs=$((runs + 1))
    rm -rf "$work/shared"
    pids=()
    for ((n = 0; n < workers; n++)); do
        "$gristmill" work "$config" --out "$work/shared" --worker "$n/$workers" --threads 1 --quiet 2>"$work/said-$n" &
        pids+=($!)
    done
    # The last worker dies at a random time and is started again, up to three times.
    last=$((workers - 1))
    for _ in 1 2 3; do
        sleep "$(printf '%d.%03d' $((RANDOM % (length + 1) / 1000)) $((RANDOM % 1000 % (length + 1))))"
        if kill -9 "${pids[$last]}" 2>/dev/null; then
            struck=$((struck + 1))
            wait "${pids[$last]}" 2>/dev/null || true
            "$gristmill" work "$config" --out "$work/shared" --worker "$last/$workers" --threads 1 --quiet 2>"$work/said-$last" &
            pids[last]=$!
        fi
    done
    for ((n = 0; n < workers; n++)); do
        wait "${pids[$n]}" || { echo "run $runs: worker $n failed after $struck kills:"; cat "$work/said-$n"; exit 1; }
    done
    diff -r -x run.log.jsonl "$work/alone" "$work/shared" || { echo "run $runs differs after $struck kills"; exit 1; }
done
"$gristmill" verify "$work/shared"
echo "$struck kills in $runs runs of $workers workers: every result is byte-identical to that of one process"
