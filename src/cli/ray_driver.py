"""Computes the units of a gristmill run on a Ray cluster. Placement, liveness and lost nodes are Ray's; the units and their
order are gristmill's, which says what is to do and refuses what comes too early.

The job is read as JSON from standard input. Standard output has one JSON object a line: `progress` (how far the run is), `done`
(what a finished unit counted) or `say` (words for people)."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import time

import ray

BUSY, INTERRUPTED, ENVIRONMENT = 1, 130, 4
# Lost nodes are retried by Ray; a unit whose own environment fails (a full disk, a refused file) is tried this often.
LOST_NODE_RETRIES, ENVIRONMENT_RETRIES = 20, 3


def binary_here(content, digest):
    """The path of the program on this node, written there by whoever needs it first."""
    folder = os.path.join("/tmp", f"gristmill-{os.getuid()}-{digest[:16]}")
    path = os.path.join(folder, "gristmill")
    if not os.path.exists(path):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        fresh = f"{path}.{os.getpid()}"
        with open(fresh, "wb") as out:
            out.write(content)
        os.chmod(fresh, stat.S_IRWXU)
        os.rename(fresh, path)
    return path


def compute(content, digest, job, stage, number):
    """Computes one unit on this node: exit code, what it counted, last words."""
    command = [binary_here(content, digest), "unit", *job["source"], *job["means"], "--unit", f"{stage}/{number}"]
    done = subprocess.run(command, cwd=job["cwd"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    counts = json.loads(done.stdout or "{}").get("counts") if done.returncode == 0 else None
    return done.returncode, counts, done.stderr[-2000:]


def to_do(job):
    """The first stage that is not complete, the threads that its units use, and its units; (None, 0, []) at the end."""
    command = [job["binary"], "unit", *job["source"], *job["means"], "--progress"]
    done = subprocess.run(command, cwd=job["cwd"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        stop(done.returncode, done.stderr)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines:
        return None, 0, []
    tell(lines[0])
    return lines[1]["stage"], lines[1]["threads"], [one["unit"] for one in lines[1:]]


def tell(what):
    print(json.dumps(what), flush=True)


def say(text):
    tell({"say": text})


def stop(code, text):
    say(text.strip())
    sys.exit(code)


def run_stage(task, shared, job, stage, threads, units):
    """Keeps a bounded window of units in flight until all are sealed."""
    waiting, flying, tries = list(reversed(units)), {}, {}
    task = task.options(num_cpus=threads)
    window = max(2, 2 * int(ray.cluster_resources().get("CPU", 1)) // threads)
    while waiting or flying:
        while waiting and len(flying) < window:
            unit = waiting.pop()
            flying[task.remote(*shared, job, stage, unit)] = unit
        ready, _ = ray.wait(list(flying), num_returns=1, timeout=1.0)
        for one in ready:
            unit = flying.pop(one)
            code, counts, words = ray.get(one)
            if code == BUSY:
                # Somebody else has it in hand: another scheduler, or what a lost node left running.
                time.sleep(0.2)
                waiting.insert(0, unit)
            elif code == ENVIRONMENT and tries.get(unit, 0) < ENVIRONMENT_RETRIES:
                tries[unit] = tries.get(unit, 0) + 1
                say(f"unit {unit} of {stage} is tried again ({tries[unit]} of {ENVIRONMENT_RETRIES}): {words.strip()}")
                waiting.insert(0, unit)
            elif code:
                for other in flying:
                    ray.cancel(other, force=True)
                stop(code, words)
            else:
                tell({"done": counts})


def main():
    job = json.load(sys.stdin)
    try:
        ray.init(address=job["address"], log_to_driver=False, logging_level="error", configure_logging=False)
    except Exception as error:  # noqa: BLE001 - Ray raises many kinds
        stop(ENVIRONMENT, f"no Ray cluster at `{job['address'] or 'this machine'}`: {error}")
    with open(job["binary"], "rb") as program:
        content = program.read()
    shared = (ray.put(content), hashlib.sha256(content).hexdigest())
    options = {"max_retries": LOST_NODE_RETRIES, "scheduling_strategy": "SPREAD"}
    if job["memory"]:
        options["memory"] = job["memory"]
    task = ray.remote(**options)(compute)
    try:
        while True:
            stage, threads, units = to_do(job)
            if stage is None:
                return
            run_stage(task, shared, job, stage, threads, units)
    except KeyboardInterrupt:
        stop(INTERRUPTED, "interrupted: units that run now are given up; run the same command again to go on")


main()
