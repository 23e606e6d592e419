"""Who may call the API: the emulator's IAM and the library's own evaluation give one answer.

The two have no code in common. What is deployed is what is evaluated: each
principal then tries each call on each repository. What the emulator cannot
decide is told in ``docs/testing.md``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.deploy.apps import REGION, Assemble
from tests.deploy.cdk_cli import CdkCli
from tests.deploy.conftest import Aws, started
from tests.deploy.emulator.launcher import Emulator
from tests.deploy.permissions_stack import USER, build, identity_policies, repository_policies

from ecr_constructs.access.answer import Decision
from ecr_constructs.access.queries import AccessModel
from ecr_constructs.sources.assembly import read_assembly

pytestmark = pytest.mark.deploy

#: Whether it is let in, by who asks, the repository and the action.
Table: TypeAlias = dict[tuple[str, str, str], bool]

#: The calls, each of which needs no more than that the repository is there.
CALLS: Final[Mapping[str, Callable[[Any, str], object]]] = {
    "ecr:BatchGetImage": lambda api, name: api.batch_get_image(
        repositoryName=name, imageIds=[{"imageTag": "v1"}]
    ),
    "ecr:DescribeImages": lambda api, name: api.describe_images(repositoryName=name),
    "ecr:PutImage": lambda api, name: api.put_image(
        repositoryName=name, imageManifest='{"schemaVersion": 2}', imageTag="v1"
    ),
    "ecr:BatchDeleteImage": lambda api, name: api.batch_delete_image(
        repositoryName=name, imageIds=[{"imageTag": "v1"}]
    ),
    "ecr:GetAuthorizationToken": lambda api, _: api.get_authorization_token(),
}


@pytest.fixture(name="emulator", scope="module")
def _emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose IAM decides; the other tests have one that lets everybody in."""
    with started(tmp_path_factory.mktemp("iam"), with_iam=True) as running:
        yield running


def test_the_emulator_lets_in_whom_the_library_says(
    cdk_cli: CdkCli, assemble: Assemble, emulator: Emulator, aws: Aws, account: str
) -> None:
    assembly = assemble(build)
    cdk_cli.deploy(assembly)

    said = told_by_the_library(assembly, account)
    tried = tried_at(emulator, aws, account)

    differing = {key: allowed for key, allowed in tried.items() if allowed != said[key]}
    assert not differing, sorted(differing.items())
    assert tried.keys() == said.keys()
    # Each repository lets somebody do something and somebody not, and so does each principal.
    for place in (0, 1):
        for name in {key[place] for key in tried}:
            assert {allowed for key, allowed in tried.items() if key[place] == name} == {
                True,
                False,
            }, name


def told_by_the_library(assembly: Path, account: str) -> Table:
    model = AccessModel(read_assembly(assembly))
    table = {}
    for name, repository, action in cases(account):
        if name == USER:
            principal = f"arn:aws:iam::{account}:user/{name}"
        else:
            principal = f"arn:aws:sts::{account}:assumed-role/{name}/test"
        answer = model.can(principal, action, model.target(repository))
        assert answer.decision is not Decision.CONDITIONAL, (name, repository, action, answer)
        table[name, repository, action] = answer.decision is Decision.ALLOW
    return table


def tried_at(emulator: Emulator, aws: Aws, account: str) -> Table:
    apis = {name: api_of(emulator, aws, account, name) for name in identity_policies(account)}
    return {
        (name, repository, action): is_let_in(CALLS[action], apis[name], repository)
        for name, repository, action in cases(account)
    }


def cases(account: str) -> Iterator[tuple[str, str, str]]:
    return itertools.product(identity_policies(account), repository_policies(account), CALLS)


def is_let_in(call: Callable[[Any, str], object], api: Any, repository: str) -> bool:
    try:
        call(api, repository)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return False
    return True


def api_of(emulator: Emulator, aws: Aws, account: str, name: str) -> Any:
    """Return a client that has the credentials of the user or of a session of a role."""
    if name == USER:
        key = aws("iam").create_access_key(UserName=name)["AccessKey"]
    else:
        role = f"arn:aws:iam::{account}:role/{name}"
        answer = aws("sts").assume_role(RoleArn=role, RoleSessionName="test")
        key = answer["Credentials"]
    make: Any = boto3.client
    return make(
        "ecr",
        region_name=REGION,
        endpoint_url=emulator.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )
