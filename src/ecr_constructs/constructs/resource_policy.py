"""The one gate through which statements enter a repository's policy.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.model.baseline import Control, Exemption, find_exemption
from ecr_constructs.model.governance import Loosening, statement_loosenings
from ecr_constructs.model.policy import Policy, statement_problems
from ecr_constructs.model.principals import Place, PolicyPrincipal, Principals
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.statement import (
    ANYONE,
    Condition,
    Effect,
    Principal,
    Statement,
    parse_statement,
)
from ecr_constructs.model.unresolved import is_known, is_token
from ecr_constructs.service import actions as ecr_actions
from ecr_constructs.service import limits, patterns

#: Services whose bare statements CDK itself writes; they get the source that they lack.
_COMPLETED: Final = frozenset({"lambda.amazonaws.com", "codebuild.amazonaws.com"})
#: What a deny for outsiders covers: whatever moves or deletes images. The policy's own actions
#: stay out, so that a wrong organisation or endpoint locks nobody out of mending it.
_DENIED: Final = (
    ecr_actions.PULL_PUSH | ecr_actions.READ | {"ecr:BatchDeleteImage", "ecr:ListImages"}
)
_PARTITION: Final = {"Ref": "AWS::Partition"}
_NOT_FOR_SERVICES: Final = Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",))


class Exemptions:
    """The exemptions in force for one repository, and those that it relies on.

    Args:
        own: Given for the repository: it relies on them from the start.
        inherited: Given by the baseline: relied on once a control is loosened.
    """

    def __init__(self, own: Iterable[Exemption], inherited: Iterable[Exemption]) -> None:
        self.relied_on: list[Exemption] = list(own)
        self._inherited = tuple(inherited)

    def cover(self, control: Control) -> bool:
        """Tell whether a control may be loosened, and remember on which word."""
        if find_exemption(self.relied_on, control):
            return True
        exemption = find_exemption(self._inherited, control)
        if exemption is None:
            return False
        self.relied_on.append(exemption)
        return True


class ResourcePolicy:
    """The statements of one repository's policy, each checked as it comes.

    Args:
        path: Returns the construct's path, for error messages.
        ledger: The ledger of the construct's stack.
        organization_id: The baseline's organisation.
        exemptions: The controls that may be loosened.
    """

    def __init__(
        self,
        *,
        path: Callable[[], str],
        ledger: StackLedger,
        organization_id: str | None,
        exemptions: Exemptions,
    ) -> None:
        self._path = path
        self._ledger = ledger
        self._exemptions = exemptions
        self._statements: list[Statement] = []
        self._length = 0  # an upper bound, so that the whole is folded only when it may matter
        self.place: Final[Place] = replace(ledger.place, organization_id=organization_id)

    @property
    def policy(self) -> Policy:
        """The policy in its canonical form."""
        return Policy(tuple(self._statements)).normalise(
            partition=self.place.partition, key=self._ledger.key
        )

    @property
    def relied_on(self) -> tuple[Exemption, ...]:
        """The exemptions that the repository relies on, in the order of their controls."""
        return tuple(sorted(self._exemptions.relied_on, key=lambda each: str(each.control)))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements as they came."""
        return tuple(self._statements)

    def document(self) -> dict[str, Any]:
        """Return the property ``RepositoryPolicyText``."""
        return self.policy.to_cfn()

    def refuse(self, problems: Iterable[Problem], loosenings: Iterable[Loosening]) -> None:
        """Raise all errors at once, loosened controls without exemption among them.

        Raises:
            ConfigurationError: If there is one.
        """
        found = list(problems)
        found += (
            each.to_problem() for each in loosenings if not self._exemptions.cover(each.control)
        )
        if found:
            refuse(found, path=self._path())

    def allow(self, principals: Iterable[PolicyPrincipal], actions: Iterable[str]) -> None:
        """Allow actions to principals.

        Raises:
            ConfigurationError: If nobody or nothing is named, or a statement is refused.
        """
        everybody, wanted = tuple(principals), tuple(sorted(actions))
        problems = [problem for each in everybody for problem in each.problems(self.place)]
        if not everybody:
            problems.append(
                problem_at(
                    "principals",
                    "somebody must be named, got nobody",
                    "write Principals.account(...)",
                )
            )
        self.refuse(problems, ())
        self.add(
            Statement(principals=s.principals, conditions=s.conditions, actions=wanted)
            for each in everybody
            for s in each.subjects(self.place)
        )

    def deny_outside_organization(self, organization_id: str | None) -> None:
        """Deny what moves or deletes images to principals outside the organisation.

        Raises:
            ConfigurationError: If there is no organisation, or its id is none.
        """
        principal = Principals.organization(organization_id)
        self.refuse(principal.problems(self.place), ())
        value = organization_id or self.place.organization_id or ""
        self._deny("aws:PrincipalOrgID", (value,))

    def deny_outside_vpc_endpoint(self, vpc_endpoint_ids: tuple[str, ...]) -> None:
        """Deny what moves or deletes images to requests that come through no such endpoint.

        Raises:
            ConfigurationError: If none is given, or one is none.
        """
        wrong = [
            each
            for each in vpc_endpoint_ids
            if is_known(each) and not patterns.VPC_ENDPOINT_ID.fullmatch(each)
        ]
        if wrong or not vpc_endpoint_ids:
            got = repr(wrong[0]) if wrong else "none"
            message = f"a VPC endpoint must be 'vpce-' and hexadecimal digits, got {got}"
            self.refuse(
                [problem_at("vpc_endpoint_ids", message, "write for example 'vpce-1a2b3c4d'")], ()
            )
        self._deny("aws:SourceVpce", vpc_endpoint_ids)

    def _deny(self, key: str, values: tuple[str, ...]) -> None:
        self.add(
            [
                Statement(
                    effect=Effect.DENY,
                    principals=(ANYONE,),
                    actions=tuple(sorted(_DENIED)),
                    conditions=(Condition("StringNotEquals", key, values), _NOT_FOR_SERVICES),
                )
            ]
        )

    def add(self, statements: Iterable[Statement]) -> None:
        """Add statements, all or none.

        Raises:
            ConfigurationError: If ECR would refuse one, or it loosens a control
                without an exemption.
        """
        added = [self._complete(statement) for statement in statements]
        problems = [problem for each in added for problem in statement_problems(each)]
        self.refuse(
            problems,
            (
                loosening
                for each in added
                for loosening in statement_loosenings(each, account=self.place.account)
            ),
        )
        for problem in problems:
            cdk.Annotations.of(self._ledger.stack).add_warning_v2(
                f"ecr-constructs:{problem.id}", f"{problem.sentence} [{self._path()}]"
            )
        self._statements += added
        self._length += sum(map(_at_most, added))
        if self._length > limits.POLICY_TEXT_MAX or any(s.sid is not None for s in added):
            self._check_whole()

    def add_cdk(self, statement: iam.PolicyStatement) -> None:
        """Add one of CDK's statements; raises as :meth:`add`."""
        document = self._spell_out(statement.to_statement_json())
        parsed, problems = parse_statement(document, "statement")
        self.refuse(problems, ())
        if parsed is not None:
            self.add([parsed])

    def _spell_out(self, value: Any) -> Any:
        """Write out what CDK leaves open though it is known: partitions, names of services."""
        if isinstance(value, dict):
            return {key: self._spell_out(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._spell_out(each) for each in value]
        if not is_token(value):
            return value
        resolved = self._ledger.stack.resolve(value)
        if isinstance(resolved, dict) and not is_token(self.place.partition):
            separator, parts = resolved.get("Fn::Join", ("", [None]))
            known = [self.place.partition if part == _PARTITION else part for part in parts]
            if all(isinstance(part, str) for part in known):
                return separator.join(known)
        return resolved if isinstance(resolved, str) else value

    def _check_whole(self) -> None:
        """Refuse what one can only tell of the whole: ids that clash, too many characters."""
        # Without tokens resolved, which may not be possible yet: the length is the least it can be.
        policy = Policy(tuple(self._statements)).normalise(partition=self.place.partition)
        self.refuse(policy.whole_problems(), ())
        self._length = len(policy.to_json())

    def _complete(self, statement: Statement) -> Statement:
        services = {p.value for p in statement.principals if p.type == "Service"}
        if (
            not services
            or not services <= _COMPLETED
            or statement.has_condition("aws:SourceArn", "aws:SourceAccount")
        ):
            return statement
        source = Condition("StringEquals", "aws:SourceAccount", (self.place.account,))
        return replace(statement, conditions=(*statement.conditions, source))


def _at_most(statement: Statement) -> int:
    """Return at least as many characters as a statement takes; spelling it out costs more."""
    texts = [str(value) for value in statement.actions]
    texts += [str(principal.value) for principal in statement.principals]
    texts += [str(value) for condition in statement.conditions for value in condition.values]
    frame = 120 + 80 * len(statement.conditions)
    return frame + sum(len(text) + 20 for text in texts)


def named_by_policy(grantee: iam.IGrantable, actions: Iterable[str]) -> Statement | None:
    """Return the statement for a principal that only a resource policy can name.

    None for identities, which have policies of their own, and for what CDK
    wraps in conditions: those go through CDK's own grants, at a multiple of the cost.
    """
    # Which class it is is known on this side of the border: asking costs nothing.
    if isinstance(grantee, iam.AccountPrincipal):
        principals: tuple[Principal, ...] = (Principal("AWS", str(grantee.account_id)),)
        return Statement(principals=principals, actions=tuple(sorted(actions)))
    if isinstance(grantee, iam.OrganizationPrincipal | iam.ServicePrincipal):
        fragment = grantee.policy_fragment
        document = {
            "Effect": "Allow",
            "Principal": fragment.principal_json,
            "Condition": fragment.conditions,
            "Action": sorted(actions),
        }
        return parse_statement(document, "statement")[0]
    return None
