"""A customer of the shop. Each request is a connection of its own, and each gives a line: when it ended (milliseconds since 1970),
"ok" or what was wrong, and how long it took (milliseconds).

    client.py load RATE     RATE requests a second, until it is ended
    client.py once N        N requests, one after the other; fails if one of them does
    client.py last          waits for SIGTERM, then asks on for 4 seconds before it ends
"""

import http.client
import os
import signal
import sys
import threading
import time

THREADS = 8
TIMEOUT_SECONDS = 5
HOST = os.environ["WEB_SERVICE_HOST"]
PORT = int(os.environ.get("WEB_SERVICE_PORT", "80"))

output = threading.Lock()


def request(number):
    """Whether the shop answered well."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection(HOST, PORT, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", os.environ.get("PRODUCT_PATH", "/api/products/mug"), headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
        result = "ok" if response.status == 200 else f"{response.status}:{body[:200].decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as problem:
        result = f"{type(problem).__name__}:{problem}"
    finally:
        connection.close()
    took = (time.monotonic() - begin) * 1000
    with output:
        print(f"{time.time() * 1000:.0f} {result.replace(' ', '_')} {took:.0f}", flush=True)
    return result == "ok"


def load(rate):
    """Open loop: a request that takes long keeps no other one from its time, as long as there is a thread left."""
    ticks = threading.Semaphore(0)

    def work():
        number = 0
        while True:
            ticks.acquire()
            request(number)
            number += 1

    for _ in range(THREADS * max(1, rate // 10)):
        threading.Thread(target=work, daemon=True).start()
    next_time = time.monotonic()
    while True:
        ticks.release()
        next_time += 1 / rate
        time.sleep(max(0, next_time - time.monotonic()))


def main(arguments):
    if arguments[0] == "load":
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        load(int(arguments[1]))
    elif arguments[0] == "once":
        good = [request(number) for number in range(int(arguments[1]))]
        sys.exit(0 if all(good) else 1)
    elif arguments[0] == "last":
        ended = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        ended.wait()
        until = time.monotonic() + 4
        number = 0
        while time.monotonic() < until:
            request(number)
            number += 1
            time.sleep(0.1)
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
