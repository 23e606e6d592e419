"""The access to whole registries against IAM's evaluation of single requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.access.worlds import CALLERS, LAMBDA, OTHER, OWNER, Case, many_cases

from ecr_constructs.access.answer import Decision
from ecr_constructs.access.evaluate import evaluate
from ecr_constructs.access.request import request_of
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import ANYONE, Principal
from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.service import actions

PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def principal_of(caller: str) -> Principal:
    return Principal("Service" if caller == LAMBDA else "AWS", caller).as_arn("aws")


def forms(survey: Survey, registry: Registry, principal: Principal) -> dict[str, Form]:
    """What has to hold for each action on the one repository of a registry."""
    (repository,) = registry.repositories
    subject = survey.subject(registry, repository)
    return {
        action: permission.form
        for permission in survey.permissions(subject, principal)
        for action in permission.actions
    }


def agrees_with_the_evaluation(survey: Survey, registry: Registry, caller: str) -> None:
    principal = principal_of(caller)
    (repository,) = registry.repositories
    target = survey.subject(registry, repository).target
    held = forms(survey, registry, principal)
    for action in sorted(actions.REPOSITORY):
        asked = request_of(survey.caller(principal), action, target, {})
        decision = evaluate(asked).decision
        form = held.get(action)
        if form is None:
            # An account with a condition on its roles stands for these roles.
            named = decision is Decision.CONDITIONAL and caller.endswith((":root", OTHER))
            assert decision is Decision.DENY or named
        else:
            assert form.is_unconditional == (decision is Decision.ALLOW)


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_the_evaluation_of_single_requests(seed: int) -> None:
    for case in many_cases(seed, 40):
        deployment = case.deployment()
        survey = Survey(deployment)
        for caller in CALLERS:
            agrees_with_the_evaluation(survey, deployment.registries[0], caller)


def test_agrees_where_many_repositories_share_an_answer() -> None:
    """One survey of all repositories says of each what a survey of it alone says."""
    cases = list(many_cases(77, 80))
    everything = Deployment(registries=tuple(registry_of(case) for case in cases))
    survey = Survey(everything)
    for case, registry in zip(cases, everything.registries, strict=True):
        alone = Survey(Deployment(registries=(registry,)))
        for caller in (*CALLERS, case.principal):
            principal = principal_of(caller)
            assert forms(survey, registry, principal) == forms(alone, registry, principal)


def registry_of(case: Case) -> Registry:
    return case.deployment().registries[0]


def registry(*statements: dict[str, object], **more: object) -> Registry:
    policy = Policy.from_document({"Version": "2012-10-17", "Statement": list(statements)})
    repository = Repository(repository_name="payments/api", repository_policy=policy)
    return replace(
        Registry(account=OWNER, region="eu-west-1", repositories=(repository,)),
        **more,  # type: ignore[arg-type]
    )


def allow(principal: object, condition: object = None) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(PULL)}
    return statement | ({"Condition": condition} if condition else {})


def test_owner_can_do_everything_that_no_policy_denies() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "ecr:DeleteRepository"}
    survey = Survey(Deployment())
    held = forms(survey, registry(deny), principal_of(OWNER))
    assert held.keys() == actions.REPOSITORY - {"ecr:DeleteRepository"}
    assert all(form.is_unconditional for form in held.values())


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("aws:PrincipalAccount", OTHER, f"arn:aws:iam::{OTHER}:root"),
        ("aws:PrincipalArn", f"arn:aws:iam::{OTHER}:role/Build", None),
    ],
)
def test_condition_that_names_a_principal_is_about_that_principal(
    key: str, value: str, named: str | None
) -> None:
    """``*`` with a condition on one account gives everybody else nothing."""
    registry_ = registry(allow("*", {"StringEquals": {key: value}}))
    survey = Survey(Deployment())
    (repository,) = registry_.repositories
    named_principals = survey.subject(registry_, repository).principals
    assert Principal("AWS", named or value) in named_principals
    assert forms(survey, registry_, ANYONE) == {}
    held = forms(survey, registry_, Principal("AWS", named or value))
    assert set(held) == set(PULL)
    assert all(form.is_unconditional for form in held.values())


def test_condition_with_a_wildcard_names_nobody() -> None:
    arn = f"arn:aws:iam::{OTHER}:role/ci-*"
    registry_ = registry(allow("*", {"ArnLike": {"aws:PrincipalArn": arn}}))
    held = forms(Survey(Deployment()), registry_, ANYONE)
    assert [term.words for term in held["ecr:BatchGetImage"].terms] == [
        f"aws:PrincipalArn is like '{arn}'"
    ]
