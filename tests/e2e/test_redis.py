"""Queues on a Redis server: reaching it, losing it, what doctor says of it. (What holds of every queue: test_distributed.)"""
import os
import signal
import time

import pytest
from conftest import RedisServer, json_lines, make_pages, records, wait_for
from test_distributed import start_worker, status, submit  # noqa: F401 (a fixture)
from test_resume import kill_after


@pytest.fixture
def own_server():
    servers = []

    def start(*settings):
        servers.append(RedisServer(*settings))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("command", [
    ["jobs"], ["status", "x"], ["results", "x"], ["cancel", "x"], ["nodes"], ["submit", "noop", "a"],
])
def test_a_server_that_cannot_be_reached_is_told_within_seconds(docmill, tmp_path, command):
    begin = time.monotonic()
    done = docmill(*command, "--redis", f"unix://{tmp_path}/none.sock", "--redis-patience", "1s")
    assert done.returncode == 2 and time.monotonic() - begin < 10
    assert done.stderr.startswith("docmill: ") and done.stderr.count("\n") == 1 and "none.sock" in done.stderr


@pytest.mark.parametrize("url, sentence", [
    ("http://host", "redis.url (flag --redis)"), ("redis://:secret@host:port", "redis.url"),
])
def test_what_is_no_address_of_a_server_is_refused_without_its_password(docmill, url, sentence):
    done = docmill("jobs", "--redis", url)
    assert done.returncode == 2 and sentence in done.stderr and "secret" not in done.stderr


def test_a_wrong_password_ends_a_worker_and_every_command(docmill, own_server):
    server = own_server("--requirepass", "secret")
    url = f"unix://:mistaken@{server.socket}"
    for command in ("jobs", "worker"):
        done = docmill(command, "--redis", url)
        assert done.returncode == 2 and "mistaken" not in done.stderr and "ready" not in done.stderr
    assert docmill("jobs", "--redis", url.replace("mistaken", "secret")).returncode == 0
    assert "***" in docmill("config", env={"REDIS_URL": url}).stdout


def test_o_and_redis_name_two_queues(docmill, on_redis):
    both = docmill("jobs", "-o", "out", "--redis", "unix:///x.sock")
    assert both.returncode == 2 and "give one of them" in both.stderr
    assert docmill("run", "noop", "a", "-o", "out").returncode == 0  # REDIS_URL does not concern it
    assert len(docmill.jobs("out")) == 1 and json_lines(docmill("jobs", "--json").stdout) == []


def test_namespaces_do_not_see_each_other(on_redis):
    submit(on_redis, "noop", "a")
    assert on_redis("jobs", "--json", "--redis-namespace", "other").stdout == ""
    assert len(json_lines(on_redis("jobs", "--json").stdout)) == 1


def test_a_worker_outlasts_a_server_that_dies_and_comes_back(docmill, own_server, start_worker):
    server = own_server("--appendonly", "yes", "--appendfsync", "always")
    docmill.environment["REDIS_URL"] = server.url
    worker = start_worker("-j", "2", "--redis-patience", "200ms", "--lease-time", "2s", "--lease-heartbeat", "100ms")
    job = submit(docmill, "noop", *(f"d{number}" for number in range(30)), "--option", "sleep_ms=200")
    wait_for(lambda: len(worker.log("done")) > 2, "the first documents")
    server.kill()
    wait_for(lambda: any("does not answer" in entry["message"] for entry in worker.log("notice")), "a notice")
    server.start()
    counts = wait_for(lambda: (s := status(docmill, job))["state"] == "finished" and s, "the end")["documents"]
    assert (counts["done"], counts["failed"]) == (30, 0)
    assert worker.process.poll() is None


def test_a_worker_waits_for_a_server_that_is_not_there_yet(docmill, tmp_path, own_server):
    server = own_server()
    server.kill()
    process = docmill.start("worker", "--redis", server.url, "--redis-patience", "200ms")
    time_out = time.monotonic() + 1
    wait_for(lambda: process.poll() is not None or time.monotonic() > time_out, "a second")
    assert process.poll() is None
    server.start()
    wait_for(lambda: docmill("nodes", "--json", "--redis", server.url).stdout, "its registration")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_worker_that_cannot_reach_its_server_can_be_ended(docmill, tmp_path):
    process = docmill.start("worker", "--redis", f"unix://{tmp_path}/none.sock", "--redis-patience", "100ms")
    wait_for(lambda: process.stderr.readline(), "its log")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def doctor(docmill, server, **environment):
    done = docmill("doctor", "--json", env={"REDIS_URL": server if isinstance(server, str) else server.url, **environment})
    return done.returncode, [(f["level"], f["text"]) for f in json_lines(done.stdout) if f["subject"] in ("redis", "queue")]


def test_doctor_finds_a_well_kept_server_well(docmill, own_server):
    status_, findings = doctor(docmill, own_server("--appendonly", "yes"))
    assert status_ == 0 and {level for level, _ in findings} == {"ok"}, findings


def test_doctor_says_what_a_server_would_lose(docmill, own_server, tmp_path):
    server = own_server("--appendonly", "no", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    status_, findings = doctor(docmill, server)
    problems = [text for level, text in findings if level == "problem"]
    assert status_ == 1 and len(problems) == 2
    assert "appendonly yes" in problems[0] and "all jobs and results" in problems[0]
    assert "allkeys-lru" in problems[1] and "noeviction" in problems[1]
    status_, findings = doctor(docmill, f"unix://{tmp_path}/none.sock", DOCMILL_REDIS_PATIENCE="200ms")
    assert status_ == 1 and findings[0][0] == "problem" and "none.sock" in findings[0][1]


def test_doctor_and_commands_refuse_a_server_of_a_newer_docmill(docmill, own_server):
    server = own_server("--appendonly", "yes")
    assert docmill("jobs", env={"REDIS_URL": server.url}).returncode == 0
    code = server.command("FUNCTION", "LIST", "LIBRARYNAME", "docmill", "WITHCODE")
    newer = code[code.index("#!lua"):].replace("local VERSION = ", "local VERSION = 1000", 1)
    loaded = os.popen(f"redis-cli -s {server.socket} -x FUNCTION LOAD REPLACE > /dev/null", "w")
    loaded.write(newer)
    loaded.close()
    refused = docmill("jobs", env={"REDIS_URL": server.url})
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1, refused.stderr
    _, findings = doctor(docmill, server)
    assert any(level == "problem" and "newer docmill" in text for level, text in findings), findings


def run_there(docmill, *more, output="out"):
    return ("run", "ocr", "scans", "-o", output, "--redis", docmill.environment["REDIS_URL"], *more)


def jobs(docmill):
    return json_lines(docmill("jobs", "--json").stdout)


def test_a_run_on_a_server_is_worked_on_by_itself_alone(on_redis, scans, tmp_path, start_worker):
    worker = start_worker()
    foreign = submit(on_redis, "ocr", "scans", "-l", "xyz")  # no concern of the run, also though it never ends
    done, events = on_redis.events(*run_there(on_redis))
    assert done.returncode == 0, done.stderr
    job = events[0]["job"]
    assert (events[-1]["event"], events[-1]["job"], events[-1]["done"]) == ("summary", job, 3)
    assert "Hello docmill" in (tmp_path / "out/hello.png.txt").read_text()
    assert len(records(tmp_path / "out")) == 3
    assert not (tmp_path / "out/.docmill/queue.db").exists()
    told = status(on_redis, job)
    assert (told["state"], told["documents"]["done"]) == ("finished", 3)
    assert not worker.log("done") and not (tmp_path / "data/docmill/artifacts" / job).exists()
    assert status(on_redis, foreign)["documents"]["waiting"] == 3
    again = on_redis.events(*run_there(on_redis))[1]
    assert (again[0]["job"], again[0]["done_already"]) == ("", 3)
    elsewhere = on_redis.events(*run_there(on_redis, output="other/"))[1]
    assert elsewhere[0]["job"] not in ("", job) and len(records(tmp_path / "other")) == 3
    assert {found["id"] for found in jobs(on_redis)} == {foreign, job, elsewhere[0]["job"]}


@pytest.mark.parametrize("documents", [0, 3])
def test_a_killed_run_on_a_server_goes_on_at_once(on_redis, tmp_path, start_worker, documents):
    make_pages(tmp_path / "scans", 8)
    worker = start_worker()
    command = run_there(on_redis, "--lease-time", "1h", "-j", "2")
    kill_after(on_redis, documents, *command)
    job, = jobs(on_redis)
    assert job["state"] == "running" and job["documents"]["leased"] > 0
    done, events = on_redis.events(*command)
    assert done.returncode == 0, done.stderr
    assert (events[0]["job"], events[0]["goes_on"], events[-1]["done"]) == (job["id"], True, 8)
    assert sum(event["event"] == "document" for event in events) == 8 - job["documents"]["done"]
    assert len(records(tmp_path / "out")) == 8 and not worker.log("done")


def test_an_interrupted_run_on_a_server_gives_everything_back(on_redis, tmp_path):
    make_pages(tmp_path / "scans", 30)
    process = on_redis.start(*run_there(on_redis, "-j", "1", "--json"))
    wait_for(lambda: '"document"' in process.stdout.readline(), "a document")
    second = on_redis(*run_there(on_redis))
    assert second.returncode == 2 and f"process {process.pid}" in second.stderr
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    job, = jobs(on_redis)
    assert job["state"] == "running" and job["documents"]["leased"] == 0 and job["documents"]["done"] > 0


def test_a_run_outlasts_a_server_that_dies_and_comes_back(docmill, own_server, tmp_path):
    server = own_server("--appendonly", "yes", "--appendfsync", "always")
    docmill.environment["REDIS_URL"] = server.url
    make_pages(tmp_path / "scans", 12)
    process = docmill.start(*run_there(docmill, "-j", "1", "--redis-patience", "200ms", "--json"))
    wait_for(lambda: '"document"' in process.stdout.readline(), "a document")
    server.kill()
    wait_for(lambda: "does not answer" in process.stdout.readline(), "a notice")
    server.start()
    events = json_lines(process.communicate(timeout=60)[0])
    assert process.returncode == 0 and events[-1]["done"] == 12
