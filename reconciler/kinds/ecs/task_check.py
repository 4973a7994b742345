"""What is wrong with a task definition as git has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...kind import Raw
from .whole import amount

FARGATE = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""MiB of memory that Fargate offers, by CPU units."""
Faults = Iterator[tuple[str, str]]


def faults(spec: Raw) -> Faults:
    """Yield (path, message) for all of it."""
    containers = [c for c in spec.get("containerDefinitions") or () if isinstance(c, dict)]
    on_fargate = "FARGATE" in (spec.get("requiresCompatibilities") or ())
    if on_fargate:
        yield from _fargate(spec)
    names = [c.get("name") for c in containers]
    for name, times in Counter(n for n in names if isinstance(n, str)).items():
        if times > 1:
            yield "containerDefinitions", f'{times} containers are called "{name}". Give each a name of its own'
    if containers and all(c.get("essential") is False for c in containers):
        yield "containerDefinitions", "no container is essential. Let one be: the task lives as long as it does"
    yield from _sidecars(containers)
    volumes = [v.get("name") for v in spec.get("volumes") or () if isinstance(v, dict)]
    for i, container in enumerate(containers):
        path = f"containerDefinitions[{i}]"
        yield from _names(path, container, names, volumes)
        yield from _logging(path, container, on_fargate=on_fargate)
        if "executionRoleArn" not in spec:
            yield from _role(path, container, on_fargate=on_fargate)


def _fargate(spec: Raw) -> Faults:
    if spec.get("networkMode") != "awsvpc":
        yield "networkMode", "Fargate needs awsvpc. Say networkMode: awsvpc"
    for name in ("cpu", "memory"):
        if name not in spec:
            yield name, f"Fargate needs the task's {name}. Add it"
    cpu, memory = amount(spec.get("cpu")), amount(spec.get("memory"))
    if cpu is not None and cpu not in FARGATE:
        yield "cpu", f"Fargate has no {cpu} CPU units. Choose one of {', '.join(map(str, FARGATE))}"
    elif cpu is not None and memory is not None and memory not in FARGATE[cpu]:
        sizes = FARGATE[cpu]
        step = f", in steps of {sizes[1] - sizes[0]}" if sizes[2] - sizes[1] == sizes[1] - sizes[0] else ""
        yield "memory", f"Fargate has no {memory} MiB with {cpu} CPU units. Choose {sizes[0]} to {sizes[-1]}{step}"


def _sidecars(containers: Sequence[Raw]) -> Faults:
    """Yield what is wrong between containers: who waits for whom, and who forwards whose log."""
    by_name = {c["name"]: c for c in containers if isinstance(c.get("name"), str)}
    forwards = any("firelensConfiguration" in c for c in containers)
    for i, container in enumerate(containers):
        path = f"containerDefinitions[{i}]"
        if (container.get("logConfiguration") or {}).get("logDriver") == "awsfirelens" and not forwards:
            yield f"{path}.logConfiguration", "nobody forwards it. Give one container a firelensConfiguration"
        for j, other in enumerate(container.get("dependsOn") or ()):
            awaited, where = by_name.get(other.get("containerName"), {}), f"{path}.dependsOn[{j}].condition"
            condition = other.get("condition")
            if awaited and condition == "HEALTHY" and "healthCheck" not in awaited:
                yield where, f"{awaited['name']} has no healthCheck, so it is never HEALTHY. Give it one, or say START"
            if awaited.get("essential", True) is True and awaited and condition in ("COMPLETE", "SUCCESS"):
                yield where, f"{awaited['name']} is essential: the task ends with it. Say essential: false there"
    for name in by_name:
        if name in _awaited(by_name, name):
            yield "containerDefinitions", f"{name} waits for itself in the end. Take one dependsOn of the ring away"
            return


def _awaited(by_name: Mapping[str, Raw], name: str) -> set[str]:
    """Return all that must start before a container."""
    found: set[str] = set()
    todo = [name]
    while todo:
        named = [o.get("containerName") for o in by_name.get(todo.pop(), {}).get("dependsOn") or ()]
        todo += [one for one in named if isinstance(one, str) and one not in found]
        found.update(one for one in named if isinstance(one, str))
    return found


def _names(path: str, container: Raw, names: list[Any], volumes: list[Any]) -> Faults:
    for j, other in enumerate(container.get("dependsOn") or ()):
        if isinstance(other.get("containerName"), str) and other["containerName"] not in names:
            yield f"{path}.dependsOn[{j}].containerName", f'there is no container "{other["containerName"]}"'
    for j, mount in enumerate(container.get("mountPoints") or ()):
        if isinstance(mount.get("sourceVolume"), str) and mount["sourceVolume"] not in volumes:
            yield f"{path}.mountPoints[{j}].sourceVolume", f'there is no volume "{mount["sourceVolume"]}"'
    for name in sorted((container.get("environment") or {}).keys() & (container.get("secrets") or {}).keys()):
        yield f"{path}.secrets.{name}", "it is also in environment. Keep one of the two"


def _logging(path: str, container: Raw, *, on_fargate: bool) -> Faults:
    log = container.get("logConfiguration") or {}
    if log.get("logDriver") != "awslogs":
        return
    demanded = ("awslogs-group", "awslogs-region", *(("awslogs-stream-prefix",) if on_fargate else ()))
    for name in demanded:
        if name not in (log.get("options") or {}):
            yield f"{path}.logConfiguration.options", f"awslogs needs {name}. Add it"


def _role(path: str, container: Raw, *, on_fargate: bool) -> Faults:
    log = container.get("logConfiguration") or {}
    way_out = "Set executionRoleArn to a role that may read them"
    if container.get("secrets"):
        yield f"{path}.secrets", f"secrets are read with the execution role, and there is none. {way_out}"
    if log.get("secretOptions"):
        yield f"{path}.logConfiguration.secretOptions", f"they are read with the execution role. {way_out}"
    if on_fargate and log.get("logDriver") == "awslogs":
        yield f"{path}.logConfiguration", "on Fargate awslogs writes with the execution role. Set executionRoleArn"
