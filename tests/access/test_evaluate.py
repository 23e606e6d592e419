"""Decisions one by one: what decides, what is missing and what is assumed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.access.scenes import (
    ARN,
    BUILD,
    EVA,
    GET,
    LAMBDA,
    NAME,
    OTHER,
    OWNER,
    PUT,
    REGION,
    REMOTE,
    allow,
    deny,
    deployment,
    grant,
    identity,
    policy,
)

from ecr_constructs.access import Answer, Decision, can
from ecr_constructs.access.answer import Side
from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.identity import Identity, IdentityKind, IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Status
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import ANYONE, Statement
from ecr_constructs.model.unresolved import Unknown, Unresolved

ALLOW, CONDITIONAL, DENY = Decision.ALLOW, Decision.CONDITIONAL, Decision.DENY
ROOT = f"arn:aws:iam::{OWNER}:root"
TOKEN = "ecr:GetAuthorizationToken"


def ask(where: Deployment, principal: str = BUILD, action: str = GET, **context: Any) -> Answer:
    given = {key.replace("_", ":", 1): value for key, value in context.items()}
    return can(where, principal, action, NAME, context=given)


def missing(answer: Answer) -> list[str]:
    return [each.missing for each in answer.unmet_conditions]


# The same account


def test_a_role_that_the_repository_names_needs_no_identity_policy() -> None:
    assert ask(deployment(policy(allow({"AWS": BUILD})))).decision is ALLOW


def test_a_role_with_an_identity_policy_needs_no_repository_policy() -> None:
    assert ask(deployment(None, identity(BUILD, policy(grant())))).decision is ALLOW


def test_a_role_with_neither_is_denied() -> None:
    answer = ask(deployment(None, identity(BUILD)))
    assert answer.decision is DENY
    assert answer.reason == (
        f"neither the repository nor an identity policy of role Build of account {OWNER} allows"
        " ecr:BatchGetImage"
    )


def test_naming_the_account_leaves_it_to_the_identity_policies() -> None:
    """The root of an account stands for whomever the account's own policies allow."""
    leaves = policy(allow({"AWS": ROOT}))
    assert ask(deployment(leaves, identity(BUILD))).decision is DENY
    both = ask(deployment(leaves, identity(BUILD, policy(grant()))))
    assert both.decision is ALLOW
    assert [placed.source.side for placed in both.statements] == [Side.IDENTITY]


def test_star_names_a_role_of_the_same_account_directly() -> None:
    assert ask(deployment(policy(allow("*")), identity(BUILD))).decision is ALLOW


def test_an_identity_policy_that_nobody_knows_is_a_gap() -> None:
    answer = ask(deployment())
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [f"whether an identity policy of {BUILD} allows ecr:BatchGetImage"]
    assert answer.statements == ()


def test_an_identity_policy_that_is_given_fills_the_gap() -> None:
    given = policy(grant())
    answer = can(deployment(), BUILD, GET, NAME, identity_policy=given)
    assert answer.decision is ALLOW
    (placed,) = answer.statements
    assert (placed.source.side, placed.source.name, placed.index) == (Side.IDENTITY, "given", 0)
    assert can(deployment(), BUILD, PUT, NAME, identity_policy=given).decision is DENY


def test_a_given_policy_stands_beside_those_of_the_assembly() -> None:
    known = deployment(None, identity(BUILD, policy(grant(PUT))))
    given = policy(grant(GET), deny(None, PUT, Resource="*"))
    assert can(known, BUILD, GET, NAME, identity_policy=given).decision is ALLOW
    assert can(known, BUILD, PUT, NAME, identity_policy=given).decision is DENY


def test_the_account_itself_owns_its_repositories() -> None:
    for principal in (OWNER, ROOT):
        answer = ask(deployment(), principal)
        assert answer.decision is ALLOW
        assert answer.reason == "the account owns the repository"
        assert answer.assumptions[0] == (
            f"identity policies of account {OWNER} decide which of its principals may do it"
        )


def test_a_deny_for_everybody_takes_in_the_owner() -> None:
    assert ask(deployment(policy(deny("*"))), OWNER).decision is DENY


def test_a_policy_that_is_attached_to_a_role_defined_elsewhere_is_all_that_is_known() -> None:
    partial = identity(BUILD, policy(grant()), partial=True)
    assert ask(deployment(None, partial)).decision is ALLOW
    answer = ask(deployment(None, partial), action=PUT)
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [f"whether an identity policy of {BUILD} allows ecr:PutImage"]


# Another account


