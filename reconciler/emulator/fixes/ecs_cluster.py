"""ECS clusters and the reading of tasks and service deployments."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse

from reconciler.emulator.fixes import ecs_check, ecs_history, ecs_network, ecs_rollout
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.ecs_service import service_of
from reconciler.emulator.patch import Method, once, replaces

_INCLUDED = {"SETTINGS": "settings", "CONFIGURATIONS": "configuration", "TAGS": "tags"}


def _alive(backend: Moto, cluster: Moto) -> list[Moto]:
    services = backend.services.values()
    return [s for s in services if s.cluster_name == cluster.name and s.status != "INACTIVE"]


def _tasks(backend: Moto, cluster: Moto) -> list[Moto]:
    return [t for t in backend.tasks.get(cluster.name, {}).values() if t.last_status != "STOPPED"]


def _counted(backend: Moto, cluster: Moto) -> Moto:
    alive = _alive(backend, cluster)
    cluster.active_services_count = sum(service.status == "ACTIVE" for service in alive)
    cluster.running_tasks_count = len(_tasks(backend, cluster))
    cluster.pending_tasks_count = sum(service.pending_count for service in alive)
    return cluster


def _list_service_deployments(_original: Method, self: Moto) -> ActionResult:
    return ecs_history.listed(self, service_of(self, self.params["service"]))


def _describe_service_deployments(_original: Method, self: Moto) -> ActionResult:
    services = list(self.ecs_backend.services.values())
    return ecs_history.described(services, self.params["serviceDeploymentArns"])


def _describe_service_revisions(_original: Method, self: Moto) -> ActionResult:
    return ecs_history.revisions(list(self.ecs_backend.services.values()), self.params["serviceRevisionArns"])


def _describe_clusters(original: Method, self: Moto) -> Any:
    include = self._get_param("include", [])
    for word, member in _INCLUDED.items():
        path = f"DescribeClustersResponse.clusters.Cluster.{member}"
        (self._include_in_response if word in include else self._exclude_from_response)(path)
    answer = original(self)
    for cluster in answer.result["clusters"]:
        _counted(self.ecs_backend, cluster)
    return answer


def _update_cluster_settings(_original: Method, self: Moto) -> ActionResult:
    cluster = ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster"))
    given = {item["name"]: item for item in self._get_param("settings")}
    kept = [item for item in cluster.settings if item["name"] not in given]
    cluster.settings = [*kept, *given.values()]
    return ActionResult({"cluster": cluster})


def _list_tasks(_original: Method, self: Moto) -> ActionResult:
    cluster = ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster", "default"))
    status, name = self._get_param("desiredStatus") or "RUNNING", self._get_param("serviceName")
    if name:
        service_of(self, name)
    groups = {f"service:{name.rsplit('/', 1)[-1]}"} if name else None
    family, starter = self._get_param("family"), self._get_param("startedBy")
    arns = [
        task.task_arn
        for task in self.ecs_backend.tasks.get(cluster.name, {}).values()
        if task.desired_status == status
        and (groups is None or task.group in groups)
        and family in (None, task.task_definition_arn.rsplit("/", 1)[-1].split(":")[0])
        and starter in (None, task.started_by)
    ]
    return ActionResult({"taskArns": arns})


def _describe_tasks(_original: Method, self: Moto) -> ActionResult:
    cluster = ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster", "default"))
    known = {arn.rsplit("/", 1)[-1]: task for arn, task in self.ecs_backend.tasks.get(cluster.name, {}).items()}
    asked = [name.rsplit("/", 1)[-1] for name in self._get_param("tasks", [])]
    path = "DescribeTasksResponse.tasks.Task.tags"
    (self._include_in_response if "TAGS" in self._get_param("include", []) else self._exclude_from_response)(path)
    prefix = cluster.arn.replace(":cluster/", ":task/", 1)
    missing = [{"arn": f"{prefix}/{name}", "reason": "MISSING"} for name in asked if name not in known]
    # A task that no service started goes through its states by the look, as moto has it.
    for task in (known[name] for name in asked if name in known and not known[name].group.startswith("service:")):
        task.advance()
    return ActionResult({"tasks": [known[name] for name in asked if name in known], "failures": missing})


def _stop_task(original: Method, self: Moto) -> Any:
    cluster = ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster", "default"))
    number = self._get_param("task").rsplit("/", 1)[-1]
    task = next((t for t in self.ecs_backend.tasks.get(cluster.name, {}).values() if t.id == number), None)
    if task is None:
        refuse("InvalidParameterException", "The referenced task was not found.")
    answer = original(self)
    for service in _alive(self.ecs_backend, cluster):
        ecs_rollout.lost(service, task.task_arn, self._get_param("reason") or "Task stopped by user")
    if not task.group.startswith("service:"):
        ecs_network.withdraw(self.current_account, self.region, task)
    return answer


def _install_clusters() -> None:
    @replaces(EC2ContainerServiceBackend, "create_cluster")
    def create(original: Method, self: Moto, cluster_name: str, *args: Any, **kwargs: Any) -> Moto:
        known = self.clusters.get(cluster_name)
        if known is not None and known.status == "ACTIVE":
            return known
        for gone in [key for key, service in self.services.items() if service.cluster_name == cluster_name]:
            del self.services[gone]
        return original(self, cluster_name, *args, **kwargs)

    @replaces(EC2ContainerServiceBackend, "delete_cluster")
    def delete(original: Method, self: Moto, reference: str) -> Moto:
        cluster = ecs_check.cluster_of(self, reference)
        if _alive(self, cluster):
            refuse("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
        if _tasks(self, cluster):
            refuse("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        return original(self, reference)

    def requirements(definition: Moto) -> Json:
        """Add up what containers ask for; on Fargate the memory may stand at the task alone."""
        containers = definition.container_definitions
        memory = sum(int(c.get("memory") or c.get("memoryReservation") or 0) for c in containers)
        return {"CPU": sum(int(c.get("cpu") or 0) for c in containers), "MEMORY": memory, "PORTS": [], "PORTS_UDP": []}

    backend: Moto = EC2ContainerServiceBackend
    backend._calculate_task_resource_requirements = staticmethod(requirements)

    @replaces(EC2ContainerServiceBackend, "list_clusters")
    def listed(_original: Method, self: Moto) -> list[str]:
        return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]


@once
def install() -> None:
    """Make clusters, tasks and service deployments behave as on AWS."""
    _install_clusters()
    replace_all(
        EC2ContainerServiceResponse,
        {
            "describe_clusters": _describe_clusters,
            "describe_service_deployments": _describe_service_deployments,
            "describe_service_revisions": _describe_service_revisions,
            "describe_tasks": _describe_tasks,
            "list_service_deployments": _list_service_deployments,
            "list_tasks": _list_tasks,
            "stop_task": _stop_task,
            "update_cluster_settings": _update_cluster_settings,
        },
    )
