"""The only door to AWS: performs one call, or drives a program of calls to its end.

Reads retry. A write is sent once: where its answer is lost, looking again settles what happened, not sending again.
"""

from __future__ import annotations

import base64
import gc
import json
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
import botocore.exceptions as boto
from botocore import xform_name
from botocore.config import Config

from ..errors import Denied, Rejected, Retry
from ..kind import Call, Program
from ..values import Generate, Hidden, Sealed, SealedJson, SecretRef
from .discretion import cap_logs, discreet
from .naming import granted, named
from .pace import Pace
from .spelling import Spelling

T = TypeVar("T")
_PARAMETER = re.compile(r"parameter (?:in input: )?\"?([A-Za-z0-9_.\[\]]+)")
_COMMON: dict[str, Any] = {
    "user_agent_extra": "reconciler/0.1",
    "max_pool_connections": 16,
    "connect_timeout": 10,
    "read_timeout": 60,
}
READING = Config(retries={"mode": "standard", "total_max_attempts": 6}, **_COMMON)
WRITING = Config(retries={"mode": "standard", "total_max_attempts": 1}, **_COMMON)


class Aws:
    """An AWS account and region, as one set of credentials sees it. Safe to use from several threads."""

    def __init__(
        self, region: str = "", role: str = "", *, session: boto3.Session | None = None,
        now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """Use the standard AWS environment and configuration files, and assume ``role`` if one is given."""
        cap_logs()
        self._session = session or boto3.Session(region_name=region or None)
        self._region = region or self._session.region_name or "us-east-1"
        self._role = role
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._lock = threading.RLock()
        self._pace = Pace(now, sleep)
        self._spelling = Spelling()
        self.count: Counter[tuple[str, bool]] = Counter()
        """(``service:Operation``, writes) → how often it was called."""
        self.watch: Callable[[Call], None] = lambda _call: None
        """Called before every write; what it raises stops the write."""

    def account(self) -> str:
        """Return the id of the account that the credentials belong to."""
        return str(self.perform(Call("sts", "GetCallerIdentity"))["account"])

    def perform(self, call: Call, token: str = "") -> Any:
        """Make one call and return its answer in our spelling; None if the object does not exist.

        Raises an ``AwsError`` that says what happens next.
        """
        client = self._client(call.service, call.region or self._region, writes=call.writes)
        operation = client.meta.service_model.operation_model(call.operation)
        params = {**call.params, **({call.token: token} if call.token and token else {})}
        opened: set[str] = set()
        clear = {k: self._open(v, opened) for k, v in params.items()}
        try:
            wire = self._spelling.to_wire(operation.input_shape, clear)
        except KeyError as error:
            raise Rejected(str(call), "UnknownParameter", f"the API has no {error.args[0]}") from None
        if call.writes:
            self.watch(call)
        self._pace.wait(call.service)
        with self._lock:
            self.count[str(call), call.writes] += 1
        answer = self._send(client, call, wire, lambda message: discreet(message, clear, opened))
        return None if answer is None else self._spelling.from_wire(operation.output_shape, answer)

    def run(self, program: Program[T], token: str = "") -> T:
        """Drive a program of calls to its end and return what it learnt."""
        try:
            call = next(program)
            while True:
                call = program.send(self.perform(call, token))
        except StopIteration as end:
            result: T = end.value
            return result

    def _send(self, client: Any, call: Call, wire: dict[str, Any], shown: Callable[[str], str]) -> Any:
        method = xform_name(call.operation)
        try:
            if not call.writes and client.can_paginate(method):
                return client.get_paginator(method).paginate(**wire).build_full_result()
            return granted(call, getattr(client, method)(**wire))
        except boto.ClientError as error:
            said, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
            code, message = said.get("Code", "Unknown"), said.get("Message", "")
            if code in call.missing:
                return None
            raise named(call, code, shown(message), meta.get("RequestId", "")) from None
        except boto.ParamValidationError as error:
            # Its text prints the values, which may be secret: only the names of the parameters leave this place.
            names = ", ".join(dict.fromkeys(_PARAMETER.findall(str(error)))) or "a parameter"
            raise Rejected(
                str(call), "ParamValidation", f"{names}: missing, or not of the type that the API takes"
            ) from None
        except (boto.NoCredentialsError, boto.PartialCredentialsError, boto.TokenRetrievalError) as error:
            raise Denied(
                str(call),
                "NoCredentials",
                str(error),
                advice="Sign in: the standard AWS variables, profile or role are used",
            ) from None
        except (boto.HTTPClientError, boto.ConnectionError, boto.EndpointConnectionError) as error:
            done = "Whether it was done is seen by looking again"
            way = "Check the network, the region and, if it is set, AWS_ENDPOINT_URL"
            silence = Retry(str(call), type(error).__name__, "no answer from AWS", advice=done if call.writes else way)
            silence.lost = True
            raise silence from None
        except boto.BotoCoreError as error:
            raise Rejected(
                str(call), type(error).__name__, "the request or its answer could not be understood"
            ) from None

    def _client(self, service: str, region: str, *, writes: bool) -> Any:
        key = (service, region, writes)
        with self._lock:
            if key not in self._clients:
                # Loading a model makes a hundred thousand objects, none of them garbage.
                gc.disable()
                try:
                    self._clients[key] = self._session_for_role().client(
                        service, region_name=region, config=WRITING if writes else READING
                    )
                finally:
                    gc.enable()
            return self._clients[key]

    def _session_for_role(self) -> boto3.Session:
        if self._role:
            sts = self._session.client("sts", region_name=self._region, config=READING)
            wire = {"RoleArn": self._role, "RoleSessionName": "reconciler"}
            answer = self._send(sts, Call("sts", "AssumeRole"), wire, str)["Credentials"]
            self._session = boto3.Session(
                answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], region_name=self._region
            )
            # Only now: whoever could not become the role must not go on as somebody else.
            self._role = ""
        return self._session

    def _open(self, value: Any, opened: set[str]) -> Any:
        """Return the value with every secret in it in clear, and note them: the only place where that happens."""
        if isinstance(value, dict):
            return {k: self._open(v, opened) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._open(v, opened) for v in value]
        if not isinstance(value, Hidden):
            return value
        told = self._secret(value, opened)
        opened.add(told)
        return told

    def _secret(self, value: SecretRef | Sealed | SealedJson | Generate, opened: set[str]) -> str:
        if isinstance(value, SecretRef):
            params = {"secretId": value.arn, "versionId": value.version}
            call = Call("secretsmanager", "GetSecretValue", params, region=value.region)
            found = self.perform(call)
            if "secretString" not in found:
                raise Rejected(str(call), "NoText", f"the value of {value.arn} is binary, and only a text can be used")
            return str(found["secretString"])
        if isinstance(value, Sealed):
            return "".join(str(self._open(part, opened)) for part in value.parts)
        if isinstance(value, SealedJson):
            return json.dumps({k: self._open(v, opened) for k, v in value.members.items()})
        made = self._generate(value)
        opened.add(made)
        return json.dumps({value.key: made}) if value.key else made

    def _generate(self, value: Generate) -> str:
        if value.size:
            return base64.b64encode(secrets.token_bytes(value.size)).decode()
        return str(
            self.perform(
                Call("secretsmanager", "GetRandomPassword", {"passwordLength": value.length, **value.options})
            )["randomPassword"]
        )