@pytest.mark.parametrize("named", [REMOTE, OTHER, f"arn:aws:iam::{OTHER}:root", "*"])
def test_a_role_of_another_account_needs_both_sides(named: str) -> None:
    principal = named if named == "*" else {"AWS": named}
    ours = policy(allow(principal))
    assert ask(deployment(ours, identity(REMOTE)), REMOTE).decision is DENY
    assert ask(deployment(None, identity(REMOTE, policy(grant()))), REMOTE).decision is DENY
    assert ask(deployment(ours, identity(REMOTE, policy(grant()))), REMOTE).decision is ALLOW


def test_both_sides_decide_and_are_shown() -> None:
    known = deployment(policy(allow({"AWS": OTHER})), identity(REMOTE, policy(grant())))
    answer = ask(known, REMOTE)
    assert [(p.source.side, p.source.name, p.index) for p in answer.statements] == [
        (Side.REPOSITORY, NAME, 0),
        (Side.IDENTITY, "Policy0", 0),
    ]
    assert answer.reason == "allowed by the repository policy and the identity policy"


def test_identity_policies_of_other_accounts_are_assumed() -> None:
    answer = ask(deployment(policy(allow({"AWS": OTHER}))), REMOTE)
    assert answer.decision is ALLOW
    assert answer.assumptions[0] == (
        f"an identity policy of role Deploy of account {OTHER} allows ecr:BatchGetImage"
    )


def test_the_side_that_is_missing_is_named() -> None:
    assert ask(deployment(None, identity(REMOTE, policy(grant()))), REMOTE).reason == (
        "no policy of the repository or its registry allows ecr:BatchGetImage to role Deploy of"
        f" account {OTHER}"
    )
    assert ask(deployment(policy(allow({"AWS": OTHER})), identity(REMOTE)), REMOTE).reason == (
        f"no identity policy of role Deploy of account {OTHER} allows ecr:BatchGetImage, which it"
        " takes from another account"
    )


def test_a_deny_in_the_other_accounts_policy_counts() -> None:
    theirs = identity(REMOTE, policy(grant(), deny(None, GET, Resource="*")))
    answer = ask(deployment(policy(allow({"AWS": OTHER})), theirs), REMOTE)
    assert answer.decision is DENY
    assert answer.reason == "denied by the identity policy"


def test_the_account_of_a_registry_that_is_not_known_is_a_gap() -> None:
    unknown = Unresolved.of("AWS::AccountId")
    somewhere = deployment(policy(allow({"AWS": ROOT})), account=unknown)
    answer = can(somewhere, BUILD, GET, NAME)
    assert answer.decision is CONDITIONAL
    assert f"whether {BUILD} is of account ${{AWS::AccountId}}" in missing(answer)
    named = deployment(policy(allow({"AWS": BUILD})), account=unknown)
    assert can(named, BUILD, GET, NAME).decision is ALLOW


def test_a_gap_is_not_assumed_as_well() -> None:
    somewhere = deployment(policy(allow({"AWS": ROOT})), account=Unresolved.of("AWS::AccountId"))
    answer = can(somewhere, BUILD, GET, NAME)
    gap = f"whether an identity policy of {BUILD} allows ecr:BatchGetImage"
    assert gap in missing(answer)
    assert not any(each.startswith("an identity policy of") for each in answer.assumptions)


# Principals


def test_a_role_of_that_name_with_another_path_is_another() -> None:
    known = deployment(None, identity(f"arn:aws:iam::{OWNER}:role/ci/Build", policy(grant())))
    assert ask(known).decision is CONDITIONAL


def test_a_session_has_what_its_role_has() -> None:
    session = f"arn:aws:sts::{OWNER}:assumed-role/Build/run-1"
    assert ask(deployment(policy(allow({"AWS": BUILD}))), session).decision is ALLOW
    assert ask(deployment(None, identity(BUILD, policy(grant()))), session).decision is ALLOW


def test_a_session_is_known_by_the_arn_of_its_role_with_its_path() -> None:
    role = f"arn:aws:iam::{OWNER}:role/ci/Build"
    session = f"arn:aws:sts::{OWNER}:assumed-role/Build/run-1"
    bound = policy(allow("*", Condition={"ArnEquals": {"aws:PrincipalArn": role}}))
    assert ask(deployment(bound, identity(role)), session).decision is ALLOW
    assert ask(deployment(policy(allow({"AWS": role}))), session).decision is ALLOW
    unknown = ask(deployment(bound), session)
    assert unknown.decision is CONDITIONAL  # its identity policies are not known
    without = policy(allow("*", Condition={"ArnEquals": {"aws:PrincipalArn": BUILD}}))
    answer = ask(deployment(without), session)
    assert answer.decision is ALLOW
    assert "the role Build has no path" in answer.assumptions


