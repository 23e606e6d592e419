"""One emulator for all deploy tests, an account of its own for each of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import boto3
import pytest
from botocore.config import Config
from tests.deploy.apps import REGION, Assemble, Deploy, synthesise
from tests.deploy.cdk_cli import CdkCli, CdkError, require_cdk, require_node
from tests.deploy.emulator.launcher import Emulator, EmulatorError
from tests.deploy.oci import OciRegistry

#: Makes a boto3 client: ``aws("ecr")``, ``aws("ecr", region="us-east-1")``.
Aws: TypeAlias = Callable[..., Any]

_accounts: Final = itertools.count(111_100_000_001)


def pytest_pycollect_makemodule() -> None:
    """Say that there is no Node before a module imports CDK, which would end in a traceback."""
    try:
        require_node()
    except CdkError as error:
        raise pytest.Collector.CollectError(str(error)) from error


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator."""
    with started(tmp_path_factory.mktemp("emulator")) as running:
        yield running


def started(directory: Path, *, with_iam: bool = False) -> Emulator:
    """Return an emulator; where it cannot run the test fails, and says what to do."""
    try:
        return Emulator.start(directory, with_iam=with_iam)
    except EmulatorError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def account() -> str:
    """An account that no other test uses, so that all can share the emulator."""
    return str(next(_accounts))


@pytest.fixture
def cdk_cli(emulator: Emulator, account: str, tmp_path: Path) -> CdkCli:
    """The CDK command line in the test's account."""
    try:
        require_cdk()
    except CdkError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    return CdkCli(endpoint=emulator.url, account=account, directory=tmp_path / "cdk")


@pytest.fixture
def assemble(account: str, tmp_path: Path) -> Assemble:
    """Synthesises an app whose one stack is ``Main``; each call into a folder of its own."""
    numbers = itertools.count()
    return lambda build: synthesise(tmp_path / f"assembly{next(numbers)}", account, Main=build)


@pytest.fixture
def deploy(cdk_cli: CdkCli, assemble: Assemble) -> Deploy:
    """Deploys such an app; a second call updates the stack of the first."""
    return lambda build: cdk_cli.deploy(assemble(build))


@pytest.fixture
def aws(emulator: Emulator, account: str) -> Aws:
    """A maker of boto3 clients in the test's account."""

    def make(service: str, *, region: str = REGION) -> Any:
        return client(emulator.url, service, account, region)

    return make


def client(url: str, service: str, account: str, region: str) -> Any:
    """Return a boto3 client that talks to the emulator at ``url``."""
    make: Any = boto3.client  # typed for each service by name, which is not known here
    return make(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=account,
        aws_secret_access_key="dummy",
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def registry(emulator: Emulator, account: str, tmp_path: Path) -> Iterator[OciRegistry]:
    """An OCI client in the registry of the test's account and the first Region."""
    with OciRegistry(emulator.url, account, REGION, tmp_path / "oci") as client:
        yield client
