"""Whether somebody is named as a policy or a grant names them, and else how.

Layer: constructs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast

from ecr_constructs.constructs.parameters import has
from ecr_constructs.model.place import Place
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.words import shown
from ecr_constructs.service import patterns


def grantee_problems(grantee: object) -> Iterator[Problem]:
    """Yield that what a grant goes to is none of CDK's principals."""
    if isinstance(grantee, PolicyPrincipal):
        fix = "use allow_pull(...), allow_push(...) or allow(...), which take it"
    else:
        fix = "write iam.Role.from_role_arn(scope, id, arn), or allow_pull(Principals.role(arn))"
    yield problem_at("grantee", f"grantee must be one of CDK's principals, got {grantee!r}", fix)


def allow_problems(
    principals: tuple[object, ...], actions: Iterable[str], place: Place
) -> Iterator[Problem]:
    """Yield what is wrong with naming these in a policy, and with these actions at all."""
    given = cast("object", actions)
    if isinstance(given, str):
        yield problem_at("actions", f"actions must be a list, got {given!r}", f"write [{given!r}]")
    elif not isinstance(given, tuple):
        fix = "write for example ['ecr:BatchGetImage']"
        yield problem_at("actions", f"actions must be a list, got {shown(given)}", fix)
    else:
        for each in given:
            if not isinstance(each, str):
                fix = "write 'ecr:...' as IAM spells it"
                yield problem_at("actions", f"actions must be strings, got {shown(each)}", fix)
    if not principals:
        yield problem_at(
            "principals", "somebody must be named, got nobody", "write Principals.account(...)"
        )
    for each in principals:
        if isinstance(each, PolicyPrincipal):
            yield from each.problems(place)
        else:
            yield problem_at(
                "principals",
                f"somebody must be named by Principals, got {shown(each)}",
                _naming(each),
            )


#: What principals look like -> what to write of the text, or of a part of it.
_NAMED: Final = (
    (patterns.ACCOUNT_ID, "Principals.account({!r})"),
    (re.compile(r"arn:[\w-]+:iam::(\d{12}):root"), "Principals.account({!r})"),
    (re.compile(r"(arn:[\w-]+:iam::\d{12}:role/.+)"), "Principals.role({!r})"),
    (re.compile(r"(arn:[\w-]+:iam::\d{12}:user/.+)"), "Principals.user({!r})"),
    (patterns.ORGANIZATION_ID, "Principals.organization({!r})"),
    (re.compile(r"(o-\w+/r-.+)"), "Principals.organizational_unit({!r})"),
    (re.compile(r"lambda\.amazonaws\.com"), "Principals.lambda_functions()"),
    (re.compile(r"codebuild\.amazonaws\.com"), "Principals.codebuild_projects()"),
    (re.compile(r"([\w-]+\.amazonaws\.com)"), "Principals.service({!r})"),
)


def _naming(given: object) -> str:
    """Return how to name whom somebody means."""
    if isinstance(given, str):
        for pattern, words in _NAMED:
            found = pattern.fullmatch(given)
            if found is not None:
                return f"write {words.format(found[found.re.groups])}"
    elif isinstance(given, Iterable):
        return "write them one after the other, and not in a list"
    elif has(given, "grant_principal"):
        return "give it to grant_pull(...) or its kin, or write Principals.account(...)"
    return "write Principals.account(...), or grant_...(...) for one of CDK's principals"
