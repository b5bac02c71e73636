"""docmill submit, worker, nodes: jobs that nodes of their own work on."""
import glob
import json
import os
import pathlib
import signal
import sqlite3

import pytest
from conftest import draw, json_lines, make_pages, wait_for


class Worker:
    """A `docmill worker` and its log."""

    def __init__(self, docmill, *arguments, name="worker"):
        self.path = docmill.directory / f"{name}.log"
        self.process = docmill.start("worker", "--log-level", "info", "--log-format", "json", *arguments,
                                     stderr=self.path.open("w"))

    def log(self, event=None):
        lines = self.path.read_text().rsplit("\n", 1)[0]
        return [entry for entry in json_lines(lines) if event in (None, entry["event"])]

    def ready(self):
        wait_for(lambda: self.log("ready") or self.process.poll() is not None, "a worker")
        assert self.process.poll() is None, self.path.read_text()
        return self

    def end(self, signal_=signal.SIGTERM):
        self.process.send_signal(signal_)
        return self.process.wait(30)


pytestmark = pytest.mark.usefixtures("queue")  # every test on both


@pytest.fixture
def start_worker(docmill):
    workers = []

    def start(*arguments):
        workers.append(Worker(docmill, *arguments, name=f"worker{len(workers)}"))
        return workers[-1].ready()
    yield start
    for worker in workers:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait(30)


