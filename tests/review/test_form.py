"""Whether what one access allows another allows, against requests whose context is known."""

from __future__ import annotations

import itertools
import random

import pytest
from tests.access.naive import outcomes
from tests.access.worlds import Case, Choose, many_cases, repository_policy
from tests.review.test_survey import forms, principal_of

from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.change.access import kind_of
from ecr_constructs.review.change.difference import ChangeClass

ACTIONS = ("ecr:BatchGetImage", "ecr:PutImage")


def form(case: Case, action: str) -> Form | None:
    deployment = case.deployment()
    principal = principal_of(case.principal)
    return forms(Survey(deployment), deployment.registries[0], principal).get(action)


def changed(case: Case, seed: str) -> None:
    """Give a case another repository policy, near to the one that it has."""
    choose = Choose(random.Random(seed).choice)  # noqa: S311 - no secret
    statements = list(case.repository_policy["Statement"])
    other = repository_policy(choose)["Statement"]
    match choose.one(range(4)):
        case 0:
            statements += other
        case 1 if statements:
            statements.pop(choose.one(range(len(statements))))
        case 2 if statements:
            index = choose.one(range(len(statements)))
            statements[index] = {k: v for k, v in statements[index].items() if k != "Condition"}
        case _:
            statements = other
    case.repository_policy = {"Version": "2012-10-17", "Statement": statements}


def contexts(case: Case, seed: str) -> list[dict[str, list[str]]]:
    everything = [
        dict(zip(case.domains, values, strict=True))
        for values in itertools.islice(itertools.product(*case.domains.values()), 4000)
    ]
    return random.Random(seed).sample(everything, 25)  # noqa: S311 - no secret


@pytest.mark.parametrize("seed", range(4))
def test_no_request_gains_or_loses_what_is_called_otherwise(seed: int) -> None:
    """What is not called widened lets no request in, and what is not called narrowed keeps none."""
    for number, case in enumerate(many_cases(1000 + seed, 50)):
        old = {action: form(case, action) for action in ACTIONS}
        before = case.repository_policy
        changed(case, f"{seed} {number}")
        after = case.repository_policy
        for action in ACTIONS:
            kind = kind_of(old[action], form(case, action))
            case.action = action
            for context in contexts(case, f"{seed} {number}"):
                case.repository_policy = before
                then = outcomes(case.world(context))
                case.repository_policy = after
                now = outcomes(case.world(context))
                if kind is not ChangeClass.WIDENED:
                    assert not (then == {"deny"} and now == {"allow"}), (case, before, context)
                if kind is None:
                    assert not (then == {"allow"} and now == {"deny"}), (case, before, context)
