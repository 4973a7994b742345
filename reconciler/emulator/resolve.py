"""From an HTTP request to the operation it means."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from botocore.parsers import PROTOCOL_PARSERS as ANSWER_PARSERS
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.iam.models import get_account_id_from

from reconciler.emulator.wire import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.core.model import OperationModel

CREDENTIAL: Final = re.compile(r"Credential=([^/]+)/\d{8}/([^/]*)/([^/]+)/aws4_request")
CBOR_PATH: Final = re.compile(r"^/service/[^/]+/operation/([^/?]+)")
SERVICE_OF_SIGNATURE: Final = {
    "cloudcontrolapi": "cloudcontrol",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}


def resolve(environ: Mapping[str, Any], body: bytes) -> Call:
    """Name the call. An operation that no model knows is called `?METHOD path`."""
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, signing = signed.groups() if signed else ("", "us-east-1", _unsigned_service(environ, body))
    service = SERVICE_OF_SIGNATURE.get(signing, signing)
    account = get_account_id_from(key)
    try:
        operation, protocol, params = _understand(service, environ, body)
    except Exception as error:  # noqa: BLE001 - whatever a model or a parser trips over, the request has no name
        operation, protocol, params = _unknown(environ), "json", {"unresolved": repr(error)}
    return Call(service, operation, protocol, params, account, region)


def _understand(service: str, environ: Mapping[str, Any], body: bytes) -> tuple[str, str, dict[str, Any]]:
    if cbor := CBOR_PATH.match(environ.get("PATH_INFO", "")):
        return cbor.group(1), "smithy-rpc-v2-cbor", _cbor(body)
    model = get_service_model(service)
    request = Request({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    labels: dict[str, Any] = {}
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        name, protocol = target.rsplit(".", 1)[-1], "json"
    elif "Action" in request.values:
        name, protocol = request.values["Action"], "ec2" if service == "ec2" else "query"
    else:
        found, labels = get_service_router(service).match(request)
        name, protocol = found.name, str(model.protocol)
    return name, protocol, _params(model.operation_model(name), protocol, request, labels)


def _params(operation: OperationModel, protocol: str, request: Request, labels: dict[str, Any]) -> dict[str, Any]:
    if operation.input_shape is None:
        return {}
    if operation.has_streaming_input:
        return labels
    parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.get_data(),
            "url_path": request.path,
            "url_params": labels,
        }
    )
    return parsed


def _cbor(body: bytes) -> dict[str, Any]:
    parser = ANSWER_PARSERS["smithy-rpc-v2-cbor"]()
    decoded = parser.parse_data_item(io.BufferedReader(io.BytesIO(body))) if body else {}
    return decoded if isinstance(decoded, dict) else {}


def _unsigned_service(environ: Mapping[str, Any], body: bytes) -> str:
    """AssumeRoleWithWebIdentity and its like come unsigned; everything else unsigned is S3."""
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    return "sts" if form and "Action" in dict(parse_qsl(body.decode("utf-8", "replace"))) else "s3"


def _unknown(environ: Mapping[str, Any]) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    return f"?{environ.get('REQUEST_METHOD', '')} {target or environ.get('PATH_INFO', '')}"
