"""When one condition follows from another or rules it out, against what conditions mean."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from tests.access.naive import holds
from tests.access.worlds import NETWORKS, Choose, condition

from ecr_constructs.model.statement import Condition
from ecr_constructs.review.access.terms import Term

#: Values that requests carry, near to those that generated conditions compare to.
GIVEN = {
    "strings": [
        "o-a1b2c3d4e5",
        "O-A1B2C3D4E5",
        "payments",
        "web",
        "Payments",
        "Eva",
        "Eua",
        "true",
    ],
    "accounts": ["111111111111", "222222222222", "111122223333"],
    "arns": [
        "arn:aws:iam::111111111111:role/Build",
        "arn:aws:iam::222222222222:user/Eva",
        "arn:aws:lambda:eu-west-1:111111111111:function:resize",
    ],
    "networks": ["203.0.113.7", "198.51.100.9", "198.51.100.10", "2001:db8::1", "10.0.0.1"],
    "numbers": ["30", "3600", "7200.5", "1"],
    "truths": ["true", "false"],
    "times": ["2026-12-31T23:59:59Z", "2026-03-01T00:00:00Z", "2027-03-01T00:00:00Z"],
    "others": ["vpce-1a2b3c4d", "vpce-5e6f7a8b", "o-a1b2c3d4e5/r-ab12/ou-1/", "false", "False"],
}
KINDS = {"IpAddress": "networks", "Numeric": "numbers", "Date": "times", "Bool": "truths"}


def pairs(seed: int, count: int) -> Iterator[tuple[Term, Term, Choose]]:
    """Two conditions on one key."""
    choose = Choose(random.Random(f"terms {seed}").choice)  # noqa: S311 - no secret
    made: dict[str, list[Condition]] = {}
    for _ in range(count):
        for operator, keys in condition(choose).items():
            for key, values in keys.items():
                listed = [values] if isinstance(values, str) else values
                new = Condition(operator, key, tuple(listed))
                for old in made.setdefault(key.lower(), []):
                    yield Term.of(old), Term.of(new), choose
                made[key.lower()].append(new)
                del made[key.lower()][:-12]


def worlds(term: Term, choose: Choose) -> Iterator[dict[str, list[str]]]:
    """Contexts in which the key has one value, several or none."""
    key = term.key
    assert term.condition is not None
    kind = next((k for name, k in KINDS.items() if name in term.condition.operator), None)
    among = GIVEN[kind] if kind else [v for k, g in GIVEN.items() for v in g if k != "networks"]
    yield {key: []}
    for _ in range(8):
        yield {key: choose.some(among, 1, 1)}
    yield {key: choose.some(among, 1, min(3, len(among)))}


def truth(term: Term, context: dict[str, list[str]]) -> bool | None:
    assert term.condition is not None
    values = [str(value) for value in term.condition.values]
    if len(context[term.key]) > 1 and ":" not in term.condition.operator:
        return None  # a key with several values takes a quantifier
    return holds(term.condition.operator, term.key, values, context)


@pytest.mark.parametrize("seed", range(4))
def test_what_follows_holds_and_what_is_excluded_does_not(seed: int) -> None:
    found = {"implied": 0, "excluded": 0}
    for one, other, choose in pairs(seed, 150):
        implied, excluded = one.implies(other), one.excludes(other)
        found["implied"] += implied and one != other
        found["excluded"] += excluded
        for context in worlds(one, choose):
            mine, theirs = truth(one, context), truth(other, context)
            if mine and theirs is not None:
                assert theirs or not implied, (one, other, context)
                assert not (theirs and excluded), (one, other, context)
    # The property says nothing if nothing ever follows.
    assert found["implied"] > 20
    assert found["excluded"] > 5


@pytest.mark.parametrize("seed", range(3))
def test_opposite_holds_exactly_where_a_condition_does_not(seed: int) -> None:
    found = 0
    for term, _, choose in pairs(100 + seed, 60):
        opposite = term.opposite()
        if opposite is None:
            continue
        found += 1
        for context in worlds(term, choose):
            mine, theirs = truth(term, context), truth(opposite, context)
            if mine is not None and theirs is not None:
                assert mine is not theirs, (term, opposite, context)
    assert found > 50


def test_one_value_in_each_split_is_enough() -> None:
    term = Term.of(Condition("StringEquals", "aws:PrincipalOrgID", ("o-1", "o-2")))
    assert [sorted(each.values) for each in term.split()] == [["o-1"], ["o-2"]]
    assert all(each.implies(term) for each in term.split())
    negated = Term.of(Condition("StringNotEquals", "aws:PrincipalOrgID", ("o-1", "o-2")))
    assert negated.split() == [negated]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [("203.0.113.0/25", "203.0.113.0/24"), ("203.0.113.7", "203.0.113.0/24")],
)
def test_network_lies_in_a_larger_one(narrow: str, wide: str) -> None:
    one, other = (Term.of(Condition("IpAddress", "aws:SourceIp", (v,))) for v in (narrow, wide))
    assert one.implies(other)
    assert not other.implies(one)


def test_network_of_another_family_or_none_follows_from_nothing() -> None:
    terms = [
        Term.of(Condition("IpAddress", "aws:SourceIp", (value,)))
        for value in (*NETWORKS, "nonsense")
    ]
    assert not terms[2].implies(terms[0])
    assert not terms[4].implies(terms[0])
    assert not terms[0].implies(terms[4])
