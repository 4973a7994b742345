"""CloudWatch Logs: saved queries, which moto does not have."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from moto.core.utils import unix_time_millis, utcnow
from moto.logs.responses import LogsResponse
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once

LONGEST: Final = 10000
NAME: Final = 255
GROUPS: Final = 50
PAGE: Final = 1000
LANGUAGES: Final = ("CWLI", "SQL", "PPL")
_MISSING: Final = "The specified query definition does not exist."


def _invalid(message: str) -> None:
    refuse("InvalidParameterException", message)


def _kept(backend: Moto, name: str) -> Json:
    if not hasattr(backend, name):
        setattr(backend, name, {})
    known: Json = getattr(backend, name)
    return known


def _check(told: Json, known: Json, number: str) -> None:
    if not 1 <= len(told["name"]) <= NAME or not 1 <= len(told["queryString"]) <= LONGEST:
        _invalid("1 validation error detected: a name has 1 to 255 characters, a query 1 to 10000")
    if told["queryLanguage"] not in LANGUAGES:
        _invalid(f"Value '{told['queryLanguage']}' at 'queryLanguage' failed to satisfy constraint")
    if len(told["logGroupNames"]) > GROUPS:
        _invalid(f"A query definition can have at most {GROUPS} log groups")
    if any(one["name"] == told["name"] and one["queryDefinitionId"] != number for one in known.values()):
        _invalid(f"A query definition with the name {told['name']} already exists.")
    for parameter in told["parameters"]:
        if not re.search(rf"\{{\{{\s*{re.escape(parameter['name'])}\s*\}}\}}", told["queryString"]):
            _invalid(f"The parameter {parameter['name']} does not stand in the query")


def _put(_original: Method, self: Moto) -> str:
    known, number = _kept(self.logs_backend, "query_definitions"), self._get_param("queryDefinitionId") or ""
    tokens, token = _kept(self.logs_backend, "query_tokens"), self._get_param("clientToken")
    if token in tokens and not number:
        return json.dumps({"queryDefinitionId": tokens[token]})
    if number and number not in known:
        refuse("ResourceNotFoundException", _MISSING)
    told = {
        "name": self._get_param("name"),
        "queryString": self._get_param("queryString"),
        "queryLanguage": self._get_param("queryLanguage") or "CWLI",
        "logGroupNames": self._get_param("logGroupNames") or [],
        "parameters": self._get_param("parameters") or [],
    }
    _check(told, known, number)
    number = number or str(mock_random.uuid4())
    known[number] = {"queryDefinitionId": number, **told, "lastModified": int(unix_time_millis(utcnow()))}
    if token:
        tokens[token] = number
    return json.dumps({"queryDefinitionId": number})


def _describe(_original: Method, self: Moto) -> str:
    prefix, language = self._get_param("queryDefinitionNamePrefix") or "", self._get_param("queryLanguage")
    known: Any = sorted(_kept(self.logs_backend, "query_definitions").values(), key=lambda one: str(one["name"]))
    found = [one for one in known if one["name"].startswith(prefix) and language in (None, one["queryLanguage"])]
    start, most = int(self._get_param("nextToken") or 0), self._get_param("maxResults") or PAGE
    rest = {"nextToken": str(start + most)} if len(found) > start + most else {}
    return json.dumps({"queryDefinitions": found[start : start + most], **rest})


def _delete(_original: Method, self: Moto) -> str:
    if _kept(self.logs_backend, "query_definitions").pop(self._get_param("queryDefinitionId"), None) is None:
        refuse("ResourceNotFoundException", _MISSING)
    return json.dumps({"success": True})


@once
def install() -> None:
    """Make saved queries behave as on AWS."""
    replace_all(
        LogsResponse,
        {
            "delete_query_definition": _delete,
            "describe_query_definitions": _describe,
            "put_query_definition": _put,
        },
    )
