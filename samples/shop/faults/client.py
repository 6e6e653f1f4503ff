"""A customer of the shop. Each request is a connection of its own, and each gives a line: when it was due (milliseconds since 1970),
"ok" or what was wrong, and how long after that it was answered (milliseconds).

    client.py load RATE     RATE requests a second, until it is ended
    client.py once N        N requests, one after the other; fails if one of them does
    client.py last          waits for SIGTERM, then asks on for 4 seconds before it ends
"""

import http.client
import os
import queue
import signal
import sys
import threading
import time

THREADS = 100  # so many requests may hang before others wait for them
TIMEOUT_SECONDS = 5
HOST = os.environ["WEB_SERVICE_HOST"]
PORT = int(os.environ["WEB_SERVICE_PORT"])

output = threading.Lock()


def request(due):
    """Whether the shop answered well."""
    connection = http.client.HTTPConnection(HOST, PORT, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/api/products/mug", headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
        result = "ok" if response.status == 200 else f"{response.status}: {body[:200]}"
    except (OSError, http.client.HTTPException) as problem:
        result = f"{type(problem).__name__}: {problem}"
    finally:
        connection.close()
    took = time.time() - due
    with output:
        print(f"{due * 1000:.0f} {'_'.join(result.split())} {took * 1000:.0f}", flush=True)
    return result == "ok"


def load(rate):
    """Open loop: a request is due at its time, whatever became of those before."""
    dues = queue.SimpleQueue()

    def work():
        while True:
            request(dues.get())

    for _ in range(THREADS):
        threading.Thread(target=work, daemon=True).start()
    due = time.time()
    while True:
        dues.put(due)
        due += 1 / rate
        time.sleep(max(0, due - time.time()))


def last():
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    until = time.monotonic() + 4
    while time.monotonic() < until:
        request(time.time())
        time.sleep(0.1)


def main(arguments):
    if arguments[0] == "load":
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        load(int(arguments[1]))
    elif arguments[0] == "once":
        good = [request(time.time()) for _ in range(int(arguments[1]))]
        sys.exit(0 if all(good) else 1)
    elif arguments[0] == "last":
        last()
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
