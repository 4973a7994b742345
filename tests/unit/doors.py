"""What the tests of the door share."""

from __future__ import annotations

from typing import Any

from reconciler.calls import Call
from tests.support import Lab

CANARY = "Can4ry!pluMage"
VPC = Call("ec2", "CreateVpc", {"cidrBlock": "10.0.0.0/16"})
VPCS = Call("ec2", "DescribeVpcs")


class Nobody:
    """A client whose requests fail before they leave."""

    def __init__(self, client: Any, error: Exception) -> None:
        self.meta, self._error = client.meta, error

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, _method: str) -> Any:
        def call(**_params: Any) -> None:
            raise self._error

        return call


def sent(lab: Lab, operation: str) -> list[dict[str, Any]]:
    """The parameters of every request of an operation, in botocore's names."""
    return [dict(w.params) for w in lab.aws.wire if w.operation == operation]
