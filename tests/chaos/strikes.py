"""The faults that the chaos run draws from, and the crew of nodes that they strike.

A fault is a generator: it does harm, yields the seconds until it goes on, and in the end has made good what it did (a
killed node is replaced, a stopped one goes on). Several may be at work at once.
"""
import dataclasses
import random

from farm import LEASE, Node, kill, wrong_clock


class Crew:
    """So many places for nodes. A place may be empty for a while: its node was killed."""

    def __init__(self, farm, number, arguments, store=None):
        self.farm = farm
        self.store = store  # a SmallDisk for the outputs, or None
        self.arguments = [*arguments, *(("--store-url", store.path) if store else ())]
        self.server_is_taken = False
        self.places = [None] * number
        for place in range(number):
            self.fill(place)

    def fill(self, place, **options):
        """A new node; the fault that emptied the place calls this."""
        node = Node(self.farm, f"node{len(self.farm.nodes)}", *self.arguments, **options)
        self.farm.nodes.append(node)
        self.places[place] = node

    def vacate(self, place):
        """Takes the node away from there, so that no other fault looks after it. None: another fault has it."""
        node, self.places[place] = self.places[place], None
        return node

    def take_server(self):
        """False: another fault has it. Whoever took it gives it back."""
        if self.server_is_taken:
            return False
        self.server_is_taken = True
        return True

    def end(self):
        for node in self.places:
            if node is not None:
                node.end()
                node.check_ended_well()


@dataclasses.dataclass
class Fault:
    at: float  # seconds
    name: str
    place: int
    pause: float
    run: object

    def __str__(self):
        return f"{self.name} (node {self.place}, {self.pause:.1f} s)"

    def begin(self, crew, job):
        return self.run(crew, self, job)


def kill_a_worker(crew, fault, _):
    node = crew.places[fault.place]
    if node and (workers := node.workers()):
        kill(workers[int(fault.pause * 1000) % len(workers)])
    yield 0


def kill_a_fork_server(crew, fault, _):
    node = crew.places[fault.place]
    if node and (server := node.fork_server()):
        kill(server)
    yield 0


def kill_a_node(crew, fault, _):
    node = crew.vacate(fault.place)
    if node:
        node.kill()
        yield fault.pause
        crew.fill(fault.place)


def kill_all_nodes(crew, fault, _):
    places = [place for place in range(len(crew.places)) if crew.places[place]]
    for node in [crew.vacate(place) for place in places]:
        node.kill()
    yield fault.pause
    for place in places:
        crew.fill(place)


def end_a_node(crew, fault, _):
    node = crew.vacate(fault.place)
    if node:
        node.process.terminate()
        while node.alive():  # for how long is up to other faults: what it waits for may be stopped just now
            yield fault.pause
        node.check_ended_well()
        crew.fill(fault.place)


def stop_a_node(crew, fault, _):
    """It sleeps past its lease, and wakes with results that nobody wants any more."""
    node = crew.vacate(fault.place)
    if node:
        node.stop()
        yield LEASE + fault.pause
        node.go_on()
        crew.places[fault.place] = node


def pause_the_job(crew, fault, job):
    crew.farm.docmill("pause", job)
    yield fault.pause
    while crew.farm.docmill("resume", job).returncode != 0:  # the queue is away just now
        yield 0.5


def fill_the_store(crew, fault, _):
    if crew.store:
        crew.store.fill()
        yield fault.pause
        crew.store.free()


def let_a_clock_go_wrong(crew, fault, _):
    """A node is killed; the clock of its successor is an hour off, this way or that."""
    environment = wrong_clock("+1h" if fault.pause < 1 else "-1h")
    node = crew.vacate(fault.place) if environment else None
    if node:
        node.kill()
        yield 0.5
        crew.fill(fault.place, env=environment)


def kill_the_server(crew, fault, _):
    if crew.take_server():
        crew.farm.queue.server.kill()
        yield fault.pause
        crew.farm.queue.server.start()
        crew.server_is_taken = False


def stop_the_server(crew, fault, _):
    if crew.take_server():
        crew.farm.queue.server.stop()
        yield fault.pause
        crew.farm.queue.server.go_on()
        crew.server_is_taken = False


def fill_the_servers_memory(crew, fault, _):
    if crew.take_server():
        crew.farm.queue.server.ask("CONFIG", "SET", "maxmemory", "1")
        yield fault.pause
        crew.farm.queue.server.ask("CONFIG", "SET", "maxmemory", "0")
        crew.server_is_taken = False


def delete_the_functions(crew, _, __):
    if crew.take_server():
        crew.farm.queue.server.ask("FUNCTION", "FLUSH")
        crew.server_is_taken = False
    yield 0


def cut_the_network(crew, fault, _):
    crew.farm.queue.gate.shut()
    yield fault.pause
    crew.farm.queue.gate.open()


def freeze_the_network(crew, fault, _):
    crew.farm.queue.gate.freeze()
    yield fault.pause
    crew.farm.queue.gate.thaw()


def cut_an_answer(crew, fault, _):
    crew.farm.queue.gate.cut_after([b"exchange", b"renew", b"status"][int(fault.pause * 1000) % 3])
    yield 0


# Name, weight, what it does.
FAULTS = [
    ("kill a worker", 6, kill_a_worker),
    ("kill a fork server", 3, kill_a_fork_server),
    ("kill a node", 3, kill_a_node),
    ("kill all nodes", 1, kill_all_nodes),
    ("end a node", 2, end_a_node),
    ("stop a node", 3, stop_a_node),
    ("pause the job", 1, pause_the_job),
    ("fill the store", 1, fill_the_store),
]
# The embedded queue has neither server nor network, and its clock is that of the one machine.
REDIS_FAULTS = [
    ("let a clock go wrong", 2, let_a_clock_go_wrong),
    ("kill the server", 2, kill_the_server),
    ("stop the server", 2, stop_the_server),
    ("fill the server's memory", 1, fill_the_servers_memory),
    ("delete the functions", 1, delete_the_functions),
    ("cut the network", 2, cut_the_network),
    ("freeze the network", 1, freeze_the_network),
    ("cut an answer", 5, cut_an_answer),
]
SECONDS_BETWEEN = 1.5  # on the mean


def draw_faults(dice: random.Random, seconds, nodes, queue):
    """Faults for so many seconds, by the time of their beginning."""
    table = FAULTS + (REDIS_FAULTS if queue.name == "redis" else [])
    faults, at = [], 1.0
    while at < seconds:
        name, _, run = dice.choices(table, [weight for _, weight, _ in table])[0]
        faults.append(Fault(at, name, dice.randrange(nodes), dice.uniform(0.2, 2.5), run))
        at += dice.expovariate(1 / SECONDS_BETWEEN)
    return faults
