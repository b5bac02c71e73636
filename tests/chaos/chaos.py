#!/usr/bin/env python3
"""Chaos: jobs are done while faults strike at random; in the end every promise was kept and every result is right.

Each round submits a large job of documents that only take time, and small ones of scans while it runs, and lets faults
strike. When all are done the auditor judges the histories of all processes (docmill doctor --audit), and every document's
result is compared with that of a run in peace.

usage: chaos.py [--queue sqlite|redis] [--seed N] [--seconds 75] [--documents 10000] [--nodes 5] [--keep DIR]

The seed is printed; the same seed draws the same faults at the same times. Their interleaving with the work is the
machine's own. --seconds is the time for which faults are drawn: an hour is 3600, in rounds of about 75 seconds each.
"""
import argparse
import collections
import contextlib
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from farm import Farm, SmallDisk, draw, make_pages  # noqa: E402
from queues import QUEUES, open_queue  # noqa: E402
from strikes import Crew, draw_faults  # noqa: E402

ROUND = 75  # seconds of faults with one large job
WORKERS = 2  # of a node
NODE = ["-j", str(WORKERS), "--part-pages", "2"]
SCANS = 12
SECONDS_BETWEEN_SCANS = 8
PATIENCE = 240  # seconds that a round may take after the last fault


