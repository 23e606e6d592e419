"""Signing, pull time update exclusions and a public repository, as their constructs write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from tests.deploy.apps import synthesise
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.conftest import Aws
from tests.deploy.read_back import registry_settings

from ecr_constructs import (
    CatalogData,
    Control,
    Exemption,
    GovernedPublicRepository,
    GovernedRegistry,
    Principals,
)

pytestmark = pytest.mark.deploy

#: The one Region that has public repositories.
REGION: Final = "us-east-1"
PUBLIC: Final = Exemption(Control.PUBLIC_ACCESS, "our customers pull it")


def images(stack: cdk.Stack) -> None:
    """Sign what a role pushes, let a scanner's pulls not count, and publish something."""
    registry = GovernedRegistry(stack, "Registry")
    signing = registry.sign_images(repository_filters=["web/*"])
    signing.allow_signing(iam.AccountPrincipal("222222222222"))
    build = iam.Role(stack, "Build", assumed_by=iam.AccountRootPrincipal(), role_name="build")
    registry.add_repository("Web", repository_name="web/store").grant_push(build)
    scanner = iam.Role(stack, "Scanner", assumed_by=iam.AccountRootPrincipal(), role_name="scanner")
    registry.add_pull_time_update_exclusion(scanner, reason="scans every image each night")
    tools = GovernedPublicRepository(
        stack,
        "Tools",
        repository_name="tools/app",
        catalog_data=CatalogData(repository_description="Our tools", architectures=["x86-64"]),
        tags={"team": "tools"},
        exemptions=[PUBLIC],
    )
    tools.allow_push(Principals.account("222222222222"))
    tools.grant_push(build)


def signs_with(api: Any) -> list[str]:
    """Return what the role may sign with."""
    (name,) = api.list_role_policies(RoleName="build")["PolicyNames"]
    document = api.get_role_policy(RoleName="build", PolicyName=name)["PolicyDocument"]
    parsed = json.loads(document) if isinstance(document, str) else document
    return [s["Resource"] for s in parsed["Statement"] if s["Action"] == "signer:SignPayload"]


def allowed_by(api: Any, profile: str) -> list[tuple[str, str]]:
    """Return who else may do what with a profile."""
    try:
        found = api.list_profile_permissions(profileName=profile)["permissions"]
    except api.exceptions.ResourceNotFoundException:
        return []
    return [(each["principal"], each["action"]) for each in found]


def test_images_are_signed_by_who_pushes_and_not_counted_for_who_scans(
    cdk_cli: CdkCli, account: str, tmp_path: Path, aws: Aws
) -> None:
    """Signing and what is public stay when they leave their stack.

    An exclusion goes, and so does what another account was allowed.
    """
    assembly = synthesise(tmp_path / "all", account, region=REGION, Main=images)
    cdk_cli.deploy(assembly)

    settings = registry_settings(aws("ecr", region=REGION))
    ((profile, filters),) = [
        (rule["signingProfileArn"], rule["repositoryFilters"])
        for rule in settings["signing"]["rules"]
    ]
    assert profile.startswith(f"arn:aws:signer:{REGION}:{account}:/signing-profiles/")
    assert filters == [{"filter": "web/*", "filterType": "WILDCARD_MATCH"}]
    name, signer = profile.rpartition("/")[2], aws("signer", region=REGION)
    made = signer.get_signing_profile(profileName=name)
    assert (made["platformId"], made["status"]) == ("Notation-OCI-SHA384-ECDSA", "Active")
    assert allowed_by(signer, name) == [("222222222222", "signer:SignPayload")]
    assert signs_with(aws("iam", region=REGION)) == [profile]
    assert settings["exclusions"] == [f"arn:aws:iam::{account}:role/scanner"]
    assert "No drift detected" in cdk_cli.drift(assembly)

    bare = synthesise(
        tmp_path / "none",
        account,
        region=REGION,
        Main=lambda stack: iam.Role(stack, "Other", assumed_by=iam.AccountRootPrincipal()),
    )
    cdk_cli.deploy(bare)

    assert allowed_by(signer, name) == []
    left = registry_settings(aws("ecr", region=REGION))
    assert (left["signing"], left["exclusions"]) == (settings["signing"], [])
    # What is public is still there: its successor meets it.
    with pytest.raises(CdkError, match="identifier 'tools/app' already exists"):
        cdk_cli.deploy(
            synthesise(
                tmp_path / "again",
                account,
                region=REGION,
                Main=lambda stack: GovernedPublicRepository(
                    stack, "Again", repository_name="tools/app", exemptions=[PUBLIC]
                ),
            )
        )
