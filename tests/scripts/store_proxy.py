"""A proxy before an S3 server that misbehaves on purpose: store_proxy.py PORT TARGET_PORT CONTROL_FILE [google]

With `google` it speaks as the XML interface of Google's store does: objects have generations, which conditions ask for, and
headers begin with `x-goog-`. The S3 server behind it then only keeps the bytes.

The control file holds one word a line, read anew for each request:
  503 N      every N-th request is answered "503 Slow Down"
  cut N      every N-th answer to a GET breaks off in the middle
  slow MS    each request waits MS milliseconds
  expired    every request is answered as S3 answers an expired token
  down       every request is answered "503 Slow Down"
"""

import http.client
import http.server
import socketserver
import sys
import threading
import time

PORT, TARGET, CONTROL = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
COUNT = {"all": 0, "get": 0, "503": 0, "cut": 0}
LOCK = threading.Lock()
GOOGLE = "google" in sys.argv[4:]
# The generation of each object, by its path; writes take turns, so that a condition holds when its write is done.
GENERATIONS = {}
WRITING = threading.Lock()
CONDITION = "x-goog-if-generation-match"
UNMET = b"<Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions failed.</Message></Error>"
BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"


def control():
    with open(CONTROL, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.strip()]
    return {words[0]: int(words[1]) if len(words) > 1 else 1 for words in lines}


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, headers=()):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def forward(self, body):
        """Asks the server; its response, the content, and the headers that go on."""
        target = http.client.HTTPConnection("127.0.0.1", TARGET, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        if GOOGLE:
            names = {name: name.lower().replace("x-goog-", "x-amz-") for name in headers}
            own = (CONDITION, "authorization")
            headers = {names[name]: value for name, value in headers.items() if name.lower() not in own}
            # The S3 server wants to know whose bucket it is, and looks no further.
            headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        target.request(self.command, self.path, body, headers)
        response = target.getresponse()
        content = response.read()
        target.close()
        drop = {"content-length", "transfer-encoding", "connection", "date", "server"}
        kept = [(name, value) for name, value in response.getheaders() if name.lower() not in drop]
        if GOOGLE:
            kept.append(("x-goog-generation", str(GENERATIONS.get(self.path.partition("?")[0], 1))))
        return response, content, kept

    def write(self, body):
        """As `forward`, on the condition that the request names; no response: the condition does not hold."""
        path, _, query = self.path.partition("?")
        wanted = self.headers.get(CONDITION)
        if wanted is not None and int(wanted) != GENERATIONS.get(path, 0):
            return None, b"", []
        response, content, kept = self.forward(body)
        # A part is no object yet; the request that completes an upload makes one.
        makes = self.command == "PUT" and "uploadId=" not in query or self.command == "POST" and "uploadId=" in query
        if response.status < 300 and makes:
            GENERATIONS[path] = max(GENERATIONS.values(), default=0) + 1
            kept = [pair for pair in kept if pair[0] != "x-goog-generation"]
            kept.append(("x-goog-generation", str(GENERATIONS[path])))
        elif response.status < 300 and self.command == "DELETE" and not query:
            GENERATIONS.pop(path, None)
        return response, content, kept

    def any(self):
        rules = control()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with LOCK:
            COUNT["all"] += 1
            COUNT["get"] += self.command == "GET"
            number, gets = COUNT["all"], COUNT["get"]
        if "slow" in rules:
            time.sleep(rules["slow"] / 1000)
        if "expired" in rules:
            return self.answer(400, EXPIRED)
        if "down" in rules or ("503" in rules and number % rules["503"] == 0):
            COUNT["503"] += 1
            return self.answer(503, BUSY)
        if GOOGLE and self.command in ("PUT", "POST", "DELETE"):
            with WRITING:
                response, content, kept = self.write(body)
            if response is None:
                return self.answer(412, UNMET)
        else:
            response, content, kept = self.forward(body)
        if self.command == "HEAD":
            self.send_response_only(response.status)
            for name, value in [*kept, ("Content-Length", response.getheader("Content-Length", "0"))]:
                self.send_header(name, value)
            self.end_headers()
        elif "cut" in rules and self.command == "GET" and gets % rules["cut"] == 0 and len(content) > 100:
            COUNT["cut"] += 1
            self.send_response_only(response.status)
            for name, value in [*kept, ("Content-Length", str(len(content)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.close_connection = True
        else:
            self.answer(response.status, content, kept)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = any


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


def report():
    while True:
        time.sleep(0.5)
        with open(CONTROL + ".count", "w", encoding="utf-8") as file:
            file.write(" ".join(f"{name}={count}" for name, count in COUNT.items()) + "\n")


threading.Thread(target=report, daemon=True).start()
Server(("127.0.0.1", PORT), Proxy).serve_forever()