def test_a_named_session_is_not_the_whole_role() -> None:
    session = f"arn:aws:sts::{OWNER}:assumed-role/Build/run-1"
    named = deployment(policy(allow({"AWS": session})), identity(BUILD))
    assert ask(named, session).decision is ALLOW
    assert ask(named, session.replace("run-1", "run-2")).decision is DENY
    role = ask(named)
    assert role.decision is CONDITIONAL
    assert missing(role) == [f"whether Principal {session} names {BUILD}"]


@pytest.mark.parametrize(
    "other",
    [
        f"arn:aws:iam::{OWNER}:role/ci/Build",
        f"arn:aws:iam::{OWNER}:role/build",
        f"arn:aws:iam::{OTHER}:role/Build",
        f"arn:aws:iam::{OWNER}:user/Build",
        "AROAEXAMPLEEXAMPLE01",
    ],
)
def test_another_name_is_another_principal(other: str) -> None:
    assert ask(deployment(policy(allow({"AWS": other})), identity(BUILD))).decision is DENY


def test_a_pattern_of_principals_cannot_be_told() -> None:
    """IAM takes no wildcard in a part of a principal, so that ECR refuses the policy."""
    pattern = deployment(policy(allow({"AWS": f"arn:aws:iam::{OWNER}:role/*"})), identity(BUILD))
    assert ask(pattern).decision is CONDITIONAL
    assert ask(pattern, EVA.replace("user/Eva", "user/Leo")).decision is CONDITIONAL
    users = deployment(policy(allow({"AWS": f"arn:aws:iam::{OWNER}:user/*"})), identity(BUILD))
    assert ask(users).decision is DENY


def test_the_federated_session_of_a_user_may_be_that_users() -> None:
    federated = f"arn:aws:sts::{OTHER}:federated-user/anybody"
    named = deployment(policy(allow({"AWS": f"arn:aws:iam::{OTHER}:user/Eva"})))
    assert ask(named, federated).decision is CONDITIONAL
    itself = deployment(policy(allow({"AWS": federated})))
    assert ask(itself, federated).decision is ALLOW


def test_a_principal_that_is_not_known_may_be_the_one() -> None:
    unknown = Unresolved.of("Main.RoleArn")
    document = policy(allow({"AWS": unknown}))
    answer = ask(deployment(document, identity(BUILD)))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [f"whether Principal ${{Main.RoleArn}} names {BUILD}"]
    service = ask(deployment(document), LAMBDA)
    assert service.decision is DENY
    other = Unresolved(("arn:aws:iam::", Unknown("Main.Account"), ":role/Other"))
    assert ask(deployment(policy(allow({"AWS": other})), identity(BUILD))).decision is DENY


def test_a_principal_that_is_known_in_part_is_compared_as_far_as_it_goes() -> None:
    for rest, decision in (
        ("role/Build", CONDITIONAL),
        ("user/Build", DENY),
        (":root", CONDITIONAL),
    ):
        named = policy(allow({"AWS": Unresolved((Unknown("Main.Prefix"), rest))}))
        remote = f"arn:aws:iam::{OTHER}:role/Build"
        assert ask(deployment(named), remote).decision is decision


def test_a_role_whose_name_is_made_up_is_found_by_what_stands_for_it() -> None:
    made_up = Unresolved((f"arn:aws:iam::{OWNER}:role/", Unknown("Main.Build")))
    role = identity(
        made_up,
        aliases=(Unresolved.of("Main.Build.Arn"),),
        origin=Origin("Main", "Build", "Main.template.json", "Main/Build/Resource"),
    )
    for named in (made_up, Unresolved.of("Main.Build.Arn")):
        where = deployment(policy(allow({"AWS": named})), role)
        shown = (str(made_up), "${Main.Build.Arn}", "Main/Build", "Main/Build/Resource")
        assert {ask(where, name).decision for name in shown} == {ALLOW}


def test_service_principals_need_the_repository_policy_alone() -> None:
    assert ask(deployment(policy(allow({"Service": LAMBDA}))), LAMBDA).decision is ALLOW
    other = deployment(policy(allow({"Service": "codebuild.amazonaws.com"})))
    assert ask(other, LAMBDA).decision is DENY
    assert ask(other, LAMBDA).reason == (
        "no policy of the repository or its registry allows ecr:BatchGetImage to the service"
        " lambda.amazonaws.com"
    )
    assert ask(deployment(policy(allow({"AWS": OWNER}))), LAMBDA).decision is DENY


