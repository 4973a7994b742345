"""The embedded AWS on a socket, for the AWS CLI and for other processes."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from reconciler.errors import ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.serving import BaseWSGIServer

    from reconciler.emulator.core import Emulator

HOST = "127.0.0.1"


class PortBusyError(ReconcilerError):
    """Somebody else listens on the port."""

    def __init__(self, port: int) -> None:
        """Say which port, and what to do."""
        super().__init__(f"port {port} of {HOST} is in use: choose another with --port, or 0 for any free one")


def listen(port: int) -> socket.socket:
    """Open the listening socket (port 0: any free one)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise PortBusyError(port) from None
    listener.listen(128)
    return listener


def environment_of(listener: socket.socket) -> str:
    """Return the shell line that points the AWS CLI, boto3 and this program at the listener."""
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    variables = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return "export " + " ".join(f"{name}={value}" for name, value in variables.items())


def make(emulator: Emulator, listener: socket.socket) -> BaseWSGIServer:
    """Make the threaded HTTP server on an open listener."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class Handler(MotoRequestHandler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_request(self, *_args: Any) -> None:
            """Say nothing: the record is `Emulator.wire`."""

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    port = int(listener.getsockname()[1])
    server = make_server(HOST, port, emulator.app, threaded=True, request_handler=Handler, fd=listener.fileno())
    listener.close()
    return server


@contextlib.contextmanager
def serving(emulator: Emulator, port: int = 0) -> Iterator[str]:
    """Serve in a thread of this process; gives the endpoint URL."""
    server = make(emulator, listen(port))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def serve(port: int) -> None:
    """Serve until SIGTERM or SIGINT; raises PortBusyError.

    The one line on stdout can be evaluated by a shell. It comes before the slow imports: requests that
    arrive meanwhile wait in the listener's queue.
    """
    listener = listen(port)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _n, _f: stop.set())
    print(environment_of(listener), flush=True)  # noqa: T201 - this line is what the verb is for
    from reconciler.emulator.core import Emulator

    emulator = Emulator()
    server = make(emulator, listener)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    stop.wait()
    server.shutdown()
