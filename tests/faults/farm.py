"""A farm: a queue, nodes on it as real processes, and the history of all of them.

Used by the fault tests and by the chaos run. Whoever makes a farm closes it: `with Farm(...) as farm`.
"""
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from conftest import DOCMILL, Docmill, draw, json_lines, make_pages, wait_for  # noqa: E402, F401  (shared)

# A node that is dead is missed after LEASE seconds. Long enough for a busy machine, short enough for tests.
LEASE = 2.0
FAST = ("--lease-time", f"{LEASE}s", "--lease-heartbeat", "100ms")


def children(pid):
    """Processes whose parent is `pid`; none where it is gone."""
    try:
        threads = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def kill(pid, number=signal.SIGKILL):
    """Whether there was such a process."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def stands_still(pid):
    """Whether no thread of the process runs: all are stopped, or it is dead."""
    try:
        stats = [(thread / "stat").read_text() for thread in pathlib.Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return False  # a thread has just ended
    return all(stat.rpartition(")")[2].split()[0] in "TZX" for stat in stats)


class Node:
    """A `docmill worker`: its process, the processes below it, and its log."""

    def __init__(self, farm, name, *arguments, env=None):
        self.farm, self.name = farm, name
        self.path = farm.directory / f"{name}.log"
        self.process = farm.docmill.start(
            "worker", "--log-level", "info", "--log-format", "json", *FAST, *arguments, stderr=self.path.open("w"),
            env={**farm.environment, "DOCMILL_HISTORY_FILE": farm.history(name), **(env or {})})
        self.stopped = False

    def log(self, event=None):
        whole_lines = self.path.read_text().rsplit("\n", 1)[0]
        return [entry for entry in json_lines(whole_lines) if event in (None, entry["event"])]

    def ready(self):
        wait_for(lambda: self.log("ready") or not self.alive(), f"{self.name} to be ready")
        assert self.alive(), self.path.read_text()
        return self

    def alive(self):
        return self.process.poll() is None

    def fork_server(self):
        found = children(self.process.pid)
        return found[0] if found else None

    def workers(self):
        server = self.fork_server()
        return children(server) if server else []

    def kill(self):
        """As the kernel or a power cut would: no chance to give anything back."""
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        """Returns when every thread stands still: the signal alone does not say so."""
        self.process.send_signal(signal.SIGSTOP)
        wait_for(lambda: not self.alive() or stands_still(self.process.pid), f"{self.name} to stand still")
        self.stopped = True

    def stop_between_writes(self):
        """As stop(), at a moment at which it holds no lock of the queue."""
        self.stop()
        while self.farm.queue.is_locked():
            self.go_on()
            self.stop()

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
        self.stopped = False

    def end(self):
        """Told to end; what it held is given back."""
        if self.stopped:
            self.go_on()
        self.process.terminate()
        return self.process.wait(60)

    def check_ended_well(self):
        """To be asked when it has ended. The log is shown as well: its file may not outlive the test."""
        assert self.process.returncode == 0, f"{self.name} did not end well but with {self.process.returncode}; " \
                                             f"its log ends with\n{self.path.read_text()[-4000:]}"


class Farm:
    def __init__(self, directory, queue):
        self.directory = pathlib.Path(directory)
        self.docmill = FarmDocmill(self.directory)
        self.queue = queue
        self.environment = {**self.docmill.environment, **queue.environment}
        self.docmill.environment = {**self.environment, "DOCMILL_HISTORY_FILE": self.history("commands")}
        self.nodes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            if node.alive():
                node.kill()
        self.queue.close()

    def history(self, name):
        (self.directory / "histories").mkdir(exist_ok=True)
        return str(self.directory / "histories" / f"{name}.jsonl")

    def start_node(self, *arguments, **options):
        node = Node(self, f"node{len(self.nodes)}", *arguments, **options)
        self.nodes.append(node)
        return node.ready()

    def try_submit(self, pipeline, documents, *arguments):
        return self.docmill("submit", pipeline, "--from", "-", *arguments, stdin="".join(f"{d}\n" for d in documents))

    def submit(self, pipeline, documents, *arguments):
        done = self.try_submit(pipeline, documents, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def noop(self, number, sleep_ms=0, *arguments):
        """A job of that many documents which nobody opens, each taking so long."""
        return self.submit("noop", (f"d{i}" for i in range(number)), "--option", f"sleep_ms={sleep_ms}", *arguments)

    def status(self, job):
        """None while the queue cannot be reached."""
        done = self.docmill("status", job, "--json")
        return json.loads(done.stdout) if done.returncode in (0, 1) and done.stdout else None

    def counts(self, job):
        return self.status(job)["documents"]

    def wait_until_done(self, job, number):
        """Until so many documents are done."""
        def look():
            status = self.status(job)
            return status and status["documents"]["done"] >= number and status["documents"]
        return wait_for(look, f"{number} documents of {job} to be done")

    def wait_finished(self, job):
        def look():
            status = self.status(job)
            return status and status["state"] == "finished" and status["documents"]
        return wait_for(look, f"the end of {job}")

    def results(self, job):
        """Document → its record, less what differs from run to run."""
        done = self.docmill("results", job, "--format", "json")
        assert done.returncode == 0, done.stderr
        rows = json_lines(done.stdout)
        found = {pathlib.PurePath(row["document"]).name: steady(row) for row in rows}
        assert len(found) == len(rows), "a document has two results"
        return found

    def audit(self):
        """The auditor's figures. Fails where a promise was broken."""
        histories = sorted((self.directory / "histories").iterdir())
        done = self.docmill("doctor", "--json", "--audit", *histories, env={"DOCMILL_HISTORY_FILE": ""})
        assert done.returncode in (0, 1), done.stderr
        lines = json_lines(done.stdout)
        problems = [line for line in lines[:-1] if line["level"] == "problem"]
        assert not problems, "\n".join(map(json.dumps, problems[:20]))
        return lines[-1]

    def told(self, node, key):
        """Entries of that list in the answers that a node was given: "lost" leases, "stale" completions."""
        history = (self.directory / "histories" / f"{node.name}.jsonl").read_text()
        whole_lines = history.rsplit("\n", 1)[0]
        return [entry for line in json_lines(whole_lines) for entry in line.get(key, [])]