def test_a_service_is_not_asked_for_tokens_or_endpoints() -> None:
    assert ask(deployment(policy(allow({"Service": LAMBDA}))), LAMBDA).assumptions == ()


def test_federated_principals_stand_in_other_policies() -> None:
    federated = policy(allow({"Federated": "accounts.google.com"}))
    assert ask(deployment(federated, identity(BUILD))).decision is DENY


# NotPrincipal


@pytest.mark.parametrize(
    ("named", "decision"),
    [
        ([BUILD, OWNER], ALLOW),  # the role and its account: left out of the deny
        ([BUILD, ROOT], ALLOW),
        ([BUILD], CONDITIONAL),  # AWS "might" validate the account first
        ([ROOT], DENY),
        ([EVA, ROOT], DENY),
        ([REMOTE], DENY),
    ],
)
def test_a_deny_for_all_but_some(named: list[str], decision: Decision) -> None:
    document = policy(allow("*"), deny(None, NotPrincipal={"AWS": named}))
    assert ask(deployment(document, identity(BUILD))).decision is decision


def test_a_deny_for_all_but_some_hits_whoever_has_a_permissions_boundary() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html."""
    bounded = identity(
        BUILD,
        policy(grant()),
        permissions_boundary=IdentityPolicy(name="Boundary", document=policy(grant("*"))),
    )
    document = policy(deny(None, NotPrincipal={"AWS": [BUILD, ROOT]}))
    assert ask(deployment(document, bounded)).decision is DENY


def test_a_deny_for_all_but_a_service() -> None:
    document = policy(allow("*"), deny(None, NotPrincipal={"Service": LAMBDA}))
    assert ask(deployment(document), LAMBDA).decision is ALLOW
    assert ask(deployment(document), "codebuild.amazonaws.com").decision is DENY


def test_an_allow_for_all_but_one_is_for_everybody_else() -> None:
    document = policy(allow(None, NotPrincipal={"AWS": [BUILD, ROOT]}))
    assert ask(deployment(document, identity(BUILD))).decision is DENY
    assert ask(deployment(document), REMOTE).decision is ALLOW
    assert ask(deployment(document), "*").decision is ALLOW


# Permissions boundaries


def bounded(arn: str, kind: IdentityKind, *allowed: Policy, bound: Policy | None) -> Identity:
    boundary = IdentityPolicy(name="arn:aws:iam::111111111111:policy/Bound", document=bound)
    return identity(arn, *allowed, kind=kind, permissions_boundary=boundary)


NOTHING = policy(grant("s3:*"))


def test_a_boundary_limits_what_identity_policies_allow() -> None:
    role = bounded(BUILD, IdentityKind.ROLE, policy(grant()), bound=NOTHING)
    answer = ask(deployment(None, role))
    assert answer.decision is DENY
    assert answer.reason == (
        f"the permissions boundary of role Build of account {OWNER} does not allow"
        " ecr:BatchGetImage"
    )
    wide = bounded(BUILD, IdentityKind.ROLE, policy(grant()), bound=policy(grant("ecr:*")))
    shown = ask(deployment(None, wide))
    assert shown.decision is ALLOW
    assert [p.source.side for p in shown.statements] == [Side.IDENTITY, Side.BOUNDARY]


@pytest.mark.parametrize(
    ("arn", "kind", "named", "decision"),
    [
        (BUILD, IdentityKind.ROLE, {"AWS": BUILD}, DENY),
        (BUILD, IdentityKind.ROLE, "*", ALLOW),
        (EVA, IdentityKind.USER, {"AWS": EVA}, ALLOW),
    ],
)
def test_a_boundary_binds_what_the_repository_gives_to_a_roles_arn_alone(
    arn: str, kind: IdentityKind, named: Any, decision: Decision
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html."""
    where = deployment(policy(allow(named)), bounded(arn, kind, bound=NOTHING))
    assert ask(where, arn).decision is decision


def test_a_boundary_that_denies_always_denies() -> None:
    bound = policy(deny(None, GET, Resource="*"))
    where = deployment(policy(allow("*")), bounded(BUILD, IdentityKind.ROLE, bound=bound))
    assert ask(where).reason == "denied by the permissions boundary"


