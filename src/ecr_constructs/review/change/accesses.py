"""What changes in the access to all repositories of a registry, and to those that may come.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ecr_constructs.access.answer import Side as Source
from ecr_constructs.access.caller import Caller
from ecr_constructs.access.text import equals
from ecr_constructs.access.truth import Truth
from ecr_constructs.model.creation_template import CreationTemplate
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import listed
from ecr_constructs.review.access.form import Form
from ecr_constructs.review.access.subject import Subject
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.change.access import access_drafts
from ecr_constructs.review.change.causes import Side
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.pairs import RegistryPair, RepositoryPair
from ecr_constructs.review.change.stand_ins import (
    created_below,
    filled,
    governing,
    key_of,
    name_below,
    named_like,
)
from ecr_constructs.review.words import name_of

#: Conditions that say for which account a service acts.
_TELLING_ACCOUNT = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:principalaccount"})


def accesses(
    pair: RegistryPair, pairs: Iterable[RepositoryPair], before: Survey, after: Survey
) -> Iterator[Draft]:
    """Yield what changes in the access to the repositories of a registry.

    Args:
        pair: The registry.
        pairs: Its repositories.
        before: The access on the older side.
        after: The access on the newer side.
    """
    if is_unknown(pair.before.registry_policy, pair.after.registry_policy):
        yield Draft(
            kind=ChangeClass.WIDENED,
            head="whether access to the repositories of this registry widens cannot be told: its"
            " policy is known only at deployment, or is none",
            cause="the registry policy changes",
            certain=False,
        )
        pair = _with_the_known_policy(pair)
        # A survey remembers what was asked with the policies as they are.
        before, after = (Survey(Deployment(identities=each.identities)) for each in (before, after))
    old, new = pair.before.registry_policy, pair.after.registry_policy
    is_otherwise = _in_one_form(old) != _in_one_form(new)
    doubt = _doubt(old, new)
    if doubt is not None:
        yield Draft(
            kind=ChangeClass.WIDENED,
            head="whether access to the repositories of this registry widens cannot be told",
            cause=doubt,
            certain=False,
        )
        is_otherwise = False
    for draft in _accesses(pair, pairs, before, after):
        is_otherwise = is_otherwise and str(Source.REGISTRY) not in draft.cause
        yield draft
    if is_otherwise:
        yield Draft(
            kind=ChangeClass.HARMLESS,
            head="the registry policy is written otherwise, to the same effect",
            cause="its statements change, and nobody gains or loses access",
        )


def _accesses(
    pair: RegistryPair, pairs: Iterable[RepositoryPair], before: Survey, after: Survey
) -> Iterator[Draft]:
    is_same_around = (
        pair.before.registry_policy == pair.after.registry_policy
        and before.identities == after.identities
    )
    for each in pairs:
        if each.after is not None and not (is_same_around and _is_same(each)):
            yield from _of_pair(pair, each, before, after)
    for name, earlier, later in _may_come(pair):
        old = Side(before, before.subject(pair.before, earlier))
        new = Side(after, after.subject(pair.after, later))
        yield from _of_sides(old, new, name, later.origin)


def _with_the_known_policy(pair: RegistryPair) -> RegistryPair:
    """Return a pair with one registry policy: the one that is known, or none.

    What changes in the policies of repositories is told as far as they go.
    """
    policies = (pair.before.registry_policy, pair.after.registry_policy)
    known = next((each for each in policies if isinstance(each, Policy)), None)
    return RegistryPair(
        replace(pair.before, registry_policy=known), replace(pair.after, registry_policy=known)
    )


def _is_same(pair: RepositoryPair) -> bool:
    """Tell whether nothing of a repository changes that decides about it."""
    before, after = pair.before, pair.after
    return (
        before is not None
        and after is not None
        and before.repository_name == after.repository_name
        and before.repository_policy == after.repository_policy
        and before.tags == after.tags
    )


def _of_pair(
    pair: RegistryPair, each: RepositoryPair, before: Survey, after: Survey
) -> Iterator[Draft]:
    assert each.after is not None
    name, origin = name_of(each.after), each.after.origin
    new = Side(after, after.subject(pair.after, each.after))
    if each.before is None:
        yield from access_drafts(Side(before, None), new, name, origin, only=_is_outside)
        return
    old = Side(before, before.subject(pair.before, each.before))
    yield from _of_sides(old, new, name, origin)


def _of_sides(before: Side, after: Side, name: str, origin: Origin | None) -> Iterator[Draft]:
    assert before.subject is not None
    assert after.subject is not None
    base = Draft(kind=ChangeClass.HARMLESS, repository=name, origin=origin)
    old, new = (
        each.target.repository.repository_policy for each in (before.subject, after.subject)
    )
    if is_unknown(old, new):
        yield replace(
            base,
            kind=ChangeClass.WIDENED,
            head="whether access to ",
            tail=" widens cannot be told: its policy is known only at deployment, or is none",
            cause="its repository policy changes",
            certain=False,
        )
        return
    if before.survey.fingerprint(before.subject) == after.survey.fingerprint(after.subject):
        return
    drafts = list(access_drafts(before, after, name, origin))
    yield from drafts
    doubt = _doubt(old, new)
    if doubt is not None:
        yield replace(
            base,
            kind=ChangeClass.WIDENED,
            head="whether access to ",
            tail=" widens cannot be told",
            cause=doubt,
            certain=False,
        )
    elif not drafts and _in_one_form(old) != _in_one_form(new):
        yield replace(
            base,
            head="the repository policy of ",
            tail=" is written otherwise, to the same effect",
            cause="its statements change, and nobody gains or loses access",
        )


def _doubt(old: object, new: object) -> str | None:
    """Return why what changes in a policy cannot be told by what it allows whom; None if it can."""
    before, after = _in_one_form(old), _in_one_form(new)
    if before is not None and after is not None and before.version != after.version:
        return (
            f"the Version of its policy was {before.version} and is {after.version}, and with it"
            " changes whether ${...} stands for a value of the request"
        )
    came = {p for p in _federated(after) if p not in set(_federated(before))}
    if came:
        return f"its policy allows or denies {listed(sorted(came))}, who calls by a role"
    return None


def _federated(policy: Policy | None) -> Iterator[str]:
    """Yield the identity providers that a policy names, whose users Amazon ECR knows by roles."""
    for statement in () if policy is None else policy.statements:
        for principal in (*statement.principals, *statement.not_principals):
            if principal.type == "Federated":
                yield str(principal.value)


def _may_come(pair: RegistryPair) -> Iterator[tuple[str, Repository, Repository]]:
    """Yield repositories that stand for all that are not there, on either side, with a name."""
    if pair.before.registry_policy != pair.after.registry_policy:
        declared = {each.repository_name for each in pair.after.repositories}
        patterns = dict.fromkeys((*_patterns(pair.before), *_patterns(pair.after)))
        for pattern in patterns:
            if pattern in declared:
                continue
            stand_in = Repository(repository_name=filled(pattern))
            yield named_like(pattern, among=patterns), stand_in, stand_in
    templates = (*pair.before.creation_templates, *pair.after.creation_templates)
    for prefix in dict.fromkeys(key_of(each.prefix) for each in templates):
        earlier, later = (
            _created(prefix, governing(each, prefix)) for each in (pair.before, pair.after)
        )
        yield created_below(prefix), earlier, later


def _patterns(registry: Registry) -> Iterator[str]:
    """Yield the names, most of them with wildcards, that the registry policy is about."""
    policy = registry.registry_policy
    if not isinstance(policy, Policy):
        return
    for statement in policy.statements:
        resources = (*statement.resources, *statement.not_resources)
        if not statement.resources:
            yield "*"
        for resource in resources:
            if isinstance(resource, str):
                yield resource.partition(":repository/")[2] or "*"


def _created(prefix: str, template: CreationTemplate | Unresolved | None) -> Repository:
    """Return a repository as a template creates it; without one it has no policy."""
    name = name_below(prefix)
    if isinstance(template, Unresolved):
        return Repository(repository_name=name, repository_policy=template)
    if template is None:
        return Repository(repository_name=name)
    return Repository(
        repository_name=name,
        repository_policy=template.repository_policy,
        tags=template.resource_tags,
        origin=template.origin,
    )


def _is_outside(subject: Subject, caller: Caller, form: Form) -> bool:
    """Tell whether access is of more than the repository's own account."""
    own = subject.target.registry.account
    if caller.account is not None:
        return equals(caller.account, own) is not Truth.YES
    return not any(
        term.key in _TELLING_ACCOUNT and all(_is_of(value, own, term.key) for value in term.values)
        for term in form.terms
    )


def _is_of(value: Text, account: Text, key: str) -> bool:
    if key != "aws:sourcearn":
        return value == account
    fields = value.split(":")
    return len(fields) > 4 and fields[4] == account  # noqa: PLR2004 - the account in an ARN


def _in_one_form(policy: object) -> Policy | None:
    return policy.normalise() if isinstance(policy, Policy) and policy.statements else None


def is_unknown(before: object, after: object) -> bool:
    """Tell whether a policy changes, and one side of it cannot be evaluated."""
    if before == after:
        return False
    return any(each is not None and not isinstance(each, Policy) for each in (before, after))
