"""The one owner of a registry: what ECR has once for an account and Region.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.repository import GovernedRepository
from ecr_constructs.constructs.slot import baseline_for
from ecr_constructs.model.baseline import Baseline, Control, Exemption, find_exemption
from ecr_constructs.model.encryption import EncryptionType
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import refuse
from ecr_constructs.model.tag_mutability import TagMutability


@final
class GovernedRegistry(Construct):
    """Own the registry of one account and Region.

    ECR has a registry policy, a replication configuration, a scanning
    configuration and more once for an account and Region: two stacks that set
    one of them fight. One construct owns them all; others contribute.

    Defines: nothing until something is given or contributed, then
    ``AWS::ECR::RegistryPolicy`` and its kin, each once; ``AWS::KMS::Key`` when
    the baseline asks for customer-managed keys.

    Args:
        scope: Where to define it; its stack says which registry it is.
        construct_id: Id in ``scope``. Part of the logical ids below.
        baseline: What every repository has to meet. Default: the one attached
            nearest above, else ``Baseline()``.
        exemptions: The controls that the registry does not meet, and why.

    Raises:
        ConfigurationError: If the registry has an owner already, or a
            repository of it took another baseline.

    Example:
        >>> registry = GovernedRegistry(stack, "Registry", baseline=Baseline())
        >>> api = registry.add_repository("Api", repository_name="payments/api")
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        baseline: Baseline | None = None,
        exemptions: Iterable[Exemption] = (),
    ) -> None:
        def path() -> str:
            return f"{scope.node.path}/{construct_id}".lstrip("/")

        self._ledger = ledger_of(scope)
        self._slot = self._ledger.slot
        self._baseline = baseline or baseline_for(scope, self._slot)
        given = tuple(exemptions)
        refuse(
            [
                *(p.below("baseline") for p in self._baseline.problems()),
                *(
                    p.below(f"exemptions[{index}]")
                    for index, each in enumerate(given)
                    for p in each.problems()
                ),
            ],
            path=path(),
        )
        super().__init__(scope, construct_id)
        if self._slot.owner is None or find_exemption(given, Control.SINGLE_OWNER) is None:
            self._slot.own(self, path)

    @property
    def baseline(self) -> Baseline:
        """What every repository of the registry has to meet."""
        return self._baseline

    @property
    def account(self) -> str:
        """The registry's account; a token in an environment-agnostic stack."""
        return self._ledger.place.account

    @property
    def region(self) -> str:
        """The registry's Region; a token in an environment-agnostic stack."""
        return self._ledger.place.region

    @cached_property
    def encryption_key(self) -> kms.IKey | None:
        """The registry's own KMS key; None unless the baseline asks for customer-managed keys.

        It rotates every year and stays when its stack goes: without it no
        image can be read.
        """
        if not self._baseline.customer_managed_keys:
            return None
        key = kms.Key(
            self,
            "Key",
            description="Encrypts the images of this account's registry",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        place = self._ledger.place
        key.add_to_resource_policy(
            # https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
            iam.PolicyStatement(
                sid="UseThroughEcr",
                principals=[iam.AccountPrincipal(place.account)],
                actions=["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                resources=["*"],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": f"ecr.{place.region}.amazonaws.com",
                        "kms:CallerAccount": place.account,
                    }
                },
            )
        )
        return key

    def add_repository(
        self,
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
        exemptions: Iterable[Exemption] = (),
    ) -> GovernedRepository:
        """Define a repository in the registry's stack; see :class:`GovernedRepository`.

        Args:
            construct_id: Id below the registry.
            repository_name: As there, and so are the other options.
            image_tag_mutability: See there.
            image_tag_mutability_exclusion_filters: See there.
            scan_on_push: See there.
            encryption: See there.
            encryption_key: See there.
            lifecycle_policy: See there.
            repository_policy: See there.
            tags: See there.
            removal_policy: See there.
            empty_on_delete: See there.
            exemptions: See there.
        """
        return GovernedRepository(
            self,
            construct_id,
            repository_name=repository_name,
            image_tag_mutability=image_tag_mutability,
            image_tag_mutability_exclusion_filters=image_tag_mutability_exclusion_filters,
            scan_on_push=scan_on_push,
            encryption=encryption,
            encryption_key=encryption_key,
            lifecycle_policy=lifecycle_policy,
            repository_policy=repository_policy,
            tags=tags,
            removal_policy=removal_policy,
            empty_on_delete=empty_on_delete,
            exemptions=exemptions,
            baseline=self._baseline,
        )