# Before a program: it dies with this process, also where that is killed.
MORTAL = ("setpriv", "--pdeathsig", "KILL", "--")


class FarmDocmill(Docmill):
    def start(self, *arguments, env, **options):
        return subprocess.Popen([*MORTAL, DOCMILL, *map(os.fspath, arguments)], cwd=self.directory, env=env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)


class SmallDisk:
    """A disk of that size, mounted on a directory. PermissionError where we may not mount."""

    def __init__(self, path, size):
        self.path, self.size = path, size
        self.filler = path / "filler"

    def __enter__(self):
        self.path.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", self.path],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            raise PermissionError(mounted.stderr)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)

    def fill(self):
        with self.filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    def free(self):
        self.filler.unlink(missing_ok=True)


def wrong_clock(offset):
    """Environment of a process whose clock is that much off ("+1h"); time goes on as ever. None: no faketime here."""
    library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    return library and {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                        "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}


def steady(record):
    """A record less what differs from run to run: directory, times, counts of attempts, what was found in the cache."""
    kept = {key: value for key, value in record.items() if key not in ("document", "statistics", "source")}
    kept["pages"] = [{k: v for k, v in page.items() if k not in ("seconds", "remembered")}
                     for page in record.get("pages", [])]
    return kept


class FileQueue:
    """The embedded queue: a file in the data directory, which all nodes open."""
    name = "sqlite"
    environment = {}

    def __init__(self, directory):
        self.file = pathlib.Path(directory) / "data/docmill/queue.db"

    def is_locked(self):
        """Whether some process is writing. One that is stopped just then keeps all others waiting until it goes on."""
        try:
            with contextlib.closing(sqlite3.connect(self.file, timeout=0.5, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
            return False
        except sqlite3.OperationalError:
            return True

    def close(self):
        pass
