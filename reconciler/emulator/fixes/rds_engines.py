"""What RDS knows about engines: versions, families, log types, instance classes, parameters."""

from __future__ import annotations

import re
from typing import NamedTuple

from reconciler.emulator.fixes.agenda import Json, refuse


class Engine(NamedTuple):
    """One database engine: its major versions with the newest minors, the log types it exports, its licence."""

    majors: dict[str, list[str]]
    default: str
    logs: list[str]
    license: str
    reserved_users: set[str]
    title: str


def _minors(major: str, first: int, last: int) -> list[str]:
    return [f"{major}.{minor}" for minor in range(first, last + 1)]


ENGINES: dict[str, Engine] = {
    "postgres": Engine(
        {
            "13": _minors("13", 11, 22),
            "14": _minors("14", 8, 19),
            "15": _minors("15", 2, 14),
            "16": _minors("16", 1, 10),
            "17": _minors("17", 1, 6),
        },
        "17.6",
        ["postgresql", "upgrade", "iam-db-auth-error"],
        "postgresql-license",
        {"admin", "postgresql", "rdsadmin", "rdsrepladmin", "public"},
        "PostgreSQL",
    ),
    "mysql": Engine(
        {"8.0": _minors("8.0", 35, 43), "8.4": _minors("8.4", 3, 7)},
        "8.4.7",
        ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
        "general-public-license",
        {"rdsadmin", "rdsrepladmin"},
        "MySQL Community Edition",
    ),
    "mariadb": Engine(
        {"10.6": _minors("10.6", 14, 23), "10.11": _minors("10.11", 5, 14), "11.4": _minors("11.4", 3, 8)},
        "11.4.8",
        ["audit", "error", "general", "slowquery"],
        "general-public-license",
        {"rdsadmin"},
        "MariaDB Community Edition",
    ),
}

_CLASS = re.compile(r"db\.(t3|t4g|m5d?|m6g|m6i|m7g|m7i|m8g|r5b?|r6g|r6i|r7g|r7i|r8g|x2g|x2iedn)\.(\w+)")
_BURSTABLE = {"micro", "small", "medium", "large", "xlarge", "2xlarge"}
_SIZES = {"large", "xlarge", *(f"{n}xlarge" for n in (2, 4, 8, 12, 16, 24, 32, 48))}


class Parameter(NamedTuple):
    """A parameter of a family: static ones take effect at a reboot only."""

    static: bool
    kind: str
    allowed: str
    default: str | None = None


PARAMETERS: dict[str, dict[str, Parameter]] = {
    "postgres": {
        "autovacuum": Parameter(static=False, kind="boolean", allowed="0,1", default="1"),
        "deadlock_timeout": Parameter(static=False, kind="integer", allowed="1-2147483647"),
        "effective_cache_size": Parameter(static=False, kind="integer", allowed="1-2147483647"),
        "idle_in_transaction_session_timeout": Parameter(static=False, kind="integer", allowed="0-2147483647"),
        "log_connections": Parameter(static=False, kind="boolean", allowed="0,1"),
        "log_disconnections": Parameter(static=False, kind="boolean", allowed="0,1"),
        "log_lock_waits": Parameter(static=False, kind="boolean", allowed="0,1"),
        "log_min_duration_statement": Parameter(static=False, kind="integer", allowed="-1-2147483647"),
        "log_statement": Parameter(static=False, kind="string", allowed="none,ddl,mod,all"),
        "log_temp_files": Parameter(static=False, kind="integer", allowed="-1-2147483647"),
        "maintenance_work_mem": Parameter(static=False, kind="integer", allowed="1024-2147483647"),
        "max_connections": Parameter(
            static=True, kind="integer", allowed="6-8388607", default="LEAST({DBInstanceClassMemory/9531392},5000)"
        ),
        "max_wal_size": Parameter(static=False, kind="integer", allowed="128-201326592", default="2048"),
        "pg_stat_statements.track": Parameter(static=False, kind="string", allowed="none,top,all", default="top"),
        "random_page_cost": Parameter(static=False, kind="float", allowed="0-1.79769e+308"),
        "rds.force_ssl": Parameter(static=False, kind="boolean", allowed="0,1", default="1"),
        "rds.log_retention_period": Parameter(static=False, kind="integer", allowed="1440-10080", default="4320"),
        "rds.logical_replication": Parameter(static=True, kind="boolean", allowed="0,1", default="0"),
        "shared_buffers": Parameter(
            static=True, kind="integer", allowed="16-1073741823", default="{DBInstanceClassMemory/32768}"
        ),
        "shared_preload_libraries": Parameter(
            static=True,
            kind="list",
            allowed="auto_explain,orafce,pgaudit,pglogical,pg_bigm,pg_cron,pg_hint_plan,pg_prewarm,pg_similarity,pg_stat_statements,pg_tle,pg_transport,plprofiler,plrust",
            default="pg_stat_statements",
        ),
        "statement_timeout": Parameter(static=False, kind="integer", allowed="0-2147483647"),
        "timezone": Parameter(static=False, kind="string", allowed="", default="UTC"),
        "track_activity_query_size": Parameter(static=True, kind="integer", allowed="100-1048576", default="4096"),
        "wal_buffers": Parameter(static=True, kind="integer", allowed="-1-262143"),
        "work_mem": Parameter(static=False, kind="integer", allowed="64-2147483647"),
    },
    "mysql": {
        "character_set_server": Parameter(static=False, kind="string", allowed=""),
        "general_log": Parameter(static=False, kind="boolean", allowed="0,1"),
        "innodb_buffer_pool_size": Parameter(
            static=False, kind="integer", allowed="5242880-18446744073709551615", default="{DBInstanceClassMemory*3/4}"
        ),
        "long_query_time": Parameter(static=False, kind="float", allowed="0-31536000"),
        "max_connections": Parameter(static=False, kind="integer", allowed="1-100000"),
        "performance_schema": Parameter(static=True, kind="boolean", allowed="0,1"),
        "require_secure_transport": Parameter(static=False, kind="boolean", allowed="0,1", default="0"),
        "slow_query_log": Parameter(static=False, kind="boolean", allowed="0,1"),
        "time_zone": Parameter(static=False, kind="string", allowed=""),
    },
}
PARAMETERS["mariadb"] = PARAMETERS["mysql"]


