"""The one owner of a registry: what ECR has once for an account and Region.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, cast, final

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from ecr_constructs.constructs.account_settings import AccountSettings, account_setting_problems
from ecr_constructs.constructs.cdk_arguments import OF_ADDED, OF_REGISTRY, tells_cdk_arguments
from ecr_constructs.constructs.contributions import RegistryContributions
from ecr_constructs.constructs.contributor import Contribution
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.parameters import kind_problems, several
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.constructs.registry_handle import RegistryHandle
from ecr_constructs.constructs.registry_key import registry_key
from ecr_constructs.constructs.registry_settings import RegistrySettings
from ecr_constructs.constructs.repository import GovernedRepository
from ecr_constructs.constructs.scanning import RegistryScanning
from ecr_constructs.constructs.slot import RegistrySlot, baseline_for
from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.baseline import Baseline, Control, Exemption, find_exemption
from ecr_constructs.model.encryption import EncryptionType
from ecr_constructs.model.hand_over import HandOver
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import problem_at, refuse
from ecr_constructs.model.scan_coverage import RepositoryCoverage, coverage
from ecr_constructs.model.scanning import Scanning
from ecr_constructs.model.tag_mutability import TagMutability

#: What lies below a registry, made when it is first needed.
_RESERVED: Final = frozenset(
    {
        "AccountSettings",
        "CachedRepositories",
        "CreationTemplates",
        "Events",
        "Key",
        "Policy",
        "PullThroughCaches",
        "PullTimeUpdateExclusions",
        "Replication",
        "Scanning",
        "Signing",
        "SigningPermissions",
        "SigningProfile",
    }
)


@final
class GovernedRegistry(RegistryContributions, Construct):
    """Own the registry of one account and Region.

    ECR has a registry policy, a replication configuration, a scanning
    configuration and more once for an account and Region: two stacks that set
    one of them fight. One construct owns them all; others contribute through
    :meth:`of`, from any stack of that account and Region, in any order.

    What is defined outlives its stack. When the last contribution to a setting
    goes, its resource leaves the template and the setting stays as it was:
    remove it by hand, with ``aws ecr delete-registry-policy`` and its kin.

    Defines: nothing until something is given or contributed, then
    ``AWS::ECR::RegistryPolicy``, ``AWS::ECR::ReplicationConfiguration``,
    ``AWS::ECR::RegistryScanningConfiguration``,
    ``AWS::ECR::SigningConfiguration``, with ``AWS::Signer::SigningProfile`` and
    ``AWS::Signer::ProfilePermission``,
    ``AWS::ECR::RepositoryCreationTemplate`` and
    ``AWS::ECR::PullThroughCacheRule``; ``AWS::IAM::Role`` for templates and
    caches that need one; ``AWS::KMS::Key`` when the baseline asks for
    customer-managed keys; ``AWS::Lambda::Function`` with its role and two
    custom resources for each account setting.

    Args:
        scope: Where to define it; its stack says which registry it is.
        construct_id: Id in ``scope``. Part of the logical ids below.
        baseline: What every repository has to meet. Default: the one attached
            nearest above, else ``Baseline()``.
        scanning: How images are scanned; basic scanning is free, Amazon Inspector
            bills enhanced scanning. Default: as it is set, and each repository's
            own ``scan_on_push`` holds.
        account_settings: Settings that CloudFormation has no type for; a function
            sets them. They alone go with the stack: what was set before is put
            back. To move the registry to another stack or id, deploy once without
            them. Default: they stay as they are, and there is no function.
        exemptions: The controls that the registry does not meet, and why.

    Raises:
        ConfigurationError: If the registry has an owner already, a repository of
            it took another baseline, ECR would refuse the scanning configuration,
            or what has been contributed before is refused.

    Example:
        >>> registry = GovernedRegistry(stack, "Registry", baseline=Baseline())
        >>> api = registry.add_repository("Api", repository_name="payments/api")
    """

    @tells_arguments(**OF_REGISTRY)
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        baseline: Baseline | None = None,
        scanning: Scanning | None = None,
        account_settings: Iterable[AccountSetting] = (),
        exemptions: Iterable[Exemption] = (),
    ) -> None:
        def path() -> str:
            return f"{scope.node.path}/{construct_id}".lstrip("/")

        granted = cast("tuple[Exemption, ...]", several(exemptions))
        wanted = cast("tuple[AccountSetting, ...]", several(account_settings))
        misfits = list(
            kind_problems(
                {
                    "baseline": baseline,
                    "scanning": scanning,
                    "account_settings": wanted,
                    "exemptions": granted,
                }
            )
        )
        if misfits:
            refuse(misfits, path=path())
        self._ledger = ledger_of(scope)
        self._slot = self._ledger.slot
        self._baseline = baseline_for(scope, self._slot) if baseline is None else baseline
        self._scanning = scanning
        refuse(
            [
                *(p.below("baseline") for p in self._baseline.problems()),
                *(p.below("scanning") for p in (scanning.problems() if scanning else ())),
                *account_setting_problems(wanted),
                *(
                    p.below(f"exemptions[{index}]")
                    for index, each in enumerate(granted)
                    for p in each.problems()
                ),
            ],
            path=path(),
        )
        exempt = find_exemption(granted, Control.SINGLE_OWNER)
        beside = () if self._slot.owner is None or exempt is None else (exempt,)
        self._slot.check_owner(self._baseline, path, is_second=bool(beside))
        self._ledger.open()
        super().__init__(scope, construct_id)
        self._settings = RegistrySettings(
            RegistryContext(
                owner=self,
                ledger=self._ledger,
                baseline=self._baseline,
                exemptions=granted,
                beside=beside,
                encryption_key=lambda: self.encryption_key,
            )
        )
        if scanning is not None:
            RegistryScanning(self._settings.context, scanning)
        if wanted:
            self._settings.policy.follow(
                AccountSettings(self._settings.context, wanted).policy_scope
            )
        if not beside:
            self._slot.own(self, self._settings)

    @staticmethod
    def of(scope: Construct) -> RegistryHandle:
        """Return the registry of a construct's account and Region, to contribute to it.

        It may get its owner later, in any stack of that account and Region; a
        stack without concrete account and Region has a registry of its own.

        Args:
            scope: The construct that contributes; errors name it.
        """
        return RegistryHandle(scope)

    @property
    def baseline(self) -> Baseline:
        """What every repository of the registry has to meet."""
        return self._baseline

    @property
    def slot(self) -> RegistrySlot:
        """What the app knows of the registry; for constructs of the library."""
        return self._slot

    @property
    def contributor(self) -> Construct:
        """The registry itself."""
        return self

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """What the owners of other registries must apply; synthesis writes it beside the template.

        The file is ``<stack>.hand-over.json`` in the assembly.
        """
        return self._settings.references.hand_overs

    def contribute(
        self, what: str, contribution: Contribution, *, by: IConstruct | None = None
    ) -> None:
        """Do something to the registry's settings; see :meth:`RegistryContributor.contribute`."""
        self._slot.check_open(what, by or self)
        contribution(self._settings)

    def scan_coverage(self) -> tuple[RepositoryCoverage, ...]:
        """Return how each repository is scanned that the app defines here, and by which rule.

        Repositories whose name CloudFormation makes up are left out.
        """
        return coverage(self._scanning, self._slot.names)

    @cached_property
    def encryption_key(self) -> kms.IKey | None:
        """The registry's own KMS key; None unless the baseline asks for customer-managed keys.

        It rotates every year and stays when its stack goes: without it no
        image can be read.
        """
        if not self._baseline.customer_managed_keys:
            return None
        return registry_key(self, self._ledger.place)

    @tells_cdk_arguments
    @tells_arguments(**OF_ADDED)
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
            construct_id: Id below the registry; not one of the registry's own, such
                as ``Policy``.
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
        if construct_id in _RESERVED:
            problem = problem_at(
                "construct_id",
                "construct_id must not be one that the registry needs itself, got"
                f" {construct_id!r}",
                f"write {f'{construct_id}Repository'!r}",
            )
            refuse([problem], path=self.node.path)
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