def test_a_boundary_that_is_defined_elsewhere_is_assumed() -> None:
    role = bounded(BUILD, IdentityKind.ROLE, policy(grant()), bound=None)
    answer = ask(deployment(None, role))
    assert answer.decision is ALLOW
    assert (
        "the permissions boundary arn:aws:iam::111111111111:policy/Bound allows ecr:BatchGetImage"
        in answer.assumptions
    )


# Managed policies


def test_a_known_managed_policy_of_aws_decides() -> None:
    arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
    known = deployment(None, identity(BUILD, managed=(arn,)))
    assert ask(known).decision is ALLOW
    assert "the managed policies of AWS say what they said in 2026" in ask(known).assumptions
    assert ask(known, action=PUT).decision is DENY


def test_a_managed_policy_in_a_partition_that_is_not_known_is_the_same() -> None:
    name = "AmazonEC2ContainerRegistryPowerUser"
    arn = Unresolved(("arn:", Unknown("AWS::Partition"), f":iam::aws:policy/{name}"))
    assert ask(deployment(None, identity(BUILD, managed=(arn,))), action=PUT).decision is ALLOW


def test_a_managed_policy_that_is_not_known_is_a_gap_where_it_would_decide() -> None:
    arn = f"arn:aws:iam::{OWNER}:policy/Ours"
    role = identity(BUILD, managed=(arn,))
    answer = ask(deployment(None, role))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [f"whether the managed policy {arn} allows ecr:BatchGetImage"]
    both = ask(deployment(policy(allow({"AWS": BUILD})), role))
    assert both.decision is ALLOW
    assert f"{arn} denies nothing of it" in both.assumptions


# Policies that are not known


@pytest.mark.parametrize(
    "document", [Unresolved.of("Main.Policy"), Malformed("{", ())], ids=["unresolved", "malformed"]
)
def test_a_repository_policy_that_is_not_known_may_allow_or_deny(
    document: Unresolved | Malformed,
) -> None:
    answer = ask(deployment(document, identity(BUILD, policy(grant()))))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [f"what the repository policy {NAME} says"]
    assert [placed.description for placed in answer.statements] == [
        "allows it to do ecr:BatchGetImage",
        "is not known before deployment",
    ]
    assert ask(deployment(document), REMOTE).decision is CONDITIONAL


def test_an_identity_policy_that_is_not_known_may_allow_or_deny() -> None:
    role = identity(BUILD, Unresolved.of("Main.Document"))
    assert ask(deployment(None, role)).decision is CONDITIONAL
    answer = ask(deployment(policy(allow({"AWS": BUILD})), role))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == ["what the identity policy Policy0 says"]


# The registry's policy


def test_the_registry_policy_is_a_policy_of_the_repository() -> None:
    ours = policy(allow({"AWS": OTHER}, Resource=f"arn:aws:ecr:{REGION}:{OWNER}:repository/pay*"))
    answer = ask(deployment(registry_policy=ours), REMOTE)
    assert answer.decision is ALLOW
    assert answer.statements[0].source.side is Side.REGISTRY
    assert answer.statements[0].source.name == f"{OWNER}/{REGION}"
    assert "the scope of the registry policy is V2, so that it covers every action" in (
        answer.assumptions
    )
    (registry,) = deployment(registry_policy=ours).registries
    scoped = replace(registry, account_settings=(AccountSetting.registry_policy_scope(),))
    assert not any(
        "scope" in each for each in ask(Deployment(registries=(scoped,)), REMOTE).assumptions
    )
    elsewhere = policy(
        allow({"AWS": OTHER}, Resource=f"arn:aws:ecr:{REGION}:{OWNER}:repository/x*")
    )
    assert ask(deployment(registry_policy=elsewhere), REMOTE).decision is DENY


def test_a_deny_for_the_registry_reaches_every_repository() -> None:
    registry = policy(deny("*", Resource="*"))
    role = identity(BUILD, policy(grant()))
    assert ask(deployment(policy(allow("*")), role, registry_policy=registry)).decision is DENY


# Actions without a repository


def test_a_token_comes_from_an_identity_policy_alone() -> None:
    role = identity(BUILD)
    named = deployment(policy(allow({"AWS": BUILD}, "*")), role)
    answer = ask(named, action=TOKEN)
    assert answer.decision is DENY
    assert answer.reason == (
        f"no identity policy of role Build of account {OWNER} allows {TOKEN},"
        " and no other policy can"
    )
    with_token = deployment(None, identity(BUILD, policy(grant(TOKEN))))
    assert ask(with_token, action=TOKEN).decision is ALLOW
    of_the_registry = deployment(
        None, role, registry_policy=policy(allow({"AWS": BUILD}, TOKEN, Resource="*"))
    )
    assert ask(of_the_registry, action=TOKEN).decision is DENY


