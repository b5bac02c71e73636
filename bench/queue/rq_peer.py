"""RQ's side of the comparison. usage: python3 rq_peer.py submit N | latency N     (REDIS_SOCKET)

Its documented best for short tasks: enqueue_many, and a worker pool of SimpleWorkers, which do not fork for each job.
"""
import json
import os
import sys
import time

import redis
import rq

import rq_tasks

connection = redis.Redis(unix_socket_path=os.environ["REDIS_SOCKET"])
queue = rq.Queue("bench", connection=connection)


def submit(count: int) -> None:
    begin = time.monotonic()
    for first in range(0, count, 1000):
        queue.enqueue_many([rq.Queue.prepare_data(rq_tasks.ocr, (f"document-{i:08}.pdf",), result_ttl=86400)
                            for i in range(first, min(first + 1000, count))])
    print(json.dumps({"seconds": time.monotonic() - begin}))


def latency(count: int) -> None:
    times = []
    for i in range(count):
        begin = time.monotonic()
        job = queue.enqueue(rq_tasks.ocr, f"document-{i:08}.pdf", result_ttl=86400)
        assert job.latest_result(timeout=30).return_value == rq_tasks.RESULT
        times.append(1000 * (time.monotonic() - begin))
    print(json.dumps({"milliseconds": times}))


if __name__ == "__main__":
    {"submit": submit, "latency": latency}[sys.argv[1]](int(sys.argv[2]))
