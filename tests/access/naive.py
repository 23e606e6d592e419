"""IAM's evaluation, transcribed from its definition: everything known, no short cuts.

Works on documents as IAM spells them and shares no code with the library.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
the pages beside it on each element, on condition operators and on variables.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Document = dict[str, Any]


@dataclass
class World:
    """A request and all policies around it.

    ``context`` has every key that the request carries, in lower case.
    ``identity_policies`` is None for whoever stands for the identities of an
    account, among which some policy allows everything.
    """

    principal: str
    action: str
    resource: str
    owner: str
    context: dict[str, list[str]]
    repository_policies: list[Document] = field(default_factory=list)
    identity_policies: list[Document] | None = field(default_factory=list)
    boundary: Document | None = None


def outcomes(world: World) -> set[str]:
    """Return what can come out.

    That is more than one thing for a role, which asks in a session of any
    name, and where AWS says that a principal "might" be denied or a statement
    "might" be invalid.
    """
    resource = world.principal.rpartition(":")[2]
    if resource.startswith("role/"):
        role = f"arn:aws:sts::{account_of(world.principal)}:assumed-role/{role_of(world.principal)}"
        sessions = (replace(world, principal=f"{role}/{name}") for name in ("run-1", "another"))
        return set().union(*map(_outcomes, sessions))
    return _outcomes(world)


def _outcomes(world: World) -> set[str]:
    ours = [s for policy in world.repository_policies for s in policy["Statement"]]
    theirs = [s for policy in world.identity_policies or [] for s in policy["Statement"]]
    bounds = [] if world.boundary is None else world.boundary["Statement"]
    told = {id(s): about_request(s, world) for s in ours + theirs + bounds}
    named = {id(s): names(s, world) for s in ours}
    doubts = [(told, key) for key in told if told[key] is None]
    doubts += [(named, key) for key in named if named[key] is None]
    found = set()
    for answers in itertools.product([True, False], repeat=len(doubts)):
        for (where, key), answer in zip(doubts, answers, strict=True):
            where[key] = answer
        about = [s for s in ours if told[id(s)] and named[id(s)]]
        of_identity = [s for s in theirs if told[id(s)]]
        of_boundary = [s for s in bounds if told[id(s)]]
        found.add(decide(world, about, of_identity, of_boundary))
    return found


def decide(
    world: World, about: list[Document], of_identity: list[Document], of_boundary: list[Document]
) -> str:
    """Return "allow" or "deny", from the statements that are about the request."""
    # 1. An explicit deny in any policy.
    if any(s["Effect"] == "Deny" for s in about + of_identity + of_boundary):
        return "deny"
    # 2. A service needs the policies of the resource alone.
    if is_service(world.principal):
        return "allow" if about else "deny"
    by_boundary = world.boundary is None or bool(of_boundary)
    by_identity = (world.identity_policies is None or bool(of_identity)) and by_boundary
    # 3. Another account: both sides.
    if account_of(world.principal) != world.owner:
        return "allow" if about and by_identity else "deny"
    # 4. The same account: one side; a boundary binds what the ARN of a role is given.
    directly = any("NotPrincipal" in s or names_directly(s, world) for s in about)
    as_role = any("Principal" in s and names_role(s, world) for s in about) and by_boundary
    return "allow" if by_identity or directly or as_role else "deny"


# The Principal element


def is_service(principal: str) -> bool:
    return principal.endswith(".amazonaws.com")


def account_of(principal: str) -> str:
    return principal if principal.isdigit() else principal.split(":")[4]


def role_of(principal: str) -> str | None:
    """The name of the role that asks, by itself or in a session."""
    resource = principal.rpartition(":")[2]
    if resource.startswith("role/"):
        return resource.rpartition("/")[2]
    return resource.split("/")[1] if resource.startswith("assumed-role/") else None


def entries(element: Any) -> list[tuple[str, str]]:
    if element == "*":
        return [("AWS", "*")]
    return [
        (kind, v) for kind, vs in element.items() for v in (vs if isinstance(vs, list) else [vs])
    ]


def is_account(entry: tuple[str, str], account: str) -> bool:
    return entry[0] == "AWS" and (
        entry[1] == account or (entry[1].endswith(":root") and entry[1].split(":")[4] == account)
    )


def is_itself(entry: tuple[str, str], principal: str) -> bool:
    if is_service(principal):
        return entry == ("Service", principal)
    return entry[0] == "AWS" and entry[1] == principal and ":root" not in principal


def is_role(entry: tuple[str, str], principal: str) -> bool:
    kind, value = entry
    if kind != "AWS" or ":role/" not in value or role_of(principal) is None:
        return False
    return account_of(value) == account_of(principal) and role_of(value) == role_of(principal)


def names(statement: Document, world: World) -> bool | None:
    """Whether a statement names the principal; None where AWS does not say for sure."""
    if "NotPrincipal" in statement:
        return left_in(statement, world)
    principal = world.principal
    for entry in entries(statement["Principal"]):
        if entry == ("AWS", "*") or is_itself(entry, principal) or is_role(entry, principal):
            return True
        if not is_service(principal) and is_account(entry, account_of(principal)):
            return True
    return False


def names_directly(statement: Document, world: World) -> bool:
    return any(
        entry == ("AWS", "*")
        or (is_itself(entry, world.principal) and not is_role(entry, world.principal))
        for entry in entries(statement["Principal"])
    )


def names_role(statement: Document, world: World) -> bool:
    return any(is_role(entry, world.principal) for entry in entries(statement["Principal"]))


def left_in(statement: Document, world: World) -> bool | None:
    """Whether NotPrincipal leaves the principal in; None where AWS does not say for sure."""
    listed, principal = entries(statement["NotPrincipal"]), world.principal
    if ("AWS", "*") in listed:
        return False
    if is_service(principal):
        return not any(is_itself(entry, principal) for entry in listed)
    account = any(is_account(entry, account_of(principal)) for entry in listed)
    is_deny = statement["Effect"] == "Deny"
    if principal.isdigit() or principal.endswith(":root"):
        answer = None if account else True
    elif is_deny and world.boundary is not None:
        answer = True
    elif any(is_itself(entry, principal) or is_role(entry, principal) for entry in listed):
        answer = False if account else None
    else:
        answer = None if account and not is_deny else True
    return answer


# Action, Resource, Condition


def about_request(statement: Document, world: World) -> bool | None:
    """Whether a statement is about action, resource and context; None where that is not said."""
    if not about_action(statement, world) or not about_resource(statement, world):
        return False
    met = [
        holds(operator, key, listed(values), world.context)
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    ]
    return False if False in met else None if None in met else True


def about_action(statement: Document, world: World) -> bool:
    negated = "NotAction" in statement
    given = listed(statement["NotAction" if negated else "Action"])
    return any(glob(each, world.action, lower=True) for each in given) != negated


def about_resource(statement: Document, world: World) -> bool:
    if "Resource" in statement:
        return any(covers(each, world) for each in listed(statement["Resource"]))
    if "NotResource" in statement:
        return not any(covers(each, world) for each in listed(statement["NotResource"]))
    return True


def covers(resource: str, world: World) -> bool:
    pattern = with_variables(resource, world.context)
    return pattern is not None and glob(pattern, world.resource)


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def glob(pattern: str, text: str, *, lower: bool = False) -> bool:
    """``*`` and ``?``, of which neither was escaped."""
    if lower:
        pattern, text = pattern.lower(), text.lower()
    if not pattern:
        return not text
    if pattern[0] == "*":
        return glob(pattern[1:], text) or (bool(text) and glob(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and glob(pattern[1:], text[1:])


def with_variables(text: str, context: dict[str, list[str]]) -> str | None:
    """Put values in place of variables; None where the request does not carry one."""
    out = text
    for variable in re.findall(r"\$\{[^}]*\}", text):
        name, _, default = variable[2:-1].partition(", ")
        values = context.get(name.lower(), [])
        if values:
            out = out.replace(variable, values[0])
        elif default:
            out = out.replace(variable, default.strip("'"))
        else:
            return None
    return out


def holds(operator: str, key: str, values: list[str], context: dict[str, list[str]]) -> bool | None:
    """Whether a condition is met; None for a negated one with a variable that has no value."""
    given = context.get(key.lower(), [])
    if operator == "Null":
        return any((value == "true") == (not given) for value in values)
    quantifier, _, name = operator.rpartition(":")
    if not given:
        if name.endswith("IfExists"):
            return True
        if quantifier:
            return quantifier == "ForAllValues"
        return "Not" in name
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    positive = name.replace("Not", "")
    met = [any(compare(positive, v, each, context) for v in values) != negated for each in given]
    result = all(met) if quantifier == "ForAllValues" else any(met)
    if negated and result and any(with_variables(value, context) is None for value in values):
        return None
    return result


def compare(name: str, expected: str, given: str, context: dict[str, list[str]]) -> bool:
    """Whether one value matches another."""
    if name.startswith(("String", "Arn")):
        filled = with_variables(expected, context)
        return filled is not None and COMPARE[name](filled, given)
    return COMPARE[name](expected, given)


def arn_like(expected: str, given: str) -> bool:
    ours, theirs = expected.split(":", 5), given.split(":", 5)
    return len(ours) == len(theirs) == 6 and all(map(glob, ours, theirs))


COMPARE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda expected, given: expected == given,
    "StringEqualsIgnoreCase": lambda expected, given: expected.lower() == given.lower(),
    "Bool": lambda expected, given: expected.lower() == given.lower(),
    "StringLike": glob,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "IpAddress": lambda expected, given: (
        ipaddress.ip_address(given) in ipaddress.ip_network(expected)
    ),
    "NumericEquals": lambda expected, given: float(given) == float(expected),
    "NumericLessThan": lambda expected, given: float(given) < float(expected),
    "NumericGreaterThanEquals": lambda expected, given: float(given) >= float(expected),
    "DateLessThan": lambda expected, given: (
        datetime.fromisoformat(given) < datetime.fromisoformat(expected)
    ),
    "DateGreaterThan": lambda expected, given: (
        datetime.fromisoformat(given) > datetime.fromisoformat(expected)
    ),
}
