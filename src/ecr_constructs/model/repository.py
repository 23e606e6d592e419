"""A repository: its properties, what ECR refuses in them, and their codecs.

Layer: model; imports ``errors`` and ``service`` only.

Sources: the schema of ``AWS::ECR::Repository`` in the CloudFormation registry,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ecr_constructs.model.baseline import Exemption, exemptions_from_metadata, in_order
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.encryption import AES256, Encryption, EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed, Problem, Severity, problem_at
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.tag_mutability import TagMutability, mutability_problems
from ecr_constructs.model.tags import TagLimits, Tags, tag_problems
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import limits, patterns

_TAGS: Final = TagLimits(
    what="a repository",
    count=limits.REPOSITORY_TAGS,
    key_max=limits.TAG_KEY_MAX,
    value_min=limits.TAG_VALUE_MIN,
    value_max=limits.TAG_VALUE_MAX,
)
#: CloudFormation repeats the property's name in its members; the API says filterType, filter.
_FILTER: Final = "ImageTagMutabilityExclusionFilter"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was read from.

    Attributes:
        stack: The stack's name.
        logical_id: The resource's id in its template.
        template: The file's path below the assembly.
        construct_path: The construct's path, where the assembly tells it.
        condition: The condition of its template that tells at deployment alone
            whether it is there; None where that is known. No part of its value.
    """

    stack: str
    logical_id: str
    template: str
    construct_path: str | None = None
    condition: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A private repository.

    Attributes:
        repository_name: 2 to 256 characters; None where CloudFormation makes one up.
        image_tag_mutability: One of :class:`TagMutability`.
        exclusion_filters: 1 to 5 tag wildcards that are the exception to a
            ``..._WITH_EXCLUSION`` mode, each with at most two ``*``.
        scan_on_push: Whether each pushed image is scanned.
        encryption: How images are encrypted.
        lifecycle_policy: Which images expire; None for none.
        repository_policy: The resource policy; None for none.
        tags: Resource tags, at most 50.
        empty_on_delete: Whether deleting the repository deletes its images.
        deletion_policy: What CloudFormation does when the resource is removed.
        update_replace_policy: What it does with the old one after a replacement.
        exemptions: The controls that are loosened, and why.
        origin: Where it was read from; no part of its value.
        writes_encryption: Whether its template writes ``EncryptionConfiguration``
            out; None where that is not known. Amazon ECR takes ``AES256`` and
            nothing for the same; CloudFormation replaces the repository where one
            becomes the other. No part of its value.
    """

    repository_name: Text | None = None
    image_tag_mutability: Text = TagMutability.MUTABLE
    exclusion_filters: tuple[Text, ...] = ()
    scan_on_push: bool | Unresolved = False
    encryption: Encryption = AES256
    lifecycle_policy: LifecyclePolicy | Malformed | Unresolved | None = None
    repository_policy: Policy | Malformed | Unresolved | None = None
    tags: Tags = ()
    empty_on_delete: bool | Unresolved = False
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    exemptions: tuple[Exemption, ...] = ()
    origin: Origin | None = field(default=None, compare=False)
    writes_encryption: bool | None = field(default=None, compare=False)

    def problems(self, *, partition: str = "aws") -> list[Problem]:
        """Return what ECR or CloudFormation would refuse, with the paths of the parameters."""
        return [
            *name_problems(self.repository_name),
            *mutability_problems(self.image_tag_mutability, self.exclusion_filters),
            *self.encryption.problems(partition=partition),
            *tag_problems(self.tags, _TAGS, path="tags"),
            *_below("lifecycle_policy", self.lifecycle_policy),
            *_below("repository_policy", self.repository_policy),
            *(
                problem.below(f"exemptions[{index}]")
                for index, exemption in enumerate(self.exemptions)
                for problem in exemption.problems()
            ),
        ]

    def normalise(self, *, partition: str = "aws", key: SortKey = str) -> Repository:
        """Return the repository in the one form of its meaning; idempotent."""
        lifecycle_policy, policy = self.lifecycle_policy, self.repository_policy
        if isinstance(lifecycle_policy, LifecyclePolicy):
            lifecycle_policy = lifecycle_policy.normalise() if lifecycle_policy.rules else None
        if isinstance(policy, Policy):
            policy = policy.normalise(partition=partition, key=key) if policy.statements else None
        return replace(
            self,
            exclusion_filters=tuple(sorted(dict.fromkeys(self.exclusion_filters), key=key)),
            lifecycle_policy=lifecycle_policy,
            repository_policy=policy,
            tags=tuple(sorted(self.tags, key=lambda tag: key(tag[0]))),
            exemptions=in_order(self.exemptions),
        )

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of ``AWS::ECR::Repository``.

        What CloudFormation leaves as it was when it is left out of a template
        (mutability, scanning) is always written. Encryption with AES256 is what a
        repository has without any, and is left out as ``aws_ecr.Repository``
        leaves it out: adding it replaces a repository that was made without.
        """
        properties: dict[str, Any] = {}
        if self.repository_name is not None:
            properties["RepositoryName"] = self.repository_name
        properties["ImageTagMutability"] = str(self.image_tag_mutability)
        if self.exclusion_filters:
            properties["ImageTagMutabilityExclusionFilters"] = [
                {f"{_FILTER}Type": "WILDCARD", f"{_FILTER}Value": value}
                for value in self.exclusion_filters
            ]
        properties["ImageScanningConfiguration"] = {"ScanOnPush": self.scan_on_push}
        if self.encryption != AES256:
            properties["EncryptionConfiguration"] = self.encryption.to_cfn()
        if isinstance(self.lifecycle_policy, LifecyclePolicy) and self.lifecycle_policy.rules:
            properties["LifecyclePolicy"] = self.lifecycle_policy.to_cfn()
        if isinstance(self.repository_policy, Policy) and self.repository_policy.statements:
            properties["RepositoryPolicyText"] = self.repository_policy.to_cfn()
        if self.tags:
            properties["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags]
        if self.empty_on_delete is not False:
            properties["EmptyOnDelete"] = self.empty_on_delete
        return properties

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[Repository, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: ``Properties``, ``Metadata`` and the deletion attributes.
            origin: Where it stands.

        Returns:
            The repository, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        repository = cls(
            repository_name=fields.text("RepositoryName"),
            image_tag_mutability=fields.text("ImageTagMutability") or TagMutability.MUTABLE,
            exclusion_filters=tuple(
                [
                    each.text(f"{_FILTER}Value") or ""
                    for each in fields.each("ImageTagMutabilityExclusionFilters")
                ]
            ),
            scan_on_push=fields.below("ImageScanningConfiguration").boolean("ScanOnPush"),
            encryption=_encryption(fields.below("EncryptionConfiguration")),
            lifecycle_policy=_lifecycle_policy(fields.below("LifecyclePolicy")),
            repository_policy=fields.document("RepositoryPolicyText", Policy.from_document),
            tags=tuple(
                [(each.text("Key") or "", each.text("Value") or "") for each in fields.each("Tags")]
            ),
            empty_on_delete=fields.boolean("EmptyOnDelete"),
            deletion_policy=str(resource.get("DeletionPolicy", "Delete")),
            update_replace_policy=str(resource.get("UpdateReplacePolicy", "Delete")),
            exemptions=exemptions_from_metadata(resource.get("Metadata")),
            origin=origin,
            writes_encryption=fields.is_written("EncryptionConfiguration"),
        )
        return repository, fields.problems

    @classmethod
    def from_api(
        cls,
        described: Mapping[str, Any],
        *,
        lifecycle_policy_text: Text | None = None,
        policy_text: Text | None = None,
        tags: Sequence[Mapping[str, Text]] = (),
    ) -> Repository:
        """Read a live repository.

        Args:
            described: An entry of ``DescribeRepositories``.
            lifecycle_policy_text: From ``GetLifecyclePolicy``; None for none.
            policy_text: From ``GetRepositoryPolicy``; None for none.
            tags: From ``ListTagsForResource``. Those that AWS itself sets, with
                ``aws:`` before their keys, are left out.

        Returns:
            The repository; a policy that cannot be read is
            :class:`~ecr_constructs.model.problem.Malformed` in it.
        """
        encryption = described.get("encryptionConfiguration", {})
        texts = {"LifecyclePolicyText": lifecycle_policy_text, "RepositoryPolicyText": policy_text}
        policies = Fields(texts)
        return cls(
            repository_name=described["repositoryName"],
            image_tag_mutability=described.get("imageTagMutability", TagMutability.MUTABLE),
            exclusion_filters=tuple(
                each["filter"] for each in described.get("imageTagMutabilityExclusionFilters", ())
            ),
            scan_on_push=described.get("imageScanningConfiguration", {}).get("scanOnPush", False),
            encryption=Encryption(
                encryption.get("encryptionType", EncryptionType.AES256), encryption.get("kmsKey")
            ),
            lifecycle_policy=policies.document(
                "LifecyclePolicyText", LifecyclePolicy.from_document
            ),
            repository_policy=policies.document("RepositoryPolicyText", Policy.from_document),
            tags=tuple(
                (tag["Key"], tag["Value"]) for tag in tags if not str(tag["Key"]).startswith("aws:")
            ),
        )


def _lifecycle_policy(fields: Fields) -> LifecyclePolicy | Malformed | Unresolved | None:
    """Read the text of a policy; an object is noted as malformed by it, and read all the same."""
    fields.text("LifecyclePolicyText")
    return fields.document("LifecyclePolicyText", LifecyclePolicy.from_document)


def _encryption(fields: Fields) -> Encryption:
    kind, key = fields.text("EncryptionType"), fields.text("KmsKey")
    if kind is None and key is None:
        return AES256  # one object for all that have it
    return Encryption(kind or EncryptionType.AES256, key)


def name_problems(name: Text | None) -> Iterator[Problem]:
    """Yield what is wrong with a repository's name, as far as it is known."""
    if name is None or not is_known(name):
        return
    low, high = limits.REPOSITORY_NAME_MIN, limits.REPOSITORY_NAME_MAX
    text = name if isinstance(name, str) else ""  # a caller may have given anything
    if low <= len(text) <= high and patterns.REPOSITORY_NAME.fullmatch(text):
        host = patterns.REGISTRY_HOST.match(text)
        if host:
            yield problem_at(
                "repository_name",
                "repository_name should be the name alone, as the registry's host comes before it,"
                f" got {name!r}",
                f"write {text[host.end() :]!r}",
                severity=Severity.WARNING,
            )
        return
    better = suggest_name(text)
    yield problem_at(
        "repository_name",
        f"repository_name must be {low} to {high} lower-case letters and digits, joined by '.',"
        f" '_', '__' or '-' and by '/' between namespaces, got {name!r}",
        f"write {better!r}" if better else "write for example 'payments/api'",
    )


def suggest_name(name: str) -> str | None:
    """Return a valid name close to an invalid one, or None where there is none."""
    parts = [re.sub(r"[^a-z0-9._-]+", "-", part.lower()) for part in name.split("/")]
    parts = [re.sub(r"([._-])[._-]*", r"\1", part).strip("._-") for part in parts]
    better = "/".join(part for part in parts if part)
    long_enough = limits.REPOSITORY_NAME_MIN <= len(better) <= limits.REPOSITORY_NAME_MAX
    return better if long_enough and patterns.REPOSITORY_NAME.fullmatch(better) else None


def _below(prefix: str, value: object) -> Iterator[Problem]:
    if isinstance(value, LifecyclePolicy | Policy):
        yield from (p.below(prefix) for p in value.problems())
    elif isinstance(value, Malformed):
        yield from (p.below(prefix) for p in value.problems)
