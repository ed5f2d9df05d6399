#!/usr/bin/env bash
# Kills the real program with SIGKILL at random times, types the same command again, and compares the result with that of an
# undisturbed run, byte by byte (the log apart).
#
# usage: tests/scripts/kill_test.sh CONFIG [KILLS] [SEED]
set -euo pipefail
config=${1:?usage: kill_test.sh CONFIG [KILLS] [SEED]}
kills=${2:-50}
RANDOM=${3:-1}
gristmill=${GRISTMILL:-target/release/gristmill}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

start=$(date +%s%N)
"$gristmill" run "$config" --out "$work/clean" --quiet 2>/dev/null
length=$((($(date +%s%N) - start) / 1000000))
echo "an undisturbed run takes ${length} ms"

struck=0
runs=0
while [ "$struck" -lt "$kills" ]; do
    runs=$((runs + 1))
    rm -rf "$work/killed"
    # Up to five kills in a row, also while it goes on from the one before.
    for _ in 1 2 3 4 5; do
        "$gristmill" run "$config" --out "$work/killed" --quiet 2>/dev/null &
        pid=$!
        sleep "$(printf '%d.%03d' $((RANDOM % (length + 1) / 1000)) $((RANDOM % 1000 % (length + 1))))"
        if kill -9 "$pid" 2>/dev/null; then struck=$((struck + 1)); fi
        wait "$pid" 2>/dev/null || true
    done
    "$gristmill" run "$config" --out "$work/killed" --quiet 2>"$work/said" || {
        echo "run $runs does not go on after $struck kills:"
        cat "$work/said"
        exit 1
    }
    diff -r -x run.log.jsonl "$work/clean" "$work/killed" || { echo "run $runs differs after $struck kills"; exit 1; }
done
"$gristmill" verify "$work/killed"
echo "$struck kills in $runs runs: every result is byte-identical to the undisturbed one"
