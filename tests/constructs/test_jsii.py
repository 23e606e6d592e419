"""What the jsii border asks of those who cross it often."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from jsii._kernel.providers import process
from tests.synthesis import (
    ENVIRONMENT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    statements_of,
)

from ecr_constructs import (
    Baseline,
    GovernedRepository,
    Policy,
    Principal,
    Principals,
    ReferencedRepository,
    Statement,
)
from ecr_constructs.constructs._jsii import DeferredGrant, for_people, sort_key


def role_in(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())


# Names that jsii keeps for itself


@pytest.mark.parametrize("cls", [GovernedRepository, ReferencedRepository])
def test_no_private_attribute_hides_a_protected_member_of_cdk(cls: type) -> None:
    stack = new_stack()
    made: Any = (
        GovernedRepository(stack, "Api")
        if cls is GovernedRepository
        else GovernedRepository.from_repository_name(stack, "Api", "their/app")
    )
    ours = set(vars(made)) - {"__jsii_ref__"}
    assert ours
    assert ours.isdisjoint(dir(ecr.RepositoryBase))


@pytest.mark.parametrize(
    "name",
    [
        "grant_pull",
        "grant_push",
        "grant_pull_push",
        "grant_read",
        "apply_removal_policy",
        "add_to_resource_policy",
        "repository_arn",
        "repository_name",
    ],
)
def test_what_is_overridden_is_documented(name: str) -> None:
    assert getattr(GovernedRepository, name).__doc__


# What crossing costs: calls are counted, as their time says more of the machine


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests that are sent to Node, as they are sent."""
    sent: list[str] = []
    original = process._NodeProcess.send

    def send(self: Any, request: Any, response_type: Any) -> Any:
        sent.append(type(request).__name__)
        return original(self, request, response_type)

    monkeypatch.setattr(process._NodeProcess, "send", send)
    return sent


def test_a_repository_takes_three_calls(calls: list[str]) -> None:
    stack = new_stack()
    GovernedRepository(stack, "First")  # the first of a stack opens the ledger
    calls.clear()
    GovernedRepository(
        stack,
        "Api",
        repository_name="payments/api",
        image_tag_mutability_exclusion_filters=["latest"],
        repository_policy=Policy.of(
            Statement(principals=(Principal("AWS", OTHER_ACCOUNT),), actions=("ecr:PutImage",))
        ),
        tags={"team": "payments"},
        baseline=Baseline(),  # else the tree may be asked, where one is attached anywhere
    )
    assert calls == ["CreateRequest", "CreateRequest", "InvokeRequest"]


def test_statements_of_literals_take_no_call(calls: list[str]) -> None:
    repository = GovernedRepository(new_stack(), "Api")
    calls.clear()
    for number in range(20):
        repository.allow_pull(Principals.account(f"{number:012}"))
    repository.allow_pull(Principals.organization(ORGANIZATION), Principals.codebuild_projects())
    repository.deny_outside_vpc_endpoint("vpce-1a2b3c4d")
    assert calls == []


def test_a_grant_to_an_account_takes_one_call(calls: list[str]) -> None:
    repository = GovernedRepository(new_stack(), "Api")
    principal = iam.AccountPrincipal(OTHER_ACCOUNT)
    calls.clear()
    repository.grant_pull(principal)
    assert calls == ["GetRequest"]  # which account it is


def test_a_policy_is_written_in_one_call_however_long_it_is(calls: list[str]) -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    for name in ("Api", "Web", "Data"):
        repository = GovernedRepository(stack, name)
        for number in range(20):
            repository.allow_pull(Principals.account(f"{number:012}"))
    calls.clear()
    app.synth()
    assert calls.count("SetRequest") == 3


# Overrides that both sides of the border call


def test_cdks_own_code_reaches_the_gate() -> None:
    stack = new_stack()
    repository = GovernedRepository(stack, "Api")
    # Grant calls add_to_resource_policy from Node.
    iam.Grant.add_to_principal_or_resource(
        actions=["ecr:ListImages"],
        grantee=iam.AccountPrincipal(OTHER_ACCOUNT),
        resource=repository,
        resource_arns=[repository.repository_arn],
        resource_self_arns=[],
    )
    assert [each["Action"] for each in statements_of(stack)] == ["ecr:ListImages"]


