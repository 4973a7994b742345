"""DBInstance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...kind import Api, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later
from ...types import AtLeast, Difference, Flag, Integer, Ref, SetOf, Text, Version, WriteOnly
from . import RDS, TAGS
from .instance_check import faults
from .instance_read import BY_OTHERS, FAILED, HOW, READY, happening, incidents, observed, sealed
from .instance_write import REPLICA, modifications, without_snapshot

STORAGE = ("gp2", "gp3", "io1", "io2", "standard")


class DBInstance(Kind):
    """A relational database server."""

    service = RDS
    api = Api(
        "DescribeDBInstances", "dbInstances", "dbInstanceIdentifier", arn="dbInstanceArn", create="CreateDBInstance",
        update="ModifyDBInstance", delete="DeleteDBInstance", status="dbInstanceStatus",
        ready=READY, failed=FAILED,
        leaving=frozenset({"deleting", "delete-precheck"}), missing=("DBInstanceNotFound",),
    )  # fmt: skip
    named, name_limit, arn_like = "dbInstanceIdentifier", 63, ":db:"
    holds_data, coexists, deadline = True, False, 3600
    attributes = {
        "endpointAddress": "endpoint.address", "endpointPort": "endpoint.port", "dbiResourceId": "dbiResourceId",
        "arn": "dbInstanceArn", "masterUserSecretArn": "masterUserSecret.secretArn",
    }  # fmt: skip
    left_out = "Clusters, restoring snapshots, Active Directory, TDE, additional volumes, Outposts: none is used here."

    dbInstanceIdentifier = fixed(
        Text(fold=True, pattern=r"^[A-Za-z](-?[A-Za-z0-9])*$"), "Its name in AWS, which keeps it in lower case."
    )
    sourceDBInstanceIdentifier = fixed(
        Ref(kind="DBInstance"), "The instance that this one is a read replica of.",
        path="readReplicaSourceDBInstanceIdentifier",
    )  # fmt: skip
    dbName = fixed(Text(), "The database to begin with.")
    engine = fixed(Text(fold=True), "postgres, mysql, mariadb, …. Not for a replica.")
    engineVersion = field(Version(), "As much of the version as matters; newer ones of it are in sync.")
    allowMajorVersionUpgrade = later(Flag(), "Whether a change of version may be a major one.", default="false")
    autoMinorVersionUpgrade = field(Flag(), "Whether AWS may upgrade it in the maintenance window.", default="true")
    engineLifecycleSupport = field(
        Text(enum=("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")),
        "Whether it may outlive its version, at a price.",
    )
    licenseModel = field(Text(), "Whose licence.")
    dbInstanceClass = field(Text(pattern=r"^(db\.[a-z0-9.-]+|.*\$\{.*)$"), "Its size.", required=True)
    allocatedStorage = field(AtLeast(5), "GiB of disk. Never shrinks; grown disks are in sync.")
    maxAllocatedStorage = field(Integer(5), "GiB up to which AWS grows the disk. As allocated: it does not.")
    storageType = field(Text(enum=STORAGE), "The kind of disk.")
    iops = field(Integer(0), "Disk operations a second.")
    storageThroughput = field(Integer(0), "MiB a second of a gp3 disk.")
    storageEncrypted = fixed(Flag(), "Whether the disk is encrypted.", default="false")
    kmsKeyId = fixed(Ref(kind="Key", last=True), "The key that encrypts it.", default="AWS's own")
    masterUsername = fixed(Text(), "The first user.")
    masterUserPassword = field(WriteOnly(), "The first user's password, from a Secret.")
    manageMasterUserPassword = field(Flag(), "Whether RDS keeps and rotates the password itself.", default="false")
    masterUserSecretKmsKeyId = field(
        Ref(kind="Key", last=True), "The key of that secret.", path="masterUserSecret.kmsKeyId"
    )
    dbSubnetGroupName = fixed(Ref(kind="DBSubnetGroup", fold=True), "Where it may lie.")
    availabilityZone = fixed(Text(), "The zone of a single instance.", default="AWS chooses")
    multiAZ = field(Flag(), "Whether a standby waits in another zone.", default="false")
    vpcSecurityGroupIds = field(SetOf(Ref(kind="SecurityGroup")), "What may reach it.")
    publiclyAccessible = field(Flag(), "Whether its name resolves to a public address.")
    networkType = field(Text(enum=("IPV4", "DUAL")), "Which addresses it has.", default="IPV4")
    port = field(Integer(1150, 65535), "Where it listens.", default="the engine's")
    caCertificateIdentifier = field(Text(), "Who signs its certificate.")
    dbParameterGroupName = field(Ref(kind="DBParameterGroup", fold=True), "Its settings.")
    optionGroupName = field(Text(fold=True), "Its options.")
    backupRetentionPeriod = field(Integer(0, 35), "Days that backups are kept; 0: none are made.", default="1")
    preferredBackupWindow = field(Text(pattern=r"^\d\d:\d\d-\d\d:\d\d$"), "When backups are made (UTC).")
    preferredMaintenanceWindow = field(
        Text(fold=True, pattern=r"^[A-Za-z]{3}:\d\d:\d\d-[A-Za-z]{3}:\d\d:\d\d$"), "When AWS maintains it (UTC)."
    )
    copyTagsToSnapshot = field(Flag(), "Whether snapshots get its tags.", default="false")
    monitoringInterval = field(Integer(choices=(0, 1, 5, 10, 15, 30, 60)), "Seconds between OS metrics; 0: none.")
    monitoringRoleArn = field(Ref(kind="Role"), "The role that sends OS metrics.")
    databaseInsightsMode = field(Text(enum=("standard", "advanced")), "How much Database Insights tells.")
    enablePerformanceInsights = field(
        Flag(), "Whether load is recorded by query.", default="false", path="performanceInsightsEnabled"
    )
    performanceInsightsRetentionPeriod = field(Integer(7, 731), "Days that the record is kept.", default="7")
    performanceInsightsKMSKeyId = fixed(Ref(kind="Key", last=True), "The key that encrypts the record.")
    enableCloudwatchLogsExports = field(
        SetOf(Text()), "Which logs go to CloudWatch, e.g. postgresql, upgrade.", path="enabledCloudwatchLogsExports"
    )
    enableIAMDatabaseAuthentication = field(
        Flag(), "Whether IAM may stand for a password.", default="false", path="iamDatabaseAuthenticationEnabled"
    )
    dedicatedLogVolume = field(Flag(), "Whether the transaction log has a disk of its own.", default="false")
    deletionProtection = field(Flag(), "Whether AWS refuses to delete it.", default="false")
    applyImmediately = later(Flag(), "Whether changes wait for the maintenance window: then false.", default="true")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Take for done what AWS has accepted and will do in the maintenance window."""
        return {**super().decode(observed(raw)), **sealed(raw)}

    def reason(self, raw: Raw) -> str:
        """Return the state unless it is available, and what waits for a window or a reboot."""
        return happening(raw)

    def inspect(self, live: Live) -> Program[str]:
        """Read the events of the last day: AWS accepts changes and gives them up later."""
        return (yield from incidents(live.id, self.health(live)))

    def protected(self, live: Live) -> str:
        """Deletion protection is for people to switch off."""
        on = live.raw.get("deletionProtection")
        return "deletion protection is on. Set deletionProtection: false and apply, then delete" if on else ""

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Leave out what says how, and what AWS Backup has taken over."""
        skipped = {*HOW, *(BY_OTHERS if live.raw.get("awsBackupRecoveryPointArn") else ())}
        yield from (d for d in super().diff(want, live) if d.path not in skipped)

    def create(self, want: Wanted) -> Calls:
        """Make an instance of its own, or a replica of another."""
        if "sourceDBInstanceIdentifier" not in want.spec:
            yield from super().create(want)
            return
        params = {"dbInstanceIdentifier": want.name, **self.encode(want, REPLICA), **RDS.create_tags("", want.tags)}
        yield self.call("CreateDBInstanceReadReplica", **params)

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """Send what changed, with what AWS demands beside it."""
        for params in modifications(want, live, changed, self.encode):
            yield self.call("ModifyDBInstance", dbInstanceIdentifier=live.id, **params)

    def delete(self, live: Live) -> Calls:
        """Leave a last snapshot, whose name is this instance's alone."""
        final = f"{live.id}-final-{str(live.raw.get('dbiResourceId', '')).lower()}"
        kept = {"skipFinalSnapshot": False, "finalDBSnapshotIdentifier": final}
        how = {"skipFinalSnapshot": True} if without_snapshot(live.raw) else kept
        yield self.call("DeleteDBInstance", missing=self.api.missing, dbInstanceIdentifier=live.id, **how)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        yield from faults(spec)