def engine_of(name: str) -> Engine:
    """Return what is known of an engine; only those a stack here may ask for."""
    if name.lower() not in ENGINES:
        refuse("InvalidParameterValue", f"Invalid DB engine: {name}")
    return ENGINES[name.lower()]


def major_of(engine: str, version: str) -> str:
    """Return the major version: `15` of 15.14, `8.0` of 8.0.43."""
    return next((major for major in engine_of(engine).majors if f"{version}.".startswith(f"{major}.")), version)


def full_version(engine: str, version: str | None) -> str:
    """Return the minor version AWS takes for a version that may be only a major one."""
    known = engine_of(engine)
    if not version:
        return known.default
    if version in known.majors:
        return known.majors[version][-1]
    if version not in known.majors.get(major_of(engine, version), []):
        refuse("InvalidParameterCombination", f"Cannot find version {version} for {engine}")
    return version


def family_of(engine: str, version: str) -> str:
    """Return the parameter group family of a version."""
    return f"{engine}{major_of(engine, version)}"


def families() -> dict[str, str]:
    """Return each family's engine."""
    return {f"{name}{major}": name for name, engine in ENGINES.items() for major in engine.majors}


def ordinal(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by."""
    return tuple(int(part) for part in version.split("."))


def check_class(name: str, engine: str) -> None:
    """Fail for an instance class that does not exist."""
    match = _CLASS.fullmatch(name)
    sizes = _BURSTABLE if match and match[1].startswith("t") else _SIZES
    if not match or match[2] not in sizes:
        refuse("InvalidParameterValue", f"Invalid DB Instance class: {name}")


def descriptions(engine: str | None, version: str | None, family: str | None, *, default_only: bool) -> list[Json]:
    """Return the versions as DescribeDBEngineVersions tells them."""
    found = []
    for name, known in ENGINES.items():
        for major, minors in known.majors.items():
            for minor in minors:
                wanted = version in (None, minor, major) and family in (None, f"{name}{major}")
                if (
                    engine in (None, name)
                    and wanted
                    and (not default_only or minor == (known.default if not version else minors[-1]))
                ):
                    found.append(_description(name, major, minor))
    return found


def _description(name: str, major: str, minor: str) -> Json:
    known = ENGINES[name]
    later = [v for versions in known.majors.values() for v in versions if ordinal(v) > ordinal(minor)]
    targets = [
        {
            "Engine": name,
            "EngineVersion": target,
            "Description": f"{known.title} {target}",
            "AutoUpgrade": False,
            "IsMajorVersionUpgrade": major_of(name, target) != major,
        }
        for target in later
    ]
    return {
        "Engine": name,
        "MajorEngineVersion": major,
        "EngineVersion": minor,
        "DBParameterGroupFamily": f"{name}{major}",
        "DBEngineDescription": known.title,
        "DBEngineVersionDescription": f"{known.title} {minor}",
        "ValidUpgradeTarget": targets,
        "ExportableLogTypes": known.logs,
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "Status": "available",
    }
