"""DBInstance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...kind import Api, Calls, Finding, Kind, Live, Program, Raw, Sight, State, Wanted, at, field, fixed, later
from ...types import AtLeast, Difference, Flag, Integer, Ref, SetOf, Text, Version, WriteOnly
from . import RDS, TAGS
from .instance_birth import INHERITED, POINT_IN_TIME, SOURCE, Source, among, birth, inherited, labels, restored
from .instance_check import faults
from .instance_hours import stopped_by
from .instance_read import FAILED, READY, by_others, happening, incidents, observed, replication, sealed, troubles
from .instance_write import ahead, flushed, modifications, promotion, without_snapshot

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
    left_out = "Clusters, replica modes, Active Directory, TDE, additional volumes, Outposts: none is used here."

    dbInstanceIdentifier = fixed(
        Text(fold=True, pattern=r"^[A-Za-z](-?[A-Za-z0-9])*$"), "Its name in AWS, which keeps it in lower case."
    )
    sourceDBInstanceIdentifier = fixed(
        Source(), "The instance that this one is a read replica of; its ARN, if it lies in another region. `''` promotes "
        "a replica: it becomes an instance of its own, for good. Absent: it stays what it is.",
        path="readReplicaSourceDBInstanceIdentifier",
    )  # fmt: skip
    dbSnapshotIdentifier = fixed(
        Text(), "The snapshot to begin with: its name, or its ARN if it is another account's. First user, key and "
        "encryption are those of the snapshot.",
        compared=False,
    )  # fmt: skip
    restoreToPointInTime = fixed(POINT_IN_TIME, "The moment of another instance's life to begin with.", compared=False)
    dbName = fixed(Text(), "The database to begin with.")
    engine = fixed(Text(fold=True), "postgres, mysql, mariadb, …. Not for a replica.")
    engineVersion = field(
        Version(), "As much of the version as matters; newer ones of it are in sync.", impact="reboot"
    )
    allowMajorVersionUpgrade = later(
        Flag(), "Whether a change of version may be a major one.", default="false", compared=False
    )
    autoMinorVersionUpgrade = field(Flag(), "Whether AWS may upgrade it in the maintenance window.", default="true")
    engineLifecycleSupport = field(
        Text(enum=("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")),
        "Whether it may outlive its version, at a price.",
    )
    licenseModel = field(Text(), "Whose licence.")
    dbInstanceClass = field(Text(pattern=r"^(db\.[a-z0-9.-]+|.*\$\{.*)$"), "Its size.", required=True, impact="reboot")
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
    port = field(Integer(1150, 65535), "Where it listens.", default="the engine's", impact="reboot")
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
    applyImmediately = later(
        Flag(), "Whether changes wait for the maintenance window: then false.", default="true", compared=False
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """An instance that a schedule of the stack stops is well while it is stopped."""
        return stopped_by(want, siblings)

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Take for done what AWS has accepted and will do in the maintenance window."""
        return {**super().decode(observed(raw)), **sealed(raw)}

    def state(self, raw: Raw) -> State | None:
        """An instance whose password RDS is still making cannot be used yet."""
        found, making = super().state(raw), at(raw, "masterUserSecret.secretStatus") == "creating"
        return State.PENDING if found is State.READY and making else found

    def reason(self, raw: Raw) -> str:
        """Return the state unless it is available, and what waits for a window or a reboot."""
        return happening(raw)

    def note(self, want: Wanted, live: Live) -> str:
        """Return what waits for a window or a reboot, and that AWS has gone on to a version which git does not name."""
        origin = inherited(want, super().diff(want, live))
        return "; ".join(filter(None, [ahead(want, live), live.reason, flushed(want, live), origin]))

    def setback(self, live: Live, minutes: int) -> Program[str]:
        """Read the events: AWS accepts changes and gives them up later."""
        return "; ".join((yield from troubles(live.id, minutes)))

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """Read the events of the last day: AWS accepts changes and gives them up later."""
        del sight
        yield incidents(live, self.health(live))

    def protected(self, live: Live) -> str:
        """Deletion protection is for people to switch off."""
        on = live.raw.get("deletionProtection")
        return "deletion protection is on. Set deletionProtection: false and apply, then delete" if on else ""

    def health(self, live: Live) -> str:
        """Return why it does not do its work; a replica must follow its source."""
        return super().health(live) or replication(live.raw)

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Leave out what others decide, and what a restored instance has from where it was restored."""
        skipped = {*by_others(live.raw), *(INHERITED if restored(want) else ())}
        skipped |= {"engineVersion"} if ahead(want, live) else set()
        yield from (d for d in super().diff(want, live) if d.path not in skipped)

    def can_follow(self, difference: Difference) -> bool:
        """A replica can be cut off from its source, and can never get another."""
        return super().can_follow(difference) or (difference.path == SOURCE and not difference.desired)

    def create(self, want: Wanted) -> Calls:
        """Make it, empty or of what another instance had."""
        names = [n for n, f in self.fields.items() if f.create and n not in ("tags", self.named)]
        operation, params = birth(want, names, self.encode)
        yield self.call(operation, **params, **RDS.create_tags("", labels(want)))

    def write(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Promote a replica first: until that is done, AWS changes nothing else."""
        if SOURCE in changed:
            yield self.call("PromoteReadReplica", dbInstanceIdentifier=live.id, **promotion(want, live))
            return
        yield from super().write(want, live, changed)

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

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """The groups of its logs: RDS makes what is missing by itself, for ever, even when it was just deleted."""
        prefix = f"/aws/rds/instance/{want.name.lower()}/"
        return [a for a, w in siblings.items() if a.startswith("LogGroup/") and w.name.startswith(prefix)]

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        yield from faults(spec)

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """Yield the sources of others that make no backups."""
        yield from among(specs)
