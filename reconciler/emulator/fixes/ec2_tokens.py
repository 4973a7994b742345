"""EC2: a repeated ClientToken gives the first answer again, whatever became of the resource since."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from reconciler.emulator.patch import replaces


def idempotent(responses: type, method: str) -> None:
    """Let `method` remember its answers by the caller's token."""

    @replaces(responses, method)
    def remembering(original: Any, self: Any) -> Any:
        token = self._get_param("ClientToken")
        if not token:
            return original(self)
        asked = repr({name: value for name, value in self._get_params().items() if name != "ClientToken"})
        answers = self.ec2_backend.__dict__.setdefault("_answers_by_token", {})
        if (method, token) not in answers:
            answers[method, token] = asked, original(self).result
        before, result = answers[method, token]
        if before != asked:
            code = "IdempotentParameterMismatch"
            raise EC2ClientError(code, f"The client token {token} was used before, with other parameters")
        return ActionResult(result)
