"""The embedded AWS: moto behind a WSGI layer that names, records and may disturb every request."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.emulator import clock, patch
from reconciler.emulator.wire import Answer, Call, DroppedError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import boto3

ENDPOINT = "http://127.0.0.1"
CREDENTIALS = ("test", "test")
KNOBS = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "false",
}


class Layer(Protocol):
    """Something between the client and the backends that can disturb a request."""

    def before(self, call: Call) -> Answer | None:
        """Answer in the backends' place, or return None; may raise DroppedError."""

    def after(self, call: Call, answer: Answer) -> Answer:
        """Return the answer the client gets instead of `answer`; may raise DroppedError."""


class Emulator:
    """One AWS. moto's state belongs to the process, so a new Emulator begins empty and replaces the one before."""

    def __init__(self, now: Callable[[], float] = time.monotonic, pace: float = 1.0) -> None:
        """Go by the clock `now`; durations of transitional states are multiplied by `pace` (0: immediate)."""
        self.time = clock.Time(now, pace)
        self.layers: list[Layer] = []
        self.crashes: list[str] = []
        self._wire: list[Wire] = []
        self._lock = threading.RLock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._moto: Callable[..., Iterable[bytes]] | None = None
        self.reset()

    def reset(self) -> None:
        """Forget every resource, every disturbance and every recorded request."""
        with self._lock:
            clock.install(self.time)
            self.layers.clear()
            self.crashes.clear()
            self._wire.clear()
            self._backends()
            from moto.core.base_backend import BackendDict

            BackendDict.reset()
            patch.forget_all()

    @property
    def wire(self) -> list[Wire]:
        """Every request since the last reset, in the order of arrival."""
        with self._lock:
            return sorted(self._wire, key=lambda w: w.n)

    def reads(self) -> int:
        """Count the recorded requests that cannot change anything."""
        return sum(not w.writes for w in self.wire)

    def writes(self) -> int:
        """Count the recorded requests that may change something."""
        return sum(w.writes for w in self.wire)

    def blunders(self) -> list[Wire]:
        """Requests on which the emulator itself failed; a test wants none."""
        return [w for w in self.wire if w.blunder]

    def forget_wire(self) -> None:
        """Empty the record; resources stay."""
        with self._lock:
            self._wire.clear()

    def attach(self, session: boto3.Session) -> boto3.Session:
        """Serve every client of `session` in this process: `session.client(name, endpoint_url=ENDPOINT)`."""
        from reconciler.emulator.transport import InProcess

        InProcess(self.app).attach(session)
        return session

    def session(self, region: str = "us-east-1") -> boto3.Session:
        """Make a session with credentials that is attached already."""
        import boto3
        import botocore.session

        inner = botocore.session.get_session()
        inner.register_component("data_loader", _models())
        made = boto3.Session(*CREDENTIALS, region_name=region, botocore_session=inner)
        # Every session adds boto3's own folder once more.
        _models().search_paths[:] = dict.fromkeys(_models().search_paths)
        return self.attach(made)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a client that sends everything exactly once; made once per service and region."""
        from botocore.config import Config

        if self._session is None:
            self._session = self.session()
        if (service, region) not in self._clients:
            once = Config(retries={"total_max_attempts": 1, "mode": "standard"})
            made = self._session.client(service, region_name=region, endpoint_url=ENDPOINT, config=once)
            self._clients[service, region] = made
        return self._clients[service, region]

    def app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request (WSGI)."""
        from reconciler.emulator.resolve import resolve

        body = _body_of(environ)
        with self._lock:
            n = len(self._wire)
            call = resolve(environ, body)
            self._wire.append(_record(n, call, 0, injected=True))
            try:
                answer, injected = self._answer(call, environ, body)
            except DroppedError:
                _cut(environ)
                raise
            if n < len(self._wire):
                self._wire[n] = _record(n, call, answer.status, injected=injected)
        length = () if environ.get("REQUEST_METHOD") == "HEAD" else (("Content-Length", str(len(answer.body))),)
        headers = [(k, v) for k, v in answer.headers if length == () or k.lower() != "content-length"]
        start_response(f"{answer.status} {'OK' if answer.ok else 'Error'}", [*headers, *length])
        return [answer.body]

    def _answer(self, call: Call, environ: dict[str, Any], body: bytes) -> tuple[Answer, bool]:
        for layer in self.layers:
            if early := layer.before(call):
                return early, True
        true = self._serve(call, environ, body)
        shown = true
        for layer in self.layers:
            shown = layer.after(call, shown)
        return shown, shown.status != true.status

    def _serve(self, call: Call, environ: dict[str, Any], body: bytes) -> Answer:
        from reconciler.emulator import fixes, render

        try:
            fixes.install(call.service)
            return self._run({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        except NotImplementedError as gap:
            return render.error(call, "NotEmulated", 501, f"{call.key} is not part of the embedded AWS: {gap}")
        except Exception as crash:  # noqa: BLE001 - a crash of a backend is a finding, and the server goes on
            self.crashes.append(traceback.format_exc())
            return render.error(call, "EmulatorCrash", 500, f"{call.key}: {crash!r}")

    def _run(self, environ: dict[str, Any]) -> Answer:
        seen: list[tuple[int, tuple[tuple[str, str], ...]]] = []

        def start(status: str, headers: Iterable[tuple[str, str]], _: object = None) -> Callable[[bytes], None]:
            seen.append((int(status.split(maxsplit=1)[0]), tuple(headers)))
            return lambda _: None

        body = b"".join(self._backends()(environ, start))
        status, headers = seen[-1]
        return Answer(status, headers, body)

    def _backends(self) -> Callable[..., Iterable[bytes]]:
        if self._moto is None:
            os.environ.update(KNOBS)
            import moto.backends
            import moto.core.errors
            from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

            # AWS's models do not list every code that AWS answers with, and moto warns of each that is missing.
            patch.put(moto.core.errors, "warn", lambda *_args, **_more: None)
            # moto reads its own folder at every request.
            modules = frozenset(moto.backends.list_of_moto_modules())
            patch.put(moto.backends, "list_of_moto_modules", lambda: modules)
            self._moto = DomainDispatcherApplication(create_backend_app)
        return self._moto


@functools.cache
def _models() -> Any:
    """What botocore has read of AWS's models, which are megabytes: once is enough for all sessions of a process."""
    from botocore.loaders import create_loader

    return create_loader()


def _body_of(environ: Mapping[str, Any]) -> bytes:
    stream: io.BytesIO = environ["wsgi.input"]
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        return stream.read()
    return stream.read(int(environ.get("CONTENT_LENGTH") or 0))


def _record(n: int, call: Call, status: int, *, injected: bool) -> Wire:
    return Wire(n, call.service, call.operation, call.writes, call.params, status, call.account, call.region, injected)


def _cut(environ: Mapping[str, Any]) -> None:
    """Break the client's connection, if there is one (a request in process has none)."""
    import socket

    if (connection := environ.get("werkzeug.socket")) is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
