#!/bin/bash
# Runs the sample job with inputs and outputs on an S3 server on this machine, and compares every file with the local run's.
#   tests/scripts/s3_test.sh [FOLDER]      the folder gets a Python environment with moto[server] and boto3, and the runs
# Set GRISTMILL to a binary to test one that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
binary=${GRISTMILL:-$here/target/release/gristmill}
[ -x "$binary" ] || (cd "$here" && cargo build --release)
[ -x "$work/venv/bin/moto_server" ] || { python3 -m venv "$work/venv"; "$work/venv/bin/pip" -q install "moto[server]" boto3; }
python=$work/venv/bin/python
rm -rf "$work/run"; mkdir -p "$work/run"; cd "$work/run"

# Nothing of the caller's own accounts gets in, and the secret must show up nowhere.
export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=canary-secret AWS_SESSION_TOKEN=canary-token AWS_REGION=us-east-1
unset AWS_PROFILE AWS_ENDPOINT_URL_S3; export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
proxy=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
: > control
"$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" > moto.log 2>&1 & moto=$!
"$python" "$here/tests/scripts/store_proxy.py" "$proxy" "$port" control > proxy.log 2>&1 & proxied=$!
trap 'kill $moto $proxied 2> /dev/null || true' EXIT
export AWS_ENDPOINT_URL=http://127.0.0.1:$proxy

s3() { "$python" "$here/tests/scripts/store_files.py" "http://127.0.0.1:$port" "$@"; }
for _ in $(seq 100); do s3 ready 2> /dev/null && break; sleep 0.2; done
ok() { echo "ok    $1"; }
fail() { echo "FAIL  $1"; exit 1; }
same() { rm -rf there; s3 get "$1" there; diff -r -x run.log.jsonl local "there" > diff.txt || fail "$2: $(head -3 diff.txt)"; ok "$2"; }

mkdir job; cp -r "$here/configs" "$here/sample-data" job/
"$binary" run job/configs/quickstart.toml --quiet --out local 2> local.txt
s3 put job s3://bucket/job

"$binary" run s3://bucket/job/configs/quickstart.toml --quiet 2> there.txt
same s3://bucket/job/out/quickstart "config, inputs and output on S3: every file equals the local run's"
"$binary" verify s3://bucket/job/out/quickstart > verify.txt || fail "verify"
ok "verify reads it there"
"$binary" locate local/tokens/shard-00000.bin 0 > here.txt
"$binary" locate s3://bucket/job/out/quickstart/tokens/shard-00000.bin 0 > there.txt
cmp here.txt there.txt || fail "locate"
id=$(grep -oE '[0-9a-f]{32}' here.txt | head -1)
"$binary" why local "$id" > here.txt
"$binary" why s3://bucket/job/out/quickstart "$id" > there.txt
cmp here.txt there.txt || fail "why"
tokenizer=s3://bucket/job/sample-data/tokenizer.json
"$binary" decode local/tokens/shard-00000.bin --range 0..500 --tokenizer "$tokenizer" > here.txt
"$binary" decode s3://bucket/job/out/quickstart/tokens/shard-00000.bin --range 0..500 --tokenizer "$tokenizer" > there.txt
cmp here.txt there.txt || fail "decode"
"$binary" stats local --format json > here.txt
"$binary" stats s3://bucket/job/out/quickstart --format json > there.txt
cmp here.txt there.txt || fail "stats"
# How long it took is no answer of the run's.
answer() { "$binary" report "$1" | sed '/<section id="time">/,/<\/section>/d'; }
answer local > here.txt; answer s3://bucket/job/out/quickstart > there.txt
cmp here.txt there.txt || fail "report"
ok "locate, why, decode, stats and report answer alike"

sed "s#\"../sample-data#\"s3://bucket/job/sample-data#g; s#\"../out/quickstart\"#\"$work/run/mixed\"#" job/configs/quickstart.toml > mixed.toml
"$binary" run mixed.toml --quiet 2> mixed.txt || fail "addresses in a local config"
cmp <(cat local/tokens/*.bin | sha256sum) <(cat mixed/tokens/*.bin | sha256sum) || fail "tokens of addresses in a local config"
ok "addresses in a local config: the same tokens"

printf '503 7\ncut 5\nslow 5\n' > control
"$binary" run s3://bucket/job/configs/quickstart.toml --quiet --out s3://bucket/faults || fail "a bad day"
sleep 1; echo "      the proxy: $(cat control.count)"
grep -q ' 503=0' control.count && fail "no 503 was given"
grep -q ' cut=0' control.count && fail "no connection was cut"
: > control
same s3://bucket/faults "503s, cut connections, slow answers: the same bytes"

for how in expired down; do
    out=s3://bucket/$how
    printf 'slow 30\n' > control
    ( while ! s3 has "$out" work map-0 00001.json; do sleep 0.1; done; echo $how > control ) & switch=$!
    code=0
    GRISTMILL_RETRY_SECONDS=3 "$binary" run s3://bucket/job/configs/quickstart.toml --quiet --threads 1 --out "$out" 2> stop.txt || code=$?
    kill $switch 2> /dev/null || true; : > control
    [ $code -eq 4 ] || fail "$how: exit code $code instead of 4: $(cat stop.txt)"
    grep -q "s3://bucket" stop.txt || fail "$how: the message names no address: $(cat stop.txt)"
    grep -q "run the same command again" stop.txt || fail "$how: no way out: $(cat stop.txt)"
    sed 's/^/      /' stop.txt
    "$binary" run s3://bucket/job/configs/quickstart.toml --quiet --out "$out" || fail "$how: going on"
    same "$out" "$how: stopped with the reason, went on, the same bytes"
done

for stage in map-0 map-1 shards; do
    out=s3://bucket/killed-$stage
    printf 'slow 30\n' > control
    "$binary" run s3://bucket/job/configs/quickstart.toml --quiet --threads 1 --out "$out" 2> /dev/null & run=$!
    hit=0
    while kill -0 $run 2> /dev/null; do
        if s3 has-stage "$out" "$stage"; then kill -9 $run && hit=1; break; fi
    done
    wait $run 2> /dev/null || true; : > control
    s3 has "$out/MANIFEST.json" && hit=0
    [ $hit -eq 1 ] || fail "the kill in $stage missed"
    "$binary" run s3://bucket/job/configs/quickstart.toml --quiet --out "$out" || fail "going on after a kill in $stage"
    same "$out" "killed in $stage, run again: the same bytes"
done

out=s3://bucket/shared
"$binary" work s3://bucket/job/configs/quickstart.toml --worker 0/2 --quiet --threads 1 --out "$out" & one=$!
"$binary" work s3://bucket/job/configs/quickstart.toml --worker 1/2 --quiet --threads 1 --out "$out" & two=$!
wait $one || fail "worker 0"; wait $two || fail "worker 1"
same "$out" "two workers with leases: the same bytes"

s3 get s3://bucket all > /dev/null
grep -rl -e canary-secret -e canary-token all mixed ./*.txt && fail "a credential was written" || ok "no credential in any output or message"
