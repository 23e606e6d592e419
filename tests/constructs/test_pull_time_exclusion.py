"""Pull time update exclusions: where they lie, what they tell, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from tests.synthesis import (
    ACCOUNT,
    OTHER_ACCOUNT,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import ConfigurationError
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.sources.assembly import read_assembly

SCANNER: Final = f"arn:aws:iam::{ACCOUNT}:role/security/Scanner"
WHY: Final = "scans every image each night"


@pytest.fixture
def quick() -> cdk.Stack:
    """A stack whose app CDK does not validate."""
    return new_stack(new_app(validate=False))


def exclusions_in(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        logical_id: each
        for logical_id, each in template.get("Resources", {}).items()
        if each["Type"] == "AWS::ECR::PullTimeUpdateExclusion"
    }


def role_in(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Scanner", assumed_by=iam.AccountRootPrincipal())


# What is written


def test_an_exclusion_tells_why_and_goes_with_its_stack(stack: cdk.Stack) -> None:
    """One that stayed would stand in the way of the next for the same role."""
    GovernedRegistry(stack, "Registry").add_pull_time_update_exclusion(SCANNER, reason=WHY)
    (found,) = exclusions_in(template_of(stack)).values()
    found["Metadata"].pop("aws:cdk:path", None)
    assert found == {
        "Type": "AWS::ECR::PullTimeUpdateExclusion",
        "Properties": {"PrincipalArn": SCANNER},
        "Metadata": {"EcrConstructs": {"reason": WHY}},
    }


def test_one_lies_beside_the_role_that_it_is_for() -> None:
    """So that no stack waits for another; and it takes no owner of the registry."""
    app = new_app(validate=False)
    service = new_stack(app, "Security")
    GovernedRegistry.of(service).add_pull_time_update_exclusion(role_in(service), reason=WHY)
    (found,) = exclusions_in(synthesise(app)["Security"]).values()
    assert found["Properties"] == {"PrincipalArn": {"Fn::GetAtt": ["Scanner1EAEC57B", "Arn"]}}


def test_ids_come_from_the_principal_and_from_nothing_else() -> None:
    """The ARN is the identity of an exclusion; that of a role of the app is known by its path."""
    found = []
    for others in ([], [f"{SCANNER}{number}" for number in range(2)]):
        stack = new_stack(new_app(validate=False))
        registry = GovernedRegistry(stack, "Registry")
        for each in others:
            registry.add_pull_time_update_exclusion(each, reason=WHY)
        registry.add_pull_time_update_exclusion(SCANNER, reason=WHY)
        registry.add_pull_time_update_exclusion(role_in(stack), reason="another reason")
        registry.add_pull_time_update_exclusion(
            SCANNER.replace(ACCOUNT, OTHER_ACCOUNT), reason=WHY, construct_id="Theirs"
        )
        found.append(set(exclusions_in(template_of(stack))))
    assert found[0] < found[1]
    assert found[0] == {
        "RegistryPullTimeUpdateExclusions111111111111rolesecurityScanner7CE6B178",
        "RegistryPullTimeUpdateExclusionsStackScannerE9A91720",
        "RegistryPullTimeUpdateExclusionsTheirsBE7E00E9",
    }


def test_an_imported_role_is_its_arn(quick: cdk.Stack) -> None:
    role = iam.Role.from_role_arn(quick, "Theirs", SCANNER)
    GovernedRegistry.of(quick).add_pull_time_update_exclusion(role, reason=WHY)
    (found,) = exclusions_in(template_of(quick)).values()
    assert found["Properties"] == {"PrincipalArn": SCANNER}


def test_what_is_written_is_read_back(quick: cdk.Stack) -> None:
    """With its reason."""
    registry = GovernedRegistry(quick, "Registry")
    registry.add_pull_time_update_exclusion(SCANNER, reason=WHY)
    registry.add_pull_time_update_exclusion(f"{SCANNER}2", reason="é")
    app = cdk.Stage.of(quick)
    assert app is not None
    deployment = read_assembly(Path(app.synth().directory))
    (read,) = deployment.registries
    assert (deployment.malformed, read.pull_time_exclusions) == (
        (),
        (
            PullTimeUpdateExclusion(principal_arn=SCANNER, reason=WHY),
            PullTimeUpdateExclusion(principal_arn=f"{SCANNER}2", reason="é"),
        ),
    )


def test_a_principal_that_is_known_at_deployment_is_kept(quick: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(quick, "Given", default=SCANNER).value_as_string
    GovernedRegistry.of(quick).add_pull_time_update_exclusion(
        parameter, reason=WHY, construct_id="Scanner"
    )
    (found,) = exclusions_in(template_of(quick)).values()
    assert found["Properties"] == {"PrincipalArn": {"Ref": "Given"}}


# What is warned of


def test_warns_of_users(quick: cdk.Stack) -> None:
    registry = GovernedRegistry.of(quick)
    registry.add_pull_time_update_exclusion(f"arn:aws:iam::{ACCOUNT}:user/Eva", reason=WHY)
    registry.add_pull_time_update_exclusion(iam.User(quick, "Bot"), reason=WHY)
    app = cdk.Stage.of(quick)
    assert isinstance(app, cdk.App)
    known, made = sorted(warnings_of(app)["Stack"])
    assert (
        "principal should be a role, as the guide knows no users here, got the user Stack/Bot;"
        in (known + made)
    )
    assert f"got 'arn:aws:iam::{ACCOUNT}:user/Eva'; let the scanner assume a role" in known + made


# What is refused


@pytest.mark.parametrize(
    ("principal", "reason", "said"),
    [
        (SCANNER, "", "reason must say why the pulls do not count, got ''; write for example"),
        (SCANNER, " ", "reason must say why the pulls do not count, got ' '; write for example"),
        (SCANNER, None, "reason must say why the pulls do not count, got None; write"),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/Scanner/session",
            WHY,
            "principal_arn must be the ARN of a role, .*got 'arn:aws:sts::.*/session'; write for",
        ),
        ("Scanner", WHY, "principal_arn must be the ARN of a role, .*got 'Scanner'; write for"),
        (7, WHY, "principal must be a role or its ARN, got 7; write for example 'arn:aws:iam::"),
    ],
)
def test_refuses_what_is_no_role_and_what_has_no_reason(
    refusing: cdk.Stack, principal: Any, reason: Any, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack\]"):
        GovernedRegistry.of(refusing).add_pull_time_update_exclusion(principal, reason=reason)


def test_refuses_a_construct_that_is_no_role(quick: cdk.Stack) -> None:
    bucket: Any = s3.Bucket(quick, "Bucket")
    with pytest.raises(ConfigurationError, match="principal must be a role or its ARN, got <"):
        GovernedRegistry.of(quick).add_pull_time_update_exclusion(bucket, reason=WHY)


def test_refuses_a_principal_twice_whoever_asks() -> None:
    app = new_app(validate=False)
    first, second = new_stack(app), new_stack(app, "Second")
    GovernedRegistry.of(first).add_pull_time_update_exclusion(SCANNER, reason=WHY)
    with pytest.raises(
        ConfigurationError,
        match=rf"must be excluded once, got '{SCANNER}' a second time: Stack excludes it; drop one"
        r" \[Second\]",
    ):
        GovernedRegistry.of(second).add_pull_time_update_exclusion(SCANNER, reason="another")
    role = role_in(first)
    GovernedRegistry.of(first).add_pull_time_update_exclusion(role, reason=WHY)
    with pytest.raises(ConfigurationError, match="got the same a second time: Stack excludes it"):
        GovernedRegistry.of(first).add_pull_time_update_exclusion(role.role_arn, reason=WHY)
    # Roles of two stacks that have the same logical id are two.
    GovernedRegistry.of(second).add_pull_time_update_exclusion(role_in(second), reason=WHY)


def test_refuses_a_role_of_another_stack() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    role = role_in(new_stack(app, "Security"))
    with pytest.raises(
        ConfigurationError,
        match=r"principal must not be a construct of another stack, .* got Security/Scanner; ask"
        r" for it there: GovernedRegistry\.of\(<that stack>\), or write the ARN out \[Stack/Reg",
    ):
        registry.add_pull_time_update_exclusion(role, reason=WHY)


def test_refuses_an_arn_without_an_id_that_is_known_at_deployment(quick: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(quick, "Given").value_as_string
    with pytest.raises(
        ConfigurationError,
        match="construct_id must be given for an ARN that is known at deployment only, got none",
    ):
        GovernedRegistry.of(quick).add_pull_time_update_exclusion(parameter, reason=WHY)


def test_refuses_more_than_a_registry_has(quick: cdk.Stack) -> None:
    registry = GovernedRegistry.of(quick)
    for number in range(100):
        registry.add_pull_time_update_exclusion(f"{SCANNER}{number}", reason=WHY)
    with pytest.raises(
        ConfigurationError,
        match="at most 100 pull time update exclusions, got 101; let several scanners assume one",
    ):
        registry.add_pull_time_update_exclusion(SCANNER, reason=WHY)
    assert len(exclusions_in(template_of(quick))) == 100
