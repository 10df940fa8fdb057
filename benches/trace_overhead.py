#!/usr/bin/env python3
"""Times workloads plain and traced, in turn: best and median of wall and processor time.

usage: bench/overhead.py [ROUNDS [FOLDER]]; needs `cargo build --release --example trace`.
Processor time is that of the program, all that comes of it, and the tracer. It is the
steadier figure on a machine that does other work.
"""
import os, pathlib, resource, shutil, statistics, subprocess, sys, tempfile, time

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
tracer = pathlib.Path(__file__).parent.parent / "target/release/examples/trace"
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

def measure(command):
    shutil.rmtree(work / "copied", ignore_errors=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1e3, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3

for name, command in workloads.items():
    plain, traced = [], []
    for _ in range(rounds):
        plain.append(measure(command))
        traced.append(measure([tracer.resolve(), "-q", *command]))
    line = f"{name:26}"
    for which, label in ((0, "wall"), (1, "cpu")):
        a, b = [p[which] for p in plain], [t[which] for t in traced]
        ma, mb = statistics.median(a), statistics.median(b)
        line += f" | {label} best {min(a):6.1f} -> {min(b):6.1f} ({min(b) / min(a) * 100 - 100:+.0f} %) median {ma:6.1f} -> {mb:6.1f} ({mb / ma * 100 - 100:+.0f} %)"
    print(line, flush=True)
shutil.rmtree(work)
