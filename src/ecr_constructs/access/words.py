"""Statements of policies in words.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ecr_constructs.access.named import Kind, Named, named_by
from ecr_constructs.access.operators import Quantifier, operator_of
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text
from ecr_constructs.model.words import listed
from ecr_constructs.service import actions

#: The purposes that have a word, the widest first.
_PURPOSES: Final = (
    (
        "pull, push, list and delete images",
        actions.PULL_PUSH | actions.READ | {"ecr:BatchDeleteImage", "ecr:ListImages"},
    ),
    ("pull and push", actions.PULL_PUSH),
    ("push", actions.PUSH),
    ("pull", actions.PULL),
    ("pull", actions.PULL - {"ecr:BatchCheckLayerAvailability"}),
    ("read", actions.READ),
)
#: Whom a deny with a condition of the key is for: all but those that it names.
_OUTSIDE: Final = {
    "aws:principalorgid": "organisation {}",
    "aws:sourcevpce": "VPC endpoint {}",
}
_NOT_FOR_SERVICES: Final = "aws:principalisawsservice"
_VERBS: Final = {
    "stringequals": ("is", "is not"),
    "stringequalsignorecase": ("is", "is not"),
    "stringlike": ("is like", "is not like"),
    "arnequals": ("is", "is not"),
    "arnlike": ("is like", "is not like"),
    "bool": ("is", "is not"),
    "ipaddress": ("lies in", "lies outside of"),
    "numericlessthan": ("is less than", ""),
    "numericlessthanequals": ("is at most", ""),
    "numericgreaterthan": ("is more than", ""),
    "numericgreaterthanequals": ("is at least", ""),
    "datelessthan": ("is before", ""),
    "datelessthanequals": ("is at the latest", ""),
    "dategreaterthan": ("is after", ""),
    "dategreaterthanequals": ("is at the earliest", ""),
}


def describe_statement(statement: Statement) -> str:
    """Return a statement in one line, lower case, without a full stop.

    >>> describe_statement(Statement(principals=(Principal("AWS", "111122223333"),),
    ...     actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")))
    'allows account 111122223333 to pull (ecr:BatchGetImage, ecr:GetDownloadUrlForLayer)'
    """
    verb = "allows" if statement.effect is Effect.ALLOW else "denies"
    words = [verb]
    outside, conditions = _outside(statement)
    if outside:
        words.append(outside)
    elif statement.principals:
        words.append(listed(map(describe_principal, statement.principals)))
    elif statement.not_principals:
        words += ["everybody but", listed(map(describe_principal, statement.not_principals))]
    else:
        words.append("it")
    words += ["to", describe_actions(statement.actions, statement.not_actions)]
    if statement.resources and statement.resources != ("*",):
        words += ["on", listed(map(str, statement.resources))]
    elif statement.not_resources:
        words += ["on all but", listed(map(str, statement.not_resources))]
    if conditions:
        words += ["if", " and ".join(map(describe_condition, conditions))]
    return " ".join(words)


def _outside(statement: Statement) -> tuple[str, list[Condition]]:
    """Return whom a deny is for that spares some of anyone, and what has to hold beside.

    Empty where it is for somebody else.
    """
    conditions = list(statement.conditions)
    if statement.effect is not Effect.DENY or statement.principals != (ANYONE,):
        return "", conditions
    for one in statement.conditions:
        within = _OUTSIDE.get(one.key.lower())
        # Where the key is not there, a negated operator holds with and without IfExists.
        if within is None or one.operator.lower() not in _NOT_EQUAL:
            continue
        conditions.remove(one)
        who = f"everyone outside {within.format(listed(map(str, one.values), 'or'))}"
        spared = [each for each in conditions if _spares_services(each)]
        if spared:
            conditions.remove(spared[0])
            who += ", AWS services excepted,"
        return who, conditions
    return "", conditions


_NOT_EQUAL: Final = ("stringnotequals", "stringnotequalsifexists")


def _spares_services(condition: Condition) -> bool:
    return (
        condition.key.lower() == _NOT_FOR_SERVICES
        and condition.operator.lower() in ("bool", "boolifexists")
        and [str(value).lower() for value in condition.values] == ["false"]
    )


def describe_actions(names: Sequence[Text], excluded: Sequence[Text] = ()) -> str:
    """Return actions in words: the purpose that they serve together, and their names."""
    if excluded:
        return f"do everything but {listed(map(str, excluded))}"
    if "*" in names or "ecr:*" in names:
        return "do everything"
    purpose = next((word for word, wanted in _PURPOSES if wanted == set(names)), None)
    shown = listed(map(str, names))
    return f"{purpose} ({', '.join(map(str, names))})" if purpose else f"do {shown}"


def describe_principal(principal: Principal) -> str:
    """Return an entry of a ``Principal`` element in words."""
    return describe_named(named_by(principal))


def describe_named(named: Named) -> str:
    """Return a principal in words: ``role Deploy of account 111122223333``."""
    match named.kind:
        case Kind.ANYONE:
            return "anyone"
        case Kind.ACCOUNT:
            return f"account {named.account}"
        case Kind.SERVICE:
            return f"the service {named.value}"
        case Kind.ROLE | Kind.USER | Kind.SESSION | Kind.FEDERATED_USER:
            name = str(named.resource).partition("/")[2]
            if named.kind is Kind.SESSION:
                name = f"{name.partition('/')[2]} of role {named.name}"
            kind = "session" if named.kind is Kind.SESSION else named.kind
            return f"{kind} {name} of account {named.account}"
        case _:
            return str(named.value)


def describe_condition(condition: Condition) -> str:
    """Return a condition in words: ``aws:PrincipalOrgID is 'o-a1b2c3d4e5'``."""
    operator = operator_of(condition.operator)
    values = listed([f"'{value}'" for value in condition.values], "or")
    if operator is None:
        return f"{condition.operator} {condition.key} {values}"
    if operator.family is None:
        absent = [str(value).lower() == "true" for value in condition.values]
        return f"{condition.key} is {'not ' if all(absent) else ''}there"
    bare = condition.operator.lower().removeprefix(operator.quantifier).removesuffix("ifexists")
    words = _verb(bare, negated=operator.negated)
    subject = {
        Quantifier.ONE: condition.key,
        Quantifier.ANY: f"one of {condition.key}",
        Quantifier.ALL: f"each of {condition.key}",
    }[operator.quantifier]
    tail = ", where it is there" if operator.if_exists else ""
    return f"{subject} {words} {values}{tail}"


def _verb(bare: str, *, negated: bool) -> str:
    positive = bare.replace("not", "", 1) if negated else bare
    if positive in ("numericequals", "dateequals", "binaryequals"):
        positive = "stringequals"
    return _VERBS[positive][negated]
