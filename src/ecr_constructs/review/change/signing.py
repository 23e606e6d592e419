"""Which images a change no longer signs, and which it signs from now on.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from ecr_constructs.model.repository import Repository
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import listed
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.pairs import RegistryPair, RepositoryPair
from ecr_constructs.review.change.stand_ins import taken_by
from ecr_constructs.review.words import name_of


def signing_drafts(pair: RegistryPair, repositories: list[RepositoryPair]) -> Iterator[Draft]:
    """Yield which repositories begin and cease to be signed."""
    old, new = pair.before.signing, pair.after.signing
    if old == new:
        return
    origin = new.origin if isinstance(new, Signing) else None
    if isinstance(old, Unresolved) or isinstance(new, Unresolved):
        yield Draft(
            kind=ChangeClass.WEAKENED,
            head="which images are signed cannot be told",
            cause="two resources set the signing of this registry",
            certain=False,
        )
        return
    drafts = [
        draft
        for each in repositories
        if each.before is not None and each.after is not None
        for draft in _drafts(old, new, (each.before, each.after), name_of(each.after))
    ]
    if new is not None:
        # Where the rules go altogether it is told that they do.
        declared = {each.after.repository_name for each in repositories if each.after is not None}
        for called, name in _others(old, new):
            if name in declared:
                continue
            other = Repository(repository_name=name)
            drafts += _drafts(old, new, (other, other), called)
    yield from (replace(draft, origin=origin) for draft in drafts)
    if not drafts and new is not None and new.normalise() != (old or Signing()).normalise():
        yield Draft(
            kind=ChangeClass.HARMLESS,
            head="which images are signed is written otherwise, to the same effect",
            cause="the signing rules of the registry change",
            origin=origin,
        )


def _drafts(
    old: Signing | None,
    new: Signing | None,
    repositories: tuple[Repository, Repository],
    called: str,
) -> Iterator[Draft]:
    was, becomes = profiles(old, repositories[0]), profiles(new, repositories[1])
    if was == becomes:
        return
    gone, came = sorted(was - becomes), sorted(becomes - was)
    words = [f"with {listed(came)}"] * bool(came)
    words += [f"{'and ' * bool(came)}no longer with {listed(gone)}"] * bool(gone)
    yield Draft(
        # Who verifies images by a profile that is gone takes them for unsigned.
        kind=ChangeClass.WEAKENED if gone else ChangeClass.STRENGTHENED,
        head="images pushed to ",
        tail=f" are signed {', '.join(words)}",
        cause="the signing rules of the registry change",
        repository=called,
        certain=_is_known(old, repositories[0]) and _is_known(new, repositories[1]),
    )


def profiles(signing: Signing | None, repository: Repository) -> frozenset[str]:
    """Return the signing profiles that may sign what is pushed to a repository."""
    return frozenset(
        str(rule.signing_profile_arn)
        for rule in (signing.rules if signing else ())
        if rule.signs(repository.repository_name) is not False
    )


def _is_known(signing: Signing | None, repository: Repository) -> bool:
    """Tell whether it is sure with what images of a repository are signed."""
    return not any(
        isinstance(rule.signing_profile_arn, Unresolved) or signs is None
        for rule in (signing.rules if signing else ())
        if (signs := rule.signs(repository.repository_name)) is not False
    )


def _others(old: Signing | None, new: Signing) -> Iterator[tuple[str, str]]:
    """Yield how repositories that no template has are called, and a name of theirs."""
    rules = [*(old.rules if old else ()), *new.rules]
    given: Iterator[Text] = chain.from_iterable(rule.repository_filters or ("*",) for rule in rules)
    yield from taken_by(given, anywhere=False)
