"""Many nodes on one queue: what a task costs, and how evenly nodes and jobs are served, as nodes become more.

Each node is a `docmill worker` with one worker process, all on this machine and on one Redis server. Their tasks sleep,
so that a hundred of them do not need a hundred cores, and have the same length whatever the number of nodes.
Two jobs run at once, one of priority high (weight 16), one of normal (4).
"""
import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import time

from peers import Redis, wait_until

COUNTS = (1, 10, 50, 100)
WEIGHTS = {"high": 16, "normal": 4}
DUE = WEIGHTS["high"] / sum(WEIGHTS.values())  # the share of the job of priority high, while both have work


@dataclasses.dataclass
class Usage:
    """What was used up to now: processor time of server and nodes in seconds, calls that arrived at the server."""
    server: float
    nodes: float
    calls: int

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(self.server - other.server, self.nodes - other.nodes, self.calls - other.calls)


class Nodes:
    """Some nodes on a server; all are ready when it is made, and are killed with all that they started at the end."""

    def __init__(self, build: pathlib.Path, redis: Redis, count: int):
        self.redis = redis
        self.docmill = build / "docmill"
        self.environment = {**os.environ, "REDIS_URL": f"unix://{redis.socket}"}
        self.processes = [self.start(i) for i in range(count)]
        try:
            wait_until(lambda: len(self.tasks_done()) == count, f"{count} nodes", pause=0.2)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, number: int) -> subprocess.Popen:
        return subprocess.Popen([self.docmill, "worker", "-j", "1", "--isolation", "worker", "--log-level", "error",
                                 "--data-dir", self.redis.directory / f"node-{number}"], env=self.environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def stop(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def ask(self, *words: str) -> list[dict]:
        done = subprocess.run([self.docmill, *words, "--json"], env=self.environment, capture_output=True, text=True,
                              check=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def submit(self, names: pathlib.Path, priority: str, sleep_ms: int) -> str:
        return subprocess.run([self.docmill, "submit", "noop", "--from", names, "--priority", priority, "--option",
                               f"sleep_ms={sleep_ms}"], env=self.environment, capture_output=True, text=True,
                              check=True).stdout.strip()

    def tasks_done(self) -> list[int]:
        return [node["tasks_done"] for node in self.ask("nodes")]

    def done(self, job: str) -> int:
        return self.ask("status", job)[0]["documents"]["done"]

    def usage(self) -> Usage:
        return Usage(server_seconds(self.redis),
                     sum(cpu_seconds(pid) for process in self.processes for pid in family(process.pid)),
                     calls(self.redis))


def family(pid: int) -> list[int]:
    """A process, its children and theirs: node, fork server, worker."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(FileNotFoundError):
            for thread in pathlib.Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """To the nanosecond: the ticks of /proc/PID/stat are longer than the bursts of a process that sleeps."""
    with contextlib.suppress(FileNotFoundError):
        return sum(int((thread / "schedstat").read_text().split()[0])
                   for thread in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9
    return 0.0


def info(redis: Redis, section: str) -> dict[str, str]:
    lines = redis.command("INFO", section).splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def server_seconds(redis: Redis) -> float:
    figures = info(redis, "cpu")
    return float(figures["used_cpu_sys"]) + float(figures["used_cpu_user"])


def calls(redis: Redis) -> int:
    """Calls of functions: what docmill asks the server for. The commands within them count as well there."""
    figure = info(redis, "commandstats").get("cmdstat_fcall", "calls=0,")
    return int(figure.removeprefix("calls=").split(",")[0])


def names(path: pathlib.Path, count: int) -> pathlib.Path:
    path.write_text("".join(f"/data/document-{i:08}.pdf\n" for i in range(count)))
    return path


def look_at(nodes: Nodes, moment: float, *jobs: str) -> list[int]:
    """How many tasks of each job are done at that moment."""
    time.sleep(max(0, moment - time.monotonic()))
    return [nodes.done(job) for job in jobs]


def measure_count(build: pathlib.Path, count: int, tasks: int, sleep_ms: int) -> dict[str, float]:
    """`tasks` tasks, half of them in each job, on `count` nodes; usage is counted from submission to the last result."""
    with Redis() as redis, Nodes(build, redis, count) as nodes:
        listed = names(redis.directory / "names", tasks // 2)
        before, begin = nodes.usage(), time.monotonic()
        normal = nodes.submit(listed, "normal", sleep_ms)
        high = nodes.submit(listed, "high", sleep_ms)
        # While both have work: `high`, half of the tasks, ends after 1/2/DUE of the time. Looks cost the server time, so few.
        shortest = tasks * sleep_ms / 1000 / count
        early, late = [look_at(nodes, begin + shortest / 2 / DUE * part, high, normal) for part in (0.25, 0.75)]
        of_high, of_normal = late[0] - early[0], late[1] - early[1]
        time.sleep(max(0, begin + shortest - time.monotonic()))
        wait_until(lambda: nodes.done(high) + nodes.done(normal) == tasks, "all tasks", seconds=300, pause=0.25)
        seconds = time.monotonic() - begin
        used = nodes.usage() - before
        wait_until(lambda: sum(nodes.tasks_done()) == tasks, "the nodes' own count", pause=0.2)  # told with a heartbeat
        per_node = nodes.tasks_done()
        return {"tasks": tasks, "tasks_per_second": tasks / seconds, "possible": tasks / seconds * sleep_ms / 1000 / count,
                "server_us": used.server / tasks * 1e6, "node_us": used.nodes / tasks * 1e6, "calls": used.calls / tasks,
                "least": min(per_node), "mean": sum(per_node) / count, "most": max(per_node),
                "share_of_high": of_high / max(1, of_high + of_normal)}


def measure(build: pathlib.Path, tasks: int, sleep_ms: int) -> dict[int, dict[str, float]]:
    """`tasks` for the most nodes, as many for each node where there are fewer."""
    return {count: measure_count(build, count, tasks // max(COUNTS) * count, sleep_ms) for count in COUNTS}


def table(results: dict[int, dict[str, float]]) -> str:
    lines = [f"  {'nodes':>5} {'tasks':>8} {'tasks/s':>8} {'of possible':>11} {'Redis us/task':>14} {'nodes us/task':>14} "
             f"{'calls/task':>10} {'tasks of a node':>20} {'share of high':>14}"]
    for count, row in results.items():
        spread = f"{row['least']:,} to {row['most']:,}"
        lines.append(f"  {count:5} {row['tasks']:8,} {row['tasks_per_second']:8,.0f} {row['possible']:11.2f} "
                     f"{row['server_us']:14.0f} {row['node_us']:14.0f} {row['calls']:10.2f} {spread:>20} "
                     f"{row['share_of_high']:14.3f}")
    return "\n".join([*lines, f"  (share of high by the weights: {DUE:.3f})"])
