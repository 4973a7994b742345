"""The whole main job on the embedded AWS, told as a story: no account, no network, nothing left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3

from . import files
from .aws import Aws
from .clock import RealClock
from .desired import Stack, load_stack
from .emulator import ENDPOINT, Emulator
from .engine import Engine
from .events import Emit, Finished, ignore
from .kind import Live, State
from .report import Outcome, document, text
from .resolve import World
from .steps import Action, Plan, Step

PACE = 0.15
"""The embedded AWS takes its time, as AWS does; a demonstration must not."""
KEYS = {
    "AWS_ACCESS_KEY_ID": "demo",
    "AWS_SECRET_ACCESS_KEY": "demo",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": ENDPOINT,
}
Say = Callable[[str], None]
Act = tuple[str, str, Callable[[Any, Callable[[str], Live]], Any]]

ACTS: tuple[Act, ...] = (
    ("opens the database to the world", "ec2", lambda ec2, of: ec2.authorize_security_group_ingress(
        GroupId=of("SecurityGroup/b2bcredit-rds-sg").id, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp="0.0.0.0/0")),
    ("cuts the backups down to one day", "rds", lambda rds, of: rds.modify_db_instance(
        DBInstanceIdentifier=of("DBInstance/b2bcredit-db").id, BackupRetentionPeriod=1, ApplyImmediately=True)),
    ("scales the service far beyond its autoscaler", "ecs", lambda ecs, of: ecs.update_service(
        cluster=of("ECSCluster/b2bcredit-cluster").name, service=of("ECSService/b2bcredit-service").name, desiredCount=25)),
    ("points the health check at another path", "elbv2", lambda elb, of: elb.modify_target_group(
        TargetGroupArn=of("TargetGroup/b2bcredit-tg").arn, HealthCheckPath="/ping")),
    ("slips a rule in front of the application", "elbv2", lambda elb, of: elb.create_rule(
        ListenerArn=of("Listener/b2bcredit-https").arn, Priority=7, Conditions=[{"Field": "path-pattern", "Values": ["/debug/*"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "hello"}}])),
    ("gives the application the right to do anything", "iam", lambda iam, of: iam.put_role_policy(
        RoleName=of("Role/b2bcreditEcsTaskRole").name, PolicyName="quick-fix",
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')),
    ("lets public policies onto the bucket of documents", "s3", lambda s3, of: s3.put_public_access_block(
        Bucket=of("Bucket/b2bcredit-files").name, PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True,
                                                                                    "BlockPublicPolicy": False, "RestrictPublicBuckets": False})),
    ("makes the logs forget after a day", "logs", lambda logs, of: logs.put_retention_policy(
        logGroupName=of("LogGroup//ecs/b2bcredit-app").name, retentionInDays=1)),
    ("takes the way to the internet from the private subnets", "ec2", lambda ec2, of: ec2.delete_route(
        RouteTableId=of("RouteTable/b2bcredit-private-1").id, DestinationCidrBlock="0.0.0.0/0")),
    ("deletes the alarm that would have told you", "cloudwatch", lambda cloudwatch, of: cloudwatch.delete_alarms(
        AlarmNames=[of("Alarm/b2bcredit-5xx").name])),
)  # fmt: skip
"""What somebody does behind git's back: in words, on which service, how."""


def folder() -> Path:
    """Return where the demonstrated stack is: in the installed package, or at the top of the checkout."""
    installed = Path(__file__).with_name("_desired")
    return (installed if installed.is_dir() else Path(__file__).parent.parent / "desired") / "b2bcredit" / "dev"


def run(say: Say, paint: text.Paint = text.plain) -> int:
    """Tell the story; return 0 if every part of it came out as it should."""
    os.environ.update(KEYS)
    show = Demonstration(say, paint)
    good = [part() for part in (show.create, show.look_again, show.meddle, show.heal, show.destroy)]
    say(f"\nAll of this took {time.monotonic() - show.begin:.0f} s, without an account and without a network.")
    return 0 if all(good) else 1


