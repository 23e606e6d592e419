"""A public repository: everybody may pull, and nobody without a reason makes one.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_constructs.constructs._jsii import on_this_side, to_jsii
from ecr_constructs.constructs.cfn_registry import record_exemptions
from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.ledger import ledger_of
from ecr_constructs.constructs.parameters import (
    DELETION_POLICIES,
    baseline_problems,
    kind_problems,
    removal_problems,
    several,
    token_problems,
)
from ecr_constructs.constructs.public_policy import PublicPolicy
from ecr_constructs.constructs.slot import RegistrySlot, baseline_for
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.baseline import Baseline, Exemption
from ecr_constructs.model.catalog_data import CatalogData
from ecr_constructs.model.governance import public_repository_loosenings, retention_loosenings
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.problem import Problem, Severity, problem_at, refuse
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.service import limits, public_actions

#: The names of public repositories in the account of a registry, and what has them.
_NAMES: Final[WeakKeyDictionary[RegistrySlot, dict[str, str]]] = WeakKeyDictionary()
_NO_DATA: Final = CatalogData()


@jsii.implements(iam.IResourceWithPolicyV2)
class GovernedPublicRepository(cdk.Resource):
    """Define a public repository, which the Amazon ECR Public Gallery shows.

    Everybody may pull from it, without an account, and no policy changes that: it
    takes an exemption from ``Control.PUBLIC_ACCESS``, whose reason every output
    shows. What a private repository has besides, there is not here: no scanning,
    no lifecycle policy, no encryption with a key, no tags that never move. It
    outlives its stack. CloudFormation has the type in us-east-1 only.
    https://docs.aws.amazon.com/AmazonECR/latest/public/public-repositories.html

    Defines: ``AWS::ECR::PublicRepository``.

    Args:
        scope: Where to define it; its stack lies in us-east-1.
        construct_id: Id in ``scope``. Part of the logical id: changing it replaces
            the repository.
        repository_name: 2 to 205 characters, lower-case letters and digits, joined
            by single separators. A token is refused; changing it replaces the
            repository. Default: CloudFormation makes one up.
        catalog_data: What the gallery shows. Default: nothing but the name.
        repository_policy: Statements of the resource policy; more come through
            grants and ``allow_...``. Default: the owning account alone may push.
        tags: At most 50 resource tags. Default: none.
        removal_policy: What happens when it leaves its stack. Default: it stays,
            with its images.
        baseline: Whose organisation and exemptions hold. Default: that of the owner
            of the account's registry in us-east-1, else the one attached nearest
            above, else ``Baseline()``.
        exemptions: The controls that it does not meet, and why.

    Raises:
        ConfigurationError: If it is not exempt from ``Control.PUBLIC_ACCESS``, lies in
            another Region, or a value breaks a limit: one sentence for each.

    Example:
        >>> virginia = cdk.Stack(cdk.App(), "Public", env=cdk.Environment(region="us-east-1"))
        >>> _ = GovernedPublicRepository(
        ...     virginia,
        ...     "Tools",
        ...     repository_name="tools/app",
        ...     exemptions=[Exemption(Control.PUBLIC_ACCESS, "our customers pull it")],
        ... )
    """

    @tells_arguments(
        lifecycle_policy="leave it out: a public repository has none",
        repository_description="write catalog_data=CatalogData(repository_description=...)",
    )
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str | None = None,
        catalog_data: CatalogData = _NO_DATA,
        repository_policy: Policy | None = None,
        tags: Mapping[str, str] | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        baseline: Baseline | None = None,
        exemptions: Iterable[Exemption] = (),
    ) -> None:
        ledger = ledger_of(scope)
        path = f"{scope.node.path}/{construct_id}".lstrip("/")
        granted = cast("tuple[Exemption, ...]", several(exemptions))
        misfits = kind_problems(
            {
                "catalog_data": catalog_data,
                "repository_policy": repository_policy,
                "tags": tags,
                "baseline": baseline,
                "exemptions": granted,
            }
        )
        refuse(misfits, path=path)
        slot, given_baseline = ledger.slot, baseline
        baseline = baseline_for(scope, slot) if baseline is None else baseline
        model = PublicRepository(
            repository_name=repository_name,
            catalog_data=catalog_data,
            tags=tuple((tags or {}).items()),
            deletion_policy=DELETION_POLICIES.get(removal_policy, "Retain"),
            exemptions=granted,
            region=ledger.place.region,
        )
        gate = PublicPolicy(
            path=lambda: path,
            ledger=ledger,
            place=replace(ledger.place, organization_id=baseline.organization_id),
            exemptions=Exemptions(granted, baseline.exemptions),
        )
        names = _NAMES.setdefault(slot, {})
        gate.refuse(
            [
                *baseline_problems(baseline),
                *token_problems(repository_name),
                *model.problems(),
                *_place_problems(ledger.place),
                *_name_problems(repository_name, names),
                *removal_problems(removal_policy, empty_on_delete=False),
            ],
            public_repository_loosenings(model),
        )
        if repository_policy is not None:
            gate.add_policy(repository_policy)
        if repository_name is not None:
            names[repository_name] = path
        if given_baseline is None:
            slot.assume(baseline, lambda: path)
        ledger.open()
        super().__init__(scope, construct_id, physical_name=repository_name)
        self._gate = gate
        self._cfn = _CfnPublicRepository(self, model.normalise(key=ledger.key).to_cfn())
        self._cfn.apply_removal_policy(removal_policy)
        ledger.schedule(self)

    @property
    def repository_name(self) -> str:
        """The name; a token."""
        return self._get_resource_name_attribute(self._cfn.ref)

    @property
    def repository_arn(self) -> str:
        """The ARN; a token. Read from another account or Region it is written out."""
        return self._get_resource_arn_attribute(
            self._cfn.attr_arn,
            service="ecr-public",
            region="",
            resource="repository",
            resource_name=self._physical_name,
        )

    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant pushing; an identity also gets what logging in takes.

        That is ``ecr-public:GetAuthorizationToken`` and ``sts:GetServiceBearerToken``.
        https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
        """
        ecr.PublicGalleryAuthorizationToken.grant_read(grantee)
        return iam.Grant.add_to_principal_or_resource(
            actions=sorted(public_actions.PUSH),
            grantee=grantee,
            resource=self,
            resource_arns=[self.repository_arn],
            resource_self_arns=[],
        )

    @tells_arguments()
    def allow_push(self, *principals: PolicyPrincipal) -> None:
        """Allow pushing in the repository policy.

        Principals of other accounts need it in a policy of their own as well.

        Args:
            principals: Who; see :class:`Principals`.

        Raises:
            ConfigurationError: If nobody is named, or somebody is not well named.
        """
        self.allow(*principals, actions=public_actions.PUSH)

    @tells_arguments()
    def allow(self, *principals: PolicyPrincipal, actions: Iterable[str]) -> None:
        """Allow actions in the repository policy; see :meth:`allow_push`.

        Args:
            principals: Who.
            actions: What: actions of Amazon ECR Public that act on a repository.
        """
        self._gate.allow(principals, actions)

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add a statement to the repository policy.

        Raises:
            ConfigurationError: If ECR would refuse it, or it lets anybody push or
                other accounts administer the repository without an exemption.
        """
        self._gate.add_cdk(statement)
        return iam.AddToResourcePolicyResult(statement_added=True, policy_dependable=self)

    @on_this_side
    def apply_removal_policy(self, policy: cdk.RemovalPolicy) -> None:
        """Say what happens when it leaves its stack; DESTROY takes an exemption."""
        if policy is cdk.RemovalPolicy.DESTROY:
            self._gate.refuse([], retention_loosenings("Delete"))
        self._cfn.apply_removal_policy(policy)

    def write_at_synthesis(self) -> None:
        """Write the policy into the resource; the library calls it at synthesis."""
        self._gate.warn(self)
        if self._gate.statements:
            jsii.set(self._cfn, "repositoryPolicyText", self._gate.document())
        record_exemptions(self._cfn, self._gate.relied_on)


class _CfnPublicRepository(ecr.CfnPublicRepository):
    """The L1, made from CloudFormation's properties."""

    def __init__(self, scope: Construct, properties: Mapping[str, Any]) -> None:
        jsii.create(ecr.CfnPublicRepository, self, [scope, "Resource", to_jsii(properties)])


def _place_problems(place: Place) -> Iterator[Problem]:
    if is_token(place.region):
        yield problem_at(
            "region",
            f"a public repository must be declared in {limits.PUBLIC_REGION!r}, got a stack without"
            " a Region",
            f"give it env=Environment(region={limits.PUBLIC_REGION!r})",
            severity=Severity.WARNING,
        )


def _name_problems(repository_name: str | None, names: Mapping[str, str]) -> Iterator[Problem]:
    if repository_name is not None and repository_name in names:
        yield problem_at(
            "repository_name",
            "repository_name must be unique among the public repositories of an account, got"
            f" {repository_name!r} a second time: {names[repository_name]} defines it",
            "choose another name",
        )
