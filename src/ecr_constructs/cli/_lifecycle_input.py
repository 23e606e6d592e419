"""What the lifecycle commands read: policies, inventories, times."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecr_constructs.cli._common import read_text
from ecr_constructs.errors import ConfigurationError, PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecr_constructs.lifecycle.inventory import Inventory
    from ecr_constructs.model.lifecycle import LifecyclePolicy

#: Bytes that take long enough to read for a person to wonder.
_LARGE: Final = 5_000_000


def policy_in(path: Path) -> LifecyclePolicy:
    """Return the policy in a file.

    Raises:
        ConfigurationError: If there is none that ECR would accept.
    """
    from ecr_constructs.model.lifecycle import LifecyclePolicy

    try:
        return LifecyclePolicy.from_json(read_text(path, "policy"))
    except PolicyDocumentError as error:
        first, *others = error.sentences
        place = f" [{error.path}]" if error.path and not others else ""
        number = f"{len(others)} more problem{'s' * (len(others) != 1)}"
        more = f", and {number}; see `lifecycle lint`" if others else ""
        raise ConfigurationError(f"policy {str(path)!r}: {first}{place}{more}") from None


@contextmanager
def many_images() -> Iterator[None]:
    """Keep Python's cyclic garbage collector off for a while.

    It would walk over all images again and again, and nothing here makes cycles.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def moment(text: str | None) -> datetime:
    """Return the time that an option gives, or the present.

    Raises:
        ConfigurationError: If it is no time with a time zone.
    """
    if text is None:
        return datetime.now(tz=UTC)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise ConfigurationError(
            f"--now must be a time with a time zone, got {text!r}; write it as 2026-01-31T12:00:00Z"
        )
    return time


def inventory_in(path: Path) -> Inventory:
    """Read an inventory from a file or, for ``-``, from standard input; show how far it is.

    Raises:
        SourceError: If there is none, or not a whole one.
    """
    from ecr_constructs.lifecycle.inventory import parse_inventory, read_inventory

    if str(path) == "-":
        return parse_inventory(sys.stdin.buffer, name="standard input")
    if sys.stderr.isatty() and path.is_file() and path.stat().st_size > _LARGE:
        return _with_progress(path, read_inventory)
    return read_inventory(path)


def _with_progress(path: Path, read: Callable[..., Inventory]) -> Inventory:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from ecr_constructs.cli._common import console

    columns = (TextColumn("reading"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=path.stat().st_size)
        return read(path, on_progress=lambda done: progress.update(task, completed=done))


def policy_of(
    repository: str, assembly: Path, *, account: str | None, region: str | None
) -> LifecyclePolicy:
    """Return the policy that a repository has in an assembly or template.

    Args:
        repository: The repository's name.
        assembly: A directory that ``cdk synth`` writes, or one template.
        account: Which of several registries; and that of a lone template.
        region: The Region likewise.

    Raises:
        ConfigurationError: If there is no such repository, or it has no policy
            that is known at synthesis, or registries differ.
    """
    from ecr_constructs.model.lifecycle import LifecyclePolicy
    from ecr_constructs.model.problem import Malformed
    from ecr_constructs.model.words import examples
    from ecr_constructs.sources.assembly import read_assembly

    deployment = read_assembly(assembly, account=account, region=region)
    found = [
        (registry, candidate.lifecycle_policy)
        for registry in deployment.registries
        for candidate in registry.repositories
        if candidate.repository_name == repository
        and account in (None, registry.account)
        and region in (None, registry.region)
    ]
    if not found:
        names = sorted(
            {str(r.repository_name) for x in deployment.registries for r in x.repositories}
        )
        raise ConfigurationError(
            f"{str(assembly)!r} has no repository {repository!r}; "
            + (f"it has {examples(names)}" if names else "it has none")
        )
    policies = {policy for _, policy in found}
    if len(policies) > 1:
        where = ", ".join(f"{registry.account} {registry.region}" for registry, _ in found)
        raise ConfigurationError(
            f"repository {repository!r} has different policies in several registries ({where}); "
            "write --account and --region"
        )
    (policy,) = policies
    if isinstance(policy, LifecyclePolicy):
        return policy
    if policy is None:
        raise ConfigurationError(
            f"repository {repository!r} has no lifecycle policy; write --policy POLICY to try one"
        )
    state = "is known only at deployment"
    if isinstance(policy, Malformed):
        state = f"is none that ECR accepts: {policy.problems[0].sentence}"
    raise ConfigurationError(
        f"the lifecycle policy of repository {repository!r} {state}; write --policy POLICY"
    )


def one_standard_input(*paths: Path | None) -> None:
    """Refuse to read two things from standard input.

    Raises:
        ConfigurationError: If more than one path is ``-``.
    """
    if [str(path) for path in paths].count("-") > 1:
        raise ConfigurationError("standard input can be read once, got - twice; name a file")
