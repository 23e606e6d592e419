"""The sides of a review, of which one may be the live registries."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ecr_constructs.cli._live import connection, read_live
from ecr_constructs.errors import ConfigurationError, SourceError
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.review import Review
from ecr_constructs.review.deployed import ResourceKey, as_written, told_by_hand, with_names
from ecr_constructs.review.live import beside
from ecr_constructs.sources.assembly import open_stacks, read_assembly

if TYPE_CHECKING:
    from ecr_constructs.sources.aws.stacks import Deployed

#: What ``--against`` takes for the registries that are there.
LIVE: Final = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a lone template would be deployed, or which registry is meant.

    Attributes:
        account: 12 digits.
        region: The Region.
        parameters: The values of a template's parameters.
        profile: The profile of the credentials.
        printed: What the AWS CLI printed, in place of asking AWS.
    """

    account: str | None
    region: str | None
    parameters: Mapping[str, str]
    profile: str | None
    printed: tuple[Path, ...]

    def live(self, *, account: str | None, region: str | None) -> Deployment:
        """Return the live registry of an account in a Region."""
        return read_live(profile=self.profile, account=account, region=region, printed=self.printed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What a review is of.

    Attributes:
        newer: What is reviewed.
        older: What it is compared with; None for nothing.
        name: What the newer side is called where that is not its path.
        older_name: What the older side is called likewise.
        unchanged: The resources that are in the assembly as they were deployed last.
    """

    newer: Path | Deployment
    older: Path | Deployment | None
    name: str = ""
    older_name: str = ""
    unchanged: frozenset[ResourceKey] = frozenset()

    def told(self, review: Review) -> Review:
        """Return a review with the names of its sides, and with what was changed by hand."""
        change = review.change
        if change is not None and isinstance(self.newer, Deployment):
            change = told_by_hand(change, self.newer, self.unchanged)
        return replace(
            review,
            name=self.name or review.name,
            older=self.older_name or review.older,
            change=change,
        )


def is_live(against: Path | None) -> bool:
    """Tell whether the older side is the live registries; a file of that name goes first."""
    return against is not None and str(against) == LIVE and not against.exists()


def sides_of(
    assembly: Path | None,
    against: Path | None,
    place: Place,
    *,
    is_against_live: bool,
) -> Sides:
    """Return both sides of a review; what is live is read, in every Region that is compared.

    Args:
        assembly: The newer side; None for the live registry.
        against: The older side, unless it is live; None for none.
        place: Where a lone template would be deployed, or which registry is meant.
        is_against_live: Whether the older side is live.

    Raises:
        ConfigurationError: If both sides are live, or the older one is not there.
        SourceError: If one side cannot be read.
    """
    if against is not None and not against.exists():
        raise ConfigurationError(
            f"--against must be an assembly or a template that is there, got {str(against)!r},"
            " which does not exist; give the directory that the older app, such as that of the main"
            f" branch, was synthesised into, or {LIVE}"
        )
    if assembly is not None and not is_against_live:
        return Sides(newer=assembly, older=against)
    if assembly is None and is_against_live:
        raise ConfigurationError(
            "one side must be an assembly, got the live registry twice; write --against OLDER, or"
            " leave --against out"
        )
    if assembly is None and against is None:
        live = place.live(account=place.account, region=place.region)
        return Sides(newer=live, older=None, name=_words(live))
    declared = assembly or against
    assert declared is not None
    return _compared(declared, place, is_against_live=is_against_live)


def _compared(path: Path, place: Place, *, is_against_live: bool) -> Sides:
    """Read an assembly and the registries that it is about, and put them beside each other."""
    assembly = _read(path, place.account, place.region, place)
    live = _live(path, assembly, place)
    account, region = place.account, place.region
    if not all(map(_is_known, assembly.registries)):
        # A stack without an environment is deployed to that of the credentials.
        account, region = str(live.registries[0].account), str(live.registries[0].region)
        assembly = _read(path, account, region, place)
    deployed = _deployed(path, account, region, live, place)
    sides = beside(live, with_names(assembly, deployed.names))
    for sentence in sides.left_out:
        _note(sentence)
    newer, older = sides.there, sides.made
    if is_against_live:
        newer, older = sides.made, as_written(sides.there, deployed.properties)
    names = (str(path), _words(live)) if is_against_live else (_words(live), str(path))
    return Sides(
        newer=newer,
        older=older,
        name=names[0],
        older_name=names[1],
        unchanged=frozenset(deployed.unchanged),
    )


def _deployed(
    path: Path, account: str | None, region: str | None, live: Deployment, place: Place
) -> Deployed:
    """Ask CloudFormation what it deployed last of the stacks of the live registries."""
    from ecr_constructs.sources.aws.connection import client_of
    from ecr_constructs.sources.aws.stacks import Deployed, read_deployed

    if place.printed:
        return Deployed()

    def client(stack_region: str) -> Any:
        return client_of("cloudformation", profile=place.profile, region=stack_region)

    read = {(each.account, each.region) for each in live.registries}
    opener = open_stacks(path, account=account, region=region, parameters=place.parameters)
    stacks = [
        each
        for each in opener.stacks
        if (each.environment.account, each.environment.region) in read
    ]
    try:
        return read_deployed(client, stacks)
    except SourceError as error:
        _note(f"what was changed by hand cannot be told apart: {error}")
        return Deployed()


def _note(sentence: str) -> None:
    sys.stderr.write(f"ecr-constructs: note: {sentence}\n")


def _live(path: Path, assembly: Deployment, place: Place) -> Deployment:
    """Read the live registries that an assembly is about."""
    if place.printed:
        return place.live(account=place.account, region=place.region)
    account, regions = _regions(path, assembly, place)
    return Deployment(
        is_live=True,
        registries=tuple(
            registry
            for region in regions
            for registry in place.live(account=place.account or account, region=region).registries
        ),
    )


def _read(path: Path, account: str | None, region: str | None, place: Place) -> Deployment:
    return read_assembly(path, account=account, region=region, parameters=place.parameters)


def _regions(path: Path, assembly: Deployment, place: Place) -> tuple[str, list[str]]:
    """Return the account of the credentials, and the Regions of it that the assembly is about."""
    known = [each for each in assembly.registries if _is_known(each)]
    wanted = place.region or min((str(each.region) for each in known), default=None)
    api = connection(profile=place.profile, region=wanted)
    account = str(api.call("describe_registry")["registryId"])
    regions = {str(each.region) for each in known if str(each.account) == account}
    if len(known) < len(assembly.registries) or not known:
        regions.add(api.region)
    if place.region is not None:
        regions &= {place.region}
    if not regions:
        places = ", ".join(f"{each.account} in {each.region}" for each in known)
        raise SourceError(
            f"an assembly must define a registry of account {account}"
            + (f" in {place.region}" if place.region else "")
            + f", which the credentials are of, got {places}; name another profile",
            path=str(path),
        )
    return account, sorted(regions)


def _is_known(registry: Registry) -> bool:
    return isinstance(registry.account, str) and isinstance(registry.region, str)


def _words(live: Deployment) -> str:
    (account,) = {str(each.account) for each in live.registries}
    regions = " and ".join(str(each.region) for each in live.registries)
    return f"the live registry of account {account} in {regions}"
