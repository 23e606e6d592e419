"""Rules about conditions in resource policies that do not do what they seem to."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.held import Held
from ecr_constructs.checks.policies import each_statement, named
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE, IAM
from ecr_constructs.model.policy import OLD_VERSION, Policy
from ecr_constructs.model.problem import Problem, Severity
from ecr_constructs.model.statement import ANYONE, Condition, Effect, Statement
from ecr_constructs.model.taken_back import denied
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.service import actions, condition_keys, patterns

_LITERAL: Final = frozenset(
    {"stringequals", "stringequalsignorecase", "stringnotequals", "stringnotequalsignorecase"}
)
#: Keys that hold several values, and so need to be told how to compare them.
_SEVERAL: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths"})
_ID: Final = "[0-9a-f]{8,17}"
#: What every value of a key looks like.
_SHAPES: Final = {
    "aws:principalaccount": (patterns.ACCOUNT_ID, "12 digits"),
    "aws:principalorgid": (patterns.ORGANIZATION_ID, "o- and 10 to 32 letters or digits"),
    "aws:sourceaccount": (patterns.ACCOUNT_ID, "12 digits"),
    "aws:sourceorgid": (patterns.ORGANIZATION_ID, "o- and 10 to 32 letters or digits"),
    "aws:sourcevpc": (re.compile(f"vpc-{_ID}"), "vpc- and 8 or 17 hexadecimal digits"),
    "aws:sourcevpce": (re.compile(f"vpce-{_ID}"), "vpce- and 8 or 17 hexadecimal digits"),
}
#: Keys that hold addresses, and the operators that understand a network.
_ADDRESSES: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_OF_ADDRESSES: Final = frozenset({"ipaddress", "notipaddress"})
#: Keys that are written to bound a statement.
_BOUNDS: Final = frozenset(_SHAPES) | _SEVERAL | {"aws:principalarn", "aws:sourcearn"}
#: Keys that describe IAM principals; a request of a service has none of them.
_OF_PRINCIPALS: Final = frozenset(
    {"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths"}
)
#: What denies everybody who is not in a network or an organisation hits services too.
_OUTSIDERS: Final = frozenset(
    {"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"} | _OF_PRINCIPALS
)
_NEGATIVE: Final = frozenset(
    {"stringnotequals", "stringnotlike", "stringnotequalsignorecase", "notipaddress"}
    | {"arnnotequals", "arnnotlike"}
)
_OF_SERVICES: Final = frozenset(
    {"aws:principalisawsservice", "aws:viaawsservice", "aws:principalservicename"}
    | {"aws:principalservicenameslist", "aws:calledvia"}
)
#: What services do: Lambda pulls, replication and pull through caches write what they bring.
_SERVICES_DO: Final = actions.PULL | frozenset(
    {"ecr:ReplicateImage", "ecr:CreateRepository", "ecr:BatchImportUpstreamImage"}
)
_QUALIFIERS: Final = re.compile(r"^(forallvalues:|foranyvalue:)|ifexists$")


def _ineffective(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    given = statement.conditions
    if not given:
        return
    is_old = isinstance(held.document, Policy) and held.document.version == OLD_VERSION
    there = {c.key.lower() for c in given if _asks_for_key(c)} if len(given) > 1 else ()
    for condition in given:
        key, bare = condition.key.lower(), _bare(condition.operator)
        for message, fix in (
            *_of_words(condition, key, is_old=is_old),
            *_of_values(condition, key, bare),
            *_of_allow(statement, condition, key, bare, is_there=key in there),
        ):
            where = f"{condition.operator} {condition.key}"
            yield violation(
                f"a condition of {name} {message}: {where} {', '.join(map(str, condition.values))}",
                fix,
                path=f"Condition.{condition.operator}.{condition.key}",
                detail=named(statement, f"Condition::{where}"),
            )


@functools.lru_cache(maxsize=256)
def _bare(operator: str) -> str:
    """Return an operator without what is said of a missing key and of several values."""
    return _QUALIFIERS.sub("", operator.lower())


def _asks_for_key(condition: Condition) -> bool:
    return _bare(condition.operator) == "null" and set(condition.values) == {"false"}


def _of_words(condition: Condition, key: str, *, is_old: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a condition's key or variables, and the way out."""
    if key.startswith(("aws:", "ecr:")) and not condition_keys.is_known(key):
        meant = condition_keys.nearest(key)
        yield (
            "is on a key that no request is known to carry",
            f"did you mean {meant!r}" if meant else "correct the key",
        )
    if is_old and any("${aws:" in str(value).lower() for value in condition.values):
        yield (
            "takes a policy variable for text, as the policy is of Version 2008-10-17",
            "write Version: 2012-10-17",
        )


