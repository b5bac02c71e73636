"""Redis servers for the fault tests, and a gate before them through which all connections go."""
import contextlib
import pathlib
import signal
import socket
import subprocess
import threading

from farm import MORTAL, wait_for


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A redis-server (or sentinel) with its data in a directory of the test. Keeps port and data over restarts."""

    def __init__(self, directory, name, *arguments, sentinel=None):
        self.port = free_port()
        self.directory = pathlib.Path(directory) / name
        self.directory.mkdir(parents=True)
        self.log = self.directory / "log"
        self.arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory),
                          "--logfile", str(self.log), *arguments]
        self.command = ["redis-server", *self.arguments]
        if sentinel:
            file = self.directory / "sentinel.conf"
            file.write_text(sentinel)
            self.command = ["redis-server", str(file), "--sentinel", *self.arguments]
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen([*MORTAL, *self.command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_for(lambda: self.ask("PING") == "PONG", f"a server; its log is {self.log}")

    def ask(self, *words):
        """The answer as text; "" while it cannot be reached."""
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True,
                              timeout=30).stdout.strip()

    def information(self, section, name):
        for line in self.ask("INFO", section).splitlines():
            if line.startswith(name + ":"):
                return line.split(":", 1)[1].strip()
        return None

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.process.poll() is None:
            self.kill()


class Gate:
    """Passes TCP connections on to a port of this machine, and breaks them when it is told to."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.connections = []
        self.is_shut = False
        self.flowing = threading.Event()
        self.flowing.set()
        self.fatal_words = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self):
        """Ends all connections, and each new one at once."""
        with self.lock:
            self.is_shut = True
            for connection in self.connections:
                connection.end()
            self.connections.clear()

    def open(self):
        with self.lock:
            self.is_shut = False

    def freeze(self):
        """Connections stay, and nothing comes through them any more: as when a cable is pulled."""
        self.flowing.clear()

    def thaw(self):
        self.flowing.set()

    def cut_after(self, words):
        """The next request in which these bytes occur arrives; its answer does not."""
        self.fatal_words = words

    def close(self):
        self.listener.close()
        self.thaw()
        self.shut()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            with self.lock:
                if self.is_shut:
                    client.close()
                    continue
                with contextlib.suppress(OSError):
                    self.connections.append(Connection(self, client))


class Connection:
    def __init__(self, gate, client):
        self.gate, self.client, self.doomed = gate, client, False
        try:
            self.server = socket.create_connection(("127.0.0.1", gate.target))
        except OSError:
            client.close()
            raise
        for pump in (self._pump_requests, self._pump_answers):
            threading.Thread(target=pump, daemon=True).start()

    def end(self):
        for side in (self.client, self.server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def _pump_requests(self):
        def take(data):
            words = self.gate.fatal_words
            if words and words in data:
                self.gate.fatal_words = None
                self.doomed = True
            self.server.sendall(data)
        self._pump(self.client, take)

    def _pump_answers(self):
        def take(data):
            if self.doomed:
                self.gate.cuts += 1
                return self.end()
            self.client.sendall(data)
        self._pump(self.server, take)

    def _pump(self, side, take):
        """Takes what comes from there, until an end or an error; then the connection is over."""
        with contextlib.suppress(OSError):
            while data := side.recv(65536):
                self.gate.flowing.wait()
                take(data)
        self.end()


class RedisQueue:
    """A queue on a server that syncs every write, behind a gate."""
    name = "redis"

    def __init__(self, directory):
        self.server = Server(directory, "redis", "--save", "", "--appendonly", "yes", "--appendfsync", "always")
        self.gate = Gate(self.server.port)
        self.environment = {"REDIS_URL": f"redis://127.0.0.1:{self.gate.port}/0"}

    def is_locked(self):
        return False  # nobody locks anything

    def close(self):
        self.gate.close()
        self.server.close()


class SentinelQueue:
    """A queue on a master with two replicas that a sentinel watches. A write counts when one replica has it."""
    name = "sentinel"

    def __init__(self, directory):
        self.master = Server(directory, "master", "--save", "", "--appendonly", "yes", "--repl-diskless-sync-delay", "0")
        follow = ("--save", "", "--appendonly", "yes", "--replicaof", f"127.0.0.1 {self.master.port}")
        self.replicas = [Server(directory, f"replica{number}", *follow) for number in range(2)]
        self.sentinel = Server(directory, "sentinel", sentinel=f"sentinel monitor docmill 127.0.0.1 {self.master.port} 1\n"
                               "sentinel down-after-milliseconds docmill 1000\nsentinel failover-timeout docmill 5000\n")
        wait_for(lambda: self.master.ask("INFO", "replication").count("state=online") == 2, "the replicas")
        wait_for(lambda: len([line for line in self.sentinel.ask("SENTINEL", "replicas", "docmill").splitlines()
                              if line == "name"]) == 2, "the sentinel to see the replicas")
        self.environment = {"REDIS_URL": f"redis+sentinel://127.0.0.1:{self.sentinel.port}/docmill",
                            "DOCMILL_REDIS_MIN_REPLICAS_ACK": "1"}

    def current_master(self):
        """Its port, as the sentinel says."""
        return int(self.sentinel.ask("SENTINEL", "get-master-addr-by-name", "docmill").splitlines()[-1])

    def close(self):
        for server in (self.sentinel, self.master, *self.replicas):
            server.close()
