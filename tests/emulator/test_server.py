"""The embedded AWS on a socket, in its own process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from reconciler.emulator import Emulator, serving
from reconciler.emulator.faults import Faults, How

if TYPE_CHECKING:
    from collections.abc import Iterator

ONCE = Config(retries={"total_max_attempts": 1, "mode": "standard"}, max_pool_connections=8)


def start(port: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "reconciler.emulator", "--port", str(port)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    started = start()
    yield started
    if started.poll() is None:
        started.terminate()
    started.communicate(timeout=30)


def session(line: str) -> tuple[boto3.Session, str]:
    assert line.startswith("export ")
    given = dict(pair.split("=", 1) for pair in line.split()[1:])
    made = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], None, given["AWS_DEFAULT_REGION"])
    return made, given["AWS_ENDPOINT_URL"]


def client(where: tuple[boto3.Session, str], service: str) -> Any:
    return where[0].client(service, endpoint_url=where[1], config=ONCE)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_one_line_serves_and_ends_cleanly(process: subprocess.Popen[str], ending: signal.Signals) -> None:
    assert process.stdout is not None
    where = session(process.stdout.readline())
    assert where[1].startswith("http://127.0.0.1:")
    assert client(where, "sts").get_caller_identity()["Account"] == "123456789012"
    s3 = client(where, "s3")
    s3.create_bucket(Bucket="our-bucket")
    s3.put_object(Bucket="our-bucket", Key="k", Body=b"x" * 100_000)
    assert len(s3.get_object(Bucket="our-bucket", Key="k")["Body"].read()) == 100_000
    process.send_signal(ending)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_signal_during_the_start_ends_it_as_well(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


def test_a_busy_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(port)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.count("\n")) == (1, "", 1)
    assert f"port {port}" in err


def test_many_requests_at_once_do_not_break_it() -> None:
    aws = Emulator(pace=0)
    with serving(aws) as url:
        where = boto3.Session("test", "test", None, "us-east-1"), url
        ec2, ecs = client(where, "ec2"), client(where, "ecs")

        def work(n: int) -> None:
            ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")
            ecs.create_cluster(clusterName=f"c{n}")
            ec2.describe_vpcs()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(24)))
        assert len(ecs.list_clusters()["clusterArns"]) == 24
    assert not aws.blunders()
    assert sorted(one.n for one in aws.wire) == list(range(73))


def test_a_dropped_answer_breaks_the_connection() -> None:
    aws = Emulator(pace=0)
    Faults(aws).at_write(0, How.DROP_AFTER)
    with serving(aws) as url:
        ecs = client((boto3.Session("test", "test", None, "us-east-1"), url), "ecs")
        with pytest.raises(ConnectionClosedError):
            ecs.create_cluster(clusterName="c")
        assert len(ecs.list_clusters()["clusterArns"]) == 1
