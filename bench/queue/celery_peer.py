"""Celery's side of the comparison. usage: python3 celery_peer.py submit N | latency N     (REDIS_SOCKET)

Its documented best for short tasks: one connection for all submissions, a high prefetch multiplier, no gossip, mingle or
heartbeat, results kept in the same Redis. Workers are started by `celery -A celery_peer worker`.
"""
import json
import os
import sys
import time

import celery

SOCKET = os.environ["REDIS_SOCKET"]
RESULT = "x" * 100

app = celery.Celery("celery_peer", broker=f"redis+socket://{SOCKET}", backend=f"redis+socket://{SOCKET}")
app.conf.update(worker_prefetch_multiplier=1000, worker_send_task_events=False, broker_connection_retry_on_startup=True,
                broker_pool_limit=1)


@app.task
def ocr(document):
    return RESULT


def submit(count: int) -> None:
    ocr.delay("warm.pdf").forget()
    begin = time.monotonic()
    with app.producer_pool.acquire(block=True) as producer:
        for i in range(count):
            ocr.apply_async((f"document-{i:08}.pdf",), producer=producer)
    print(json.dumps({"seconds": time.monotonic() - begin}))


def latency(count: int) -> None:
    times = []
    for i in range(count):
        begin = time.monotonic()
        ocr.delay(f"document-{i:08}.pdf").get(timeout=30)
        times.append(1000 * (time.monotonic() - begin))
    print(json.dumps({"milliseconds": times}))


if __name__ == "__main__":
    {"submit": submit, "latency": latency}[sys.argv[1]](int(sys.argv[2]))
