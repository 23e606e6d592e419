"""Generated statements and policies, as a repository can have them."""

from __future__ import annotations

from hypothesis import strategies as st

from ecr_constructs.model.policy import OLD_VERSION, VERSION, Policy
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved

ACCOUNTS = ["111111111111", "222222222222", "333333333333"]
ACTIONS = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:PutImage", "ecr:*", "ecr:Batch*"]
UNRESOLVED = [
    Unresolved.of("Main.Role.Arn"),
    Unresolved(("arn:aws:iam::111111111111:role/", Unknown("Main.Role"))),
]


def principals() -> st.SearchStrategy[Principal]:
    """An entry of a ``Principal`` element."""
    arns = [f"arn:aws:iam::{a}:{r}" for a in ACCOUNTS for r in ("root", "role/Build", "user/Eva")]
    named: list[Text] = [*arns, *ACCOUNTS, *UNRESOLVED]
    services = ["lambda.amazonaws.com", "codebuild.amazonaws.com"]
    return (
        st.sampled_from(named).map(lambda value: Principal("AWS", value))
        | st.sampled_from(services).map(lambda value: Principal("Service", value))
        | st.just(ANYONE)
    )


def conditions() -> st.SearchStrategy[Condition]:
    """A condition."""
    values = st.sampled_from(["o-a1b2c3d4e5", "111111111111", "${aws:PrincipalTag/team}", "*"])
    return st.builds(
        Condition,
        st.sampled_from(["StringEquals", "StringLike", "ForAnyValue:StringLike"]),
        st.sampled_from(["aws:PrincipalOrgID", "aws:PrincipalAccount", "aws:PrincipalOrgPaths"]),
        st.lists(values | st.sampled_from(UNRESOLVED), min_size=1, max_size=3).map(tuple),
    )


def statements() -> st.SearchStrategy[Statement]:
    """A statement."""
    return st.builds(
        _statement,
        effect=st.sampled_from(Effect),
        named=st.lists(principals(), min_size=1, max_size=4).map(tuple),
        other=st.booleans(),
        actions=st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=4).map(tuple),
        but=st.booleans(),
        # JSON holds a key once under an operator.
        conditions=st.lists(conditions(), max_size=3, unique_by=lambda c: (c.operator, c.key)).map(
            tuple
        ),
        sid=st.none() | st.sampled_from(["One", "Two"]),
    )


def policies() -> st.SearchStrategy[Policy]:
    """A policy."""
    return st.builds(
        Policy,
        st.lists(statements(), max_size=5).map(tuple),
        st.sampled_from([VERSION, VERSION, OLD_VERSION]),
    )


def _statement(
    *,
    effect: Effect,
    named: tuple[Principal, ...],
    other: bool,
    actions: tuple[str, ...],
    but: bool,
    conditions: tuple[Condition, ...],
    sid: str | None,
) -> Statement:
    return Statement(
        effect=effect,
        principals=() if other else named,
        not_principals=named if other else (),
        actions=() if but else actions,
        not_actions=actions if but else (),
        conditions=conditions,
        sid=sid,
    )
