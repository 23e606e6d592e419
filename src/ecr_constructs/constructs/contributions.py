"""What any construct can contribute to a registry, whoever owns it.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from ecr_constructs.constructs.caching import define_cache
from ecr_constructs.constructs.contributor import RegistryContributor
from ecr_constructs.constructs.image_contributions import ImageContributions
from ecr_constructs.constructs.parameters import (
    encryption_of,
    key_problems,
    kind_problems,
    several,
    several_texts,
)
from ecr_constructs.constructs.pull_through_cache import PullThroughCache
from ecr_constructs.constructs.registry_events import RegistryEvents
from ecr_constructs.constructs.replicating import replicate
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.encryption import EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import problem_at, refuse
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.repository_filter import as_filters
from ecr_constructs.model.tag_mutability import TagMutability
from ecr_constructs.model.template_request import TemplateRequest
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.model.upstream import Upstream


class RegistryContributions(ImageContributions, RegistryEvents):
    """What can be contributed to a registry."""

    @tells_arguments(
        by_place="write RegistryReference(account, region), and repository_filters=[...]",
        account="write RegistryReference(account, region) as the destination",
        region="write RegistryReference(account, region) as the destination",
    )
    def replicate_to(
        self,
        destination: RegistryContributor | RegistryReference,
        *,
        repository_filters: Iterable[str] = (),
        delete_replication: bool = False,
    ) -> None:
        """Replicate what is pushed from now on to another registry, on both sides.

        Here that is a rule; rules are merged into as few as they fit. There it is
        a creation template for each namespace, with the baseline of that
        registry, as ECR copies no setting of a repository, and if it is another
        account's a statement in its registry policy. Neither deletes anything
        when it is removed. What arrives by replication is not replicated on.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html

        Args:
            destination: The registry: its owner, ``GovernedRegistry.of(...)``, or a
                :class:`RegistryReference` for one that this app does not own; what
                its owner must apply is then in ``hand_overs``.
            repository_filters: What the names begin with, 2 to 256 characters each,
                such as ``"payments/"``; ``"prod"`` takes ``production`` too. At most
                100 a rule. Default: every repository.
            delete_replication: Whether what is deleted here, by a lifecycle policy
                too, is deleted there. What another account must allow for it is not
                documented. Default: what has arrived stays.

        Raises:
            ConfigurationError: If a stack has no concrete account or Region, the
                destination is this registry or in another partition, there are
                more than 25 destinations or rules, ECR refuses a filter, or the
                installed aws-cdk-lib is older than 2.278 and deletions are to be
                replicated.
        """
        replicate(
            self,
            destination,
            as_filters(repository_filters),
            delete_replication=delete_replication,
        )

    @tells_arguments(scan_on_push="leave it out: the registry's scanning covers them")
    def add_creation_template(
        self,
        prefix: str,
        *,
        applied_for: Iterable[AppliedFor],
        description: str | None = None,
        image_tag_mutability: TagMutability | None = None,
        image_tag_mutability_exclusion_filters: Iterable[str] = (),
        encryption: EncryptionType | None = None,
        encryption_key: kms.IKey | None = None,
        lifecycle_policy: LifecyclePolicy | None = None,
        repository_policy: Policy | None = None,
        resource_tags: Mapping[str, str] | None = None,
        custom_role: iam.IRole | None = None,
        exemptions: Iterable[Exemption] = (),
    ) -> None:
        """Say what repositories are like that ECR creates by itself below a prefix.

        There is one template for a prefix, whoever asks for it: what several ask
        for is merged, and two different values of one setting are refused. It is
        applied when a repository is created, and never again. It has no setting
        for scanning: the registry's scanning covers such repositories.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html

        Args:
            prefix: A namespace, 1 to 256 characters, or ``"ROOT"`` for what no other
                template covers. Known at synthesis; changing it makes another template.
            applied_for: When it is applied: at least one of :class:`AppliedFor`.
            description: At most 256 characters. Default: none.
            image_tag_mutability: Whether a tag can be pushed again. Default:
                ``IMMUTABLE``; ``MUTABLE`` where it is for pull through caches alone,
                whose tags move with those of the upstream.
            image_tag_mutability_exclusion_filters: 1 to 5 tag wildcards that are the
                exception. Default: none.
            encryption: How images are encrypted. Default: ``KMS`` when a key is
                given or the baseline asks for one, else ``AES256``.
            encryption_key: A KMS key in the registry's Region. Default: the
                registry's, if the baseline asks for one.
            lifecycle_policy: Which images expire. Default: the baseline's policy.
            repository_policy: The resource policy that each gets; a later change of
                the template changes none of them. Default: none.
            resource_tags: At most 50 tags. Default: none.
            custom_role: The role with which ECR creates them; its ARN must have no
                path. Default: one is made if tags or KMS need it.
            exemptions: The controls that they do not meet, and why.

        Raises:
            ConfigurationError: If a value breaks a limit of ECR, a control is
                loosened without an exemption, or somebody else gave another value.
        """
        by = self.path
        filters = cast("tuple[str, ...]", several_texts(image_tag_mutability_exclusion_filters))
        granted = cast("tuple[Exemption, ...]", several(exemptions))
        misfits = list(
            kind_problems(
                {
                    "prefix": prefix,
                    "description": description,
                    "image_tag_mutability_exclusion_filters": filters,
                    "encryption_key": encryption_key,
                    "custom_role": custom_role,
                    "lifecycle_policy": lifecycle_policy,
                    "repository_policy": repository_policy,
                    "resource_tags": resource_tags,
                    "exemptions": granted,
                }
            )
        )
        if not is_known(prefix):
            misfits.append(
                problem_at("prefix", "prefix must be known at synthesis, got a token", "write it")
            )
        refuse([*misfits, *key_problems(encryption_key, self.place)], path=by)
        is_encrypted = encryption is not None or encryption_key is not None
        request = TemplateRequest(
            prefix=prefix,
            applied_for=_purposes(applied_for),
            by=by,
            is_spelt=True,
            description=description,
            image_tag_mutability=image_tag_mutability,
            exclusion_filters=filters,
            encryption=encryption_of(encryption, encryption_key) if is_encrypted else None,
            repository_policy=repository_policy,
            lifecycle_policy=lifecycle_policy,
            resource_tags=None if resource_tags is None else tuple(resource_tags.items()),
            custom_role_arn=None if custom_role is None else custom_role.role_arn,
            exemptions=granted,
        )
        self.contribute(
            "add_creation_template(...)", lambda settings: settings.templates.ask(request)
        )

    @tells_arguments(
        prefix="write ecr_repository_prefix=",
        repository_prefix="write ecr_repository_prefix=",
        upstream_registry_url="write Upstream.docker_hub(), or another of its kin, first",
    )
    def add_pull_through_cache(
        self,
        upstream: Upstream,
        *,
        credential: secretsmanager.ISecret | None = None,
        ecr_repository_prefix: str | None = None,
        upstream_repository_prefix: str | None = None,
        custom_role: iam.IRole | None = None,
        lifecycle_policy: LifecyclePolicy | None = None,
        resource_tags: Mapping[str, str] | None = None,
        construct_id: str | None = None,
    ) -> PullThroughCache:
        """Cache the images of another registry, as they are pulled.

        That is a rule, the role that it takes to read another account's registry,
        and a creation template for the repositories that it makes: encrypted, with
        the baseline's lifecycle policy, and with **mutable** tags. These follow
        the upstream's, and ECR could not update a cached tag that is immutable; it
        loosens no control, as nobody pushes there.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html

        Args:
            upstream: The registry that is cached.
            credential: The secret to log in with: :class:`PullThroughCacheSecret`, or
                one of that name and shape, encrypted with ``aws/secretsmanager``, of
                the registry's account and Region. Default: none, which Docker Hub,
                GitHub, GitLab, Azure and Chainguard refuse.
            ecr_repository_prefix: The namespace of the cached repositories, 2 to 30
                characters. Known at synthesis. Default: the one of ECR's console,
                such as ``docker-hub``.
            upstream_repository_prefix: The namespace at the upstream, for upstreams
                in ECR. Default: the whole upstream.
            custom_role: The role that reads another registry of ECR. Default: one
                is made for an upstream in ECR.
            lifecycle_policy: Which cached images expire. Default: the baseline's.
            resource_tags: At most 50 tags of the repositories. Default: none.
            construct_id: Id below the registry. Part of the logical id. Default:
                the prefix.

        Raises:
            ConfigurationError: If a credential is missing or is not what ECR can
                use, a prefix is taken or is none, or there are more than 50 rules.

        Example:
            >>> cache = registry.add_pull_through_cache(Upstream.quay())
            >>> app = cache.repository("org/app")
        """
        misfits = {
            "resource_tags": resource_tags,
            "lifecycle_policy": lifecycle_policy,
            "custom_role": custom_role,
        }
        refuse(kind_problems(misfits), path=self.path)
        return define_cache(
            self,
            upstream,
            credential=credential,
            ecr_repository_prefix=ecr_repository_prefix,
            upstream_repository_prefix=upstream_repository_prefix,
            custom_role_arn=None if custom_role is None else custom_role.role_arn,
            lifecycle_policy=lifecycle_policy,
            resource_tags=None if resource_tags is None else tuple(resource_tags.items()),
            construct_id=construct_id,
        )


def _purposes(applied_for: Iterable[AppliedFor]) -> tuple[AppliedFor, ...]:
    # One alone, not in a list, is one purpose and no list of letters.
    given = several_texts(applied_for)
    return cast("tuple[AppliedFor, ...]", given if isinstance(given, tuple) else (given,))
