from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.lifecycle_strategies import policies

from ecr_constructs.model import lifecycle_document
from ecr_constructs.model.json_shape import Member
from ecr_constructs.model.lifecycle import LifecyclePolicy, document_problems
from ecr_constructs.model.lifecycle_grammar import ActionType, CountType, StorageClass, TagStatus
from ecr_constructs.model.unresolved import Unresolved

MEMBERS = {
    name: member
    for grammar in (
        lifecycle_document._RULE,
        lifecycle_document._SELECTION,
        lifecycle_document._ACTION,
    )
    for name, member in grammar.items()
}
WORDS = [*map(str, (*TagStatus, *CountType, *StorageClass, *ActionType)), "days", "archive", "v*"]
STRINGS = st.sampled_from([*WORDS, "Days", "", "a*b*c*d*e*", "${Token[T.1]}", "é", "\ud800"])
VALUES = (
    STRINGS
    | st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 1, 7, 2**31 - 1, 2**31, 1.0, 7.5, -1.8e308])
    | st.just(Unresolved.of("P"))
    | st.lists(STRINGS | st.integers(), max_size=3)
    | st.lists(STRINGS, max_size=3).map(tuple)
    | st.dictionaries(st.sampled_from(["type", "tagStatus"]), STRINGS, max_size=2)
)


@pytest.mark.parametrize("member", MEMBERS.values(), ids=MEMBERS)
@given(value=VALUES)
def test_nothing_is_wrong_with_what_fits(member: Member, value: object) -> None:
    assert not (member.fits(value) and list(member.check(value, "rules[0]")))


@pytest.mark.parametrize("value", [*WORDS, 1, 999_999, ["v*", "w"]], ids=str)
def test_what_is_usual_fits_somewhere(value: object) -> None:
    """The quick test is worth its while: it passes what policies are made of."""
    assert any(member.fits(value) for member in MEMBERS.values())


@given(policies())
def test_what_was_found_in_the_document_is_what_is_found_in_the_policy(
    policy: LifecyclePolicy,
) -> None:
    document = policy.to_document()
    problems = document_problems(document)
    read = LifecyclePolicy.from_document(document)
    assert read.problems() == problems
    assert LifecyclePolicy(read.rules).problems() == problems


def test_warnings_of_the_document_are_kept_with_the_policy() -> None:
    rule = {
        "selection": {
            "tagStatus": "tagged",
            "tagPatternList": ["v*"],
            "countType": "imageCountMoreThan",
            "countNumber": 2**31,
        },
        "action": {"type": "expire"},
    }
    document = {"rules": [{"rulePriority": number, **rule} for number in (1, 2)]}
    policy = LifecyclePolicy.from_document(document)
    found = {problem.id for problem in policy.problems()}
    assert found == {"number-unverified", "patterns-unverified"}
    assert policy.problems() == document_problems(document)
    assert LifecyclePolicy(policy.rules[:1]).problems()[0].id == "number-unverified"
