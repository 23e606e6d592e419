"""The policy of a registry: what many constructs allow and deny, in one resource.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import aws_cdk as cdk
import jsii
from constructs import Construct, Node

from ecr_constructs.constructs._jsii import referenced
from ecr_constructs.constructs.cfn_registry import CfnRegistryPolicy, record_exemptions
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.constructs.resource_policy import ResourcePolicy
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.registry_needs import (
    Replicated,
    replication_statements,
    with_tagging,
)
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import is_token


class RegistryPolicy:
    """The statements of a registry's policy, by whoever contributes them.

    Args:
        context: The registry.
        sets_tags: Tells whether the template of a prefix sets tags: who creates
            repositories below it must be allowed to tag them.
    """

    def __init__(self, context: RegistryContext, sets_tags: Callable[[str], bool]) -> None:
        self._context = context
        self._sets_tags = sets_tags
        self._by = ""
        self._gate: Final = _RegistryGate(
            path=lambda: self._by,
            ledger=context.ledger,
            place=replace(context.place, organization_id=context.baseline.organization_id),
            exemptions=context.exemptions_for(context.beside),
            kind=PolicyKind.REGISTRY,
        )
        #: Statement that lets others create repositories -> prefix of the template for these.
        self._creating: dict[Statement, str] = {}
        self._replicated: tuple[Replicated, ...] = ()
        self._cfn: CfnRegistryPolicy | None = None
        self._before: Construct | None = None

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self._context.node

    @property
    def policy(self) -> Policy:
        """The policy in its canonical form."""
        return Policy(tuple(self._statements())).normalise(
            partition=self._context.place.partition, key=self._context.ledger.key
        )

    def follow(self, scope: Construct | None) -> None:
        """Have the policy deployed after what sets its scope; call it before anything else.

        Under the old scope Amazon ECR takes three actions only.
        """
        self._before = scope

    def allow(
        self,
        principals: Iterable[PolicyPrincipal],
        actions: Iterable[str],
        prefixes: tuple[str, ...],
        *,
        creating: str | None = None,
        by: str,
    ) -> None:
        """Allow actions on the repositories whose names begin with one of the prefixes.

        Args:
            principals: Who.
            actions: What.
            prefixes: What the names begin with; empty for all.
            creating: The prefix of the template of the repositories that this
                lets them create, who must also tag them if it sets tags.
            by: The path of the construct that contributes.

        Raises:
            ConfigurationError: If ECR would refuse it, or it loosens a control
                without an exemption.
        """
        self._by = by
        resources = tuple(self._context.repositories(prefix) for prefix in prefixes)
        self._contribute(lambda: self._gate.allow(principals, actions, resources), creating)

    def add(self, statement: Statement, *, creating: str | None = None, by: str) -> None:
        """Add a statement; see :meth:`allow`."""
        self._by = by
        self._contribute(lambda: self._gate.add([statement]), creating)

    def allow_replication(self, replicated: Iterable[Replicated], *, by: str) -> None:
        """Let another account replicate here; all of it or nothing.

        Args:
            replicated: The account, and what it replicates.
            by: The path of the construct that contributes.

        Raises:
            ConfigurationError: If the policy gets too long.
        """
        self._by = by
        everything = (*self._replicated, *replicated)
        self._gate.count_beside(
            replication_statements(self._context.place, everything, self._sets_tags)
        )
        self._replicated = everything
        self._contribute(lambda: None)

    def deny_outside_organization(self, organization_id: str | None, *, by: str) -> None:
        """Deny what moves or deletes images to whoever is outside the organisation."""
        self._by = by
        everything = (self._context.repositories(),)
        self._contribute(lambda: self._gate.deny_outside_organization(organization_id, everything))

    def deny_outside_vpc_endpoint(self, vpc_endpoint_ids: tuple[str, ...], *, by: str) -> None:
        """Deny what moves or deletes images to requests through no such endpoint."""
        self._by = by
        everything = (self._context.repositories(),)
        self._contribute(lambda: self._gate.deny_outside_vpc_endpoint(vpc_endpoint_ids, everything))

    def write_at_synthesis(self) -> None:
        """Write the policy into its resource; the library calls it at synthesis."""
        assert self._cfn is not None
        self._gate.warn(self._context.owner)
        policy = self.policy
        # Tagging was not counted before: which templates set tags is known only now.
        self._gate.refuse(policy.whole_problems(PolicyKind.REGISTRY), ())
        jsii.set(self._cfn, "policyText", policy.to_cfn())
        record_exemptions(self._cfn, self._gate.relied_on)

    def _contribute(self, add: Callable[[], object], creating: str | None = None) -> None:
        before = len(self._gate.statements)
        add()
        if creating is not None:
            self._creating |= dict.fromkeys(self._gate.statements[before:], creating)
        if self._cfn is None:
            self._cfn = CfnRegistryPolicy(self._context.owner, "Policy", {"PolicyText": {}})
            if self._before is not None:
                self._cfn.node.add_dependency(self._before)
        self._context.ledger.schedule(self)

    def _statements(self) -> Iterator[Statement]:
        for statement in self._gate.statements:
            tags = self._sets_tags(self._creating.get(statement, ""))
            yield with_tagging(statement) if tags else statement
        place = self._context.place
        yield from replication_statements(place, self._replicated, self._sets_tags)


class _RegistryGate(ResourcePolicy):
    """The gate of a registry, through which no construct of another stack comes."""

    def problems_of(self, statement: Statement) -> Iterable[Problem]:
        """Yield what is wrong with one statement here."""
        yield from super().problems_of(statement)
        texts: list[Any] = [p.value for p in (*statement.principals, *statement.not_principals)]
        texts += (value for condition in statement.conditions for value in condition.values)
        stack = self._ledger.stack
        for text in filter(is_token, texts):
            for construct in referenced(text, stack):
                if cdk.Stack.of(construct) is not stack:
                    path = construct.node.path.removesuffix("/Resource")
                    # Between registries travel strings only. Within one environment the name would
                    # make this stack wait for the other, which waits for this one as soon as it
                    # uses anything here.
                    yield problem_at(
                        "principals",
                        "a registry policy must not name a construct of another stack, as the two"
                        f" stacks would wait for each other, got {path}",
                        "give it a name and write its ARN out:"
                        " Principals.role('arn:aws:iam::111122223333:role/<name>'), or grant it the"
                        " permission where it is defined",
                    )
