#!/usr/bin/env python3
"""Times workloads plain and watched by the tracer, in turn: best and median of wall and
processor time.

usage: benches/trace_overhead.py [ROUNDS [FOLDER]]; needs `cargo build --release`, and
takes the program where MISFIRE points instead. FOLDER is where the workloads run, best
one in memory. Processor time is that of the program, all that comes of it, and the
tracer; it is the steadier figure on a machine that does other work.
"""
import json, os, pathlib, resource, shutil, socket, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MISFIRE = os.environ.get("MISFIRE", TARGET / "release/misfire")

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
work = pathlib.Path(tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None))
(work / "src").mkdir()
for number in range(2000):
    (work / "src" / str(number)).write_text(f"file {number}\n")
(work / "large").write_bytes(os.urandom(1 << 20) * 100)
programs = "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done"
loop = "t = 0\nfor n in range(3_000_000): t += n * n % 7"
reads = "import os\nfor n in range(20_000): os.stat('src/1'); f = os.open('src/1', 0); os.read(f, 9); os.close(f)"
workloads = {
    "shell starts 300 programs": ["sh", "-c", programs],
    "cp -r of 2,000 files": ["cp", "-r", "src", "copied"],
    "python loop": [sys.executable, "-c", loop],
    "sha256sum of 100 MB": ["sha256sum", "large"],
    "20,000 x stat, open, read": [sys.executable, "-c", reads],
    "true (fixed cost)": ["true"],
}
quiet = {"cwd": work, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def plain(command):
    subprocess.run(command, check=True, **quiet)


def watched(command):
    """As a run does it: an order over a socket, and lines back to the end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        tracer = subprocess.Popen([MISFIRE, "watch-program"], stdin=theirs, **quiet)
        theirs.close()
        order = {
            "program": shutil.which(command[0]),
            "name": command[0],
            "arguments": command[1:],
            "marker": "MISFIRE_RUN",
            "events": 500_000,
            "tasks": 4_096,
        }
        ours.sendall(json.dumps(order).encode() + b"\n")
        last = b""
        with ours.makefile("rb") as lines:
            for last in lines:
                pass
        if tracer.wait() != 0 or json.loads(last) != "whole":
            sys.exit(f"it was not watched to its end: {last!r}")


def measure(run, command):
    shutil.rmtree(work / "copied", ignore_errors=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run(command)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1e3, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


for name, command in workloads.items():
    times = {plain: [], watched: []}
    for _ in range(rounds):
        for run, measured in times.items():
            measured.append(measure(run, command))
    line = f"{name:26}"
    for which, label in ((0, "wall"), (1, "cpu")):
        a, b = ([one[which] for one in times[run]] for run in (plain, watched))
        for word, of in (("best", min), ("median", statistics.median)):
            x, y = of(a), of(b)
            line += f" | {label} {word} {x:6.1f} -> {y:6.1f} ({y / x * 100 - 100:+.0f} %)"
    print(line, flush=True)
shutil.rmtree(work)