def test_an_action_without_a_repository_needs_resource_star() -> None:
    one = deployment(None, identity(BUILD, policy(grant(TOKEN, ARN))))
    assert ask(one, action=TOKEN).decision is DENY


def test_an_action_without_a_repository_has_no_tags_of_one() -> None:
    tagged = {"Condition": {"StringEquals": {"aws:ResourceTag/stage": "prod"}}}
    role = identity(BUILD, policy(grant([TOKEN, GET], **tagged)))
    where = deployment(None, role, tags=(("stage", "prod"),))
    assert ask(where).decision is ALLOW
    assert ask(where, action=TOKEN).decision is DENY


def test_another_accounts_token_needs_no_policy_here() -> None:
    """A token is asked of one's own registry."""
    assert ask(deployment(), REMOTE, TOKEN).decision is ALLOW
    assert ask(deployment(), LAMBDA, TOKEN).decision is DENY


# What a request implies


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalArn", BUILD),
        ("aws:PrincipalAccount", OWNER),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:ResourceAccount", OWNER),
        ("aws:RequestedRegion", REGION),
        ("aws:PrincipalTag/team", "payments"),
        ("aws:ResourceTag/stage", "prod"),
        ("ecr:ResourceTag/stage", "prod"),
    ],
)
def test_the_context_that_a_request_implies_is_filled_in(key: str, value: str) -> None:
    def where(expected: str) -> Deployment:
        bound = policy(allow("*", Condition={"StringEquals": {key: expected}}))
        role = identity(BUILD, tags=(("team", "payments"),))
        return deployment(bound, role, tags=(("stage", "prod"),))

    assert ask(where(value)).decision is ALLOW
    assert ask(where("other")).decision is DENY


@pytest.mark.parametrize(
    "key",
    [
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:PrincipalServiceName",
        "aws:username",
        "aws:PrincipalTag/other",
        "aws:ResourceTag/other",
        "aws:RequestTag/team",
        "aws:TagKeys",
    ],
)
def test_the_keys_that_a_request_of_a_role_does_not_carry_are_absent(key: str) -> None:
    absent = policy(allow("*", Condition={"Null": {key: "true"}}))
    assert ask(deployment(absent, identity(BUILD))).decision is ALLOW


@pytest.mark.parametrize(
    "key",
    [
        "aws:PrincipalOrgID",
        "aws:SourceIp",
        "aws:SourceVpce",
        "aws:SecureTransport",
        "aws:userid",
        "aws:ViaAWSService",
    ],
)
def test_the_rest_is_for_the_context_to_say(key: str) -> None:
    bound = deployment(policy(allow("*", Condition={"StringEquals": {key: "x"}})), identity(BUILD))
    answer = ask(bound)
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [key]
    assert can(bound, BUILD, GET, NAME, context={key: "x"}).decision is ALLOW
    denied = can(bound, BUILD, GET, NAME, context={key: "y"})
    assert denied.decision is DENY
    (unmet,) = denied.unmet_conditions
    assert unmet.status is Status.FAIL
    assert unmet.description == f"{key} is 'x'"


def test_what_is_given_wins_over_what_is_implied() -> None:
    bound = policy(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "web"}}))
    where = deployment(bound, identity(BUILD, tags=(("team", "payments"),)))
    assert ask(where).decision is DENY
    session = can(where, BUILD, GET, NAME, context={"AWS:PRINCIPALTAG/TEAM": ["web"]})
    assert session.decision is ALLOW
    assert "a session brings no tags beside those of its role" in session.assumptions


def test_a_request_that_tags_may_carry_tags() -> None:
    bound = policy(
        allow("*", "ecr:TagResource", Condition={"StringEquals": {"aws:RequestTag/team": "web"}})
    )
    answer = ask(deployment(bound, identity(BUILD)), action="ecr:TagResource")
    assert missing(answer) == ["aws:RequestTag/team"]


def test_a_tag_that_is_not_known_is_compared_as_far_as_it_goes() -> None:
    bound = policy(allow("*", Condition={"StringEquals": {"aws:ResourceTag/stage": "prod"}}))
    unknown = (("stage", Unresolved.of("Main.Stage")),)
    assert ask(deployment(bound, identity(BUILD), tags=unknown)).decision is CONDITIONAL
    odd_key = ((Unresolved.of("Main.Key"), "prod"),)
    assert ask(deployment(bound, identity(BUILD), tags=odd_key)).decision is CONDITIONAL


