#!/bin/bash
# Runs the sample job with config, inputs and outputs on Azure's or Google's store, and compares every file with the local run's.
#   tests/scripts/stores_test.sh az|gs [FOLDER]      the folder gets the server, a Python environment, and the runs
# az: azurite from npm. gs: no emulator on PyPI or npm has the XML interface that our library speaks; store_proxy.py does, in front
# of moto's S3. Set GRISTMILL to a binary to test one that is built already.
set -euo pipefail
kind=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
work=${2:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
binary=${GRISTMILL:-$here/target/release/gristmill}
[ -x "$binary" ] || (cd "$here" && cargo build --release)
python=$work/venv/bin/python
[ -x "$python" ] || python3 -m venv "$work/venv"
free() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
rm -rf "$work/run"; mkdir -p "$work/run"; cd "$work/run"
: > control

case $kind in
az)
    "$python" -c 'import azure.storage.blob' 2> /dev/null || "$work/venv/bin/pip" -q install azure-storage-blob
    [ -x "$work/node_modules/.bin/azurite-blob" ] || npm install --no-audit --no-fund --prefix "$work" azurite > npm.log
    port=$(free)
    "$work/node_modules/.bin/azurite-blob" --silent --disableTelemetry --skipApiVersionCheck --location blobs --blobPort "$port" > server.log 2>&1 & servers=$!
    # The account and key that the emulator comes with; they are published in its documentation.
    export AZURE_STORAGE_ACCOUNT_NAME=devstoreaccount1 AZURE_ALLOW_HTTP=true
    export AZURE_STORAGE_ACCOUNT_KEY='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
    export AZURE_STORAGE_ENDPOINT=http://127.0.0.1:$port/devstoreaccount1
    endpoint=$AZURE_STORAGE_ENDPOINT secret=$AZURE_STORAGE_ACCOUNT_KEY
    ;;
gs)
    [ -x "$work/venv/bin/moto_server" ] || "$work/venv/bin/pip" -q install "moto[server]" boto3
    port=$(free) proxy=$(free)
    export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION=us-east-1 AWS_CONFIG_FILE=/dev/null
    "$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" > server.log 2>&1 & servers=$!
    "$python" "$here/tests/scripts/store_proxy.py" "$proxy" "$port" control google > proxy.log 2>&1 & servers="$servers $!"
    key='{"private_key": "canary-secret", "private_key_id": "any", "client_email": "any", "disable_oauth": true'
    export GOOGLE_ALLOW_HTTP=true GOOGLE_SERVICE_ACCOUNT_KEY="$key, \"gcs_base_url\": \"http://127.0.0.1:$proxy\"}"
    endpoint=http://127.0.0.1:$port secret=canary-secret
    ;;
*) echo "usage: $0 az|gs [FOLDER]"; exit 2 ;;
esac
trap 'kill $servers 2> /dev/null || true' EXIT

files() { "$python" "$here/tests/scripts/store_files.py" "$endpoint" "$@"; }
for _ in $(seq 100); do files ready 2> /dev/null && break; sleep 0.2; done
ok() { echo "ok    $1"; }
fail() { echo "FAIL  $1"; exit 1; }
same() { rm -rf there; files get "$1" there; diff -r -x run.log.jsonl "$3" there > diff.txt || fail "$2: $(head -3 diff.txt)"; ok "$2"; }

mkdir job; cp -r "$here/configs" "$here/sample-data" job/
"$binary" run job/configs/quickstart.toml --quiet --out local 2> local.txt
files put job "$kind://bucket/job"
config=$kind://bucket/job/configs/quickstart.toml

"$binary" run "$config" --quiet 2> there.txt
same "$kind://bucket/job/out/quickstart" "config, inputs and output there: every file equals the local run's" local
"$binary" verify "$kind://bucket/job/out/quickstart" > verify.txt || fail "verify"
ok "verify reads it there"

# Files of several parts, which have no condition of their own: they are copied to their names, if those are free.
"$python" - > job/large.jsonl <<'END'
import json, random
random.seed(1)
words = ["".join(random.choices("abcdefghijklmnop", k=random.randint(2, 9))) for _ in range(50000)]
for number in range(4000):
    print(json.dumps({"id": str(number), "text": " ".join(random.choices(words, k=1500))}))
END
printf 'version = 1\nname = "large"\n\n[[source]]\nname = "large"\npaths = ["large.jsonl"]\n\n[[step]]\ntokenize = { tokenizer = "sample-data/tokenizer.json" }\n\n[output]\ndir = "out/large"\n' > job/large.toml
"$binary" run job/large.toml --quiet --out large 2> large.txt
[ "$(find large/tokens -size +20M | wc -l)" -gt 0 ] || fail "no file has several parts"
files put job "$kind://bucket/many"
"$binary" run "$kind://bucket/many/large.toml" --quiet 2> large.txt
same "$kind://bucket/many/out/large" "files of several parts: the same bytes" large

for stage in map-0 map-1 shards; do
    out=$kind://bucket/killed-$stage
    "$binary" run "$config" --quiet --threads 1 --out "$out" 2> /dev/null & run=$!
    hit=0
    while kill -0 $run 2> /dev/null; do
        if files has-stage "$out" "$stage"; then kill -9 $run && hit=1; break; fi
    done
    wait $run 2> /dev/null || true
    files has "$out/MANIFEST.json" && hit=0
    [ $hit -eq 1 ] || fail "the kill in $stage missed"
    "$binary" run "$config" --quiet --out "$out" 2> again.txt || fail "going on after a kill in $stage: $(cat again.txt)"
    same "$out" "killed in $stage, run again: the same bytes" local
done

out=$kind://bucket/shared
"$binary" work "$config" --worker 0/2 --quiet --threads 1 --out "$out" 2> one.txt & one=$!
"$binary" work "$config" --worker 1/2 --quiet --threads 1 --out "$out" 2> two.txt & two=$!
wait $one || fail "worker 0: $(cat one.txt)"; wait $two || fail "worker 1: $(cat two.txt)"
same "$out" "two workers with leases: the same bytes" local

if [ "$kind" = gs ]; then
    printf '503 7\ncut 5\n' > control
    "$binary" run "$config" --quiet --out gs://bucket/faults 2> faults.txt || fail "a bad day: $(cat faults.txt)"
    sleep 1; echo "      the proxy: $(cat control.count)"; : > control
    same gs://bucket/faults "503s and cut connections: the same bytes" local
fi

files get "$kind://bucket" all > /dev/null
grep -rlF -e "$secret" all ./*.txt && fail "a credential was written" || ok "no credential in any output or message"
