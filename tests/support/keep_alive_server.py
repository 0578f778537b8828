"""An HTTP server on 127.0.0.1 that keeps connections open and returns the target group that a request asks for."""

import json
import time
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from attrs import Factory, frozen

from support.event_handlers import remove_moto_handler
from support.sample_groups import wire_group


@frozen
class KeepAliveServer:
    """A running server and the target groups that each connection asked for."""

    url: str
    groups_by_connection: defaultdict[int, set[str]] = Factory(lambda: defaultdict[int, set[str]](set))


@contextmanager
def serve_groups(delay_seconds: float = 0.0) -> Generator[KeepAliveServer]:
    """Run a server that responds to GetTargetGroup after a delay."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # Send headers and body in one packet. Two packets would wait for a delayed acknowledgment.

        def do_GET(self) -> None:
            group_id = self.path.rpartition("/")[2]
            server.groups_by_connection[self.client_address[1]].add(group_id)
            time.sleep(delay_seconds)
            body = json.dumps(wire_group(id=group_id)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with remove_moto_handler(), ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        http_server.daemon_threads = True
        server = KeepAliveServer(f"http://127.0.0.1:{http_server.server_port}")
        thread = Thread(target=http_server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            http_server.shutdown()
            thread.join()