def test_cdks_own_code_reads_our_attributes() -> None:
    stack = new_stack()
    repository = GovernedRepository.from_repository_name(stack, "Theirs", "their/app")
    assert "their/app" in json.dumps(stack.resolve(repository.repository_uri_for_tag("v1")))


def test_a_subclass_of_an_app_may_override_what_it_likes() -> None:
    class Counting(GovernedRepository):
        """Counts statements."""

        count = 0

        def add_to_resource_policy(
            self, statement: iam.PolicyStatement
        ) -> iam.AddToResourcePolicyResult:
            Counting.count += 1
            return super().add_to_resource_policy(statement)

    stack = new_stack()
    repository = Counting(stack, "Api", repository_name="payments/api")
    repository.grant(iam.AccountPrincipal(OTHER_ACCOUNT), "ecr:ListImages")
    assert Counting.count == 1
    assert len(statements_of(stack)) == 1


# A grant that is made when somebody looks


def test_a_deferred_grant_is_made_once() -> None:
    made: list[iam.Grant] = []
    stack = new_stack()

    def make() -> iam.Grant:
        made.append(iam.Grant.drop(role_in(stack), "a test"))
        return made[-1]

    grant = DeferredGrant.of(make)
    assert isinstance(grant, iam.Grant)
    assert made == []
    assert grant.success is False
    assert grant.principal_statement is None
    assert len(made) == 1


# The order of strings


def test_plain_text_sorts_as_it_is_without_a_call() -> None:
    class Unreachable:
        """Stands for a stack that nobody asks."""

    unreachable: Any = Unreachable()
    assert sort_key(unreachable)("ecr:PutImage") == "ecr:PutImage"


def test_the_order_does_not_follow_the_numbers_of_tokens() -> None:
    stack = new_stack()
    names = ["Zulu", "Mike", "Alpha"]
    handles = [
        cdk.CfnResource(stack, name, type="AWS::CloudFormation::WaitConditionHandle")
        for name in names
    ]
    tokens = [handle.ref for handle in handles]
    in_order = sorted(tokens, key=sort_key(stack))
    assert [stack.resolve(each)["Ref"] for each in in_order] == sorted(names)


@pytest.mark.parametrize("is_hidden", [False, True])
def test_one_logical_id_in_several_stacks_has_several_keys(*, is_hidden: bool) -> None:
    app = new_app()
    arns = [role_in(new_stack(app, f"Team{number}")).role_arn for number in range(3)]
    if is_hidden:
        arns = [cdk.Fn.join("", [cdk.Fn.select(0, [arn]), "/"]) for arn in arns]
    key = sort_key(new_stack(app))
    assert len({key(arn) for arn in arns}) == 3
    assert [key(arn) for arn in arns] == sorted(key(arn) for arn in arns)
    assert all(f"Team{number}/Role" in key(arn) for number, arn in enumerate(arns))


def test_one_reference_has_one_key_however_it_is_spelt() -> None:
    stack = new_stack()
    arn = role_in(stack).role_arn
    key = sort_key(stack)
    assert key(cdk.Fn.join("", [arn, "/x"])) == key(cdk.Fn.join("", [arn, "/x"]))


def test_pseudo_parameters_refer_to_no_construct() -> None:
    stack = new_stack(env=None)
    assert sort_key(stack)(f"arn:{cdk.Aws.PARTITION}:iam") == (
        '{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam"]]}'
    )


# Tokens for people


def test_tokens_read_as_cloudformation_writes_them() -> None:
    stack = new_stack(env=None)
    role = role_in(stack)
    text = f"{role.role_arn} of {cdk.Aws.ACCOUNT_ID} as {cdk.Fn.import_value('Name')}"
    assert for_people(text, stack) == (
        '${Role1ABCC5F0.Arn} of ${AWS::AccountId} as ${{"Fn::ImportValue": "Name"}}'
    )


def test_text_without_tokens_stays_as_it_is() -> None:
    assert for_people("${Role.Arn}", new_stack(env=ENVIRONMENT)) == "${Role.Arn}"
