"""What the end-to-end tests share: the executable, documents, and waiting for conditions."""
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import pytest
from PIL import Image, ImageDraw, ImageFont

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(os.environ.get("DOCMILL_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
DOCMILL = os.environ.get("DOCMILL", str(SOURCE / "build/release/docmill"))
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
DEADLINE = 60


def installed(tools):
    """Where tools/setup.sh installs `tools` for tests, if they could be had: then there is a file `whole`."""
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "docmill" / tools


class Docmill:
    """Runs docmill in a directory of the test, apart from the user's own configuration."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self.started = []
        self.environment = {**{k: v for k, v in os.environ.items() if not k.startswith("DOCMILL")
                               and k not in ("REDIS_URL", "MAX_WORKERS", "MIN_WORKERS", "FASTTEXT_MODEL")},
                            "HOME": str(directory), "XDG_CONFIG_HOME": str(directory / "config"),
                            "XDG_DATA_HOME": str(directory / "data")}

    def __call__(self, *arguments, stdin=None, cwd=None, env=None, **options):
        """The finished process, its output as text (bytes that are none are kept)."""
        return subprocess.run([DOCMILL, *map(os.fspath, arguments)], capture_output=True, input=stdin, timeout=DEADLINE,
                              cwd=cwd or self.directory, env={**self.environment, **(env or {})}, text=True,
                              errors="surrogateescape", **options)

    def start(self, *arguments, **options):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([DOCMILL, *map(os.fspath, arguments)], cwd=self.directory, env=self.environment,
                                   text=True, **{**pipes, **options})
        self.started.append(process)
        return process

    def close(self):
        """What a test that failed has left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait(30)

    def events(self, *arguments, **options):
        done = self(*arguments, "--json", **options)
        return done, json_lines(done.stdout)

    def jobs(self, output):
        return json_lines(self("jobs", "-o", output, "--json").stdout)


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


def wait_for(condition, what):
    """The first true value of `condition`, looked at again and again."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


def draw(text, size=(1000, 240)):
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).text((30, 60), text, fill=0, font=ImageFont.truetype(FONT, 48))
    return image


def snapshot(directory):
    """Name → (content, time of modification) of every file below, docmill's own state excepted."""
    return {str(path.relative_to(directory)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(directory.rglob("*")) if path.is_file() and ".docmill" not in path.parts}


def records(output):
    """By document. Other outputs are JSON, too, and say nothing of a document's outcome."""
    found = [json.loads(path.read_bytes()) for path in sorted(output.rglob("*.json")) if ".docmill" not in path.parts]
    return {record["document"]: record for record in found if "outcome" in record}


@pytest.fixture
def docmill(tmp_path):
    docmill = Docmill(tmp_path)
    yield docmill
    docmill.close()


class RedisServer:
    """A redis-server of the tests' own, on a Unix socket and a port of this machine."""

    def __init__(self, *settings):
        self.directory = tempfile.TemporaryDirectory(prefix="docmill-redis-")
        self.socket = os.path.join(self.directory.name, "redis.sock")
        self.url = f"unix://{self.socket}"
        self.settings = settings
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.directory.name, "--save", "",
             *self.settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: re.search("PONG|NOAUTH", self.command("PING")), "the Redis server")
        except BaseException:
            self.kill()
            raise

    def command(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], capture_output=True, text=True).stdout

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def close(self):
        self.kill()
        self.directory.cleanup()


@pytest.fixture(scope="session")
def redis_server():
    server = RedisServer("--appendonly", "yes")
    yield server
    server.close()


@pytest.fixture
def on_redis(docmill, redis_server):
    """docmill with its queue on a server, in a namespace of the test."""
    docmill.environment.update(REDIS_URL=redis_server.url, DOCMILL_REDIS_NAMESPACE=docmill.directory.name)
    return docmill


@pytest.fixture(params=["file", "redis"])
def queue(request):
    """For what holds of both queues."""
    if request.param == "redis":
        request.getfixturevalue("on_redis")
    return request.param


@pytest.fixture
def scans(tmp_path):
    """A small folder of pictures and scanned PDFs."""
    folder = tmp_path / "scans"
    (folder / "deep/er").mkdir(parents=True)
    draw("Hello docmill").save(folder / "hello.png", dpi=(300, 300))
    draw("Second page").save(folder / "deep/second.jpg", dpi=(300, 300))
    draw("First leaf").save(folder / "deep/er/two pages.pdf", resolution=300, save_all=True,
                            append_images=[draw("Other leaf")])
    return folder


def make_pages(folder, count):
    folder.mkdir(exist_ok=True)
    for number in range(count):
        draw(f"Page number {number}").save(folder / f"p{number:02}.png", dpi=(300, 300))
    return folder


@pytest.fixture(scope="session")
def corpus():
    """The hostile corpus: the module tests/corpus/make_corpus.py."""
    spec = importlib.util.spec_from_file_location("make_corpus", SOURCE / "tests/corpus/make_corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