def arguments():
    parser = argparse.ArgumentParser(description="Jobs under random faults, and proof that nothing went wrong.")
    parser.add_argument("--queue", choices=QUEUES, default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--seconds", type=float, default=ROUND)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=5)
    parser.add_argument("--keep", type=pathlib.Path, help="directory for logs and histories, emptied before")
    return parser.parse_args()


class Chaos:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.began = time.monotonic()
        self.struck = collections.Counter()
        self.store = None  # of the outputs, where it is one that can be filled
        scans = sorted(make_pages(directory / "scans", SCANS).iterdir())
        leaves = [draw(f"Leaf number {number}") for number in range(8)]
        leaves[0].save(directory / "scans/long.pdf", resolution=300, save_all=True, append_images=leaves[1:])
        self.scans = [*scans, directory / "scans/long.pdf"]

    def say(self, text):
        print(f"{time.monotonic() - self.began:7.1f} s  {text}", flush=True)

    # Faults spend attempts and deliveries; they must not spend them all.
    PATIENT = ("--attempts", "100", "--retry-deliveries", "1000", "--retry-backoff-cap", "500ms")

    def submit(self, farm, sleep_ms):
        return farm.noop(self.options.documents, sleep_ms, *self.PATIENT)

    def submit_scans(self, farm):
        return farm.submit("ocr", self.scans, "--format", "txt,hocr", *self.PATIENT)

    def records(self, farm, job):
        """The results of a job, less the option in which the runs differ."""
        found = farm.results(job)
        for record in found.values():
            record["options"].pop("sleep_ms", None)
        return found

    def outputs(self, farm, job):
        """The bytes of all outputs of a job, but of the records. What a node that lost its lease left of a part does not
        count."""
        place = (self.store.path if self.store else farm.docmill.directory / "data/docmill/artifacts") / job
        return {(path.parent.name, path.name): path.read_bytes() for path in place.glob("*/*")
                if path.is_file() and path.name != "json"}

    def run_in_peace(self):
        """What is expected: records, records of scans, their outputs."""
        directory = self.directory / "peace"
        directory.mkdir()
        with Farm(directory, open_queue("sqlite", directory)) as farm:
            job, scans = self.submit(farm, 0), self.submit_scans(farm)
            farm.start_node("--isolation", "worker", *NODE)
            farm.wait_finished(job)
            farm.wait_finished(scans)
            farm.audit()
            self.expected = self.records(farm, job), self.records(farm, scans), self.outputs(farm, scans)
        self.say(f"a run in peace is done: {len(self.expected[0])} documents and {len(self.expected[1])} scans")

    def run(self):
        self.say(f"seed {self.options.seed}, queue {self.options.queue}")
        self.run_in_peace()
        dice = random.Random(self.options.seed)
        directory = self.directory / "chaos"
        directory.mkdir()
        with contextlib.ExitStack() as stack:
            self.mount_store(stack, directory / "store")
            farm = stack.enter_context(Farm(directory, open_queue(self.options.queue, directory)))
            crew = Crew(farm, self.options.nodes, NODE, self.store)
            left = self.options.seconds
            while left > 0:
                self.round(farm, crew, dice, min(left, ROUND))
                left -= ROUND
            crew.end()
        self.say("struck: " + ", ".join(f"{number} {name}" for name, number in sorted(self.struck.items())))

    def mount_store(self, stack, path):
        try:
            self.store = stack.enter_context(SmallDisk(path, "256m"))
        except PermissionError:
            self.say("no disk can be mounted here, so none is filled")

    def round(self, farm, crew, dice, seconds):
        # Work for about three quarters of that time, were there no faults.
        sleep_ms = int(750 * seconds * self.options.nodes * WORKERS / self.options.documents)
        job = self.submit(farm, sleep_ms)
        self.say(f"submitted job {job}, {sleep_ms} ms a document")
        scans = []
        self.strike(crew, draw_faults(dice, seconds, self.options.nodes, farm.queue), job,
                    self.keep_submitting_scans(farm, scans, seconds))
        deadline = time.monotonic() + PATIENCE
        for each in [job, *scans]:
            while (status := farm.status(each)) is None or status["state"] != "finished":
                assert time.monotonic() < deadline, f"job {each} does not end: {status}"
                time.sleep(0.5)
        self.say(f"finished, and {len(scans)} jobs of scans")
        figures = farm.audit()
        self.say("every promise was kept: " + ", ".join(f"{value} {key}" for key, value in figures.items()
                                                        if isinstance(value, int)))
        self.compare("records", self.records(farm, job), self.expected[0])
        for each in scans:
            self.compare("records of scans", self.records(farm, each), self.expected[1])
            self.compare("outputs", self.outputs(farm, each), self.expected[2])
        self.say("every result is that of the run in peace")

    def compare(self, what, mine, right):
        wrong = [key for key in right | mine if mine.get(key) != right.get(key)]
        assert not wrong, f"{len(wrong)} {what} differ from the run in peace, among them {wrong[0]}: " \
                          f"{mine.get(wrong[0])} instead of {right.get(wrong[0])}"

    def keep_submitting_scans(self, farm, jobs, seconds):
        """As a fault does: yields the seconds until it goes on. A submission that fails is repeated: it counts once."""
        for number in range(int(seconds / SECONDS_BETWEEN_SCANS)):
            key = f"scans-{self.options.seed}-{len(farm.nodes)}-{number}"
            while True:
                done = farm.try_submit("ocr", self.scans, "--format", "txt,hocr", "--idempotency-key", key, *self.PATIENT)
                if done.returncode == 0:
                    break
                yield 0.5
            jobs.append(done.stdout.strip())
            yield SECONDS_BETWEEN_SCANS

    def strike(self, crew, faults, job, submissions):
        """Lets each fault begin at its time and go on when its pauses are over."""
        begin = time.monotonic()
        running = [(begin, submissions)]
        for fault in faults:
            fault.at += begin
        while faults or running:
            due = min([*(fault.at for fault in faults[:1]), *(at for at, _ in running)])
            time.sleep(max(0.0, due - time.monotonic()))
            while faults and faults[0].at <= time.monotonic():
                fault = faults.pop(0)
                self.say(str(fault))
                self.struck[fault.name] += 1
                running.append((fault.at, fault.begin(crew, job)))
            for entry in [entry for entry in running if entry[0] <= time.monotonic()]:
                running.remove(entry)
                pause = next(entry[1], None)
                if pause is not None:
                    running.append((time.monotonic() + pause, entry[1]))


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nodes, servers and the mounted disk go, too
    with tempfile.TemporaryDirectory(prefix="docmill-chaos-") as temporary:
        directory = options.keep or pathlib.Path(temporary)
        for place in ("peace", "chaos", "scans"):
            shutil.rmtree(directory / place, ignore_errors=True)
        directory.mkdir(parents=True, exist_ok=True)
        try:
            Chaos(options, directory).run()
        except AssertionError as error:
            print(f"chaos: {error}\nchaos: the same faults: {sys.argv[0]} --seed {options.seed} --queue {options.queue}",
                  file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