def submit(docmill, *arguments, **options):
    done = docmill("submit", *arguments, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def status(docmill, job):
    return json.loads(docmill("status", job, "--json").stdout)


def long_pdf(path, pages):
    leaves = [draw(f"Leaf {number}") for number in range(pages)]
    leaves[0].save(path, resolution=300, save_all=True, append_images=leaves[1:])


def artifact(docmill, job, index, name):
    return docmill.directory / f"data/docmill/artifacts/{job}/{index}/{name}"


def test_two_workers_share_a_job_and_the_parts_of_a_long_document(docmill, scans, start_worker):
    long_pdf(scans / "long.pdf", 24)
    workers = [start_worker("-j", "1", "--part-pages", "2") for _ in range(2)]
    done, events = docmill.events("submit", "ocr", "scans", "--wait")
    assert done.returncode == 0, done.stderr
    assert (events[0]["event"], events[0]["documents"]) == ("job", 4)
    summary = events[-1]
    assert (summary["done"], summary["failed"], summary["pages"]) == (4, 0, 28)
    rows = json_lines(docmill("results", summary["job"], "--format", "json").stdout)
    assert sorted(len(row["pages"]) for row in rows) == [1, 1, 2, 24]
    index = next(entry["index"] for worker in workers for entry in worker.log("merged"))
    text = artifact(docmill, summary["job"], index, "txt").read_text()
    positions = [text.index(f"Leaf {number}") for number in range(24)]
    assert positions == sorted(positions)
    # The job has ended when the merge is reported; its parts go after that.
    wait_for(lambda: not artifact(docmill, summary["job"], index, "parts").exists(), "the parts to be removed")
    parts = [{entry["part"] for entry in worker.log("done") if "part" in entry} for worker in workers]
    assert parts[0] and parts[1] and parts[0] | parts[1] == set(range(1, 13))
    assert [worker.end() for worker in workers] == [0, 0]


def test_what_a_killed_worker_held_is_done_by_another(docmill, start_worker):
    fast = ("-j", "2", "--lease-time", "2s", "--lease-heartbeat", "100ms")
    killed = start_worker(*fast)
    job = submit(docmill, "noop", *(f"d{number}" for number in range(40)), "--option", "sleep_ms=200")
    wait_for(lambda: len(killed.log("done")) > 2, "the first documents")
    killed.process.kill()
    killed.process.wait(30)
    assert status(docmill, job)["documents"]["leased"] > 0
    start_worker(*fast)
    counts = wait_for(lambda: (s := status(docmill, job))["state"] == "finished" and s, "the end")["documents"]
    assert (counts["done"], counts["failed"]) == (40, 0)
    assert len(json_lines(docmill("results", job, "--format", "json").stdout)) == 40


def test_a_worker_that_is_told_to_end_finishes_what_runs_and_gives_back_the_rest(docmill, start_worker):
    worker = start_worker("-j", "1")
    job = submit(docmill, "noop", *(f"d{number}" for number in range(100)), "--option", "sleep_ms=300")
    wait_for(lambda: worker.log("done"), "the first document")
    assert worker.end() == 0
    counts = status(docmill, job)["documents"]
    assert counts["leased"] == 0 and counts["done"] == len(worker.log("done")) and counts["waiting"] > 0
    assert [entry["event"] for entry in worker.log()][-1] == "ended"
    assert docmill("nodes", "--json").stdout == ""


def test_a_second_signal_stops_at_once_what_runs(docmill, start_worker):
    worker = start_worker("-j", "1", "--lease-drain-timeout", "1h")
    job = submit(docmill, "noop", "d", "--option", "sleep_ms=600000")
    wait_for(lambda: status(docmill, job)["documents"]["leased"], "its start")
    worker.process.send_signal(signal.SIGINT)
    wait_for(lambda: worker.log("draining"), "draining")
    assert worker.end(signal.SIGINT) == 0
    assert status(docmill, job)["documents"]["waiting"] == 1


def test_an_idle_worker_stays_and_takes_what_comes_later(docmill, start_worker):
    worker = start_worker()
    for document in "ab":
        assert docmill("submit", "noop", document, "--wait").returncode == 0
    assert worker.process.poll() is None and len(worker.log("done")) == 2


def test_nodes_lists_who_is_at_work(docmill, start_worker):
    assert "no node is at work" in (docmill("submit", "noop", "a"), docmill("nodes"))[1].stdout
    workers = [start_worker("-j", str(jobs)) for jobs in (1, 3)]
    nodes = wait_for(lambda: len(found := json_lines(docmill("nodes", "--json").stdout)) == 2 and found, "two nodes")
    assert {(node["pid"], node["workers"]) for node in nodes} == {(w.process.pid, n) for w, n in zip(workers, (1, 3))}
    assert all(node["host"] == os.uname().nodename and node["seen_seconds_ago"] < 60 for node in nodes)
    table = docmill("nodes").stdout
    assert table.count("\n") == 3 and nodes[0]["id"] in table
    done = wait_for(lambda: sum(n["tasks_done"] for n in json_lines(docmill("nodes", "--json").stdout)), "its document")
    assert done == 1


def models(docmill, *names):
    """Workers that start from now on have these languages only. (All models are the English one.)"""
    places = [os.environ.get("TESSDATA_PREFIX", ""), *glob.glob("/usr/share/tesseract-ocr/*/tessdata")]
    english = next(path for place in places if (path := pathlib.Path(place, "eng.traineddata")).exists())
    folder = docmill.directory / f"models-{'-'.join(names)}"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.traineddata").symlink_to(english)
    docmill.environment["TESSDATA_PREFIX"] = str(folder)


def test_a_job_waits_for_a_node_that_has_its_language(docmill, scans, start_worker):
    models(docmill, "eng")
    without = start_worker()
    job = submit(docmill, "ocr", "scans", "-l", "fra")
    assert docmill("submit", "ocr", "scans", "--wait", "-q").returncode == 0  # it works, but not on that one
    assert {entry["job"] for entry in without.log("done")}.isdisjoint({job})
    told = status(docmill, job)
    assert (told["documents"]["waiting"], told["waits_for"]) == (3, "a node with lang:fra")
    assert "waits for a node with lang:fra\n" in docmill("status", job).stdout
    models(docmill, "eng", "fra")
    start_worker()
    counts = wait_for(lambda: (s := status(docmill, job))["state"] == "finished" and s, "the end")["documents"]
    assert (counts["done"], counts["failed"]) == (3, 0)
    assert {entry["job"] for entry in without.log("done")}.isdisjoint({job})


def test_submit_wait_has_the_exit_statuses_of_run(docmill, scans, start_worker):
    start_worker()
    well = docmill("submit", "ocr", "scans", "--wait", "-q")
    assert (well.returncode, well.stderr) == (0, "")
    failed = docmill("submit", "ocr", "scans/hello.png", "gone.png", "--wait")
    assert failed.returncode == 1 and "gone.png: not_found:" in failed.stdout
    assert "1 document done, 1 failed" in failed.stdout


def test_interrupting_a_wait_leaves_the_job_alone(docmill):
    process = docmill.start("submit", "noop", "a", "--wait", "--json")
    job = json.loads(process.stdout.readline())["job"]
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130 and "goes on" in json_lines(output)[-1]["message"]
    assert status(docmill, job)["state"] == "running"


def kept_of_jobs(docmill, queue, server):
    """What the queue stores, but for what is of no job: its sums, clients and nodes."""
    if queue == "redis":
        keys = server.command("KEYS", "*").split()
        mine = [key for key in keys if docmill.environment["DOCMILL_REDIS_NAMESPACE"] in key]
        assert mine
        return {key for key in mine if key.rsplit(":", 1)[-1] not in ("queue", "clients", "calls", "nodes", "seen")}
    with sqlite3.connect(docmill.directory / "data/docmill/queue.db") as database:
        tables = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name for name in tables - {"queue", "clients", "nodes", "sqlite_sequence"}
                if database.execute(f"SELECT EXISTS (SELECT 1 FROM {name})").fetchone()[0]}


