"""The kinds of queue that the fault tests and the chaos run work on."""
from farm import FileQueue
from redis_farm import RedisQueue

QUEUES = {"sqlite": FileQueue, "redis": RedisQueue}


def open_queue(kind, directory):
    return QUEUES[kind](directory)
