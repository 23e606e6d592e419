"""A lifecycle policy on the images of a live repository, beside ECR's own preview."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, TypeAlias

import typer

from ecr_constructs.cli._common import console
from ecr_constructs.cli._live import connection
from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.inventory import Inventory
    from ecr_constructs.lifecycle.preview_difference import Decision, PreviewDifference
    from ecr_constructs.model.lifecycle import LifecyclePolicy
    from ecr_constructs.sources.aws import EcrApi
    from ecr_constructs.sources.aws.lifecycle_preview import EcrPreview

LiveRepositoryOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--live",
        metavar="REPOSITORY",
        help="Take the images of this live repository, and its policy if no other is given, and"
        " put ECR's own preview beside ours.",
        show_default=False,
    ),
]

_SHOWN: Final = 10
#: What ECR calls what happens to an image, and what an evaluation calls it.
_ACTIONS: Final = {"EXPIRE": "expire", "TRANSITION": "archive"}


def refuse_mixed(
    live: str | None, *, images: Path | None, profile: str | None, now: str | None
) -> None:
    """Refuse options that do not go together.

    Raises:
        ConfigurationError: If there are two sources of images or none, or an
            option of the other one.
    """
    if live is None and images is None:
        raise ConfigurationError(
            "a preview takes the images of a repository, got none; write --images INVENTORY, or"
            " --live REPOSITORY"
        )
    if live is None and profile is not None:
        raise ConfigurationError(
            f"--profile must be of a live repository, got none; write --live REPOSITORY, or drop"
            f" {profile!r}"
        )
    if live is not None and images is not None:
        raise ConfigurationError(
            f"--live must stand in place of an inventory, got {str(images)!r} too; drop one of the"
            " two"
        )
    if live is not None and now is not None:
        raise ConfigurationError(
            f"--live must be judged at present, as ECR does, got --now {now}; drop one of the two"
        )


@dataclass(frozen=True, slots=True)
class LiveRepository:
    """A repository that is there.

    Attributes:
        api: Its registry.
        name: Its name.
    """

    api: EcrApi
    name: str

    @classmethod
    def of(cls, name: str, *, profile: str | None, region: str | None) -> Self:
        """Return a repository of the registry that the credentials are of."""
        return cls(connection(profile=profile, region=region), name)

    def policy(self) -> LifecyclePolicy:
        """Return the policy that it has.

        Raises:
            ConfigurationError: If it has none, or one that cannot be read.
        """
        from ecr_constructs.model.lifecycle import LifecyclePolicy
        from ecr_constructs.sources.aws.lifecycle_preview import stored_policy

        return LifecyclePolicy.from_json(stored_policy(self.api, self.name))

    def inventory(self) -> Inventory:
        """Return its images, with the indexes that keep them."""
        from ecr_constructs.cli.images import read
        from ecr_constructs.lifecycle.image_details import image_of
        from ecr_constructs.lifecycle.inventory import Inventory

        with read(self.api, self.name) as details:
            return Inventory(images=tuple(map(image_of, details)), repository_name=self.name)

    def beside(self, policy: LifecyclePolicy, evaluation: Evaluation) -> Beside:
        """Let ECR preview the policy, which changes no image, and put it beside ours."""
        from ecr_constructs.lifecycle.preview_difference import preview_differences
        from ecr_constructs.sources.aws.lifecycle_preview import preview_policy

        with _waiting():
            preview = preview_policy(self.api, self.name, policy.to_json())
        return Beside(preview, evaluation, preview_differences(evaluation, preview.results))


@contextmanager
def _waiting() -> Iterator[None]:
    if not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status("waiting for ECR's own preview"):
        yield


@dataclass(frozen=True, slots=True)
class Beside:
    """ECR's own preview beside ours.

    Attributes:
        preview: What ECR says.
        evaluation: What we say.
        differences: Where the two part ways.
    """

    preview: EcrPreview
    evaluation: Evaluation
    differences: Sequence[PreviewDifference]

    def acts(self, outcomes: Container[str]) -> bool:
        """Tell whether ECR says that an image meets one of these outcomes."""
        return any(_ACTIONS[each["action"]["type"]] in outcomes for each in self.preview.results)

    def members(self) -> dict[str, Any]:
        """Return what a document says beside our preview."""
        return {
            "ecr": {
                "previewResults": [
                    {**each, "imagePushedAt": each["imagePushedAt"].isoformat()}
                    for each in self.preview.results
                ],
                "summary": self.preview.summary,
            },
            "differences": [
                {
                    "imageDigest": each.digest,
                    "imageTags": list(each.tags),
                    "ecr": _decision(each.ecr),
                    "ours": _decision(each.ours),
                    "reason": each.reason,
                }
                for each in self.differences
            ],
        }

    def print(self, *, everything: bool) -> None:
        """Print what ECR says, and where it differs."""
        from rich.markup import escape

        out = console()
        if not out.is_terminal:
            out.width = 10_000
        counts = Counter(_ACTIONS[each["action"]["type"]] for each in self.preview.results)
        archives = f", archives {counts['archive']:,}" * bool(counts["archive"])
        out.print(f"\n[bold]ECR's own preview[/]  expires {counts['expire']:,}{archives}")
        if not self.differences:
            out.print(f"  says the same of all {len(self.evaluation):,}")
            return
        out.print(f"  [yellow]differs on {len(self.differences):,}[/]")
        shown = self.differences if everything else self.differences[:_SHOWN]
        for each in shown:
            out.print(f"    {escape(', '.join(each.tags) or each.digest[:19])}")
            out.print(f"      ECR:  {_words(each.ecr)}")
            out.print(f"      here: {_words(each.ours)} [dim]({escape(each.reason)})[/]")
        if len(shown) < len(self.differences):
            more = len(self.differences) - len(shown)
            out.print(f"    [dim]and {more:,} more, --all shows them[/]")


def _words(decision: Decision | None) -> str:
    return "stays" if decision is None else decision.sentence


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {"outcome": str(decision.outcome), "appliedRulePriority": decision.rule_priority}