def _of_values(condition: Condition, key: str, bare: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the values of a condition, and the way out."""
    if not condition.values:
        yield "has nothing to compare its key to", "write a value"
    known = [v for v in condition.values if isinstance(v, str) and is_known(v) and "${" not in v]
    if bare in _LITERAL and any(set("*?") & set(value) for value in known):
        yield "compares letter by letter, so '*' and '?' match nothing", "write ...Like"
    elif bare in _LITERAL and key in _SHAPES:
        pattern, words = _SHAPES[key]
        if bare.endswith("ignorecase"):
            known = [value.lower() for value in known]
        if not all(map(pattern.fullmatch, known)):
            yield f"never matches, as the key is {words}", "correct the value"
    if key in _ADDRESSES and bare in _LITERAL and any("/" in value for value in known):
        yield "compares an address to the text of a network", "write IpAddress or NotIpAddress"
    if bare in _OF_ADDRESSES and not all(map(_is_network, known)):
        yield "never matches, as the value is no network", "write for example 203.0.113.0/24"
    if key == "aws:principalarn" and any(":assumed-role/" in value for value in known):
        yield (
            "never matches, as the key of a session is the ARN of its role",
            "write arn:aws:iam::<account>:role/<name>",
        )
    if key in _SEVERAL and bare == condition.operator.lower() != "null":
        fix = f"write ForAnyValue:{condition.operator}"
        yield "compares a key that holds several values", fix


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _of_allow(
    statement: Statement, condition: Condition, key: str, bare: str, *, is_there: bool
) -> Iterator[tuple[str, str]]:
    """Yield why a condition of an allow bounds nobody, or lets nobody in."""
    if statement.effect is Effect.DENY:
        return
    operator = condition.operator.lower()
    services = {principal.type for principal in statement.principals} == {"Service"}
    if services and key in _OF_PRINCIPALS and bare == operator and bare not in _NEGATIVE:
        yield (
            "never holds, as a service is no principal of an account or an organisation",
            "write aws:SourceAccount, aws:SourceArn or aws:SourceOrgID",
        )
    is_lenient = operator.startswith("forallvalues:") or operator.endswith("ifexists")
    if is_lenient and not is_there and key in _BOUNDS and ANYONE not in statement.principals:
        yield (
            "also holds where the key is missing, and so bounds nobody",
            "leave IfExists out, and write ForAnyValue for ForAllValues",
        )


def _denied_services(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    if statement.effect is not Effect.DENY or any(map(_spares_services, statement.conditions)):
        return
    if not _SERVICES_DO & denied(statement, held.kind.rules.actions):
        return
    named_too = {principal.type for principal in statement.not_principals}
    if named_too and "Service" not in named_too and not statement.conditions:
        who = ", ".join(str(principal.value) for principal in statement.not_principals)
        yield _denies_services(statement, name, f"NotPrincipal {who} names none of them", "")
    if ANYONE not in statement.principals and not statement.not_principals:
        return
    for condition in statement.conditions:
        is_any = condition.operator.lower().startswith("foranyvalue:")
        if (
            condition.key.lower() in _OUTSIDERS
            and _bare(condition.operator) in _NEGATIVE
            and not is_any
        ):
            where = f"{condition.operator} {condition.key}"
            path = f"Condition.{condition.operator}.{condition.key}"
            yield _denies_services(statement, name, f"{where} holds for them too", path)


def _denies_services(statement: Statement, name: str, why: str, path: str) -> Problem:
    return violation(
        f"{name} also denies AWS services that act for the account, as {why}: replication, pull"
        " through caches, Lambda",
        "add a condition BoolIfExists aws:PrincipalIsAWSService 'false':"
        " deny_outside_organization(), deny_outside_vpc_endpoint(...)",
        path=path,
        detail=named(statement, path.replace(".", "::", 1).replace(".", " ", 1) or "NotPrincipal"),
    )


def _spares_services(condition: Condition) -> bool:
    """Tell whether a condition of a deny does not hold for a service, or is about services."""
    key, bare = condition.key.lower(), _bare(condition.operator)
    if key in _OF_SERVICES:
        return True
    if key == "aws:securetransport":
        return set(condition.values) == {"false"}  # services come over TLS
    if key not in _OF_PRINCIPALS or condition.operator.lower().endswith("ifexists"):
        return False
    if bare == "null":
        return set(condition.values) == {"false"}
    # The key is missing: what does not negate fails, and so does ForAnyValue.
    is_all = condition.operator.lower().startswith("forallvalues:")
    return bare not in _NEGATIVE and not is_all


RULES: Final = (
    Rule(
        id="EcrGovernance-IneffectiveCondition",
        severity=Severity.WARNING,
        title="A condition does what it seems to do",
        explanation="StringEquals knows no wildcards and no networks; a misspelt key is in no"
        " request; an organisation's id that is none matches nobody; aws:PrincipalArn has a role"
        " and never its session; a service has no aws:PrincipalOrgID; ...IfExists and ForAllValues"
        " in an allow also hold where the key is missing; aws:PrincipalOrgPaths has several"
        " values; without Version 2012-10-17 a variable is text. IAM takes it all, and allows or"
        " denies nobody or everybody.",
        remediation="Principals.organization(), Principals.organizational_unit(...),"
        " Principals.service(..., source_account=...). In CloudFormation: StringLike for"
        " wildcards, IpAddress for networks, ForAnyValue:StringLike for aws:PrincipalOrgPaths,"
        " aws:SourceAccount for services.",
        source=f"{IAM}/reference_policies_elements_condition_operators.html",
        check=each_statement(_ineffective),
    ),
    Rule(
        id="EcrGovernance-DenyReachesServices",
        severity=Severity.WARNING,
        title="A deny for outsiders spares AWS services that act for the account",
        explanation="Lambda, replication and pull through caches reach a repository as services: of"
        " no account and no organisation, from no VPC endpoint, from addresses of AWS. A deny of"
        " what they do for whoever is not inside, or is not named, stops them, and functions fail"
        " when their image is next fetched.",
        remediation="deny_outside_organization(), deny_outside_vpc_endpoint(...). In"
        " CloudFormation: BoolIfExists: {aws:PrincipalIsAWSService: 'false'} beside it.",
        source=f"{GUIDE}/vpc-endpoints.html",
        check=each_statement(_denied_services),
    ),
)
