"""docmill's queue beside those that people use: BullMQ, Celery, RQ and Sidekiq, each in its best documented setting.

All run on a Redis of the same kind (Unix socket, appendonly, fsync every second), a fresh one for each turn, and take
turns. Tasks are empty; each has a document's name and leaves a result of about 100 bytes, which is kept.
"""
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

HERE = pathlib.Path(__file__).resolve().parent
LATENCY_WARM_UP = 50


class Redis:
    """A server in a directory of its own, and just enough of a client to look into it."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="docmill-peers-"))
        self.socket = self.directory / "redis.sock"
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.directory, "--save", "",
             "--appendonly", "yes", "--appendfsync", "everysec"], stdout=subprocess.DEVNULL)
        wait_until(lambda: self.socket.exists(), "redis-server")
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(str(self.socket))
        self.file = self.connection.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory)

    def command(self, *arguments: str):
        self.connection.sendall(f"*{len(arguments)}\r\n".encode()
                                + b"".join(f"${len(a)}\r\n{a}\r\n".encode() for a in arguments))
        line = self.file.readline().rstrip()
        if line[:1] == b":":
            return int(line[1:])
        if line[:1] == b"$":
            return self.file.read(int(line[1:]) + 2)[:-2].decode()
        raise RuntimeError(f"redis: {arguments}: {line.decode()}")

    def memory(self) -> int:
        lines = self.command("INFO", "memory").splitlines()
        return int(next(line for line in lines if line.startswith("used_memory:")).split(":")[1])


@dataclasses.dataclass
class Contestant:
    name: str
    tasks: int  # enough for some seconds
    submit: list[str]  # …N: submits N tasks, prints {"seconds": …}
    workers: list[list[str]]
    latency: list[str]  # …N: one task after the other, prints {"milliseconds": […]}
    finished: Callable[[Redis], int] | None = None  # how many; or else …
    follow: list[str] | None = None  # … prints {"tasks_per_second": …} when all are finished


# SOCKET and DIRECTORY in the commands stand for those of the Redis server.
def contestants(peers: pathlib.Path, build: pathlib.Path, cores: int) -> list[Contestant]:
    python = str(peers / "venv/bin/python3")
    bullmq = ["node", str(HERE / "bullmq.mjs")]
    celery = [python, str(HERE / "celery_peer.py")]
    rq = [python, str(HERE / "rq_peer.py")]
    sidekiq = ["ruby", str(HERE / "sidekiq_peer.rb")]
    celery_keys = ["celery", "_kombu.binding.celery", "unacked", "unacked_index", "unacked_mutex",
                   "_kombu.binding.celery.pidbox", "_kombu.binding.celeryev"]
    # How many processes: what was fastest here. On two cores a second Node process takes from Redis what it adds, Celery's
    # solo pool is faster than prefork, threads and -O fair, and more than 10 threads are no gain for Sidekiq.
    docmill = [str(build / "queue_client"), "unix://SOCKET"]
    return [
        Contestant("docmill", 1_000_000, [*docmill, "submit"],
                   [[str(build / "docmill"), "worker", "--redis", "unix://SOCKET", "--data-dir", "DIRECTORY/docmill",
                     "-j", str(cores), "--isolation", "worker", "--log-level", "warning"]],
                   [*docmill, "latency"], follow=[*docmill, "follow"]),
        Contestant("BullMQ", 50_000, [*bullmq, "submit"], [[*bullmq, "work"]] * max(1, cores - 1), [*bullmq, "latency"],
                   lambda redis: redis.command("ZCARD", "bull:bench:completed")),
        Contestant("Sidekiq", 50_000, [*sidekiq, "submit"],
                   [["sidekiq", "-q", "default", "-c", "10", "-r", str(HERE / "sidekiq_peer.rb")]] * cores,
                   [*sidekiq, "latency"], lambda redis: redis.command("HLEN", "results")),
        Contestant("Celery", 15_000, [*celery, "submit"],
                   [[python, "-m", "celery", "-A", "celery_peer", "worker", "-P", "solo", "-n", f"{i}@bench",
                     "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
                    for i in range(cores)],
                   [*celery, "latency"],
                   lambda redis: redis.command("DBSIZE") - redis.command("EXISTS", *celery_keys)),
        Contestant("RQ", 5_000, [*rq, "submit"],
                   [[python, "-m", "rq.cli", "worker-pool", "-u", "unix://SOCKET", "-P", str(HERE), "-n", str(cores),
                     "-w", "rq.worker.SimpleWorker", "-q", "bench"]],
                   [*rq, "latency"], lambda redis: redis.command("ZCARD", "rq:finished:bench")),
    ]


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 120, pause: float = 0.01) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"bench: {what}: not within {seconds} s")
        time.sleep(pause)


class Arena:
    """One contestant on a server of its own."""

    def __init__(self, contestant: Contestant, peers: pathlib.Path, redis: Redis):
        self.contestant = contestant
        self.redis = redis
        self.environment = {**os.environ, "REDIS_SOCKET": str(redis.socket), "PEERS": str(peers)}

    def start(self, command: list[str], **options) -> subprocess.Popen:
        words = [word.replace("SOCKET", str(self.redis.socket)).replace("DIRECTORY", str(self.redis.directory))
                 for word in command]
        return subprocess.Popen(words, cwd=HERE, env=self.environment, text=True, **options)

    def output_of(self, command: list[str]) -> dict:
        process = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = process.communicate()
        if process.returncode != 0:
            sys.exit(f"bench: exit {process.returncode} from {command}\n{output[-2000:]}{errors[-2000:]}")
        return json.loads(output.splitlines()[-1])

    @contextlib.contextmanager
    def working(self):
        """Its workers, in process groups of their own; they are stopped at the end, with all that they started."""
        processes = [self.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
                     for command in self.contestant.workers]
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def rate(self, count: int) -> float:
        """Tasks a second, from the first result on: how long an interpreter takes to start is another matter."""
        finished = self.contestant.finished
        with self.working():
            if finished is None:
                return self.output_of(self.contestant.follow)["tasks_per_second"]
            wait_until(lambda: finished(self.redis) > 0, self.contestant.name, pause=0.001)
            begin, before = time.monotonic(), finished(self.redis)
            wait_until(lambda: finished(self.redis) >= count, self.contestant.name)
            return (count - before) / (time.monotonic() - begin)


def throughput(contestant: Contestant, peers: pathlib.Path, count: int) -> dict[str, float]:
    with Redis() as redis:
        arena = Arena(contestant, peers, redis)
        empty = redis.memory()
        submitted = arena.output_of([*contestant.submit, str(count)])
        waiting = redis.memory() - empty
        rate = arena.rate(count)
        return {"submitted_per_second": count / submitted["seconds"], "tasks_per_second": rate,
                "bytes_waiting": waiting / count, "bytes_finished": (redis.memory() - empty) / count}


def latency(contestant: Contestant, peers: pathlib.Path, count: int) -> list[float]:
    with Redis() as redis:
        arena = Arena(contestant, peers, redis)
        with arena.working():
            times = arena.output_of([*contestant.latency, str(count + LATENCY_WARM_UP)])["milliseconds"]
        return sorted(times[LATENCY_WARM_UP:])


def measure(field: list[Contestant], peers: pathlib.Path, rounds: int, share: float,
            latencies: int) -> dict[str, dict[str, float]]:
    """Best of `rounds` for rates, with `share` of each contestant's tasks; latency of `latencies` tasks, once."""
    results: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for contestant in field:
            now = throughput(contestant, peers, max(100, int(contestant.tasks * share)))
            best = results.setdefault(contestant.name, now)
            if now["tasks_per_second"] > best["tasks_per_second"]:
                results[contestant.name] = now
    for contestant in field:
        times = latency(contestant, peers, latencies)
        results[contestant.name]["p50_ms"] = times[len(times) // 2]
        results[contestant.name]["p99_ms"] = times[len(times) * 99 // 100]
    return results


def table(results: dict[str, dict[str, float]], ours: str = "docmill") -> str:
    lines = [f"  {'':10} {'submitted/s':>12} {'tasks/s':>9} {'bytes waiting':>14} {'finished':>9} {'p50 ms':>7} {'p99 ms':>7}"]
    for name, row in results.items():
        ratio = f"   {ours}: {results[ours]['tasks_per_second'] / row['tasks_per_second']:.1f} x" if name != ours else ""
        lines.append(f"  {name:10} {row['submitted_per_second']:12,.0f} {row['tasks_per_second']:9,.0f} "
                     f"{row['bytes_waiting']:14,.0f} {row['bytes_finished']:9,.0f} {row['p50_ms']:7.2f} "
                     f"{row['p99_ms']:7.2f}{ratio}")
    return "\n".join(lines)
