"""What customers say: GET /reviews/ID and GET /health on port 8080. Python's standard library and nothing else."""

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POD = os.environ.get("POD_NAME", "reviews")
DRAIN_SECONDS = 3  # how long clients have to leave their connections at the end
WORDS = ["Would buy again.", "Looks as in the picture.", "Smaller than I thought.", "A present that was liked."]

draining = threading.Event()


def reviews_of(product):
    """The same in every pod."""
    number = sum(product.encode())
    return [{"stars": 3 + (number + i) % 3, "text": WORDS[(number + i) % len(WORDS)]} for i in range(number % 3 + 1)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept alive
    timeout = 60  # seconds that an idle one is kept
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, {"status": "ok"})
        elif self.path.startswith("/reviews/"):
            self.answer(200, reviews_of(self.path[len("/reviews/"):]))
        else:
            self.answer(404, {"error": "no such path"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Pod", POD)
        if draining.is_set():
            self.send_header("Connection", "close")  # which also closes it after this answer
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass  # a line for each request would be most of the work


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def end(server):
    draining.set()
    time.sleep(DRAIN_SECONDS)
    server.shutdown()


def main(port=8080):
    server = Server(("", port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=end, args=(server,)).start())
    print("serving", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