def test_the_grant_that_cdk_writes_for_another_account_finds_the_role_by_its_tag() -> None:
    """CDK names the account and binds it by a tag that it puts on the role."""
    ours = policy(
        allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:PrincipalTag/aws-cdk:id": "App_c8"}})
    )
    tagged = identity(REMOTE, policy(grant()), tags=(("aws-cdk:id", "App_c8"),))
    assert ask(deployment(ours, tagged), REMOTE).decision is ALLOW
    assert ask(deployment(ours, identity(REMOTE, policy(grant()))), REMOTE).decision is DENY
    assert ask(deployment(ours), REMOTE).decision is CONDITIONAL


def test_policy_variables_come_out_of_the_context() -> None:
    own = policy(grant("ecr:*", "arn:aws:ecr:*:*:repository/${aws:PrincipalTag/team}/*"))
    for team, decision in (("payments", ALLOW), ("web", DENY)):
        assert ask(deployment(None, identity(BUILD, own, tags=(("team", team),)))).decision is (
            decision
        )
    unknown = policy(grant("ecr:*", "arn:aws:ecr:*:*:repository/${aws:userid}/*"))
    answer = ask(deployment(None, identity(BUILD, unknown)))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == [
        f"whether the resources arn:aws:ecr:*:*:repository/${{aws:userid}}/* cover {ARN}"
    ]


def test_a_policy_of_the_old_version_has_no_variables() -> None:
    resource = "arn:aws:ecr:*:*:repository/${aws:PrincipalTag/team}/*"
    old = policy(grant("ecr:*", resource), version="2008-10-17")
    role = identity(BUILD, old, tags=(("team", "payments"),))
    assert ask(deployment(None, role)).decision is DENY


# What is assumed


def test_a_pull_assumes_a_token() -> None:
    def token(*documents: Policy) -> list[str]:
        answer = ask(deployment(policy(allow("*")), identity(BUILD, *documents)))
        return [each for each in answer.assumptions if TOKEN in each]

    sentence = (
        f"an identity policy{{}} allows {TOKEN}, too: no client pulls or pushes without its token,"
        " which is valid for 12 hours"
    )
    assert token(policy(grant(TOKEN))) == [sentence.format("")]
    assert token() == [sentence.format(" that is not known here")]


def test_reading_needs_no_token() -> None:
    answer = ask(deployment(policy(allow("*", "ecr:DescribeImages"))), REMOTE, "ecr:DescribeImages")
    assert not any(TOKEN in each for each in answer.assumptions)


def test_what_lies_around_is_assumed() -> None:
    answer = ask(deployment(None, identity(BUILD, policy(grant()))))
    assert answer.assumptions[1:] == (
        "no policy that is attached to Build outside of this assembly denies it",
        "no service control policy, resource control policy or session policy refuses it",
        "no policy of a VPC endpoint on the way refuses it",
    )


def test_an_implicit_deny_assumes_that_nothing_else_allows() -> None:
    assert ask(deployment(None, identity(BUILD))).assumptions == (
        "no policy that is attached to Build outside of this assembly allows it",
    )


def test_an_explicit_deny_assumes_nothing() -> None:
    answer = ask(deployment(policy(deny("*")), identity(BUILD, policy(grant()))))
    assert answer.assumptions == ()
    assert answer.unmet_conditions == ()
    assert answer.reason == "denied by the repository policy"


# The document


def test_an_answer_as_json_has_the_four_members_of_the_contract() -> None:
    bound = policy(
        allow(
            "*",
            Sid="Organisation",
            Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-zzzzzzzzzz"]}},
        )
    )
    placed = {
        "source": "repository policy",
        "name": NAME,
        "resource": "Main/Api/Resource",
        "logical_id": "Api",
        "stack": "Main",
        "index": 0,
        "sid": "Organisation",
        "effect": "Allow",
        "description": "allows anyone to do ecr:BatchGetImage if aws:PrincipalOrgID is"
        " 'o-a1b2c3d4e5' or 'o-zzzzzzzzzz'",
    }
    document = ask(deployment(bound), REMOTE).to_document()
    assert list(document) == ["decision", "statements", "unmet_conditions", "assumptions"]
    assert document["decision"] == "conditional"
    assert document["statements"] == [placed]
    assert document["unmet_conditions"] == [
        {
            "status": "unknown",
            "operator": "StringEquals",
            "key": "aws:PrincipalOrgID",
            "values": ["o-a1b2c3d4e5", "o-zzzzzzzzzz"],
            "missing": "aws:PrincipalOrgID",
            "description": "aws:PrincipalOrgID is 'o-a1b2c3d4e5' or 'o-zzzzzzzzzz'",
            "statement": placed,
        }
    ]
    assert all(isinstance(each, str) for each in document["assumptions"])


