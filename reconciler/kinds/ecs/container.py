"""What a container and a volume of a task definition may say."""

from __future__ import annotations

from ...types import Flag, Integer, ListOf, MapOf, Ref, SetOf, Text
from .whole import Whole

NAME = Text(pattern=r"^[A-Za-z0-9_-]{1,255}$")
PORT = Integer(0, 65535)
TEXTS = ListOf(Text())
SECRETS = MapOf(pair=("name", "valueFrom"))
SWITCH = Text(enum=("ENABLED", "DISABLED"))
DRIVERS = ("awsfirelens", "awslogs", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog")
LIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip

PORTS = SetOf(Whole({
    "containerPort": PORT,
    "hostPort": PORT,
    "protocol": Text(enum=("tcp", "udp")),
    "name": Text(),
    "appProtocol": Text(enum=("http", "http2", "grpc")),
    "containerPortRange": Text(),
}, defaults={"hostPort": 0, "protocol": "tcp"}))  # fmt: skip

LOGGING = Whole(
    {"logDriver": Text(enum=DRIVERS), "options": MapOf(), "secretOptions": SECRETS}, required=("logDriver",)
)

HEALTH = Whole({
    "command": TEXTS,
    "interval": Integer(5, 300),
    "timeout": Integer(2, 120),
    "retries": Integer(1, 10),
    "startPeriod": Integer(0, 300),
}, required=("command",), defaults={"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0})  # fmt: skip

LINUX = Whole({
    "capabilities": Whole({"add": SetOf(Text()), "drop": SetOf(Text())}),
    "devices": SetOf(Whole({
        "hostPath": Text(),
        "containerPath": Text(),
        "permissions": SetOf(Text(enum=("read", "write", "mknod"))),
    }, required=("hostPath",))),
    "initProcessEnabled": Flag(),
    "sharedMemorySize": Integer(0),
    "tmpfs": SetOf(Whole({"containerPath": Text(), "size": Integer(1), "mountOptions": SetOf(Text())})),
    "maxSwap": Integer(0),
    "swappiness": Integer(0, 100),
})  # fmt: skip

CONTAINER = Whole({
    "name": NAME,
    "image": Text(length=(1, 1000)),
    "cpu": Integer(0),
    "memory": Integer(4),
    "memoryReservation": Integer(4),
    "essential": Flag(),
    "portMappings": PORTS,
    "entryPoint": TEXTS,
    "command": TEXTS,
    "environment": MapOf(pair=("name", "value")),
    "environmentFiles": SetOf(Whole({"value": Text(), "type": Text(enum=("s3",))}, required=("value", "type"))),
    "secrets": SECRETS,
    "repositoryCredentials": Whole({"credentialsParameter": Ref(kind="Secret")}, required=("credentialsParameter",)),
    "restartPolicy": Whole({
        "enabled": Flag(),
        "ignoredExitCodes": SetOf(Integer(0, 255)),
        "restartAttemptPeriod": Integer(60, 1800),
    }, required=("enabled",), defaults={"restartAttemptPeriod": 300}),
    "mountPoints": SetOf(Whole({"sourceVolume": Text(), "containerPath": Text(), "readOnly": Flag()})),
    "volumesFrom": SetOf(Whole({"sourceContainer": Text(), "readOnly": Flag()})),
    "dependsOn": SetOf(Whole({
        "containerName": Text(),
        "condition": Text(enum=("START", "COMPLETE", "SUCCESS", "HEALTHY")),
    }, required=("containerName", "condition"))),
    "startTimeout": Integer(2),
    "stopTimeout": Integer(2),
    "healthCheck": HEALTH,
    "logConfiguration": LOGGING,
    "firelensConfiguration": Whole(
        {"type": Text(enum=("fluentbit", "fluentd")), "options": MapOf()}, required=("type",)
    ),
    "linuxParameters": LINUX,
    "ulimits": SetOf(Whole({
        "name": Text(enum=LIMITS),
        "softLimit": Integer(-1),
        "hardLimit": Integer(-1),
    }, required=("name", "softLimit", "hardLimit")), by="name"),
    "user": Text(),
    "workingDirectory": Text(),
    "readonlyRootFilesystem": Flag(),
    "privileged": Flag(),
    "interactive": Flag(),
    "pseudoTerminal": Flag(),
    "hostname": Text(),
    "links": SetOf(Text()),
    "extraHosts": SetOf(Whole({"hostname": Text(), "ipAddress": Text()}, required=("hostname", "ipAddress"))),
    "dnsServers": TEXTS,
    "dnsSearchDomains": TEXTS,
    "disableNetworking": Flag(),
    "dockerLabels": MapOf(),
    "dockerSecurityOptions": SetOf(Text()),
    "systemControls": MapOf(pair=("namespace", "value")),
    "resourceRequirements": SetOf(Whole({"type": Text(enum=("GPU", "NeuronDevice")), "value": Text()})),
    "credentialSpecs": SetOf(Text()),
    "versionConsistency": Text(enum=("enabled", "disabled")),
}, required=("name", "image"), defaults={"cpu": 0, "essential": True, "versionConsistency": "enabled"})  # fmt: skip

VOLUME = Whole({
    "name": NAME,
    "host": Whole({"sourcePath": Text()}),
    "configuredAtLaunch": Flag(),
    "efsVolumeConfiguration": Whole({
        "fileSystemId": Text(),
        "rootDirectory": Text(),
        "transitEncryption": SWITCH,
        "transitEncryptionPort": PORT,
        "authorizationConfig": Whole({"accessPointId": Text(), "iam": SWITCH}, defaults={"iam": "DISABLED"}),
    }, required=("fileSystemId",), defaults={"rootDirectory": "/", "transitEncryption": "DISABLED"}),
    "dockerVolumeConfiguration": Whole({
        "scope": Text(enum=("task", "shared")),
        "autoprovision": Flag(),
        "driver": Text(),
        "driverOpts": MapOf(),
        "labels": MapOf(),
    }, defaults={"scope": "task", "driver": "local"}),
}, required=("name",))  # fmt: skip
