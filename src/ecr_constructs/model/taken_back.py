"""What the denies of a policy take back of what one of its allows opens.

Layer: model; imports ``errors`` and ``service`` only.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ecr_constructs.model.exposure import spares_none
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Statement
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import actions

_SOURCES: Final = ("aws:source",)  # keys that a service brings to say for whom it works
_IS_SERVICE: Final = "aws:principalisawsservice"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an allow.

    Attributes:
        to_strangers: The actions that no deny takes back.
        to_services: Those that denies take back from all but AWS services.
        is_less: Whether a deny takes something back.
    """

    to_strangers: frozenset[str]
    to_services: frozenset[str]
    is_less: bool


def left_to_strangers(
    statement: Statement, others: Iterable[Statement], everything: frozenset[str]
) -> Left:
    """Return what an allow for everybody leaves to who is neither named nor bounded.

    Args:
        statement: The allow.
        others: The statements of its policy.
        everything: The actions that there are.
    """
    allowed = _allowed(statement, everything)
    taken: set[str] = set()
    taken_but_from_services: set[str] = set()
    for deny in _denies_of(others, statement):
        rest = [each for each in deny.conditions if not _spares_services(each)]
        if all(map(spares_none, rest)):
            spares = len(rest) < len(deny.conditions)
            (taken_but_from_services if spares else taken).update(denied(deny, everything))
    left = allowed - taken
    to_services = left & taken_but_from_services
    return Left(left - to_services, to_services, bool(to_services) or left != allowed)


def left_to_accounts(
    statement: Statement, others: Iterable[Statement], everything: frozenset[str], account: Text
) -> frozenset[str]:
    """Return what an allow leaves to principals of other accounts than ``account``."""

    def spares_none_elsewhere(condition: Condition) -> bool:
        return _spares_services(condition) or (
            condition.key.lower() == "aws:principalaccount"
            and set(condition.values) == {account}
            and spares_none(condition)
        )

    return _left(statement, others, everything, spares_none_elsewhere)


def is_denied_to_strange_services(
    statement: Statement, others: Iterable[Statement], everything: frozenset[str]
) -> bool:
    """Tell whether denies take all of an allow for services back where they work for strangers."""

    def spares_none_of_strangers(condition: Condition) -> bool:
        key = condition.key.lower()
        if key.startswith(_SOURCES) and spares_none(condition):
            return True
        # "Of requests by services" is all that is asked about here.
        return (key == _IS_SERVICE and _asks(condition, "true")) or (
            key.startswith(_SOURCES)
            and condition.operator.lower() == "null"
            and _values(condition) == {"false"}
        )

    left = _left(statement, others, everything, spares_none_of_strangers)
    return not left and left != _allowed(statement, everything)


def denied(deny: Statement, everything: frozenset[str]) -> frozenset[str]:
    """Return the actions of a deny; of what is not known none."""
    if not deny.not_actions:
        return actions.covered(deny.actions, everything)
    if not all(map(is_known, deny.not_actions)):
        return frozenset()
    return everything - actions.covered(deny.not_actions, everything)


def _left(
    statement: Statement,
    others: Iterable[Statement],
    everything: frozenset[str],
    holds: Callable[[Condition], bool],
) -> frozenset[str]:
    left = _allowed(statement, everything)
    for deny in _denies_of(others, statement):
        if all(map(holds, deny.conditions)):
            left -= denied(deny, everything)
    return left


def _denies_of(others: Iterable[Statement], statement: Statement) -> Iterator[Statement]:
    """Yield the denies that are about all whom an allow is about, and all its resources."""
    for other in others:
        if (
            other.effect is Effect.DENY
            and _names_all(other, statement)
            and _covers_resources(other, statement)
        ):
            yield other


def _names_all(deny: Statement, statement: Statement) -> bool:
    if deny.not_principals:
        spared = {principal.account for principal in deny.not_principals}
        # Strangers are whoever is not named; services have no account, and are named as such.
        return ANYONE not in deny.not_principals and all(
            principal.is_anyone
            or (principal not in deny.not_principals and principal.account not in spared)
            for principal in statement.principals
        )
    named = set(deny.principals)
    return ANYONE in named or (bool(statement.principals) and set(statement.principals) <= named)


def _covers_resources(deny: Statement, statement: Statement) -> bool:
    if deny.not_resources:
        return False
    if not deny.resources or "*" in deny.resources:
        return True
    return bool(statement.resources) and set(statement.resources) <= set(deny.resources)


def _allowed(statement: Statement, everything: frozenset[str]) -> frozenset[str]:
    """Return the actions of an allow; of what is not known every one."""
    if statement.not_actions:
        return everything - actions.covered(statement.not_actions, everything)
    if not all(map(is_known, statement.actions)):
        return everything
    return actions.covered(statement.actions, everything)


def _spares_services(condition: Condition) -> bool:
    """Tell whether a condition of a deny holds for everybody but AWS services."""
    return condition.key.lower() == _IS_SERVICE and _asks(condition, "false")


def _asks(condition: Condition, answer: str) -> bool:
    operator = condition.operator.lower().removesuffix("ifexists")
    return operator in {"bool", "stringequals"} and _values(condition) == {answer}


def _values(condition: Condition) -> set[Text]:
    return {value.lower() if isinstance(value, str) else value for value in condition.values}
