"""Who may call the API: the emulator's IAM and the library's own evaluation give one answer.

The two have no code in common. What is deployed is what is evaluated: each
principal then tries each call on each repository. What the emulator cannot
decide is told in ``docs/testing.md``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_iam as iam
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.deploy.apps import REGION, Assemble
from tests.deploy.cdk_cli import CdkCli
from tests.deploy.conftest import Aws, started
from tests.deploy.emulator.launcher import Emulator
from tests.deploy.permissions_stack import USER, build, identity_policies, repository_policies

from ecr_constructs.access.answer import Decision
from ecr_constructs.access.queries import AccessModel
from ecr_constructs.constructs.repository import GovernedRepository
from ecr_constructs.model.principals import Principals
from ecr_constructs.sources.assembly import read_assembly

pytestmark = pytest.mark.deploy

#: Who asks, of which repository, and what for.
Case: TypeAlias = tuple[str, str, str]
#: Whether it is let in.
Table: TypeAlias = dict[Case, bool]

LAYER: Final = f"sha256:{'0' * 64}"
UPLOAD: Final = "00000000-0000-0000-0000-000000000000"

#: The calls, each of which needs no more than that the repository is there.
CALLS: Final[Mapping[str, Callable[[Any, str], object]]] = {
    "ecr:BatchCheckLayerAvailability": lambda api, name: api.batch_check_layer_availability(
        repositoryName=name, layerDigests=[LAYER]
    ),
    "ecr:BatchDeleteImage": lambda api, name: api.batch_delete_image(
        repositoryName=name, imageIds=[{"imageTag": "v1"}]
    ),
    "ecr:BatchGetImage": lambda api, name: api.batch_get_image(
        repositoryName=name, imageIds=[{"imageTag": "v1"}]
    ),
    "ecr:CompleteLayerUpload": lambda api, name: api.complete_layer_upload(
        repositoryName=name, uploadId=UPLOAD, layerDigests=[LAYER]
    ),
    "ecr:DescribeImages": lambda api, name: api.describe_images(repositoryName=name),
    "ecr:GetAuthorizationToken": lambda api, _: api.get_authorization_token(),
    "ecr:GetDownloadUrlForLayer": lambda api, name: api.get_download_url_for_layer(
        repositoryName=name, layerDigest=LAYER
    ),
    "ecr:InitiateLayerUpload": lambda api, name: api.initiate_layer_upload(repositoryName=name),
    "ecr:PutImage": lambda api, name: api.put_image(
        repositoryName=name, imageManifest='{"schemaVersion": 2}'
    ),
    "ecr:UploadLayerPart": lambda api, name: api.upload_layer_part(
        repositoryName=name, uploadId=UPLOAD, partFirstByte=0, partLastByte=0, layerPartBlob=b"0"
    ),
}
#: What every policy is tried on: each takes another way through IAM.
TRIED: Final = (
    "ecr:BatchGetImage",
    "ecr:BatchDeleteImage",
    "ecr:DescribeImages",
    "ecr:GetAuthorizationToken",
    "ecr:PutImage",
)
TOKEN: Final = {"ecr:GetAuthorizationToken"}
PULL: Final = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
}
PUSH: Final = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
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

    cases = list(itertools.product(identity_policies(account), repository_policies(account), TRIED))

    said = told_by_the_library(assembly, account, cases)
    tried = tried_at(emulator, aws, account, cases)

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


def granted(stack: cdk.Stack) -> None:
    """Build two repositories of which one is granted to each role in another way."""
    api = GovernedRepository(stack, "Api", repository_name="payments/api")
    GovernedRepository(stack, "Web", repository_name="web")
    roles = {
        name: iam.Role(stack, name, role_name=name, assumed_by=iam.AccountRootPrincipal())
        for name in GRANTED
    }
    api.grant_pull(roles["puller"])
    api.grant_push(roles["pusher"])
    api.grant_pull_push(roles["builder"])
    api.grant_read(roles["reader"])
    api.allow_pull(Principals.role(roles["allowed"]))


#: What each role may do with the repository that is granted.
GRANTED: Final[Mapping[str, set[str]]] = {
    "puller": PULL | TOKEN,
    "pusher": PUSH | TOKEN,
    "builder": PULL | PUSH | TOKEN,
    "reader": {"ecr:DescribeImages"},
    # No repository policy can give a token.
    "allowed": PULL,
    "nobody": set(),
}


def test_grants_are_enough_for_whole_pulls_and_pushes_and_for_no_more(
    cdk_cli: CdkCli, assemble: Assemble, emulator: Emulator, aws: Aws, account: str
) -> None:
    assembly = assemble(granted)
    cdk_cli.deploy(assembly)
    cases = list(itertools.product(GRANTED, ("payments/api", "web"), CALLS))

    tried = tried_at(emulator, aws, account, cases)

    for name, actions in GRANTED.items():
        for repository, expected in (("payments/api", actions), ("web", actions & TOKEN)):
            let_in = {action for action in CALLS if tried[name, repository, action]}
            assert let_in == expected, (name, repository)
    assert tried == told_by_the_library(assembly, account, cases)


def told_by_the_library(assembly: Path, account: str, cases: Iterable[Case]) -> Table:
    model = AccessModel(read_assembly(assembly))
    table = {}
    for name, repository, action in cases:
        if name == USER:
            principal = f"arn:aws:iam::{account}:user/{name}"
        else:
            principal = f"arn:aws:sts::{account}:assumed-role/{name}/test"
        answer = model.can(principal, action, model.target(repository))
        assert answer.decision is not Decision.CONDITIONAL, (name, repository, action, answer)
        table[name, repository, action] = answer.decision is Decision.ALLOW
    return table


def tried_at(emulator: Emulator, aws: Aws, account: str, cases: Sequence[Case]) -> Table:
    apis = {name: api_of(emulator, aws, account, name) for name in {case[0] for case in cases}}
    return {
        (name, repository, action): is_let_in(CALLS[action], apis[name], repository)
        for name, repository, action in cases
    }


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
