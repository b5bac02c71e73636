"""Redis fails, or the way to it. Real servers, real nodes.

DOCMILL_AWAY_SECONDS=60 keeps the server away for a whole minute where a test lets it be away for a while.
"""
import datetime
import os
import subprocess
import time

import pytest
from farm import Farm, wait_for, wrong_clock
from redis_farm import RedisQueue, SentinelQueue


AWAY_SECONDS = float(os.environ.get("DOCMILL_AWAY_SECONDS", "3"))


@pytest.fixture
def farm(tmp_path):
    with Farm(tmp_path, RedisQueue(tmp_path)) as farm:
        yield farm


def finish(farm, job, number):
    counts = farm.wait_finished(job)
    assert (counts["done"], counts["failed"]) == (number, 0)
    assert len(farm.results(job)) == number
    return farm.audit()


def test_a_server_that_is_killed_and_comes_back_has_lost_nothing(farm):
    nodes = [farm.start_node("-j", "2") for _ in range(2)]
    job = farm.noop(150, 40)
    for number in range(3):
        farm.wait_until_done(job, 30 * number + 10)
        farm.queue.server.kill()
        wait_for(lambda: all(node.log("notice") for node in nodes), "the nodes to notice")
        farm.queue.server.start()
    finish(farm, job, 150)
    assert all(node.alive() for node in nodes)


@pytest.mark.parametrize("break_it, mend_it", [("shut", "open"), ("freeze", "thaw")])
def test_a_server_that_cannot_be_reached_for_a_while_is_waited_for(farm, break_it, mend_it):
    node = farm.start_node("-j", "2")
    job = farm.noop(100, 40)
    farm.wait_until_done(job, 10)
    getattr(farm.queue.gate, break_it)()
    end = time.monotonic() + AWAY_SECONDS
    wait_for(lambda: node.log("notice"), "the node to notice")
    time.sleep(max(0.0, end - time.monotonic()))  # what is tested is this time
    getattr(farm.queue.gate, mend_it)()
    finish(farm, job, 100)


def test_a_request_whose_answer_is_cut_off_takes_effect_once(farm):
    farm.start_node("-j", "2")
    job = farm.noop(100, 40)
    for number in range(4):
        farm.wait_until_done(job, 20 * number + 5)
        farm.queue.gate.cut_after(b"exchange")
        wait_for(lambda: farm.queue.gate.cuts > number, "an exchange whose answer is cut off")
    figures = finish(farm, job, 100)
    assert figures["leased"] == 100, "nothing was given out twice"
    assert figures["unanswered"] == 0, "the calls were repeated below the broker's interface"


def test_a_submission_whose_answer_is_cut_off_is_one_job(farm):
    farm.start_node()
    farm.queue.gate.cut_after(b"create")
    job = farm.noop(5, 0, "--idempotency-key", "one")
    assert farm.queue.gate.cuts == 1
    assert farm.noop(5, 0, "--idempotency-key", "one") == job
    finish(farm, job, 5)


def test_a_server_out_of_memory_refuses_new_jobs_and_lets_what_runs_end(farm):
    job = farm.noop(100, 20)
    farm.queue.server.ask("CONFIG", "SET", "maxmemory", "1")
    refused = farm.docmill("submit", "noop", "another")
    assert refused.returncode == 2 and "memory" in refused.stderr, refused.stderr
    farm.queue.server.ask("CONFIG", "SET", "maxmemory", "0")
    node = farm.start_node("-j", "2")
    farm.wait_until_done(job, 10)
    farm.queue.server.ask("CONFIG", "SET", "maxmemory", "1")
    wait_for(lambda: node.log("notice") or not farm.counts(job)["leased"], "the node to be refused")
    farm.queue.server.ask("CONFIG", "SET", "maxmemory", "0")
    finish(farm, job, 100)
    assert node.alive()


@pytest.mark.parametrize("offset", ["+1h", "-1h"])
def test_a_node_whose_clock_is_an_hour_off_disturbs_nobody(farm, offset):
    environment = wrong_clock(offset)
    if environment is None:
        pytest.skip("faketime is not installed")
    wrong, right = farm.start_node("-j", "1", env=environment), farm.start_node("-j", "1")
    job = farm.noop(60, 100)
    figures = finish(farm, job, 60)
    assert wrong.log("done") and right.log("done")
    assert abs(entry_time(wrong.log("ready")[0]) - entry_time(right.log("ready")[0])) > 3000, "its clock was wrong"
    assert figures["leased"] == 60, "no lease was taken for expired"


def entry_time(entry):
    return datetime.datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).timestamp()


def library_of(server):
    """The functions that docmill loaded, as text."""
    listing = server.ask("FUNCTION", "LIST", "LIBRARYNAME", "docmill", "WITHCODE")
    return listing[listing.index("#!lua"):]


def load_library(server, text):
    subprocess.run(["redis-cli", "-p", str(server.port), "-x", "FUNCTION", "LOAD", "REPLACE"], input=text, text=True,
                   check=True, capture_output=True)


def test_nodes_of_another_version_are_refused_whole(farm):
    node = farm.start_node("-j", "2")
    job = farm.noop(60, 50)
    farm.wait_until_done(job, 10)
    ours = library_of(farm.queue.server)
    newer = ours.replace("local VERSION = ", "local VERSION = 1000", 1)
    assert newer != ours
    load_library(farm.queue.server, newer)
    assert node.process.wait(60) == 2, "a node that was at work ends, and says why"
    assert "is used by a newer docmill" in node.path.read_text(), node.path.read_text()
    refused = farm.docmill("status", job)
    assert refused.returncode == 2 and "is used by a newer docmill" in refused.stderr, refused.stderr
    load_library(farm.queue.server, ours)
    farm.start_node("-j", "2")
    finish(farm, job, 60)


def test_functions_that_are_deleted_are_loaded_again(farm):
    node = farm.start_node("-j", "2")
    job = farm.noop(60, 50)
    farm.wait_until_done(job, 10)
    assert farm.queue.server.ask("FUNCTION", "FLUSH") == "OK"
    finish(farm, job, 60)
    assert node.alive()


def test_a_replica_that_takes_over_has_all_that_was_acknowledged(tmp_path):
    with Farm(tmp_path, SentinelQueue(tmp_path)) as farm:
        nodes = [farm.start_node("-j", "2") for _ in range(2)]
        job = farm.noop(200, 60)
        farm.wait_until_done(job, 40)
        old = farm.queue.current_master()
        farm.queue.master.kill()
        wait_for(lambda: farm.queue.current_master() != old, "another master")
        finish(farm, job, 200)
        assert all(node.alive() for node in nodes)
