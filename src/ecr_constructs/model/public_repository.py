"""A public repository: what is refused in it, and its codecs.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::PublicRepository`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/public/public-repositories.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ecr_constructs.model.baseline import Exemption, exemptions_from_metadata, in_order
from ecr_constructs.model.catalog_data import CatalogData
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Malformed, Problem, problem_at
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.tags import TagLimits, Tags, tag_problems
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import limits, patterns

_TAGS: Final = TagLimits(
    what="a public repository",
    count=limits.REPOSITORY_TAGS,
    key_max=limits.TAG_KEY_MAX,
    value_min=limits.TAG_VALUE_MIN,
    value_max=limits.TAG_VALUE_MAX,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRepository:
    """A public repository: everybody may pull from it, and no policy can change that.

    CloudFormation has the type in us-east-1 only; the registry is the account's.

    Attributes:
        repository_name: 2 to 205 characters, joined by single separators; None
            where CloudFormation makes one up.
        catalog_data: What the gallery shows.
        repository_policy: Who else may push; None for none.
        tags: Resource tags, at most 50.
        deletion_policy: What CloudFormation does when the resource is removed.
        update_replace_policy: What it does with the old one after a replacement.
        exemptions: The controls that are loosened, and why.
        account: The account that it is in; None where it is not known.
        region: The Region that it is declared in; None where it is not known.
        origin: Where it was read from; no part of its value.
    """

    repository_name: Text | None = None
    catalog_data: CatalogData = field(default_factory=CatalogData)
    repository_policy: Policy | Malformed | Unresolved | None = None
    tags: Tags = ()
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    exemptions: tuple[Exemption, ...] = ()
    account: Text | None = None
    region: Text | None = None
    origin: Origin | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in ("tags", "exemptions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def problems(self) -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, with the paths of the parameters."""
        return list(self._problems())

    def normalise(self, *, partition: str = "aws", key: SortKey = str) -> PublicRepository:
        """Return the repository in the one form of its meaning; idempotent."""
        policy = self.repository_policy
        if isinstance(policy, Policy):
            policy = policy.normalise(partition=partition, key=key) if policy.statements else None
        return replace(
            self,
            catalog_data=self.catalog_data.normalise(key=key),
            repository_policy=policy,
            tags=tuple(sorted(self.tags, key=lambda tag: key(tag[0]))),
            exemptions=in_order(self.exemptions),
        )

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::PublicRepository``."""
        properties: dict[str, Any] = {}
        if self.repository_name is not None:
            properties["RepositoryName"] = self.repository_name
        catalog_data = self.catalog_data.to_cfn()
        if catalog_data:
            properties["RepositoryCatalogData"] = catalog_data
        if isinstance(self.repository_policy, Policy) and self.repository_policy.statements:
            properties["RepositoryPolicyText"] = self.repository_policy.to_cfn()
        if self.tags:
            properties["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags]
        return properties

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[PublicRepository, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: ``Properties``, ``Metadata`` and the deletion attributes.
            origin: Where it stands.

        Returns:
            The repository, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        catalog = fields.below("RepositoryCatalogData")
        repository = cls(
            repository_name=fields.text("RepositoryName"),
            catalog_data=CatalogData(
                repository_description=catalog.text("RepositoryDescription"),
                about_text=catalog.text("AboutText"),
                usage_text=catalog.text("UsageText"),
                architectures=catalog.texts("Architectures"),
                operating_systems=catalog.texts("OperatingSystems"),
            ),
            repository_policy=fields.document("RepositoryPolicyText", Policy.from_document),
            tags=tuple(
                (each.text("Key") or "", each.text("Value") or "") for each in fields.each("Tags")
            ),
            deletion_policy=str(resource.get("DeletionPolicy", "Delete")),
            update_replace_policy=str(resource.get("UpdateReplacePolicy", "Delete")),
            exemptions=exemptions_from_metadata(resource.get("Metadata")),
            origin=origin,
        )
        return repository, fields.problems

    @classmethod
    def from_api(
        cls,
        described: Mapping[str, Any],
        *,
        catalog_data: Mapping[str, Any] | None = None,
        policy_text: str | None = None,
        tags: Sequence[Mapping[str, str]] = (),
    ) -> PublicRepository:
        """Read a live public repository.

        Args:
            described: An entry of ``DescribeRepositories`` of Amazon ECR Public.
            catalog_data: ``catalogData`` of ``GetRepositoryCatalogData``; None for none.
            policy_text: From ``GetRepositoryPolicy``; None for none.
            tags: From ``ListTagsForResource``.

        Raises:
            PolicyDocumentError: If the policy is none.
        """
        catalog = catalog_data or {}
        return cls(
            repository_name=described["repositoryName"],
            catalog_data=CatalogData(
                repository_description=catalog.get("description"),
                about_text=catalog.get("aboutText"),
                usage_text=catalog.get("usageText"),
                architectures=tuple(catalog.get("architectures", ())),
                operating_systems=tuple(catalog.get("operatingSystems", ())),
            ),
            repository_policy=None if policy_text is None else Policy.from_json(policy_text),
            tags=tuple((tag["Key"], tag["Value"]) for tag in tags),
            account=described.get("registryId"),
        )

    def _problems(self) -> Iterator[Problem]:
        if is_known(self.region) and self.region not in {None, limits.PUBLIC_REGION}:
            yield problem_at(
                "region",
                f"a public repository must be declared in {limits.PUBLIC_REGION!r}, got"
                f" {str(self.region)!r}",
                f"put it in a stack with env=Environment(region={limits.PUBLIC_REGION!r})",
            )
        yield from _name_problems(self.repository_name)
        yield from (p.below("catalog_data") for p in self.catalog_data.problems())
        if isinstance(self.repository_policy, Policy):
            problems = self.repository_policy.problems(PolicyKind.PUBLIC_REPOSITORY)
            yield from (p.below("repository_policy") for p in problems)
        elif isinstance(self.repository_policy, Malformed):
            yield from (p.below("repository_policy") for p in self.repository_policy.problems)
        yield from tag_problems(self.tags, _TAGS, path="tags")
        for index, exemption in enumerate(self.exemptions):
            yield from (p.below(f"exemptions[{index}]") for p in exemption.problems())


def _name_problems(name: Text | None) -> Iterator[Problem]:
    if not isinstance(name, str) or not is_known(name):
        return
    low, high = limits.REPOSITORY_NAME_MIN, limits.PUBLIC_NAME_MAX
    if low <= len(name) <= high and patterns.PUBLIC_REPOSITORY_NAME.fullmatch(name):
        return
    better = re.sub(r"[^a-z0-9._/-]+", "-", name.lower())
    better = re.sub(r"([._/-])[._/-]*", r"\1", better).strip("._/-")
    fits = low <= len(better) <= high and patterns.PUBLIC_REPOSITORY_NAME.fullmatch(better)
    yield problem_at(
        "repository_name",
        f"repository_name must be {low} to {high} lower-case letters and digits, joined by one '.',"
        f" '_', '-' or '/' at a time, got {name!r}",
        f"write {better!r}" if fits else "write for example 'tools/app'",
    )
