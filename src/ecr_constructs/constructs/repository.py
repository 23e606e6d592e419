"""A repository that meets the registry's baseline.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from ecr_constructs.constructs._jsii import on_this_side
from ecr_constructs.constructs.access import RepositoryAccess
from ecr_constructs.constructs.cdk_arguments import refuse_member, tells_cdk_arguments
from ecr_constructs.constructs.cfn_repository import CfnRepository
from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.functions_elsewhere import allow_functions_elsewhere
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.parameters import (
    DELETION_POLICIES,
    baseline_problems,
    encryption_of,
    key_problems,
    kind_problems,
    removal_problems,
    several,
    several_texts,
    token_problems,
)
from ecr_constructs.constructs.reference import ReferencedRepository
from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.constructs.slot import baseline_for
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.baseline import Baseline, Exemption
from ecr_constructs.model.encryption import EncryptionType
from ecr_constructs.model.governance import repository_loosenings, retention_loosenings
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import refuse
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.tag_mutability import TagMutability


class GovernedRepository(RepositoryAccess):
    """Define an ECR repository that meets the registry's baseline.

    Tags are immutable, images are scanned on push and encrypted, untagged
    images expire, nothing is public, and the repository outlives its stack,
    unless an exemption with a reason says otherwise. It is an
    :class:`aws_cdk.aws_ecr.IRepository`: ECS, Lambda, CodeBuild and pipelines
    take it as it is.

    Defines: ``AWS::ECR::Repository``, under the logical id that a bare
    :class:`aws_cdk.aws_ecr.Repository` of the same construct id has.

    Args:
        scope: Where to define the repository.
        construct_id: Id in ``scope``. Part of the logical id: changing it
            replaces the repository.
        repository_name: 2 to 256 lower-case characters, ``/`` between
            namespaces. A token is refused; changing it replaces the
            repository. Default: CloudFormation makes one up.
        image_tag_mutability: Whether a tag can be pushed again. Default:
            ``IMMUTABLE``, or ``IMMUTABLE_WITH_EXCLUSION`` when filters are given.
        image_tag_mutability_exclusion_filters: 1 to 5 tag wildcards, each with
            at most two ``*``, that are the exception. Default: none.
        scan_on_push: Whether each pushed image is scanned. Default: it is;
            basic scanning is free.
        encryption: How images are encrypted; changing it replaces the
            repository. Default: ``KMS`` when a key is given, else ``AES256``.
        encryption_key: A KMS key in the repository's Region. Default: the
            registry's, if the baseline asks for one; else none, and ``KMS``
            uses ``aws/ecr``.
        lifecycle_policy: Which images expire. Default: the baseline's policy,
            which expires untagged images after 14 days.
        repository_policy: Statements of the resource policy; more come through
            grants and ``allow_...``. Default: the owning account alone has access.
        tags: At most 50 resource tags. Default: none.
        removal_policy: What happens when the repository leaves its stack.
            Default: it stays, with its images.
        empty_on_delete: Whether deleting the repository deletes its images;
            only with ``removal_policy=RemovalPolicy.DESTROY``. Default: a
            repository that holds images is not deleted.
        baseline: What the repository has to meet. Default: that of the registry's
            owner, else the one attached nearest above, else ``Baseline()``.
        exemptions: The controls that it does not meet, and why.

    Raises:
        ConfigurationError: If a value breaks a limit of ECR, or a control is
            loosened without an exemption: one sentence for each.

    Example:
        >>> repository = GovernedRepository(stack, "Api", repository_name="payments/api")
        >>> _ = repository.grant_pull(role)
    """

    @tells_cdk_arguments
    @tells_arguments(kms_key="write encryption_key=")
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str | None = None,
        image_tag_mutability: TagMutability | None = None,
        image_tag_mutability_exclusion_filters: Iterable[str] = (),
        scan_on_push: bool = True,
        encryption: EncryptionType | None = None,
        encryption_key: kms.IKey | None = None,
        lifecycle_policy: LifecyclePolicy | None = None,
        repository_policy: Policy | None = None,
        tags: Mapping[str, str] | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        empty_on_delete: bool = False,
        baseline: Baseline | None = None,
        exemptions: Iterable[Exemption] = (),
    ) -> None:
        def path() -> str:
            return f"{scope.node.path}/{construct_id}".lstrip("/")

        filters = cast("tuple[str, ...]", several_texts(image_tag_mutability_exclusion_filters))
        granted = cast("tuple[Exemption, ...]", several(exemptions))
        given = {
            "image_tag_mutability_exclusion_filters": filters,
            "scan_on_push": scan_on_push,
            "encryption_key": encryption_key,
            "lifecycle_policy": lifecycle_policy,
            "repository_policy": repository_policy,
            "tags": tags,
            "empty_on_delete": empty_on_delete,
            "baseline": baseline,
            "exemptions": granted,
        }
        if misfits := list(kind_problems(given)):
            refuse(misfits, path=path())
        ledger = ledger_of(scope)
        slot = ledger.slot
        given_baseline = baseline
        baseline = baseline_for(scope, slot) if baseline is None else baseline
        if encryption_key is None and baseline.customer_managed_keys and slot.owner is not None:
            encryption_key = slot.owner.encryption_key
        mode = TagMutability.IMMUTABLE_WITH_EXCLUSION if filters else TagMutability.IMMUTABLE
        model = Repository(
            repository_name=repository_name,
            image_tag_mutability=image_tag_mutability or mode,
            exclusion_filters=filters,
            scan_on_push=scan_on_push,
            encryption=encryption_of(encryption, encryption_key),
            lifecycle_policy=(
                baseline.lifecycle_policy if lifecycle_policy is None else lifecycle_policy
            ),
            tags=tuple((tags or {}).items()),
            empty_on_delete=empty_on_delete,
            deletion_policy=DELETION_POLICIES.get(removal_policy, "Retain"),
            exemptions=granted,
        )
        gate = ResourcePolicy(
            path=path,
            ledger=ledger,
            place=replace(ledger.place, organization_id=baseline.organization_id),
            exemptions=Exemptions(granted, baseline.exemptions),
        )
        gate.refuse(
            [
                *baseline_problems(baseline),
                *token_problems(repository_name),
                *model.problems(partition=ledger.place.partition),
                *key_problems(encryption_key, ledger.place),
                *removal_problems(removal_policy, empty_on_delete=empty_on_delete),
            ],
            repository_loosenings(model, baseline, account=ledger.place.account),
        )
        if repository_policy is not None:
            gate.add_policy(repository_policy)
        if repository_name is not None:
            slot.claim_name(repository_name, path)
        if given_baseline is None:
            slot.assume(baseline, path)

        ledger.open()
        # As the generated constructor does, past its checks of types that are right here.
        jsii.create(
            ecr.RepositoryBase, self, [scope, construct_id, {"physicalName": repository_name}]
        )
        self._gate, self._ledger, self._given_name = gate, ledger, repository_name
        # A set has no order of its own, and means the same in any.
        in_order = tuple(sorted(dict.fromkeys(filters), key=ledger.key))
        properties = replace(model, exclusion_filters=in_order).to_cfn()
        if gate.statements:
            properties["RepositoryPolicyText"] = gate.document()
        self._cfn = CfnRepository(self, properties)
        jsii.invoke(self._cfn, "applyRemovalPolicy", [removal_policy])
        self._attributes: dict[str, str] = {}
        self._recorded: tuple[Exemption, ...] = ()
        self._record_exemptions()
        gate.warn(self)

    @property
    def repository_name(self) -> str:
        """The name; a token."""
        # Computed when first read: most repositories are never asked, and it costs a third of one.
        if "name" not in self._attributes:
            self._attributes["name"] = self._get_resource_name_attribute(self._cfn.ref)
        return self._attributes["name"]

    @property
    def repository_arn(self) -> str:
        """The ARN; a token. Read from another account or Region it is written out."""
        if "arn" not in self._attributes:
            self._attributes["arn"] = self._get_resource_arn_attribute(
                self._cfn.attr_arn,
                service="ecr",
                resource="repository",
                resource_name=self._physical_name,
            )
        return self._attributes["arn"]

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add a statement to the repository policy.

        Raises:
            ConfigurationError: If ECR would refuse it, or it opens the repository
                to anybody or lets other accounts administer it without an exemption.
        """
        self._add(statement)
        return iam.AddToResourcePolicyResult(statement_added=True, policy_dependable=self)

    @on_this_side
    def apply_removal_policy(self, policy: cdk.RemovalPolicy) -> None:
        """Say what happens when the repository leaves its stack; DESTROY takes an exemption."""
        if policy is cdk.RemovalPolicy.DESTROY:
            self._gate.refuse([], retention_loosenings("Delete"))
            self._record_exemptions()
        self._cfn.apply_removal_policy(policy)

    @staticmethod
    def from_repository_name(
        scope: Construct, construct_id: str, repository_name: str
    ) -> ReferencedRepository:
        """Return a repository of this account and Region that the app does not own."""
        return ReferencedRepository(scope, construct_id, repository_name=repository_name)

    @staticmethod
    def from_repository_arn(
        scope: Construct, construct_id: str, repository_arn: str
    ) -> ReferencedRepository:
        """Return a repository of any account and Region that the app does not own.

        Args:
            scope: Where to put the reference.
            construct_id: Id in ``scope``.
            repository_arn: Known at synthesis; for a token use
                :meth:`from_repository_attributes`.

        Raises:
            ConfigurationError: If it is a token or no repository's ARN.
        """
        return ReferencedRepository.from_arn(scope, construct_id, repository_arn)

    @staticmethod
    def from_repository_attributes(
        scope: Construct, construct_id: str, *, repository_arn: str, repository_name: str
    ) -> ReferencedRepository:
        """Return a repository that the app does not own, by its ARN and its name."""
        return ReferencedRepository(
            scope, construct_id, repository_name=repository_name, repository_arn=repository_arn
        )

    def write_at_synthesis(self) -> None:
        """Write the policy into the resource; the library calls it at synthesis."""
        allow_functions_elsewhere(self, self._gate, self._given_name)
        self._gate.warn(self)
        jsii.set(self._cfn, "repositoryPolicyText", self._gate.document())
        self._record_exemptions()

    if not TYPE_CHECKING:  # a type checker knows what there is, and must go on to
        __getattr__ = refuse_member

    def _record_exemptions(self) -> None:
        # A round trip, so only where there is something to tell.
        if self._gate.relied_on != self._recorded:
            self._recorded = tuple(self._gate.relied_on)
            self._cfn.add_metadata(
                "EcrConstructs", {"exemptions": [e.to_metadata() for e in self._recorded]}
            )
            from ecr_constructs.constructs.validation import acknowledge_exemptions

            acknowledge_exemptions(self, self._recorded)
