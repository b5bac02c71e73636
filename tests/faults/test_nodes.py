"""Nodes, their workers and their disks fail; the queue stays. Real processes, on every kind of queue."""
import pathlib

import pytest
from farm import Farm, SmallDisk, kill, make_pages, wait_for
from queues import QUEUES, open_queue


@pytest.fixture(params=QUEUES)
def farm(request, tmp_path):
    with Farm(tmp_path, open_queue(request.param, tmp_path)) as farm:
        yield farm


def finish(farm, job, number):
    """The job ends with all its documents done, and no promise was broken on the way."""
    counts = farm.wait_finished(job)
    assert (counts["done"], counts["failed"]) == (number, 0)
    assert len(farm.results(job)) == number
    return farm.audit()


def test_workers_that_are_killed_cost_an_attempt_each(farm):
    node = farm.start_node("-j", "2")
    job = farm.noop(100, 50, "--attempts", "20", "--retry-backoff-cap", "100ms")
    for number in range(6):
        farm.wait_until_done(job, 10 * number)
        wait_for(lambda: any(kill(pid) for pid in node.workers()), "a worker to kill")
    finish(farm, job, 100)
    assert any(entry["error"]["code"] == "crashed" for entry in node.log("failed"))


def test_a_fork_server_that_is_killed_is_replaced_and_costs_no_attempt(farm):
    node = farm.start_node("-j", "2")
    job = farm.noop(60, 50, "--attempts", "1")
    for number in range(3):
        farm.wait_until_done(job, 10 * number + 5)
        server = wait_for(node.fork_server, "a fork server")
        kill(server)
        wait_for(lambda: node.fork_server() not in (None, server), "another fork server")
    finish(farm, job, 60)


def test_what_a_killed_node_held_is_done_by_another(farm):
    killed, other = farm.start_node("-j", "2"), farm.start_node("-j", "2")
    job = farm.noop(100, 50)
    wait_for(lambda: len(killed.log("done")) > 5, "its first documents")
    left = killed.workers()
    killed.kill()
    finish(farm, job, 100)
    assert len(other.log("done")) > 50
    wait_for(lambda: not any(pathlib.Path(f"/proc/{pid}/exe").exists() for pid in left), "its workers to be gone")


def test_all_nodes_are_killed_and_new_ones_go_on(farm):
    job = farm.noop(120, 50, "--retry-deliveries", "20")
    for number in range(3):
        nodes = [farm.start_node("-j", "2") for _ in range(2)]
        farm.wait_until_done(job, 20 * number + 10)
        for node in nodes:
            node.kill()
    assert farm.counts(job)["done"] < 120
    farm.start_node("-j", "4")
    finish(farm, job, 120)


def test_a_node_that_slept_past_its_lease_commits_nothing_late(farm):
    sleeper, other = farm.start_node("-j", "2"), farm.start_node("-j", "1")
    job = farm.noop(60, 200)
    wait_for(lambda: len(sleeper.log("done")) > 2 and sleeper.workers(), "its first documents")
    sleeper.stop_between_writes()
    wait_for(lambda: any(task["deliveries"] for lease in farm.told(other, "leases") for task in lease["tasks"]),
             "what it held to be given to the other")
    sleeper.go_on()
    finish(farm, job, 60)
    wait_for(lambda: farm.told(sleeper, "lost") or farm.told(sleeper, "stale"), "word that its leases are lost")


def test_cancel_holds_while_nodes_die(farm):
    nodes = [farm.start_node("-j", "2") for _ in range(3)]
    job = farm.noop(500, 50)
    farm.wait_until_done(job, 10)
    nodes[0].kill()
    assert farm.docmill("cancel", job).returncode == 0
    nodes[1].kill()
    counts = farm.counts(job)
    assert (counts["leased"], counts["waiting"]) == (0, 0) and counts["done"] + counts["cancelled"] == 500
    wait_for(lambda: not nodes[2].workers(), "its work to be stopped")
    farm.audit()


@pytest.fixture
def small_disk(tmp_path):
    try:
        with SmallDisk(tmp_path / "disk", "1m") as disk:
            yield disk
    except PermissionError:
        pytest.skip("only root may mount a small disk")


def test_a_full_artifact_store_costs_time_and_no_attempt(farm, small_disk):
    pages = sorted(make_pages(farm.directory / "pages", 3).iterdir())
    node = farm.start_node("-j", "1", "--store-url", small_disk.path)
    small_disk.fill()
    job = farm.submit("ocr", pages, "--attempts", "1")
    wait_for(lambda: node.log("given back"), "a document to be given back")
    assert node.alive() and farm.counts(job)["failed"] == 0
    small_disk.free()
    finish(farm, job, 3)
