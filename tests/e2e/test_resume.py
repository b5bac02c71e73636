"""Interrupt, kill, repeat: nothing is lost and nothing is done twice."""
import os
import signal
import sqlite3

import pytest
from conftest import draw, json_lines, make_pages, records, snapshot, wait_for


def test_the_same_command_again_does_nothing(docmill, scans, tmp_path):
    assert docmill("run", "ocr", "scans", "-o", "out").returncode == 0
    before = snapshot(tmp_path / "out")
    done = docmill("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 0
    assert "nothing to do: 3 documents are done already" in done.stdout
    assert snapshot(tmp_path / "out") == before


def test_only_what_is_new_or_changed_is_done(docmill, scans, tmp_path):
    assert docmill("run", "ocr", "scans", "-o", "out").returncode == 0
    before = snapshot(tmp_path / "out")
    draw("Brand new").save(scans / "new.png", dpi=(300, 300))
    draw("Hello again").save(scans / "hello.png", dpi=(300, 300))
    done, events = docmill.events("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 0
    assert events[-1]["done_already"] == 2 and events[-1]["done"] == 4
    after = snapshot(tmp_path / "out")
    assert all(after[name] == before[name] for name in before if not name.startswith("hello"))
    assert b"Hello again" in after["hello.png.txt"][0] and "new.png.txt" in after


def test_an_output_that_was_deleted_is_made_again(docmill, scans, tmp_path):
    assert docmill("run", "ocr", "scans", "-o", "out").returncode == 0
    (tmp_path / "out/hello.png.txt").unlink()
    done, events = docmill.events("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 0 and events[-1]["done_already"] == 2
    assert (tmp_path / "out/hello.png.txt").exists()


def test_failures_are_tried_again_in_the_same_job(docmill, scans, tmp_path):
    first, events = docmill.events("run", "ocr", "scans", "-o", "out", "--from", "-", stdin="scans/broken.pdf\n")
    assert first.returncode == 1
    again, more = docmill.events("run", "ocr", "scans", "-o", "out", "--from", "-", stdin="scans/broken.pdf\n")
    assert again.returncode == 1
    assert more[0]["job"] == events[0]["job"] and more[0]["goes_on"]
    assert [e["document"] for e in more if e["event"] == "started"] in ([], [str(scans / "broken.pdf")])


def test_other_options_do_everything_again(docmill, scans, tmp_path):
    assert docmill("run", "ocr", "scans", "-o", "out").returncode == 0
    done, events = docmill.events("run", "ocr", "scans", "-o", "out", "--format", "txt,tsv")
    assert done.returncode == 0 and events[-1]["done_already"] == 0
    assert (tmp_path / "out/hello.png.tsv").exists()


def kill_after(docmill, documents, *arguments):
    """Starts a run, kills it without warning when so many documents have ended; returns those."""
    process = docmill.start(*arguments, "--json")
    ended = []
    for line in process.stdout:
        event, = json_lines(line)
        if event["event"] == "document":
            ended.append(event["document"])
        if len(ended) >= documents and event["event"] != "job":
            break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    return ended


@pytest.mark.parametrize("documents", [0, 1, 4])
def test_a_killed_run_goes_on_and_redoes_nothing_that_was_committed(docmill, tmp_path, documents):
    make_pages(tmp_path / "pages", 8)
    kill_after(docmill, documents, "run", "ocr", "pages", "-o", "out")
    job, = docmill.jobs("out")
    committed = job["documents"]["done"]
    finished = {name: r["statistics"]["finished_at"] for name, r in records(tmp_path / "out").items()}
    done, events = docmill.events("run", "ocr", "pages", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert events[0]["goes_on"] and events[0]["job"] == job["id"]
    assert sum(e["event"] == "document" for e in events) == 8 - committed
    after = {name: r["statistics"]["finished_at"] for name, r in records(tmp_path / "out").items()}
    assert len(after) == 8
    assert sum(after[name] == finished[name] for name in finished) >= committed
    assert docmill.jobs("out")[0]["documents"]["done"] == 8


def test_a_killed_run_of_one_long_document_goes_on_by_page_range(docmill, tmp_path):
    pages = [draw(f"Leaf {number}", size=(1800, 900)) for number in range(12)]
    pages[0].save(tmp_path / "long.pdf", resolution=300, save_all=True, append_images=pages[1:])
    arguments = ("run", "ocr", "long.pdf", "-o", "out", "--part-pages", "2")
    process = docmill.start(*arguments, "--json")
    began = 0
    for line in process.stdout:
        event, = json_lines(line)
        began += event["event"] == "started" and event["kind"] == "part"
        if began == 4:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    done, events = docmill.events(*arguments)
    assert done.returncode == 0, done.stderr
    assert sum(e["event"] == "started" and e["kind"] == "part" for e in events) < 6
    text = (tmp_path / "out/long.pdf.txt").read_text()
    assert all(f"Leaf {number}" in text for number in range(12))


def test_a_second_run_on_the_same_directory_is_refused_by_name(docmill, tmp_path):
    process = docmill.start("run", "noop", "a", "-o", "out", "--sleep-ms", "600000", "--lease-drain-timeout", "0s")
    wait_for(lambda: (tmp_path / "out/.docmill/queue.db").exists(), "the queue")
    second = docmill("run", "noop", "a", "-o", "out")
    assert second.returncode == 2
    assert f"process {process.pid}" in second.stderr
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def running_job(docmill):
    def look():
        jobs = docmill.jobs("out")
        return jobs and jobs[0]["documents"]["leased"] > 0 and jobs[0]
    return wait_for(look, "a job that runs")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_one_signal_finishes_what_runs(docmill, name):
    names = "".join(f"d{number}\n" for number in range(50))
    process = docmill.start("run", "noop", "--from", "-", "-o", "out", "-j", "2", "--sleep-ms", "300", "--json",
                            stdin=-1)
    process.stdin.write(names)
    process.stdin.close()
    process.stdin = None
    running_job(docmill)
    process.send_signal(getattr(signal, name))
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    events = json_lines(output)
    summary = events[-1]
    started = {e["document"] for e in events if e["event"] == "started"}
    ended = {e["document"] for e in events if e["event"] == "document"}
    assert any("once more stops now" in e.get("message", "") for e in events)
    assert 0 < summary["done"] < 50 and started == ended
    assert docmill.jobs("out")[0]["documents"]["leased"] == 0
    again, events = docmill.events("run", "noop", "-", "-o", "out", "--sleep-ms", "300", "-j", "20", stdin=names)
    assert again.returncode == 0 and events[0]["goes_on"]
    assert events[-1]["done"] == 50 and events[-1]["done_already"] == summary["done"]


def test_two_signals_stop_at_once(docmill):
    process = docmill.start("run", "noop", "a", "b", "-o", "out", "--sleep-ms", "600000")
    running_job(docmill)
    process.send_signal(signal.SIGINT)
    assert "once more stops now" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    counts = docmill.jobs("out")[0]["documents"]
    assert counts["leased"] == 0 and counts["waiting"] == 2
    job = docmill.jobs("out")[0]["id"]
    assert "waits for a node: none is at work" in docmill("status", job, "-o", "out").stdout


def test_a_database_that_is_damaged_is_told(docmill, tmp_path):
    assert docmill("run", "noop", "a", "-o", "out").returncode == 0
    (tmp_path / "out/.docmill/queue.db").write_bytes(b"this is no database " * 500)
    for leftover in ("queue.db-wal", "queue.db-shm"):
        (tmp_path / "out/.docmill" / leftover).unlink(missing_ok=True)
    done = docmill("run", "noop", "a", "-o", "out")
    assert done.returncode == 2 and "queue.db" in done.stderr


def test_a_database_of_a_newer_version_is_told(docmill, tmp_path):
    assert docmill("run", "noop", "a", "-o", "out").returncode == 0
    with sqlite3.connect(tmp_path / "out/.docmill/queue.db") as database:
        version, = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version + 1}")
    database.close()
    done = docmill("run", "noop", "a", "-o", "out")
    assert done.returncode == 2 and "newer" in done.stderr


def test_a_database_that_stays_locked_is_told(docmill, tmp_path):
    assert docmill("run", "noop", "a", "-o", "out").returncode == 0
    database = sqlite3.connect(tmp_path / "out/.docmill/queue.db", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    done = docmill("run", "noop", "a", "b", "-o", "out")  # it waits ten seconds for the other to finish
    database.execute("ROLLBACK")
    database.close()
    assert done.returncode == 2 and "queue.db is locked by another process" in done.stderr, done.stderr
    assert docmill("run", "noop", "a", "b", "-o", "out").returncode == 0
