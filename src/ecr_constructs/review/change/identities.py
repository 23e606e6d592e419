"""What changes in policies of roles and users that nobody here can read.

Layer: review. What a known policy allows is told by who gains and loses access. Of one that
is defined elsewhere it is told that it comes or goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecr_constructs.access.sides import document_of
from ecr_constructs.model.identity import Identity, IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Difference

_SHOWN = 3
#: How the policies begin that AWS manages. Few of them are about Amazon ECR, and those that
#: often are attached are known.
_OF_AWS = ":iam::aws:policy/"


def has_unknown_policies(identity: Identity | None) -> bool:
    """Tell whether some of what is attached to an identity cannot be read."""
    return identity is not None and any(_unknown(identity))


def identity_differences(older: Deployment, newer: Deployment) -> Iterator[Difference]:
    """Yield what comes and goes that nobody can read, of identities in the registries' accounts."""
    accounts = {str(each.account) for side in (older, newer) for each in side.registries}
    old = {str(each.arn): each for each in older.identities}
    groups: dict[tuple[ChangeClass, str, str], list[Identity]] = {}
    for each in newer.identities:
        if str(each.account) in accounts:
            for key in _changes(old.get(str(each.arn)), each):
                groups.setdefault(key, []).append(each)
    for (kind, words, cause), identities in groups.items():
        who = listed(map(_who, identities), most=_SHOWN)
        yield Difference(
            kind=kind,
            sentence=f"whether {who} can do {words} cannot be told",
            cause=cause,
            place=None,
            origins=tuple(each.origin for each in identities if each.origin is not None),
            certain=False,
        )


def _changes(before: Identity | None, after: Identity) -> Iterator[tuple[ChangeClass, str, str]]:
    was = set() if before is None else set(_unknown(before))
    becomes = set(_unknown(after))
    for name in sorted(becomes - was):
        kind = ChangeClass.HARMLESS if _OF_AWS in name else ChangeClass.WIDENED
        yield kind, "more with repositories", f"the policy {name} is attached, and not known here"
    for name in sorted(was - becomes):
        kind = ChangeClass.HARMLESS if _OF_AWS in name else ChangeClass.NARROWED
        yield kind, "less with repositories", f"the policy {name}, which is not known here, is gone"
    if before is None:
        return
    old, new = before.permissions_boundary, after.permissions_boundary
    if new is not None and _is_unknown(new) and not _is_same(old, new):
        yield (
            ChangeClass.NARROWED,
            "what it could with repositories",
            f"its permissions boundary {_named(new)} is not known here",
        )
    elif old is not None and _is_unknown(old) and not _is_same(old, new):
        yield (
            ChangeClass.WIDENED,
            "more with repositories",
            f"its permissions boundary {_named(old)}, which is not known here, is gone",
        )


def _unknown(identity: Identity) -> Iterator[str]:
    return (_named(each) for each in identity.policies if _is_unknown(each))


def _named(policy: IdentityPolicy) -> str:
    if isinstance(policy.document, Unresolved):
        return f"{policy.name} ({policy.document})"
    return str(policy.name)


def _is_unknown(policy: IdentityPolicy) -> bool:
    return not isinstance(document_of(policy), Policy)


def _is_same(one: IdentityPolicy | None, other: IdentityPolicy | None) -> bool:
    return one is not None and other is not None and _named(one) == _named(other)


def _who(identity: Identity) -> str:
    path = identity.origin and identity.origin.construct_path
    return f"{identity.kind} {path or identity.name} of account {identity.account}"