class Demonstration:
    """One stack on one embedded AWS, in this process."""

    def __init__(self, say: Say, paint: text.Paint) -> None:
        """Read the stack and start with an empty AWS."""
        self.begin = time.monotonic()
        self.say, self.paint = say, paint
        where = os.path.relpath(folder())
        self.stack: Stack = load_stack(files.Folder(), where, files.revision(where))
        self.aws = Emulator(pace=PACE)
        self.session = self.aws.attach(boto3.Session())
        self.part = 0
        say(f"{len(self.stack.resources)} resources in YAML under {where}, and an AWS account with nothing in it.")

    def title(self, words: str, command: str) -> None:
        """Begin a part of the story with the command that a user would type."""
        self.part += 1
        self.say(
            "\n" + self.paint(f"{self.part}. {words}", "cyan") + f"\n   $ reconciler {command} desired/b2bcredit/dev\n"
        )

    def engine(self, emit: Emit = ignore, *, destroying: bool = False) -> Engine:
        """Return what a new process would start with: nothing but git and AWS."""
        return Engine(
            self.stack, Aws(self.stack.region, session=self.session), RealClock(), emit, destroying=destroying
        )

    def applied(self, verb: str) -> tuple[World, Plan, dict[str, Any]]:
        """Converge, and return the world, what is left to do, and the report."""
        begin, done = time.monotonic(), dict[str, tuple[Step, tuple[str, ...]]]()

        def emit(event: object) -> None:
            if isinstance(event, Finished):
                first, calls = done.get(event.step.address, (event.step, ()))
                done[event.step.address] = first, (*calls, *event.calls)

        engine = self.engine(emit, destroying=verb == "destroy")
        world, plan = engine.plan()
        after, left = engine.reconcile(world)
        seconds = time.monotonic() - begin
        return (
            after,
            left,
            document(
                Outcome(verb, self.stack, engine.account, after, plan, left, done, dict(engine.aws.count), seconds)
            ),
        )

    def looked(self, verb: str) -> dict[str, Any]:
        """Look without touching, and return the report."""
        begin, engine = time.monotonic(), self.engine()
        world, plan = engine.plan()
        return document(
            Outcome(
                verb,
                self.stack,
                engine.account,
                world,
                plan,
                calls=dict(engine.aws.count),
                seconds=time.monotonic() - begin,
            )
        )

    def create(self) -> bool:
        """From an empty account to healthy by one command."""
        self.title("From an empty account to a running service, by one command", "apply")
        self.world, left, report = self.applied("apply")
        self.say(summary(report))
        self.say(text.render({**report, "changes": []}, self.paint).partition("\n\n")[2])
        return settled(left)

    def look_again(self) -> bool:
        """A second plan is empty."""
        self.title("Nothing is left to do: git and AWS agree, field by field", "plan")
        report = self.looked("plan")
        self.say(verdict(report, self.paint))
        return bool(report["result"] == "in-sync")

    def meddle(self) -> bool:
        """Somebody changes ten things; all of them are found."""
        self.say("\n   Meanwhile, with the console and the best of intentions, somebody …")
        for words, service, act in ACTS:
            act(self.aws.client(service), lambda address: self.world.current(address)[0])
            self.say(f"     · {words}")
        self.title("All ten are found: where, which field, what git says, what AWS has, which line", "drift")
        time.sleep(2 * PACE)
        report = self.looked("drift")
        self.say(text.render({**report, "outputs": {}}, self.paint).partition("\n\n")[2])
        return len(report["changes"]) == len(ACTS)

    def heal(self) -> bool:
        """Everything is put back, and only that."""
        self.title("Put back: only what differs is sent", "apply")
        _, left, report = self.applied("apply")
        self.say(verdict(report, self.paint))
        report = self.looked("drift")
        self.say(verdict(report, self.paint))
        return settled(left) and bool(report["result"] == "in-sync")

    def destroy(self) -> bool:
        """Everything goes again, in an order that AWS accepts."""
        self.title("And away with it, in an order that AWS accepts", "destroy")
        world, left, report = self.applied("destroy")
        rest = [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED]
        self.say(verdict(report, self.paint))
        self.say(f"   What carries the stack's tags now: {len(rest) or 'nothing'}.")
        return settled(left) and not rest


def settled(left: Plan) -> bool:
    """Whether nothing is left to do."""
    return all(step.action in (Action.NONE, Action.KEEP) for step in left.steps)


def summary(report: Mapping[str, Any]) -> str:
    """Return what was made, a line per kind."""
    kinds: dict[str, list[str]] = {}
    for change in report["changes"]:
        kind, _, name = change["address"].partition("/")
        kinds.setdefault(kind, []).append(name)
    return "\n".join(f"   + {len(names):2} {kind:20} {', '.join(names)}" for kind, names in kinds.items()) + "\n"


def verdict(report: Mapping[str, Any], paint: text.Paint) -> str:
    """Return the last line of a report."""
    return "   " + text.render({**report, "changes": [], "outputs": {}}, paint).strip().rpartition("\n")[2]
