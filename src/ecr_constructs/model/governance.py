"""Which controls of the baseline a repository loosens; each takes an exemption.

Constructs refuse a loosened control without exemption; checks find one in a
template. Both ask here.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecr_constructs.model.baseline import Baseline, Control
from ecr_constructs.model.exposure import Exposure, exposure
from ecr_constructs.model.lifecycle import LifecyclePolicy, StorageClass, TagStatus
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import ANYONE, Effect, Statement
from ecr_constructs.model.tag_mutability import keeps_tags
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import actions


@dataclass(frozen=True, slots=True)
class Loosening:
    """A control that a value loosens.

    Attributes:
        control: What is loosened.
        message: What was given and what the control asks for.
        fix: What to write to keep the control.
        path: The parameter.
    """

    control: Control
    message: str
    fix: str
    path: str

    def to_problem(self) -> Problem:
        """Return it as an error: what a construct refuses without an exemption."""
        return Problem(
            id=str(self.control),
            path=self.path,
            message=self.message,
            fix=f"{self.fix}, or pass exemptions=[Exemption(Control.{self.control.name}, '<why>')]",
        )


def repository_loosenings(
    repository: Repository, baseline: Baseline, *, account: Text
) -> Iterator[Loosening]:
    """Yield the controls that a repository of ``account`` loosens, as far as values are known."""
    if keeps_tags(repository.image_tag_mutability, repository.exclusion_filters) is False:
        yield Loosening(
            Control.TAG_IMMUTABILITY,
            "image_tag_mutability must keep pushed tags,"
            f" got {str(repository.image_tag_mutability)!r}"
            + (f" except {list(map(str, repository.exclusion_filters))}")
            * bool(repository.exclusion_filters),
            "write TagMutability.IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with the tags that move",
            "image_tag_mutability",
        )
    if repository.scan_on_push is False:
        yield Loosening(
            Control.SCAN_ON_PUSH,
            "scan_on_push must be True, got False",
            "leave it out: basic scanning is free",
            "scan_on_push",
        )
    if _keeps_untagged(repository.lifecycle_policy):
        yield Loosening(
            Control.UNTAGGED_EXPIRY,
            "lifecycle_policy must have a rule that takes untagged images, got none",
            "add LifecycleRule.expire_untagged(older_than_days=14)",
            "lifecycle_policy",
        )
    if baseline.customer_managed_keys and repository.encryption.kms_key is None:
        yield Loosening(
            Control.CUSTOMER_MANAGED_KEY,
            "encryption_key must be given as the baseline asks for customer-managed keys, got none",
            "pass encryption_key=...",
            "encryption_key",
        )
    yield from retention_loosenings(repository.deletion_policy)
    name = repository.repository_name
    if isinstance(name, str) and is_known(name) and not baseline.allows_name(name):
        yield Loosening(
            Control.NAMESPACE,
            f"repository_name must lie in one of the namespaces {list(baseline.namespaces)},"
            f" got {name!r}",
            f"write '{baseline.namespaces[0].rstrip('/')}/{name.rsplit('/', 1)[-1]}'",
            "repository_name",
        )
    if isinstance(repository.repository_policy, Policy):
        for statement in repository.repository_policy.statements:
            yield from statement_loosenings(statement, account=account)


def retention_loosenings(deletion_policy: str) -> Iterator[Loosening]:
    """Yield the control that a ``DeletionPolicy`` loosens."""
    if deletion_policy == "Delete":
        yield Loosening(
            Control.RETAIN_ON_DELETE,
            "removal_policy must keep the repository, got DESTROY",
            "leave it out: RETAIN is the default",
            "removal_policy",
        )


def statement_loosenings(statement: Statement, *, account: Text) -> Iterator[Loosening]:
    """Yield the controls that one statement of a policy in ``account`` loosens."""
    if statement.effect is Effect.DENY:
        return
    if exposure(statement) is Exposure.ANYONE:
        yield Loosening(
            Control.PUBLIC_ACCESS,
            f"a statement must not open the repository to anybody, got {_describe(statement)}",
            "name accounts, or use Principals.organization()",
            "repository_policy",
        )
    administers = sorted(
        {
            action
            for pattern in statement.actions
            if isinstance(pattern, str)
            for action in actions.expand(pattern) & actions.ADMINISTER
        }
    )
    if statement.not_actions:
        administers = sorted(actions.ADMINISTER)
    if administers and _reaches_other_accounts(statement, account):
        shown = ", ".join(administers[:3]) + (f" and {len(administers) - 3} more") * (
            len(administers) > 3  # noqa: PLR2004 - three are enough to recognise the set
        )
        yield Loosening(
            Control.ADMINISTRATIVE_ACCESS,
            f"a statement must not let other accounts administer the repository, got {shown}"
            f" for {_describe(statement)}",
            "allow pull and push only: allow_pull_push(...)",
            "repository_policy",
        )


def _reaches_other_accounts(statement: Statement, account: Text) -> bool:
    if statement.not_principals or ANYONE in statement.principals:
        return True
    return any(
        isinstance(owner, str) and owner != account
        for owner in (principal.account for principal in statement.principals)
    )


def _describe(statement: Statement) -> str:
    named = statement.principals or statement.not_principals
    who = "NotPrincipal " * bool(statement.not_principals) + ", ".join(
        repr(str(principal.value)) for principal in named
    )
    if not statement.conditions:
        return f"{who} without a condition"
    return f"{who} with {', '.join(f'{c.operator} {c.key}' for c in statement.conditions)}"


def _keeps_untagged(policy: object) -> bool:
    if policy is None:
        return True
    if not isinstance(policy, LifecyclePolicy):
        return False
    return not any(
        rule.tag_status in {TagStatus.UNTAGGED, TagStatus.ANY}
        and rule.storage_class in {None, StorageClass.STANDARD}
        for rule in policy.rules
    )
