"""Errors as each of AWS's protocols spells them."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from reconciler.emulator.wire import Answer

if TYPE_CHECKING:
    from reconciler.emulator.wire import Call

THROTTLED: Final = {
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "json": ("ThrottlingException", 400),
    "rest-json": ("TooManyRequestsException", 429),
}
DENIED: Final = {
    "ec2": ("UnauthorizedOperation", 403),
    "json": ("AccessDeniedException", 400),
    "rest-json": ("AccessDeniedException", 403),
}


def error(call: Call, code: str, status: int, message: str) -> Answer:
    """Make the answer that botocore reads as `ClientError` with this code."""
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-RequestId", request_id)]
    said, name = escape(message), escape(code)
    if call.protocol in {"json", "smithy-rpc-v2-cbor"}:
        content, body = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
    elif call.protocol == "rest-json":
        headers.append(("x-amzn-errortype", code))
        content, body = "application/json", json.dumps({"message": message})
    elif call.protocol == "ec2":
        inner = f"<Errors><Error><Code>{name}</Code><Message>{said}</Message></Error></Errors>"
        content, body = "text/xml", f"<Response>{inner}<RequestID>{request_id}</RequestID></Response>"
    elif call.service == "s3":
        inner = f"<Code>{name}</Code><Message>{said}</Message><RequestId>{request_id}</RequestId>"
        content, body = "application/xml", f"<Error>{inner}</Error>"
    else:
        inner = f"<Error><Type>Sender</Type><Code>{name}</Code><Message>{said}</Message></Error>"
        content, body = "text/xml", f"<ErrorResponse>{inner}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return Answer(status, (("Content-Type", content), *headers), body.encode())


def throttled(call: Call) -> Answer:
    """Answer as AWS does when the caller is too fast."""
    code, status = THROTTLED.get(call.service) or THROTTLED.get(call.protocol) or ("Throttling", 400)
    return error(call, code, status, "Rate exceeded")


def denied(call: Call) -> Answer:
    """Answer as AWS does when the caller's policies do not allow the operation."""
    code, status = DENIED.get(call.protocol, ("AccessDenied", 403))
    who = f"arn:aws:iam::{call.account}:user/test"
    return error(call, code, status, f"User: {who} is not authorized to perform: {_action(call)}")


def _action(call: Call) -> str:
    service = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}.get(call.service, call.service)
    return f"{service}:{call.operation}"