@pytest.mark.parametrize("by_file", [False, True])
def test_a_job_goes_with_its_results_when_its_time_has_passed(docmill, queue, redis_server, start_worker, by_file):
    if by_file:
        (docmill.directory / "docmill.toml").write_text('[results]\nttl = "1s"\n')
    start_worker("--lease-heartbeat", "100ms")
    job = submit(docmill, "noop", *"abc", *([] if by_file else ["--result-ttl", "1s"]))
    kept = submit(docmill, "noop", "d", "--result-ttl", "30d", "--wait", "--json")
    assert kept_of_jobs(docmill, queue, redis_server)
    wait_for(lambda: job not in docmill("jobs", "--json").stdout, "its end")
    other, = json_lines(docmill("jobs", "--json").stdout)
    assert other["id"] in kept
    assert docmill("results", job).returncode == 2
    assert docmill("remove", other["id"]).returncode == 0
    wait_for(lambda: not kept_of_jobs(docmill, queue, redis_server), "an empty queue")


def test_an_idempotency_key_submits_once(docmill):
    key = ("--idempotency-key", "one")
    job = submit(docmill, "noop", "a", "b", *key)
    assert submit(docmill, "noop", "a", "b", *key) == job
    assert json.loads(submit(docmill, "noop", "a", "b", *key, "--json"))["existed"]
    other = docmill("submit", "noop", "a", "c", *key)
    assert other.returncode == 2 and other.stderr.count("\n") == 1
    assert len(json_lines(docmill("jobs", "--json").stdout)) == 1


def test_submit_takes_folders_patterns_lists_and_addresses(docmill, tmp_path, start_worker):
    make_pages(tmp_path / "folder", 2)
    make_pages(tmp_path / "more", 2)
    (tmp_path / "list.txt").write_text("listed.pdf\ns3://bucket/a?b*c\n")
    job = submit(docmill, "noop", "folder", "more/*1.png", "https://example.org/x.pdf", "--from", "list.txt",
                 "--name", "my job", "--priority", "high")
    told = status(docmill, job)
    assert (told["name"], told["priority"], told["documents"]["total"]) == ("my job", "high", 6)
    start_worker()
    wait_for(lambda: status(docmill, job)["state"] == "finished", "the end")
    names = {row["document"] for row in json_lines(docmill("results", job, "--format", "json").stdout)}
    assert {"https://example.org/x.pdf", "s3://bucket/a?b*c"} <= names
    paths = {os.path.normpath(name) for name in names if name.startswith("/")}
    assert paths == {str(tmp_path / name) for name in ("folder/p00.png", "folder/p01.png", "more/p01.png", "listed.pdf")}


def test_a_million_names_are_submitted_in_one_go(docmill):
    names = "".join(f"/archive/document-{number:07}.pdf\n" for number in range(1_000_000))
    job = submit(docmill, "noop", "-", stdin=names)
    assert status(docmill, job)["documents"]["waiting"] == 1_000_000


@pytest.mark.parametrize("arguments, sentence", [
    (["ocr"], "nothing to submit"),
    (["orc", "a.pdf"], "did you mean 'ocr'?"),
    (["ocr", "a.pdf", "--option", "language"], "NAME=VALUE"),
    (["ocr", "a.pdf", "--option", "langauge=en"], "did you mean 'language'?"),
    (["ocr", "a.pdf", "--option", "user_words=gone.txt"], "gone.txt cannot be read"),
    (["ocr,nlp", "a.pdf", "--redact", "email", "--format", "txt,pdf"], "would show what is masked"),
    (["ocr", "a.pdf", "--priority", "urgent"], "--priority"),
    (["ocr", ""], "a DOC is empty"),
])
def test_wrong_submissions_are_refused_and_leave_nothing(docmill, tmp_path, arguments, sentence):
    done = docmill("submit", *arguments)
    assert done.returncode == 2 and sentence in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_worker_needs_its_program_and_its_store(docmill, tmp_path):
    assert docmill("worker", env={"DOCMILL_WORKER": "/nowhere"}).returncode == 2
    (tmp_path / "file").write_text("")
    refused = docmill("worker", "--store-url", "file")
    assert refused.returncode == 2 and "cannot write in file" in refused.stderr
