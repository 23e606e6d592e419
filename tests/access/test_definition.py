"""The evaluation against a naive transcription of IAM's definition."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.access.naive import outcomes
from tests.access.worlds import NAME, SESSIONS, Case, cases, many_cases
from tests.profiles import examples

from ecr_constructs.access import AccessModel, Decision, can
from ecr_constructs.model.identity import IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment

#: From least to most access.
ORDER = [Decision.DENY, Decision.CONDITIONAL, Decision.ALLOW]
#: What the request of an account's unnamed principals carries is not known by itself.
OPEN_KEYS = ("aws:PrincipalArn", "aws:PrincipalType", "aws:PrincipalTag/team", "aws:username")


def closed(case: Case) -> dict[str, list[str]]:
    """Values for all keys that the request does not imply."""
    unknown: dict[str, list[str]] = {} if case.is_identity else {key: [] for key in OPEN_KEYS}
    return unknown | case.given


def partial(case: Case) -> dict[str, list[str]]:
    """The same without the keys that are withheld."""
    return {key: values for key, values in closed(case).items() if key not in case.withheld}


def decide(
    case: Case, context: dict[str, list[str]], deployment: Deployment | None = None
) -> Decision:
    known = case.deployment() if deployment is None else deployment
    return can(known, case.principal, case.action, NAME, context=context).decision


def agrees_with_the_definition(case: Case) -> None:
    """Where everything is known, the answer is the definition's."""
    expected = outcomes(case.world())
    decision = str(decide(case, closed(case)))
    if len(expected) > 1:
        assert decision == "conditional"
    elif case.names_sessions_of_the_role:
        # Which session asks is not known: what holds for each need not be seen to hold for all.
        assert decision in expected | {"conditional"}
    else:
        assert {decision} == expected


def holds_whatever_is_not_known(case: Case) -> None:
    """Allow and deny hold whatever the keys that are not known turn out to be."""
    decision = decide(case, partial(case))
    possible: set[str] = set()
    for values in itertools.product(*(case.domains[key] for key in case.withheld)):
        possible |= outcomes(case.world(dict(zip(case.withheld, values, strict=True))))
    assert str(decision) in (possible | {"conditional"} if len(possible) == 1 else {"conditional"})


def gains_by_an_allow(case: Case) -> None:
    """Adding an allow never removes access."""
    before, after = decide_with_more(case, "Allow")
    assert ORDER.index(after) >= ORDER.index(before)


def loses_by_a_deny(case: Case) -> None:
    """Adding a deny never adds access."""
    before, after = decide_with_more(case, "Deny")
    assert ORDER.index(after) <= ORDER.index(before)


def decide_with_more(case: Case, effect: str) -> tuple[Decision, Decision]:
    """Decide before and after statements of one effect are added."""
    statements = [statement | {"Effect": effect} for statement in case.added["Statement"]]
    policy = Policy.from_document(case.added | {"Statement": statements})
    known = partial(case)
    return decide(case, known), decide(case, known, with_more(case, policy))


def with_more(case: Case, policy: Policy) -> Deployment:
    deployment = case.deployment()
    (registry,) = deployment.registries
    (repository,) = registry.repositories

    def longer(old: object) -> Policy:
        statements = old.statements if isinstance(old, Policy) else ()
        return Policy(statements + policy.statements)

    if case.where == "identity":
        more = IdentityPolicy(name="More", document=policy)
        return replace(
            deployment,
            identities=tuple(
                replace(identity, policies=(*identity.policies, more))
                for identity in deployment.identities
            ),
        )
    if case.where == "registry":
        changed = replace(registry, registry_policy=longer(registry.registry_policy))
    else:
        repository = replace(repository, repository_policy=longer(repository.repository_policy))
        changed = replace(registry, repositories=(repository,))
    return replace(deployment, registries=(changed,))


def decides_the_same_in_another_order(case: Case) -> None:
    """The order of statements means nothing, nor does folding them."""
    known = partial(case)
    deployment = case.deployment()
    (registry,) = deployment.registries
    (repository,) = registry.repositories
    assert isinstance(repository.repository_policy, Policy)
    turned = Policy(repository.repository_policy.statements[::-1])
    for other in (replace(repository, repository_policy=turned), repository.normalise()):
        changed = replace(deployment, registries=(replace(registry, repositories=(other,)),))
        assert decide(case, known) is decide(case, known, changed)


def tells_what_decided(case: Case) -> None:
    """An allow and a condition have their statements, and what is missing is said."""
    answer = can(case.deployment(), case.principal, case.action, NAME, context=partial(case))
    match answer.decision:
        case Decision.ALLOW:
            assert not answer.unmet_conditions
            assert not any(s.statement and s.statement.effect == "Deny" for s in answer.statements)
        case Decision.CONDITIONAL:
            assert answer.unmet_conditions
        case Decision.DENY:
            assert all(s.statement and s.statement.effect == "Deny" for s in answer.statements)
    assert answer.reason


def is_listed_where_it_can(case: Case) -> None:
    """Whoever asks and can is in the list of those who can, by itself or by its account."""
    model = AccessModel(case.deployment())
    target = model.target(NAME)
    known = partial(case)
    answer = model.can(case.principal, case.action, target, context=known)
    listed = {str(a.principal): a for a in model.who_can(case.action, target, context=known)}
    for access in listed.values():
        assert access.decision is not Decision.DENY
    for name, access in listed.items():
        assert model.can(name, case.action, target, context=known).decision is access.decision
    account = case.principal.split(":")[4] if ":" in case.principal else case.principal
    names = {case.principal, case.identity_arn, f"arn:aws:iam::{account}:root", "*", *SESSIONS}
    if answer.decision is not Decision.DENY and answer.statements and case.is_identity:
        assert names & set(listed)


PROPERTIES = [
    agrees_with_the_definition,
    holds_whatever_is_not_known,
    gains_by_an_allow,
    loses_by_a_deny,
    decides_the_same_in_another_order,
    tells_what_decided,
    is_listed_where_it_can,
]


@pytest.mark.parametrize("prove", PROPERTIES)
def test_holds_for_thousands_of_policies(prove: Callable[[Case], None]) -> None:
    hundreds = 40 if prove is agrees_with_the_definition else 15

    @settings(max_examples=examples(hundreds), deadline=None)
    @given(st.integers(0, 2**32))
    def check(seed: int) -> None:
        for case in many_cases(seed):
            try:
                prove(case)
            except AssertionError as error:
                raise AssertionError(case) from error

    check()


@pytest.mark.parametrize("prove", PROPERTIES)
def test_holds_for_policies_that_shrink(prove: Callable[[Case], None]) -> None:
    @settings(max_examples=examples(30), deadline=None)
    @given(cases())
    def check(case: Case) -> None:
        prove(case)

    check()
