"""Who can do something, and who is not worth a line of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.access.scenes import (
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

from ecr_constructs.access import Access, AccessModel, who_can
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Unknown, Unresolved

ROOT = f"arn:aws:iam::{OTHER}:root"


def listed(where: Deployment, action: str = GET, **context: Any) -> dict[str, str]:
    given = {key.replace("_", ":", 1): value for key, value in context.items()}
    return {
        str(access.principal): str(access.decision)
        for access in who_can(where, action, NAME, context=given)
    }


def test_nobody_is_listed_of_a_private_repository() -> None:
    assert listed(deployment()) == {}


def test_whom_the_policies_name_is_listed_in_order() -> None:
    ours = policy(
        allow({"AWS": [REMOTE, EVA], "Service": LAMBDA}),
        allow({"AWS": BUILD}, PUT),
    )
    registry = policy(allow({"AWS": OTHER}, Resource="*"))
    assert listed(deployment(ours, registry_policy=registry)) == {
        EVA: "allow",
        REMOTE: "allow",
        ROOT: "allow",
        LAMBDA: "allow",
    }
    assert listed(deployment(ours, registry_policy=registry), PUT) == {BUILD: "allow"}


def test_an_account_is_shown_by_the_arn_of_its_root_once() -> None:
    ours = policy(allow({"AWS": OTHER}), allow({"AWS": ROOT}))
    assert listed(deployment(ours)) == {ROOT: "allow"}
    china = deployment(policy(allow({"AWS": OTHER})), region="cn-north-1")
    assert listed(china) == {f"arn:aws-cn:iam::{OTHER}:root": "allow"}


def test_whoever_is_denied_is_not_listed() -> None:
    ours = policy(allow({"AWS": [REMOTE, BUILD]}), deny({"AWS": REMOTE}))
    assert listed(deployment(ours)) == {BUILD: "allow"}


def test_conditions_make_a_line_conditional() -> None:
    ours = policy(allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}))
    assert listed(deployment(ours)) == {"*": "conditional"}
    assert listed(deployment(ours), aws_PrincipalOrgID="o-a1b2c3d4e5") == {"*": "allow"}
    assert listed(deployment(ours), aws_PrincipalOrgID="o-zzzzzzzzzz") == {}


def test_identities_of_the_assembly_with_a_policy_are_listed() -> None:
    known = deployment(
        None,
        identity(BUILD, policy(grant())),
        identity(EVA, policy(grant(PUT))),
        identity(REMOTE, policy(grant())),
    )
    assert listed(known) == {BUILD: "allow"}
    assert listed(known, PUT) == {EVA: "allow"}


def test_everybody_is_stood_for_by_a_star() -> None:
    """A role of the account is no news where anyone can."""
    known = deployment(policy(allow("*")), identity(BUILD), identity(EVA, policy(grant(PUT))))
    assert listed(known) == {"*": "allow"}


def test_a_role_that_was_asked_and_has_no_more_than_everybody_is_not_listed() -> None:
    tagged = allow("*", PUT, Condition={"StringEquals": {"aws:PrincipalTag/team": "payments"}})
    team = identity(BUILD, tags=(("team", "payments"),))
    everything = policy(allow("*", [GET, PUT]), tagged)
    assert listed(deployment(everything, team, identity(EVA)), PUT) == {
        "*": "allow",
        BUILD: "allow",
    }


def test_an_account_stands_for_its_roles() -> None:
    known = deployment(policy(allow({"AWS": OTHER})), identity(REMOTE, policy(grant())))
    assert listed(known) == {ROOT: "allow", REMOTE: "allow"}
    silent = deployment(policy(allow({"AWS": OTHER})), identity(REMOTE))
    assert listed(silent) == {ROOT: "allow"}


def test_a_role_that_a_condition_names_is_listed() -> None:
    ours = policy(allow({"AWS": OTHER}, Condition={"ArnEquals": {"aws:PrincipalArn": REMOTE}}))
    assert listed(deployment(ours)) == {REMOTE: "allow", ROOT: "conditional"}


def test_a_pattern_of_roles_stays_a_condition_of_its_account() -> None:
    pattern = f"arn:aws:iam::{OTHER}:role/ci-*"
    ours = policy(allow({"AWS": OTHER}, Condition={"ArnLike": {"aws:PrincipalArn": pattern}}))
    assert listed(deployment(ours)) == {ROOT: "conditional"}
    known = identity(f"arn:aws:iam::{OTHER}:role/ci-web", policy(grant()))
    assert listed(deployment(ours, known)) == {
        f"arn:aws:iam::{OTHER}:role/ci-web": "allow",
        ROOT: "conditional",
    }


def test_the_role_that_cdk_tags_is_listed() -> None:
    ours = policy(
        allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:PrincipalTag/aws-cdk:id": "App_c8"}})
    )
    tagged = identity(REMOTE, policy(grant()), tags=(("aws-cdk:id", "App_c8"),))
    assert listed(deployment(ours, tagged)) == {REMOTE: "allow", ROOT: "conditional"}


@pytest.mark.parametrize(
    "exception",
    [
        deny("*", Condition={"ArnNotEquals": {"aws:PrincipalArn": [BUILD]}}),
        deny(None, NotPrincipal={"AWS": [BUILD, f"arn:aws:iam::{OWNER}:root"]}),
        deny("*", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "payments"}}),
    ],
)
def test_whoever_is_excepted_from_a_deny_is_listed(exception: dict[str, Any]) -> None:
    tagged = identity(BUILD, tags=(("team", "payments"),))
    known = deployment(policy(allow("*"), exception), tagged, identity(EVA))
    rows = listed(known)
    assert rows[BUILD] == "allow"
    assert EVA not in rows


def test_a_role_that_is_not_in_the_assembly_is_listed_by_an_exception() -> None:
    ours = policy(allow("*"), deny(None, NotPrincipal={"AWS": [REMOTE, OTHER], "Service": LAMBDA}))
    rows = listed(deployment(ours))
    assert rows[REMOTE] == "allow"
    assert rows[LAMBDA] == "allow"


def test_not_principal_in_an_allow_is_anyone() -> None:
    assert listed(deployment(policy(allow(None, NotPrincipal={"AWS": BUILD})))) == {"*": "allow"}


def test_principals_that_are_not_known_are_shown_as_they_stand() -> None:
    unknown = Unresolved.of("Main.RoleArn")
    made_up = Unresolved((f"arn:aws:iam::{OWNER}:role/", Unknown("Main.Build")))
    known = deployment(policy(allow({"AWS": [unknown, made_up]})), identity(made_up))
    assert listed(known) == {"${Main.RoleArn}": "allow", str(made_up): "allow"}


def test_a_policy_that_is_not_known_puts_everybody_in_question() -> None:
    """Whom it names nobody knows: anybody, and so the identities of the assembly too."""
    assert listed(deployment(Unresolved.of("X"))) == {"*": "conditional"}
    assert listed(deployment(Malformed("{", ()))) == {"*": "conditional"}
    assert listed(deployment(Unresolved.of("X"), identity(BUILD), identity(REMOTE))) == {
        "*": "conditional",
        BUILD: "conditional",
    }


def test_a_statement_that_names_nobody_lets_nobody_in() -> None:
    assert listed(deployment(policy(allow(None)))) == {}
    assert listed(deployment(policy(allow({"AWS": []})))) == {}


def test_a_line_has_its_statements_and_the_whole_answer() -> None:
    ours = policy(allow({"AWS": OTHER}, PUT), allow({"AWS": OTHER}, Sid="Pull"))
    (access,) = who_can(deployment(ours), GET, NAME)
    assert isinstance(access, Access)
    assert [placed.index for placed in access.statements] == [1]
    assert access.answer.decision is access.decision
    assert access.answer.assumptions
    assert access.to_document() == {
        "principal": ROOT,
        "decision": "allow",
        "statements": [access.statements[0].to_document()],
    }


# Many repositories asked of one model


def with_repositories(*repositories: Repository, **members: Any) -> Deployment:
    registry = Registry(account=OWNER, region=REGION, repositories=repositories)
    return Deployment(registries=(replace(registry, **members),))


def rows(model: AccessModel, name: str, action: str = GET, **context: str) -> dict[str, str]:
    given = {key.replace("_", ":", 1): value for key, value in context.items()}
    found = model.who_can(action, model.target(name), context=given)
    return {str(access.principal): str(access.decision) for access in found}


def test_repositories_with_one_policy_have_one_list_each_with_its_own_statements() -> None:
    shared = policy(allow({"AWS": OTHER}))
    first, second = (
        Repository(
            repository_name=name,
            repository_policy=shared,
            origin=Origin("Main", name, "Main.template.json"),
        )
        for name in ("first", "second")
    )
    model = AccessModel(with_repositories(first, second))
    for name in ("first", "second", "first"):
        (access,) = model.who_can(GET, model.target(name))
        (placed,) = access.statements
        assert placed.source.name == name
        assert placed.source.origin is not None
        assert placed.source.origin.logical_id == name
        assert access.answer.statements == access.statements


def test_other_policies_actions_tags_and_contexts_have_other_lists() -> None:
    bound = policy(
        allow({"AWS": OTHER}, Condition={"StringEquals": {"aws:ResourceTag/open": "yes"}}),
        allow({"AWS": REMOTE}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    )
    model = AccessModel(
        with_repositories(
            Repository(repository_name="open", repository_policy=bound, tags=(("open", "yes"),)),
            Repository(repository_name="shut", repository_policy=bound),
            Repository(repository_name="other", repository_policy=policy(allow("*"))),
            Repository(repository_name="none"),
        )
    )
    for _ in range(2):
        assert rows(model, "open") == {ROOT: "allow"}
        assert rows(model, "shut") == {REMOTE: "conditional"}
        assert rows(model, "shut", aws_PrincipalOrgID="o-a1b2c3d4e5") == {REMOTE: "allow"}
        assert rows(model, "shut", aws_PrincipalOrgID="o-zzzzzzzzzz") == {}
        assert rows(model, "shut", PUT) == {}
        assert rows(model, "other") == {"*": "allow"}
        assert rows(model, "none") == {}


def test_a_registry_policy_about_some_repositories_is_about_those_alone() -> None:
    some = policy(
        allow({"AWS": OTHER}, Resource=f"arn:aws:ecr:{REGION}:{OWNER}:repository/open/*"),
        allow({"AWS": REMOTE}, NotResource=f"arn:aws:ecr:{REGION}:{OWNER}:repository/open/*"),
    )
    names = ("open/a", "shut/a", "open/b")
    repositories = (Repository(repository_name=name) for name in names)
    model = AccessModel(with_repositories(*repositories, registry_policy=some))
    assert rows(model, "open/a") == {ROOT: "allow"}
    assert rows(model, "shut/a") == {REMOTE: "allow"}
    assert rows(model, "open/b") == {ROOT: "allow"}


def test_registries_with_one_repository_policy_have_lists_of_their_own() -> None:
    """Who needs the other side depends on whose account it is."""
    shared = Repository(repository_name="shared", repository_policy=policy(allow({"AWS": OTHER})))
    ours, theirs = (
        Registry(account=account, region=REGION, repositories=(shared,))
        for account in (OWNER, OTHER)
    )
    denied = replace(ours, region="eu-central-1", registry_policy=policy(deny("*", Resource="*")))
    model = AccessModel(Deployment(registries=(ours, theirs, denied)))
    found = {}
    for registry in (ours, theirs, denied):
        target = model.target("shared", account=str(registry.account), region=str(registry.region))
        found[registry.account, registry.region] = len(model.who_can(GET, target))
    assert found == {(OWNER, REGION): 1, (OTHER, REGION): 1, (OWNER, "eu-central-1"): 0}


def test_a_role_is_listed_of_the_repositories_that_its_policy_names() -> None:
    arns = [f"arn:aws:ecr:{REGION}:{OWNER}:repository/{name}" for name in ("a", "b")]
    exact = identity(BUILD, policy(grant(GET, arns)))
    wide = identity(EVA, policy(grant(GET, f"{arns[0]}*")))
    repositories = tuple(Repository(repository_name=name) for name in ("a", "b", "c", "ab"))
    known = replace(with_repositories(*repositories), identities=(exact, wide))
    model = AccessModel(known)
    assert rows(model, "a") == {BUILD: "allow", EVA: "allow"}
    assert rows(model, "b") == {BUILD: "allow"}
    assert rows(model, "c") == {}
    assert rows(model, "ab") == {EVA: "allow"}


def test_a_repository_whose_name_is_made_up_may_be_any_that_a_role_names() -> None:
    arn = f"arn:aws:ecr:{REGION}:{OWNER}:repository/a"
    known = deployment(None, identity(BUILD, policy(grant(GET, arn))), name=None)
    (access,) = who_can(known, GET, "Api")
    assert (access.principal, access.decision) == (BUILD, "conditional")


def test_a_deny_for_one_repository_counts_there_alone() -> None:
    arn = f"arn:aws:ecr:{REGION}:{OWNER}:repository/a"
    role = identity(BUILD, policy(grant(), deny(None, GET, Resource=arn)))
    repositories = tuple(Repository(repository_name=name) for name in ("a", "b"))
    model = AccessModel(replace(with_repositories(*repositories), identities=(role,)))
    assert rows(model, "a") == {}
    assert rows(model, "b") == {BUILD: "allow"}


def test_principals_that_never_ask_for_images_are_not_listed() -> None:
    assert listed(deployment(policy(allow({"Federated": "accounts.google.com"})))) == {}


def test_of_principals_that_are_not_known_each_may_be_the_other() -> None:
    first, second = Unresolved.of("Main.First"), Unresolved.of("Main.Second")
    ours = policy(allow({"AWS": first}), deny({"AWS": second}), allow({"AWS": OTHER}, PUT))
    assert listed(deployment(ours)) == {"${Main.First}": "conditional"}


def test_a_managed_policy_that_is_not_known_makes_a_line_conditional() -> None:
    role = identity(BUILD, managed=(f"arn:aws:iam::{OWNER}:policy/Ours",))
    assert listed(deployment(None, role)) == {BUILD: "conditional"}


def test_a_principal_that_is_not_known_may_be_of_any_account() -> None:
    ours = policy(allow({"AWS": Unresolved.of("Main.Arn")}), deny({"AWS": OTHER}))
    assert listed(deployment(ours)) == {"${Main.Arn}": "conditional"}
