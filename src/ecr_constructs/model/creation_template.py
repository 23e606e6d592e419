"""Templates for the repositories that Amazon ECR creates by itself.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::RepositoryCreationTemplate`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ecr_constructs.model.baseline import Exemption, exemptions_from_metadata, in_order
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.creation_template_problems import AppliedFor, template_problems
from ecr_constructs.model.encryption import AES256, Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import ROOT, covers, unique_prefix_problems
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.tags import Tags
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.model.unresolved_json import dump_json

__all__ = ["AppliedFor", "CreationTemplate", "longest_match", "template_set_problems"]

#: CloudFormation repeats the property's name in its members; the API says filterType, filter.
_FILTER: Final = "ImageTagMutabilityExclusionFilter"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationTemplate:
    """A repository creation template.

    It is applied when the repository is created, and never again. The longest
    prefix that covers the name decides, see :func:`longest_match`.

    Attributes:
        prefix: A namespace, 1 to 256 characters, a ``/`` at its end is assumed;
            ``ROOT`` for every repository that no other template covers. It
            identifies the template: a change replaces it.
        applied_for: When it is applied: one or more of :class:`AppliedFor`.
        description: At most 256 characters; None for none.
        image_tag_mutability: One of :class:`TagMutability`. What is pulled
            through a cache should stay mutable, or cached tags are no longer updated.
        exclusion_filters: 1 to 5 tag wildcards, with a ``..._WITH_EXCLUSION`` mode.
        encryption: How images are encrypted; a key is given by its full ARN.
        repository_policy: The resource policy of the repositories; None for none.
        lifecycle_policy: Which of their images expire; None for none.
        resource_tags: At most 50; a key has 1 to 128 characters, a value 0 to 256.
        custom_role_arn: The role with which Amazon ECR creates the repository, of
            the registry's account and without a path. Needed for tags and for
            KMS: without it the creation fails.
        exemptions: The controls that are loosened, and why.
        origin: Where it was read from; no part of its value.
    """

    prefix: Text
    applied_for: tuple[Text, ...]
    description: Text | None = None
    image_tag_mutability: Text = TagMutability.MUTABLE
    exclusion_filters: tuple[Text, ...] = ()
    encryption: Encryption = AES256
    repository_policy: Policy | Malformed | Unresolved | None = None
    lifecycle_policy: LifecyclePolicy | Malformed | Unresolved | None = None
    resource_tags: Tags = ()
    custom_role_arn: Text | None = None
    exemptions: tuple[Exemption, ...] = ()
    origin: Origin | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in ("applied_for", "exclusion_filters", "resource_tags", "exemptions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def problems(
        self, *, account: Text | None = None, region: Text | None = None, partition: str = "aws"
    ) -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, and what surprises people.

        Args:
            account: The registry's account. Default: not known.
            region: The registry's Region. Default: not known.
            partition: The registry's partition.
        """
        return list(template_problems(self, account=account, region=region, partition=partition))

    def normalise(self, *, partition: str = "aws", key: SortKey = str) -> CreationTemplate:
        """Return the template in the one form of its meaning; idempotent.

        The prefix stays as it is spelt, as it is the template's identity.
        """
        lifecycle_policy, policy = self.lifecycle_policy, self.repository_policy
        if isinstance(lifecycle_policy, LifecyclePolicy):
            lifecycle_policy = lifecycle_policy.normalise() if lifecycle_policy.rules else None
        if isinstance(policy, Policy):
            policy = policy.normalise(partition=partition, key=key) if policy.statements else None
        return replace(
            self,
            applied_for=tuple(sorted(dict.fromkeys(self.applied_for), key=key)),
            description=self.description or None,
            exclusion_filters=tuple(sorted(dict.fromkeys(self.exclusion_filters), key=key)),
            repository_policy=policy,
            lifecycle_policy=lifecycle_policy,
            resource_tags=tuple(sorted(self.resource_tags, key=lambda tag: key(tag[0]))),
            custom_role_arn=self.custom_role_arn or None,
            exemptions=in_order(self.exemptions),
        )

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::RepositoryCreationTemplate``.

        Both policies are texts here, where ``AWS::ECR::Repository`` takes an object.
        """
        properties: dict[str, Any] = {
            "Prefix": self.prefix,
            "AppliedFor": [str(v) if isinstance(v, str) else v for v in self.applied_for],
            "ImageTagMutability": str(self.image_tag_mutability),
            "EncryptionConfiguration": self.encryption.to_cfn(),
        }
        if self.description:
            properties["Description"] = self.description
        if self.exclusion_filters:
            properties["ImageTagMutabilityExclusionFilters"] = [
                {f"{_FILTER}Type": "WILDCARD", f"{_FILTER}Value": value}
                for value in self.exclusion_filters
            ]
        if isinstance(self.repository_policy, Policy) and self.repository_policy.statements:
            properties["RepositoryPolicy"] = (
                dump_json(self.repository_policy.to_document()) or self.repository_policy.to_json()
            )
        if isinstance(self.lifecycle_policy, LifecyclePolicy) and self.lifecycle_policy.rules:
            properties["LifecyclePolicy"] = self.lifecycle_policy.to_json()
        if self.resource_tags:
            properties["ResourceTags"] = [
                {"Key": key, "Value": value} for key, value in self.resource_tags
            ]
        if self.custom_role_arn:
            properties["CustomRoleArn"] = self.custom_role_arn
        return properties

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[CreationTemplate, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties`` and ``Metadata``.
            origin: Where it stands.

        Returns:
            The template, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        encryption = fields.below("EncryptionConfiguration")
        template = cls(
            prefix=fields.text("Prefix") or "",
            applied_for=fields.texts("AppliedFor"),
            description=fields.text("Description") or None,
            image_tag_mutability=fields.text("ImageTagMutability") or TagMutability.MUTABLE,
            exclusion_filters=tuple(
                each.text(f"{_FILTER}Value") or ""
                for each in fields.each("ImageTagMutabilityExclusionFilters")
            ),
            encryption=Encryption(
                encryption.text("EncryptionType") or EncryptionType.AES256,
                encryption.text("KmsKey"),
            ),
            # A policy that is an object is noted as malformed by its text, and read all the same.
            repository_policy=fields.document("RepositoryPolicy", Policy.from_document)
            if fields.text("RepositoryPolicy")
            else None,
            lifecycle_policy=fields.document("LifecyclePolicy", LifecyclePolicy.from_document)
            if fields.text("LifecyclePolicy")
            else None,
            resource_tags=tuple(
                (each.text("Key") or "", each.text("Value") or "")
                for each in fields.each("ResourceTags")
            ),
            custom_role_arn=fields.text("CustomRoleArn") or None,
            exemptions=exemptions_from_metadata(resource.get("Metadata")),
            origin=origin,
        )
        return template, fields.problems

    @classmethod
    def from_api(cls, described: Mapping[str, Any]) -> CreationTemplate:
        """Read a live template.

        Args:
            described: An entry of ``DescribeRepositoryCreationTemplates``.

        Returns:
            The template; a policy that cannot be read is
            :class:`~ecr_constructs.model.problem.Malformed` in it.
        """
        encryption = described.get("encryptionConfiguration", {})
        # The API may give an empty text where there is none.
        policies = Fields(
            {
                "RepositoryPolicy": described.get("repositoryPolicy") or None,
                "LifecyclePolicy": described.get("lifecyclePolicy") or None,
            }
        )
        return cls(
            prefix=described["prefix"],
            applied_for=tuple(described.get("appliedFor", ())),
            description=described.get("description") or None,
            image_tag_mutability=described.get("imageTagMutability", TagMutability.MUTABLE),
            exclusion_filters=tuple(
                each["filter"] for each in described.get("imageTagMutabilityExclusionFilters", ())
            ),
            encryption=Encryption(
                encryption.get("encryptionType", EncryptionType.AES256),
                encryption.get("kmsKey") or None,
            ),
            repository_policy=policies.document("RepositoryPolicy", Policy.from_document),
            lifecycle_policy=policies.document("LifecyclePolicy", LifecyclePolicy.from_document),
            resource_tags=tuple(
                (tag["Key"], tag["Value"]) for tag in described.get("resourceTags", ())
            ),
            custom_role_arn=described.get("customRoleArn") or None,
        )


def longest_match(
    templates: Iterable[CreationTemplate], repository_name: Text
) -> CreationTemplate | Unresolved | None:
    """Return the template that covers a name with the longest prefix.

    Whether the next shorter one steps in where the longest is applied for
    something else is not documented, so ``applied_for`` is left to the caller.

    Args:
        templates: The templates of one registry.
        repository_name: The name.

    Returns:
        None where no template covers it; what is not known, where that decides:
        the name, or the prefix of a template that might be longer.
    """
    everything = list(templates)
    if not everything:
        return None
    if not isinstance(repository_name, str) or not is_known(repository_name):
        return _as_unresolved(repository_name)
    best: CreationTemplate | None = None
    unknown: list[Text] = []
    for template in everything:
        prefix = template.prefix
        if not isinstance(prefix, str) or not is_known(prefix):
            unknown.append(prefix)
        elif covers(prefix, repository_name) and (
            best is None or _length(prefix) > _length(best.prefix)
        ):
            best = template
    reached = -1 if best is None else _length(best.prefix)
    for prefix in unknown:
        if any(_may_be(prefix, each, reached) for each in _prefixes_of(repository_name)):
            return _as_unresolved(prefix)
    return best


def template_set_problems(templates: Iterable[CreationTemplate]) -> Iterator[Problem]:
    """Yield what is wrong between the templates of one registry: a prefix that is not unique."""
    yield from unique_prefix_problems("prefix", (template.prefix for template in templates))


def _length(prefix: Text) -> int:
    return 0 if prefix == ROOT else len(str(prefix).removesuffix("/"))


def _prefixes_of(repository_name: str) -> list[str]:
    """Return every prefix that covers a name: ``ROOT`` and its namespaces."""
    parts = repository_name.split("/")
    return [ROOT, *("/".join(parts[:end]) for end in range(1, len(parts)))]


def _may_be(prefix: Text, value: str, reached: int) -> bool:
    """Tell whether an unknown prefix could be this one, and longer than what was reached."""
    if _length(value) <= reached:
        return False
    return isinstance(prefix, str) or prefix.may_be(value) or prefix.may_be(f"{value}/")


def _as_unresolved(text: Text) -> Unresolved:
    return text if isinstance(text, Unresolved) else Unresolved.of(text)
