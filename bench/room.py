#!/usr/bin/env python3
"""Runs a command of docmill that writes below a directory, and says what room that took of the disk and of memory.

usage: room.py DIR COMMAND...     DIR is what the command's -o says; nothing is there yet

Ten times a second it looks at the files below DIR and in the directory for temporary files, with unlinked ones that a process
of the command still holds. Room is what files take of the disk, in whole blocks. The cache of pages is shown apart, because
it has a bound of its own (cache.size). Outputs in the making are no temporary files, but cannot be told from them while
they have no names: so what counts is all that was there at one time, less the outputs at the end. Some three times a second
it looks at the memory of the processes: resident, and the share of it that falls to each (PSS).
"""
import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

Memory = collections.namedtuple("Memory", "resident proportional")


def descendants(root: int) -> list[int]:
    """A process and those that descend from it."""
    children = collections.defaultdict(list)
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = entry.read_text().rsplit(")", 1)[1].split()[1]
        except OSError:  # it has ended
            continue
        children[int(parent)].append(int(entry.parent.name))
    found = [root]
    for process in found:
        found += children[process]
    return found


def part_of_docmill(path: pathlib.PurePath) -> str:
    """What a path below DIR belongs to: queue, parts, cache, tmp (outputs in the making), …; or outputs."""
    if path.parts[0] != ".docmill":
        return "outputs"
    return path.parts[1].split(".")[0]


def files(output: pathlib.Path, temporary: pathlib.Path | None, processes: list[int]) -> dict[tuple[int, int], tuple[str, int]]:
    """Device and inode → what the file belongs to, bytes on the disk."""
    found = {}
    for top in filter(None, (output, temporary)):
        for directory, _, names in os.walk(top):
            for path in (pathlib.Path(directory, name) for name in names):
                try:
                    status = path.lstat()
                except FileNotFoundError:
                    continue
                kind = part_of_docmill(path.relative_to(output)) if top == output else "temporary"
                found[status.st_dev, status.st_ino] = (kind, status.st_blocks * 512)
    for process in processes:
        try:
            for link in pathlib.Path(f"/proc/{process}/fd").iterdir():
                target = os.readlink(link)
                if not target.startswith("/") or not target.endswith(" (deleted)") or target.startswith("/memfd:"):
                    continue
                status = link.stat()
                kind = "cache" if "/cache/" in target else "unlinked"
                found.setdefault((status.st_dev, status.st_ino), (kind, status.st_blocks * 512))
        except OSError:  # it has ended
            continue
    return found


def sums(sample: dict[tuple[int, int], tuple[str, int]]) -> collections.Counter:
    room = collections.Counter()
    for kind, taken in sample.values():
        room[kind] += taken
    return room


def beside_the_cache(room: collections.Counter) -> int:
    return room.total() - room["cache"]


def memory(process: int) -> tuple[str, Memory] | None:
    """Its program's name, and bytes."""
    try:
        name = pathlib.Path(f"/proc/{process}/comm").read_text().strip()
        lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return (name, Memory(kilobytes["Rss"] * 1024, kilobytes["Pss"] * 1024)) if kilobytes else None


class Watch(threading.Thread):
    """Looks until it is stopped."""

    def __init__(self, output: pathlib.Path, temporary: pathlib.Path, root: int):
        super().__init__()
        self.output, self.temporary, self.root = output, temporary, root
        self.stopped = threading.Event()
        self.most = collections.Counter()  # when all but the cache took the most room
        self.largest_cache = 0
        self.peaks: dict[str, Memory] = {}

    def run(self) -> None:
        looks = 0
        while not self.stopped.wait(0.1):
            processes = descendants(self.root)
            room = sums(files(self.output, self.temporary, processes))
            self.most = max(self.most, room, key=beside_the_cache)
            self.largest_cache = max(self.largest_cache, room["cache"])
            looks += 1
            if looks % 3 == 0:
                for name, now in filter(None, map(memory, processes)):
                    self.peaks[name] = Memory(*map(max, self.peaks.get(name, now), now))


def main() -> None:
    output = pathlib.Path(sys.argv[1]).absolute()
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent) as temporary:
        begin = time.monotonic()
        process = subprocess.Popen(sys.argv[2:], env={**os.environ, "TMPDIR": temporary})
        watch = Watch(output, pathlib.Path(temporary), process.pid)
        watch.start()
        status = process.wait()
        seconds = time.monotonic() - begin
        watch.stopped.set()
        watch.join()
    outputs = sums(files(output, None, []))["outputs"]
    print(f"exit status {status} after {seconds:.1f} s; outputs {outputs / 1e6:.1f} MB, cache up to {watch.largest_cache / 1e6:.1f} MB")
    print(f"beside them at most {(beside_the_cache(watch.most) - outputs) / 1e6:.1f} MB; then there were: "
          + ", ".join(f"{kind} {taken / 1e6:.1f}" for kind, taken in sorted(watch.most.items()) if taken))
    for name, peak in sorted(watch.peaks.items()):
        print(f"largest process {name}: {peak.resident / 1e6:.0f} MB resident, {peak.proportional / 1e6:.0f} MB of it its share")
    sys.exit(status)


if __name__ == "__main__":
    main()
