"""Runs a config on a Ray cluster of two raylets on this machine and kills the second one with SIGKILL while a unit of each
given kind of stage is computed there: started, and not sealed. Every file, the intermediates among them, must be that of one
process, byte by byte; only the log, claims, locks and marks of complete stages are left out. A kill that found no such unit fails
the test. With `--overhead` nothing is killed, and the CPU seconds of the units are put beside those of one process.

usage: ray_kill_test.py CONFIG [--overhead] [STAGE-PREFIX ...]     (default: each stage of the run once)
needs: pip install ray; the program in target/release (or GRISTMILL=…)
"""

import filecmp
import os
import signal
import subprocess
import sys
import tempfile
import time

GRISTMILL = os.path.abspath(os.environ.get("GRISTMILL", "target/release/gristmill"))
PORT = "6399"
ENV = dict(os.environ, RAY_USAGE_STATS_ENABLED="0", GRISTMILL_PYTHON=sys.executable, RAY_AUTH_MODE="disabled")
RAY = os.path.join(os.path.dirname(sys.executable), "ray")


def start_node(*more):
    """Starts a raylet; its process id."""
    before = raylets()
    command = [RAY, "start", "--num-cpus=1", "--object-store-memory=100000000", "--disable-usage-stats", *more]
    subprocess.run(command, env=ENV, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (new,) = raylets() - before
    return new


def raylets():
    """Process ids of all raylets."""
    return {pid for pid, _, words in processes() if words and words[0].endswith("/raylet")}


def processes():
    """(pid, parent, words) of all processes."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        yield int(name), parent, words


def unit_on(node, prefix):
    """A unit of a stage that is computed below the raylet `node` now: its process and name."""
    found = list(processes())
    parents = {pid: parent for pid, parent, _ in found}
    for pid, _, words in found:
        if "--unit" not in words:
            continue
        unit, above = words[words.index("--unit") + 1], pid
        while above in parents and above != node:
            above = parents[above]
        if above == node and unit.startswith(prefix):
            return pid, unit
    return None, None


def compared(name):
    """Whether a file of a run directory is among those that must be equal."""
    last = os.path.basename(name)
    return last not in ("run.log.jsonl", "LOCK", "complete.json") and not last.endswith(".claim")


def differing(one, other):
    """Names that differ between two folders."""
    names = set()
    for top in (one, other):
        for folder, _, files in os.walk(top):
            names |= {os.path.relpath(os.path.join(folder, file), top) for file in files}
    names = {name for name in names if compared(name)}
    if not any(name.startswith("work/") for name in names):
        sys.exit("no intermediates were kept")
    _, different, missing = filecmp.cmpfiles(one, other, sorted(names), shallow=False)
    return different + missing


def run_with_kill(config, prefix, work):
    """One run on two nodes, the second one killed in a stage whose name begins with `prefix`."""
    out = os.path.join(work, "ray")
    subprocess.run(["rm", "-rf", out], check=True)
    head = start_node("--head", f"--port={PORT}")
    address = subprocess.run(["hostname", "-i"], capture_output=True, text=True, check=True).stdout.split()[0]
    address = f"{address}:{PORT}"
    second = start_node(f"--address={address}", "--node-ip-address=127.0.0.2")
    command = [GRISTMILL, "run", config, "--out", out, f"--cluster=ray={address}"]
    run = subprocess.Popen(command, env=ENV, stderr=subprocess.PIPE, text=True)
    killed = None
    while run.poll() is None and killed is None:
        pid, unit = unit_on(second, prefix)
        if pid:
            os.kill(second, signal.SIGKILL)
            stage, number = unit.split("/")
            if not os.path.exists(os.path.join(out, "work", stage, f"{int(number):05}.json")):
                killed = unit
                # What the node ran dies with it, as with the machine.
                os.kill(pid, signal.SIGKILL)
                late = start_node(f"--address={address}", "--node-ip-address=127.0.0.3")
                print(f"killed node {second} while it computed {unit}; node {late} joins late", flush=True)
    _, said = run.communicate()
    subprocess.run([RAY, "stop", "--force"], env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if run.returncode or killed is None:
        sys.exit(f"exit code {run.returncode}, killed in {killed} (head {head}):\n{said}")
    return out


def main():
    config, prefixes = sys.argv[1], sys.argv[2:] or ["map-0", "reduce", "cluster", "map-1", "shards"]
    with tempfile.TemporaryDirectory() as work:
        alone = os.path.join(work, "alone")
        subprocess.run([GRISTMILL, "run", config, "--out", alone, "--quiet"], check=True, stderr=subprocess.DEVNULL)
        for prefix in prefixes:
            start = time.time()
            different = differing(alone, run_with_kill(config, prefix, work))
            if different:
                sys.exit(f"{prefix}: these files differ: {different}")
            print(f"{prefix}: every file is byte-identical ({time.time() - start:.0f} s)", flush=True)


main()
