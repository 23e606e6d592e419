"""Rules about conditions in resource policies that do not do what they seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.held import Held
from ecr_constructs.checks.policies import each_statement, named
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE, IAM
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Statement
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.service import patterns

_LITERAL: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringnotequals", "stringnotequalsignorecase"}
)
#: Keys that hold several values, and so need to be told how to compare them.
_SEVERAL: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths"})
#: What every value of a key looks like.
_SHAPES: Final = {
    "aws:principalaccount": (patterns.ACCOUNT_ID, "12 digits"),
    "aws:principalorgid": (patterns.ORGANIZATION_ID, "o- and 10 to 32 letters or digits"),
    "aws:sourceaccount": (patterns.ACCOUNT_ID, "12 digits"),
    "aws:sourceorgid": (patterns.ORGANIZATION_ID, "o- and 10 to 32 letters or digits"),
}
#: Keys that are written to bound a statement.
_BOUNDS: Final = frozenset(_SHAPES) | _SEVERAL | {"aws:principalarn", "aws:sourcearn"}
#: Keys that describe IAM principals; a request of a service has none of them.
_OF_PRINCIPALS: Final = frozenset(
    {"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths"}
)
#: What denies everybody who is not in a network or an organisation hits services too.
_OUTSIDERS: Final = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:sourceip", "aws:sourcevpc"}
    | {"aws:sourcevpce", "aws:vpcsourceip"}
)
_NEGATIVE: Final = frozenset(
    {"stringnotequals", "stringnotlike", "stringnotequalsignorecase", "notipaddress"}
)
_OF_SERVICES: Final = frozenset(
    {"aws:principalisawsservice", "aws:viaawsservice", "aws:principalservicename"}
    | {"aws:principalservicenameslist", "aws:calledvia"}
)
_QUALIFIERS: Final = re.compile(r"^(forallvalues:|foranyvalue:)|ifexists$")


def _ineffective(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    del held
    for condition in statement.conditions:
        where = f"{condition.operator} {condition.key}"
        for message, fix in _faults(statement, condition):
            yield violation(
                f"a condition of {name} {message}: {where} {', '.join(map(str, condition.values))}",
                fix,
                path=f"Condition.{condition.operator}.{condition.key}",
                detail=named(statement, f"Condition::{where}"),
            )


def _faults(statement: Statement, condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a condition, and the way out."""
    operator, key = condition.operator.lower(), condition.key.lower()
    bare = _QUALIFIERS.sub("", operator)
    known = [v for v in condition.values if isinstance(v, str) and is_known(v) and "${" not in v]
    if bare in _LITERAL and any(set("*?") & set(value) for value in known):
        yield "compares letter by letter, so '*' and '?' match nothing", "write ...Like"
    elif bare in _LITERAL and key in _SHAPES:
        pattern, words = _SHAPES[key]
        if not all(map(pattern.fullmatch, known)):
            yield f"never holds, as the key is {words}", "correct the value"
    if key in _SEVERAL and bare == operator:
        yield "compares a key that holds several values", f"write ForAnyValue:{bare}"
    if statement.effect is Effect.DENY:
        return
    services = {principal.type for principal in statement.principals} == {"Service"}
    if services and key in _OF_PRINCIPALS and bare == operator and bare not in _NEGATIVE:
        yield (
            "never holds, as a service is no principal of an account or an organisation",
            "write aws:SourceAccount, aws:SourceArn or aws:SourceOrgID",
        )
    is_lenient = operator.startswith("forallvalues:") or operator.endswith("ifexists")
    if is_lenient and key in _BOUNDS and ANYONE not in statement.principals:
        yield (
            "also holds where the key is missing, and so bounds nobody",
            "leave IfExists out, and write ForAnyValue for ForAllValues",
        )


def _denied_services(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    del held
    if statement.effect is not Effect.DENY:
        return
    if ANYONE not in statement.principals and not statement.not_principals:
        return
    keys = {condition.key.lower() for condition in statement.conditions}
    if keys & _OF_SERVICES:
        return
    for condition in statement.conditions:
        bare = _QUALIFIERS.sub("", condition.operator.lower())
        if condition.key.lower() in _OUTSIDERS and bare in _NEGATIVE:
            yield violation(
                f"{name} also denies AWS services that act for the account, as"
                f" {condition.operator} {condition.key} holds for them too: replication, pull"
                " through caches, Lambda",
                "add a condition BoolIfExists aws:PrincipalIsAWSService 'false':"
                " deny_outside_organization(), deny_outside_vpc_endpoint(...)",
                path=f"Condition.{condition.operator}.{condition.key}",
                detail=named(statement, f"Condition::{condition.operator} {condition.key}"),
            )


RULES: Final = (
    Rule(
        id="EcrGovernance-IneffectiveCondition",
        severity=Severity.WARNING,
        title="A condition does what it seems to do",
        explanation="StringEquals knows no wildcards; an organisation's id that is none matches"
        " nobody; a service has no aws:PrincipalOrgID; ...IfExists and ForAllValues in an allow"
        " also hold where the key is missing; aws:PrincipalOrgPaths has several values. IAM takes"
        " it all, and allows nobody or everybody.",
        remediation="Principals.organization(), Principals.organizational_unit(...),"
        " Principals.service(..., source_account=...). In CloudFormation: StringLike for"
        " wildcards, ForAnyValue:StringLike for aws:PrincipalOrgPaths, aws:SourceAccount for"
        " services.",
        source=f"{IAM}/reference_policies_elements_condition_operators.html",
        check=each_statement(_ineffective),
    ),
    Rule(
        id="EcrGovernance-DenyReachesServices",
        severity=Severity.WARNING,
        title="A deny for outsiders spares AWS services that act for the account",
        explanation="Lambda, replication and pull through caches reach a repository as services: in"
        " no organisation, from no VPC endpoint, from addresses of AWS. A deny for whoever is not"
        " inside stops them, and functions fail when their image is next fetched.",
        remediation="deny_outside_organization(), deny_outside_vpc_endpoint(...). In"
        " CloudFormation: BoolIfExists: {aws:PrincipalIsAWSService: 'false'} beside it.",
        source=f"{GUIDE}/vpc-endpoints.html",
        check=each_statement(_denied_services),
    ),
)
