"""What the Amazon ECR Public Gallery shows of a repository.

Layer: model; imports ``service`` only.

Sources: ``RepositoryCatalogData`` in the schema of ``AWS::ECR::PublicRepository``,
https://docs.aws.amazon.com/AmazonECR/latest/public/public-repositories.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import limits


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogData:
    """What the Amazon ECR Public Gallery shows of a repository.

    Attributes:
        repository_description: In lists and search results; at most 1,024
            characters. None for none, as below.
        about_text: What it holds, in Markdown; at most 10,240 characters here.
            The API takes 25,600.
        usage_text: How to use it, in Markdown; at most 10,240 characters here.
        architectures: At most 50 of 1 to 50 characters; any iterable. The gallery knows
            ``ARM``, ``ARM 64``, ``x86`` and ``x86-64``; it finds no others.
        operating_systems: Likewise; it knows ``Linux`` and ``Windows``.
    """

    repository_description: Text | None = None
    about_text: Text | None = None
    usage_text: Text | None = None
    architectures: Sequence[Text] = ()
    operating_systems: Sequence[Text] = ()

    def __post_init__(self) -> None:
        for name in ("architectures", "operating_systems"):
            given = getattr(self, name)
            # One alone, not in a list, is one label and no list of letters.
            labels = (given,) if isinstance(given, str | Unresolved) else tuple(given)
            object.__setattr__(self, name, labels)

    def problems(self) -> Iterator[Problem]:
        """Yield what CloudFormation would refuse."""
        for name, text, high in (
            (
                "repository_description",
                self.repository_description,
                limits.PUBLIC_DESCRIPTION_MAX,
            ),
            ("about_text", self.about_text, limits.PUBLIC_TEXT_MAX),
            ("usage_text", self.usage_text, limits.PUBLIC_TEXT_MAX),
        ):
            if isinstance(text, str) and is_known(text) and len(text) > high:
                yield problem_at(
                    name,
                    f"{name} must be at most {high:,} characters, got {len(text):,}",
                    "shorten it",
                )
        yield from _label_problems("architectures", self.architectures, "ARM 64")
        yield from _label_problems("operating_systems", self.operating_systems, "Linux")

    def normalise(self, *, key: SortKey = str) -> CatalogData:
        """Return the data in the one form of its meaning; idempotent."""
        return CatalogData(
            repository_description=self.repository_description or None,
            about_text=self.about_text or None,
            usage_text=self.usage_text or None,
            architectures=tuple(sorted(dict.fromkeys(self.architectures), key=key)),
            operating_systems=tuple(sorted(dict.fromkeys(self.operating_systems), key=key)),
        )

    def to_cfn(self) -> dict[str, Any]:
        """Return the property ``RepositoryCatalogData``."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in (
                ("RepositoryDescription", self.repository_description),
                ("AboutText", self.about_text),
                ("UsageText", self.usage_text),
                ("Architectures", self.architectures),
                ("OperatingSystems", self.operating_systems),
            )
            if value
        }


def _label_problems(name: str, labels: Sequence[Text], example: str) -> Iterator[Problem]:
    if len(labels) > limits.PUBLIC_LABELS:
        yield problem_at(
            name,
            f"{name} must be at most {limits.PUBLIC_LABELS}, got {len(labels)}",
            "drop some",
        )
    for label, count in Counter(labels).items():
        if count > 1:
            yield problem_at(
                name, f"{name} must be unique, got {str(label)!r} {count} times", "drop one"
            )
        if not isinstance(label, str) or not is_known(label):
            continue
        if not 1 <= len(label) <= limits.PUBLIC_LABEL_MAX:
            yield problem_at(
                name,
                f"{name} must be 1 to {limits.PUBLIC_LABEL_MAX} characters each, got {label!r}",
                f"write for example {example!r}",
            )
