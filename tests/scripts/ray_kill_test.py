"""Runs a config on a Ray cluster of two raylets on this machine and kills the second one with SIGKILL while a unit of each
given kind of stage is computed there: started, and not sealed. Every file, the intermediates among them, must be that of one
process, byte by byte; only the log, claims, locks and marks of complete stages are left out. A kill that found no such unit fails
the test. With `--overhead` nothing is killed, and the CPU seconds of the units are put beside those of one process.

usage: ray_kill_test.py CONFIG [--overhead] [STAGE ...]     (default: each stage of the run once)
needs: pip install ray; the program in target/release (or GRISTMILL=…)
"""

import contextlib
import filecmp
import json
import os
import resource
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


def run_with_kill(config, stage, work):
    """One run on two nodes, the second one killed while it computes a unit of `stage`."""
    out = os.path.join(work, "ray")
    subprocess.run(["rm", "-rf", out], check=True)
    head = start_node("--head", f"--port={PORT}")
    second = start_node(f"--address={address()}", "--node-ip-address=127.0.0.2")
    run = begin(config, out)
    killed = None
    while run.poll() is None and killed is None:
        pid, unit = unit_on(second, stage + "/")
        if pid:
            os.kill(second, signal.SIGKILL)
            number = int(unit.split("/")[1])
            sealed = "MANIFEST.json" if stage == "finish" else f"work/{stage}/{number:05}.json"
            if not os.path.exists(os.path.join(out, sealed)):
                killed = unit
                # What the node ran dies with it, as with the machine.
                os.kill(pid, signal.SIGKILL)
                late = start_node(f"--address={address()}", "--node-ip-address=127.0.0.3")
                print(f"killed node {second} while it computed {unit}; node {late} joins late", flush=True)
    _, said = run.communicate()
    stop_nodes()
    if run.returncode or killed is None:
        sys.exit(f"exit code {run.returncode}, killed in {killed} (head {head}):\n{said}")
    return out


def address():
    """Where the head listens."""
    host = subprocess.run(["hostname", "-i"], capture_output=True, text=True, check=True).stdout.split()[0]
    return f"{host}:{PORT}"


def begin(config, out):
    """Starts a run on the cluster."""
    command = [GRISTMILL, "run", config, "--out", out, "--keep-work", f"--cluster=ray={address()}"]
    return subprocess.Popen(command, env=ENV, stderr=subprocess.PIPE, text=True)


def stop_nodes():
    subprocess.run([RAY, "stop", "--force"], env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stages_of(out):
    """The stages of a run whose intermediates were kept, in the order in which they ended."""
    with open(os.path.join(out, "run.log.jsonl")) as log:
        ended = [json.loads(line) for line in log]
    return [line["stage"] for line in ended if line.get("event") == "stage.end"] + ["finish"]


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def overhead(config, work, alone):
    """CPU seconds of all `gristmill unit` processes of a run on two nodes beside those of one process."""
    out = os.path.join(work, "ray")
    start_node("--head", f"--port={PORT}")
    start_node(f"--address={address()}", "--node-ip-address=127.0.0.2")
    seen = {}
    run = begin(config, out)
    while run.poll() is None:
        # Units are children of Ray's workers: their time is in those workers' sums once they end.
        for pid, _, words in processes():
            if words and words[0].startswith("ray::"):
                with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                    seen[pid] = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        time.sleep(0.05)
    _, said = run.communicate()
    stop_nodes()
    if run.returncode:
        sys.exit(f"exit code {run.returncode}:\n{said}")
    units = sum(seen.values())
    print(f"one process {alone:.1f} CPU s, units on the cluster {units:.1f} CPU s: {units / alone:.2f} times", flush=True)
    return out


def main():
    words = sys.argv[1:]
    config, asked = words[0], [word for word in words[1:] if word != "--overhead"]
    with tempfile.TemporaryDirectory() as work:
        one, before = os.path.join(work, "alone"), cpu_of_children()
        command = [GRISTMILL, "run", config, "--out", one, "--quiet", "--keep-work"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        alone = cpu_of_children() - before
        if "--overhead" in words:
            different = differing(one, overhead(config, work, alone))
            sys.exit(f"these files differ: {different}" if different else 0)
        for stage in asked or stages_of(one):
            start = time.time()
            different = differing(one, run_with_kill(config, stage, work))
            if different:
                sys.exit(f"{stage}: these files differ: {different}")
            print(f"{stage}: every file is byte-identical ({time.time() - start:.0f} s)", flush=True)


main()
