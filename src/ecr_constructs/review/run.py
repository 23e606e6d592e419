"""Review an assembly: what its registries are, and what changes.

Layer: review.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from ecr_constructs.checks.rule import Rule
from ecr_constructs.checks.rules import RULES
from ecr_constructs.collector import paused_collector
from ecr_constructs.model.registry import Deployment
from ecr_constructs.review.access.survey import Survey
from ecr_constructs.review.build import Sources, report_on
from ecr_constructs.review.change.compare import compare
from ecr_constructs.review.change.difference import Change, Place, worst_first
from ecr_constructs.review.change.labels import relabelled
from ecr_constructs.review.change.placed import place_of_unplaced, taken_for
from ecr_constructs.review.handed_over import hand_overs_in
from ecr_constructs.review.images import Older
from ecr_constructs.review.inventories import NamedInventory, assign
from ecr_constructs.review.report import Report
from ecr_constructs.review.words import name_of
from ecr_constructs.sources.assembly import read_assembly


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person decides on.

    Attributes:
        name: What was reviewed, as it was called.
        report: What the registries are.
        change: What differs from the older side; None where there is none.
        older: What the older side is called; empty for none.
    """

    name: str
    report: Report
    change: Change | None = None
    older: str = ""


_Read: TypeAlias = Callable[[Path | str], Deployment]


@paused_collector()
def review(
    assembly: Path | str | Deployment,
    *,
    against: Path | str | Deployment | None = None,
    now: dt.datetime | None = None,
    images: Iterable[NamedInventory] = (),
    rules: Sequence[Rule] | None = None,
    account: str | None = None,
    region: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Review:
    """Return the review of an assembly.

    Args:
        assembly: The directory that ``cdk synth`` writes, one template, or what
            was read of either.
        against: The older side likewise, to tell what changes. Default: the
            review is of what is, not of a change.
        now: When images and exemptions are judged. Default: the present.
        images: The images that repositories hold.
        rules: What to check. Default: the rules that nobody has to ask for.
        account: 12 digits: where a lone template would be deployed.
        region: The Region likewise.
        parameters: Values for the templates' parameters, by name.

    Raises:
        SourceError: If one side cannot be read.
        ConfigurationError: If an inventory is of no repository of either side.
    """
    moment = now or dt.datetime.now(tz=dt.UTC)
    # What both sides have alike is read once.
    read = partial(
        read_assembly, account=account, region=region, parameters=parameters, literals={}
    )
    deployment = _read(assembly, read)
    survey = Survey(deployment)
    older, taken = (None, None) if against is None else _placed(assembly, against, read, deployment)
    sides = (deployment,) if older is None else (older, deployment)
    held = assign(images, *sides)
    change = None
    if older is not None:
        surveys = (Survey(older), survey)
        change = compare(
            older,
            deployment,
            now=moment,
            images=held,
            surveys=surveys,
        )
        if taken is not None:
            change = Change(worst_first((*change.differences, taken_for(taken))))
    sources = Sources(
        rules=RULES if rules is None else rules,
        now=moment,
        images=held,
        older={} if older is None else _policies(older),
        hand_overs=() if isinstance(assembly, Deployment) else hand_overs_in(Path(assembly)),
    )
    return Review(
        name=_called(assembly),
        report=report_on(deployment, sources, survey=survey),
        change=change,
        older="" if against is None else _called(against),
    )


def _read(assembly: Path | str | Deployment, read: _Read) -> Deployment:
    return assembly if isinstance(assembly, Deployment) else read(assembly)


def _placed(
    assembly: Path | str | Deployment,
    against: Path | str | Deployment,
    read: partial[Deployment],
    newer: Deployment,
) -> tuple[Deployment, Place | None]:
    """Return the older side, and where it is taken to be if it does not say so itself."""
    older = _older(assembly, against, read)
    taken = None if isinstance(against, Deployment) else place_of_unplaced(older, newer)
    if taken is None:
        return older, None
    at = partial(read, account=taken.account, region=taken.region)
    return _older(assembly, against, at), taken


def _older(
    assembly: Path | str | Deployment,
    against: Path | str | Deployment,
    read: _Read,
) -> Deployment:
    older = _read(against, read)
    if isinstance(assembly, Deployment) or isinstance(against, Deployment):
        return older
    old, new = Path(against), Path(assembly)
    if not (old.is_file() and new.is_file()):
        return older
    # What a lone template does not know is called after its file.
    labels = (old.name.partition(".")[0], new.name.partition(".")[0])
    return older if labels[0] == labels[1] else relabelled(older, *labels)


def _policies(deployment: Deployment) -> dict[tuple[str, str, str], Older]:
    return {
        (str(registry.account), str(registry.region), name_of(repository)): Older(
            repository.lifecycle_policy
        )
        for registry in deployment.registries
        for repository in registry.repositories
    }


def _called(assembly: Path | str | Deployment) -> str:
    return "" if isinstance(assembly, Deployment) else str(assembly)
