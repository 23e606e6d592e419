"""The one gate through which statements enter the policy of a repository or of a registry.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from ecr_constructs.constructs.cdk_statements import cdk_statement_problems, to_document
from ecr_constructs.constructs.exemptions import Exemptions
from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.constructs.named_principals import allow_problems
from ecr_constructs.constructs.parameters import several
from ecr_constructs.constructs.policy_length import at_most
from ecr_constructs.constructs.service_sources import COMPLETED, completed
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.given_text import fits
from ecr_constructs.model.governance import Loosening, statement_loosenings
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import VERSION, Policy, PolicyKind, statement_problems
from ecr_constructs.model.principal_kinds import PolicyPrincipal
from ecr_constructs.model.principals import Principals
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.statement import (
    ANYONE,
    Condition,
    Effect,
    Statement,
)
from ecr_constructs.model.statement_document import parse_statement
from ecr_constructs.service import actions as ecr_actions
from ecr_constructs.service import limits, patterns

#: The problem of a service that may be made to act for anybody.
_CONFUSED_DEPUTY: Final = "policy-confused-deputy"
#: What a deny for outsiders covers: whatever moves or deletes images. The policy's own actions
#: stay out, so that a wrong organisation or endpoint locks nobody out of mending it.
_DENIED: Final = (
    ecr_actions.PULL_PUSH | ecr_actions.READ | {"ecr:BatchDeleteImage", "ecr:ListImages"}
)
_NOT_FOR_SERVICES: Final = Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",))


class ResourcePolicy:
    """The statements of one policy, each checked as it comes.

    Args:
        path: Returns the construct's path, for error messages.
        ledger: The ledger of the construct's stack.
        place: Where the repository or registry lies, and the baseline's organisation.
        exemptions: The controls that may be loosened.
        kind: What the policy is attached to. Default: a repository.
    """

    def __init__(
        self,
        *,
        path: Callable[[], str],
        ledger: StackLedger,
        place: Place,
        exemptions: Exemptions,
        kind: PolicyKind = PolicyKind.REPOSITORY,
    ) -> None:
        self._path = path
        self._kind = kind
        self._ledger = ledger
        self._exemptions = exemptions
        self._statements: list[Statement] = []
        self._beside: tuple[Statement, ...] = ()
        self._warnings: list[Problem] = []
        self._length = 0  # an upper bound, so that the whole is folded only when it may matter
        self.place: Final = place

    @property
    def policy(self) -> Policy:
        """The policy in its canonical form."""
        return Policy(tuple(self._statements)).normalise(
            partition=self.place.partition, key=self._ledger.key
        )

    @property
    def relied_on(self) -> tuple[Exemption, ...]:
        """The exemptions that have been relied on."""
        return self._exemptions.relied_on

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements as they came."""
        return tuple(self._statements)

    def document(self) -> dict[str, Any]:
        """Return the policy as a template has it."""
        return self.policy.to_cfn()

    def warn(self, construct: IConstruct) -> None:
        """Put what ECR takes and should not on the construct, once."""
        warnings, self._warnings = self._warnings, []
        for problem in warnings:
            cdk.Annotations.of(construct).add_warning_v2(
                f"ecr-constructs:{problem.id}", problem.sentence
            )

    def refuse(self, problems: Iterable[Problem], loosenings: Iterable[Loosening]) -> None:
        """Raise all errors at once, loosened controls without exemption among them.

        What is no error is kept for :meth:`warn`.

        Raises:
            ConfigurationError: If there is one.
        """
        uncovered, covering = self._exemptions.judge(loosenings)
        found = [*problems, *uncovered]
        if found:
            refuse(found, path=self._path())
        self._warnings += found
        self._exemptions.rely_on(covering)

    def allow(
        self,
        principals: Iterable[PolicyPrincipal],
        actions: Iterable[str],
        resources: tuple[str, ...] = (),
    ) -> None:
        """Allow actions to principals.

        Args:
            principals: Who.
            actions: What.
            resources: On what; the policy of a repository names none.

        Raises:
            ConfigurationError: If nobody or nothing is named, or a statement is refused.
        """
        everybody, given = tuple(principals), cast("tuple[str, ...]", several(actions))
        self.refuse(allow_problems(everybody, given, self.place), ())
        wanted = tuple(sorted(given))
        self.add(
            Statement(
                principals=s.principals,
                conditions=s.conditions,
                actions=wanted,
                resources=resources,
            )
            for each in everybody
            for s in each.subjects(self.place)
        )

    def deny_outside_organization(
        self, organization_id: str | None, resources: tuple[str, ...] = ()
    ) -> None:
        """Deny what moves or deletes images to principals outside the organisation.

        Raises:
            ConfigurationError: If there is no organisation, or its id is none.
        """
        principal = Principals.organization(organization_id)
        self.refuse(principal.problems(self.place), ())
        value = organization_id or self.place.organization_id or ""
        self._deny("aws:PrincipalOrgID", (value,), resources)

    def deny_outside_vpc_endpoint(
        self, vpc_endpoint_ids: tuple[str, ...], resources: tuple[str, ...] = ()
    ) -> None:
        """Deny what moves or deletes images to requests that come through no such endpoint.

        Raises:
            ConfigurationError: If none is given, or one is none.
        """
        wrong = [each for each in vpc_endpoint_ids if not fits(each, patterns.VPC_ENDPOINT_ID)]
        if wrong or not vpc_endpoint_ids:
            got = repr(wrong[0]) if wrong else "none"
            message = f"a VPC endpoint must be 'vpce-' and hexadecimal digits, got {got}"
            is_list = bool(wrong) and isinstance(wrong[0], list | tuple)
            fix = f"write for example 'vpce-1a2b3c4d'{', without a list' if is_list else ''}"
            self.refuse([problem_at("vpc_endpoint_ids", message, fix)], ())
        but: tuple[Condition, ...] = ()
        if self._kind is PolicyKind.REGISTRY:
            # Amazon ECR fills its caches as a role of the account, from outside of any VPC.
            place = self.place
            roles = f"arn:{place.partition}:iam::{place.account}:role/aws-service-role/*"
            but = (Condition("ArnNotLike", "aws:PrincipalArn", (roles,)),)
        self._deny("aws:SourceVpce", vpc_endpoint_ids, resources, but)

    def _deny(
        self,
        key: str,
        values: tuple[str, ...],
        resources: tuple[str, ...],
        but: tuple[Condition, ...] = (),
    ) -> None:
        self.add(
            [
                Statement(
                    effect=Effect.DENY,
                    principals=(ANYONE,),
                    actions=tuple(sorted(_DENIED)),
                    resources=resources,
                    conditions=(Condition("StringNotEquals", key, values), _NOT_FOR_SERVICES, *but),
                )
            ]
        )

    def add(self, statements: Iterable[Statement]) -> None:
        """Add statements, all or none.

        Raises:
            ConfigurationError: If ECR would refuse one, or it loosens a control
                without an exemption.
        """
        added = [each for statement in statements for each in self._complete(statement)]
        problems = [problem for each in added for problem in self.problems_of(each)]
        self.refuse(
            problems,
            (
                loosening
                for each in added
                for loosening in statement_loosenings(
                    each, account=self.place.account, kind=self._kind
                )
            ),
        )
        statements = [*self._statements, *added]
        length = self._length + sum(map(at_most, added))
        if length > limits.POLICY_TEXT_MAX or any(s.sid is not None for s in added):
            length = self._check_whole(statements, self._beside)
        self._statements, self._length = statements, length

    def add_policy(self, policy: Policy) -> None:
        """Add the statements of a policy; raises as :meth:`add`."""
        if policy.version != VERSION and any(s.has_variables for s in policy.statements):
            self.refuse(
                [
                    problem_at(
                        "repository_policy",
                        f"repository_policy must have the version {VERSION!r}, got"
                        f" {policy.version!r}, in which '${{...}}' is text and no variable",
                        f"write {VERSION!r}, and '${{$}}{{...}}' for the text",
                    )
                ],
                (),
            )
        self.add(policy.statements)

    def add_cdk(self, statement: iam.PolicyStatement) -> None:
        """Add one of CDK's statements; raises as :meth:`add`."""
        self.refuse(cdk_statement_problems(statement), ())
        parsed, problems = parse_statement(to_document(statement, self._ledger), "statement")
        self.refuse(problems, ())
        if parsed is not None:
            self.add([parsed])

    def count_beside(self, statements: Iterable[Statement]) -> None:
        """Count statements that are written into the policy besides those that come here.

        Raises:
            ConfigurationError: If the policy gets too long with them.
        """
        beside = tuple(statements)
        self._length = self._check_whole(self._statements, beside)
        self._beside = beside

    def _check_whole(self, statements: Iterable[Statement], beside: Iterable[Statement]) -> int:
        """Refuse what one can only tell of the whole: ids that clash, too many characters.

        Returns:
            The length of the policy.
        """
        # Without tokens resolved, which may not be possible yet: the length is the least it can be.
        everything = (*statements, *beside)
        policy = Policy(everything).normalise(partition=self.place.partition)
        self.refuse(policy.whole_problems(self._kind), ())
        return len(policy.to_json())

    def _complete(self, statement: Statement) -> tuple[Statement, ...]:
        # A deny would get narrower, and a condition on its source binds no other principal.
        if not statement.principals or not COMPLETED.issuperset(statement.principals):
            return (statement,)
        if all(problem.id != _CONFUSED_DEPUTY for problem in self.problems_of(statement)):
            return (statement,)
        # The stack's account: what pulls from a reference lies beside the reference.
        return completed(statement, account=self._ledger.place.account, place=self.place)

    def problems_of(self, statement: Statement) -> Iterable[Problem]:
        """Return what is wrong with one statement here."""
        return statement_problems(
            statement, self._kind, account=self.place.account, region=self.place.region
        )
