"""botocore's requests served in process: no socket, no thread, and no way to the real AWS by accident."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ConnectionClosedError

from reconciler.emulator.wire import DroppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import boto3


class InProcess:
    """A `before-send` handler that answers from a WSGI application."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        """Answer from `app`."""
        self.app = app

    def attach(self, session: boto3.Session) -> None:
        """Serve every client that `session` makes from now on."""
        session.events.register("before-send.*.*", self)

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer `request` as urllib3 would have."""
        seen: list[tuple[int, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], None]:
            seen.append((int(status.split(maxsplit=1)[0]), headers))
            return lambda _: None

        try:
            body = b"".join(self.app(_environ(request), start))
        except DroppedError as dropped:
            raise ConnectionClosedError(error=dropped, endpoint_url=request.url, request=request) from None
        status, headers = seen[-1]
        return AWSResponse(request.url, status, HeadersDict(headers), _Raw(body))


class _Raw(io.BytesIO):
    """The part of urllib3's response that botocore uses."""

    def stream(self, amount: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: ARG002, FBT001
        while chunk := self.read(amount):
            yield chunk


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    body = _body(request)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path or "/", "latin-1"),
        "RAW_URI": target,
        "REQUEST_URI": target,
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        # The body is whole here: neither chunks nor a "100 Continue" are to be waited for.
        if key not in {"TRANSFER_ENCODING", "EXPECT", "CONTENT_LENGTH"}:
            environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = _text(value)
    return environ | {"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True}


def _body(request: AWSPreparedRequest) -> bytes:
    body = request.body
    if body is None:
        return b""
    raw = body.read() if hasattr(body, "read") else body
    return raw.encode() if isinstance(raw, str) else bytes(raw)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
