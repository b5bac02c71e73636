#!/usr/bin/env python3
"""Measures docmill against its peers and against bare library loops.

Machines are noisy, so every comparison alternates the contestants within one run and reports ratios of the best times.
Results go to BUILD/results.json with machine and commit.

usage: bench/run.py --build build/bench [--rounds 3] [--amount N] [pages|text|split|queue|peers|nodes|nlp|idle ...]
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "queue"))
import nodes  # noqa: E402
import peers  # noqa: E402

CORES = len(os.sched_getaffinity(0))


class Bench:
    def __init__(self, build: pathlib.Path, rounds: int):
        self.build = build.resolve()
        self.docmill = self.build / "docmill"
        self.rounds = rounds
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="docmill-bench-"))
        self.results: dict[str, object] = {}

    def shell(self, command: str, **environment: str) -> float:
        """Runs a shell command, returns its seconds; a failing contestant stops the bench with its output."""
        begin = time.monotonic()
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True,
                              env={**os.environ, "OMP_THREAD_LIMIT": "1", **environment})
        seconds = time.monotonic() - begin
        if done.returncode != 0:
            sys.exit(f"bench: exit {done.returncode} from: {command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return seconds

    def compare(self, title: str, unit: str, amount: int, contestants: dict[str, str], ours: str) -> dict[str, float]:
        """Runs the contestants in turn, `rounds` times; prints best time, rate and our ratio to each."""
        best = {name: float("inf") for name in contestants}
        for _ in range(self.rounds):
            for name, command in contestants.items():
                best[name] = min(best[name], self.shell(command.replace("OUT", str(self.fresh(name)))))
        print(f"\n{title} ({amount} {unit}, {CORES} cores, best of {self.rounds}, alternating)")
        for name, seconds in best.items():
            ratio = "" if name == ours else f"   docmill is {seconds / best[ours]:.2f} x as fast"
            print(f"  {name:34} {seconds:8.2f} s  {amount / seconds:9.1f} {unit}/s{ratio}")
        self.results[title] = {"unit": unit, "amount": amount, "best_seconds": best}
        return best

    def fresh(self, name: str) -> pathlib.Path:
        """An empty output directory for one contestant."""
        path = self.work / "out" / "".join(c if c.isalnum() else "-" for c in name)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def output_of(self, name: str) -> pathlib.Path:
        return self.work / "out" / "".join(c if c.isalnum() else "-" for c in name)


def pages(bench: Bench, count: int) -> None:
    """Scanned pages with known text: speed and character error rate."""
    data = bench.work / "pages"
    bench.shell(f"python3 {HERE}/pages/make-pages.py {data} --count {count}")
    images = f"find {data} -name '*.pdf' | sort"
    contestants = {
        "docmill run": f"{bench.docmill} run ocr {data} -o OUT -j {CORES} -q",
        "bare loop, same processing": f"{bench.build}/ocr_bench {CORES} OUT $({images})",
        "bare loop, untouched scans": f"{bench.build}/tesseract_bench {CORES} OUT $({images})",
        "ocrmypdf under parallel": f"{images} | parallel -j {CORES} ocrmypdf -q --jobs 1 --output-type pdf "
                                   "--sidecar OUT/{/}.txt {} OUT/{/}",
        "pdftoppm | tesseract under parallel": f"{images} | parallel -j {CORES} "
                                               "'pdftoppm -r 300 -gray {} | tesseract stdin OUT/{/} -l eng >/dev/null 2>&1'",
    }
    bench.compare("OCR of scanned pages", "pages", count, contestants, "docmill run")
    print("\ncharacter error rate by kind of page")
    for name in contestants:
        rates = subprocess.run([sys.executable, HERE / "pages/cer.py", data, bench.output_of(name)],
                               capture_output=True, text=True, check=True).stdout
        print(f"  {name:34} " + "  ".join(rates.split("\n")).strip())
        bench.results[f"error rate: {name}"] = rates.split("\n")


def text(bench: Bench, count: int) -> None:
    """Born-digital PDFs to text."""
    data = bench.work / "digital"
    bench.shell(f"python3 {HERE}/pages/make-digital.py {data} --count {count}")
    bench.compare("Born-digital PDFs to text", "documents", count, {
        "docmill run": f"{bench.docmill} run ocr {data} -o OUT -j {CORES} -q",
        "docmill run, isolation=worker": f"{bench.docmill} run ocr {data} -o OUT -j {CORES} -q --isolation worker",
        "pdftotext under parallel": f"find {data} -name '*.pdf' | parallel -j {CORES} pdftotext {{}} OUT/{{/}}.txt",
    }, "docmill run")


def split(bench: Bench, count: int) -> None:
    """One long scan as a single document, with one worker and with all."""
    data = bench.work / "long"
    bench.shell(f"python3 {HERE}/pages/make-pages.py {data} --count {count} --single")
    bench.compare(f"One scanned PDF of {count} pages", "pages", count, {
        f"docmill run -j {CORES}": f"{bench.docmill} run ocr {data} -o OUT -j {CORES} -q",
        "docmill run -j 1": f"{bench.docmill} run ocr {data} -o OUT -j 1 -q",
    }, f"docmill run -j {CORES}")


def queue(bench: Bench, count: int) -> None:
    """The queue itself: broker calls alone, then through real worker processes that do nothing."""
    print("\nBroker calls (SQLite, every batch durable)")
    print(subprocess.run([bench.build / "broker_bench"], capture_output=True, text=True, check=True).stdout)
    names = bench.work / "names"
    names.write_text("".join(f"document-{i:08}.pdf\n" for i in range(count)))
    bench.compare("Empty tasks through worker processes", "tasks", count, {
        "docmill run noop": f"{bench.docmill} run noop --from {names} -o OUT -j {CORES} -q --isolation worker",
    }, "docmill run noop")


def beside_peers(bench: Bench, count: int) -> None:
    """Empty tasks through nodes and through the queues that people use, on a Redis of the same kind. `count`: of ours."""
    installed = HERE.parent / "build/peers"  # by tools/setup.sh bench
    field = peers.contestants(installed, bench.build, CORES)
    results = peers.measure(field, installed, bench.rounds, count / max(c.tasks for c in field), 500)
    print(f"\nEmpty tasks on Redis, results kept ({CORES} cores, best of {bench.rounds}, alternating)")
    print(peers.table(results))
    bench.results["peers"] = results


def many_nodes(bench: Bench, count: int) -> None:
    """Nodes on one Redis, more and more of them, whose tasks sleep. `count`: tasks for the most nodes."""
    sleep_ms = 25
    results = nodes.measure(bench.build, count, sleep_ms)
    print(f"\nMore and more nodes on one Redis, tasks of {sleep_ms} ms ({CORES} cores)")
    print(nodes.table(results))
    bench.results["nodes"] = results


def nlp(bench: Bench, megabytes: int) -> None:
    """What the stage nlp gets right on the project's gold sets, and its speed on one core. `megabytes`: of text, for speed."""
    program = bench.build / "nlp_bench"

    def run(*arguments: object) -> str:
        return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout

    for name in ("languages", "sentences", "sentences_hard", "entities"):
        report = run(name.removesuffix("_hard"), HERE.parent / f"tests/corpus/nlp/{name}.txt")
        print(f"\n{name}, the project's own set\n{report}", end="")
        bench.results[f"nlp {name}"] = report.splitlines()
    licences = b"".join(path.read_bytes() for path in sorted(pathlib.Path("/usr/share/common-licenses").iterdir())
                        if not path.is_symlink())
    prose = bench.work / "prose"
    prose.write_bytes(licences * max(1, megabytes * 1_000_000 // len(licences)))
    report = run("speed", prose)
    print(f"\nSpeed on one core, licences of Debian, {prose.stat().st_size / 1e6:.1f} MB\n{report}", end="")
    bench.results["nlp speed"] = report.splitlines()


def idle(bench: Bench, seconds: int) -> None:
    """Processor time of a node that has nothing to do (its only job is paused), with 100 workers allowed."""
    out = bench.fresh("idle")
    names = bench.work / "idle-names"
    names.write_text("a.pdf\n")
    process = subprocess.Popen([bench.docmill, "run", "noop", "--from", names, "-o", out, "-j", "100", "-q",
                                "--sleep-ms", "3000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        job = None
        while job is None:
            listing = subprocess.run([bench.docmill, "jobs", "-o", out, "--json"], capture_output=True, text=True)
            lines = [line for line in listing.stdout.splitlines() if line.startswith("{")]
            job = json.loads(lines[0])["id"] if listing.returncode == 0 and lines else None
        subprocess.run([bench.docmill, "pause", job, "-o", out], check=True, capture_output=True)
        time.sleep(5)  # let the pause take hold and idle workers go
        before = cpu_seconds(process.pid)
        time.sleep(seconds)
        used = cpu_seconds(process.pid) - before
        children = len(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
        share = 100 * used / seconds
        print(f"\nIdle node, 100 workers allowed: {share:.2f} % of a core, {children} child process(es)")
        bench.results["idle"] = {"percent_of_core": share, "children": children}
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


SECTIONS = {"pages": (pages, 24), "text": (text, 400), "split": (split, 300), "queue": (queue, 200_000),
            "peers": (beside_peers, 1_000_000), "nodes": (many_nodes, 100_000), "nlp": (nlp, 2),
            "idle": (idle, 20)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--amount", type=int, help="of pages, documents, tasks, seconds or megabytes, instead of the sections' own")
    parser.add_argument("sections", nargs="*", help=" ".join(SECTIONS))
    arguments = parser.parse_args()
    unknown = set(arguments.sections) - SECTIONS.keys()
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are: {' '.join(SECTIONS)}")
    bench = Bench(arguments.build, arguments.rounds)
    try:
        for name in arguments.sections or SECTIONS:
            section, amount = SECTIONS[name]
            section(bench, arguments.amount or amount)
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    bench.results["machine"] = {"cores": CORES, "system": platform.platform(), "commit": commit}
    (bench.build / "results.json").write_text(json.dumps(bench.results, indent=1))


if __name__ == "__main__":
    main()