def test_a_gap_as_json_has_no_condition() -> None:
    (unmet,) = ask(deployment()).to_document()["unmet_conditions"]
    assert unmet == {
        "status": "unknown",
        "operator": None,
        "key": None,
        "values": [],
        "missing": f"whether an identity policy of {BUILD} allows ecr:BatchGetImage",
        "description": f"whether an identity policy of {BUILD} allows ecr:BatchGetImage",
        "statement": None,
    }


def test_a_policy_that_is_not_known_as_json_has_no_statement() -> None:
    (placed,) = ask(deployment(Unresolved.of("X")), REMOTE).to_document()["statements"]
    assert (placed["index"], placed["sid"], placed["effect"]) == (None, None, None)
    assert placed["description"] == "is not known before deployment"


# Elements that are not known, or rare


def test_an_action_that_is_not_known_may_be_the_one() -> None:
    document = policy(allow({"AWS": BUILD}, Unresolved.of("Main.Action")))
    answer = ask(deployment(document, identity(BUILD)))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == ["whether the actions ${Main.Action} cover ecr:BatchGetImage"]
    other = policy(allow({"AWS": BUILD}, Unresolved(("s3:", Unknown("Main.Action")))))
    assert ask(deployment(other, identity(BUILD))).decision is DENY


def test_not_action_is_every_action_but_these() -> None:
    document = policy(
        {"Effect": "Allow", "Principal": {"AWS": BUILD}, "NotAction": ["ecr:Put*", "ECR:delete*"]}
    )
    where = deployment(document, identity(BUILD))
    assert ask(where).decision is ALLOW
    assert ask(where, action=PUT).decision is DENY
    assert ask(where, action="ecr:DeleteRepository").decision is DENY


def test_an_operator_that_iam_does_not_have_is_what_is_missing() -> None:
    odd = policy(allow("*", Condition={"StringMatches": {"aws:PrincipalArn": BUILD}}))
    answer = ask(deployment(odd, identity(BUILD)))
    assert answer.decision is CONDITIONAL
    assert missing(answer) == ["what the condition operator StringMatches means"]


def test_a_value_of_a_condition_that_is_not_known_is_what_is_missing() -> None:
    unknown = Unresolved.of("Main.Arn")
    bound = policy(allow("*", Condition={"ArnEquals": {"aws:PrincipalArn": unknown}}))
    answer = ask(deployment(bound, identity(BUILD)))
    assert missing(answer) == ["the value that aws:PrincipalArn is compared to"]


def test_a_service_that_is_not_known_may_be_the_one() -> None:
    document = policy(allow({"Service": Unresolved.of("Main.Service")}))
    assert ask(deployment(document), LAMBDA).decision is CONDITIONAL
    assert ask(deployment(document, identity(BUILD))).decision is DENY


def test_all_but_everybody_is_nobody() -> None:
    document = policy(allow(None, NotPrincipal="*"), deny(None, NotPrincipal="*"))
    assert ask(deployment(document), REMOTE).decision is DENY
    assert ask(deployment(document, identity(BUILD, policy(grant())))).decision is ALLOW


def test_a_statement_without_actions_is_about_nothing() -> None:
    nothing = Policy.of(Statement(principals=(ANYONE,)))
    assert ask(deployment(nothing), REMOTE).decision is DENY


def test_a_partition_that_is_not_known_makes_no_other_principal() -> None:
    """There is no way from one partition into another."""
    partition = Unresolved(("arn:", Unknown("AWS::Partition"), ":iam::111111111111:role/Build"))
    named = policy(allow({"AWS": partition}))
    assert ask(deployment(named, identity(BUILD))).decision is ALLOW
    assert ask(deployment(None, identity(partition, policy(grant())))).decision is ALLOW


def test_the_path_of_a_role_that_is_defined_elsewhere_is_not_known() -> None:
    """A policy is attached by name; the ARN that is asked for may have a path."""
    known = deployment(None, identity(BUILD, policy(grant()), partial=True))
    assert ask(known, f"arn:aws:iam::{OWNER}:role/ci/Build").decision is ALLOW
