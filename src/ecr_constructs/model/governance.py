"""Which controls of the baseline a repository, template or policy loosens; each takes an exemption.

Constructs refuse a loosened control without exemption; checks find one in a
template. Both ask here.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ecr_constructs.model.baseline import Baseline, Control
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.exposure import is_open
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule, StorageClass, TagStatus
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.repository import Repository
from ecr_constructs.model.statement import ANYONE, Effect, Statement
from ecr_constructs.model.tag_mutability import TagMutability, keeps_tags
from ecr_constructs.model.unresolved import Text, is_known
from ecr_constructs.service import actions, public_actions, registry_actions


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


_UNTAGGED: Final = Loosening(
    Control.UNTAGGED_EXPIRY,
    "lifecycle_policy must have a rule that takes untagged images, got none",
    "add LifecycleRule.expire_untagged(older_than_days=14)",
    "lifecycle_policy",
)
_NO_KEY: Final = Loosening(
    Control.CUSTOMER_MANAGED_KEY,
    "encryption_key must be given as the baseline asks for customer-managed keys, got none",
    "pass encryption_key=...",
    "encryption_key",
)


_INSTEAD_OF_ADMINISTERING: Final = {
    PolicyKind.REPOSITORY: "allow pull and push only: allow_pull_push(...)",
    PolicyKind.REGISTRY: "allow pull and push only",
    PolicyKind.PUBLIC_REPOSITORY: "allow push only: allow_push(...)",
}


def repository_loosenings(
    repository: Repository, baseline: Baseline, *, account: Text
) -> Iterator[Loosening]:
    """Yield the controls that a repository of ``account`` loosens, as far as values are known."""
    if _moves_tags(repository.image_tag_mutability, repository.exclusion_filters):
        yield _mutability_loosening(repository.image_tag_mutability, repository.exclusion_filters)
    if repository.scan_on_push is False:
        yield Loosening(
            Control.SCAN_ON_PUSH,
            "scan_on_push must be True, got False",
            "leave it out: basic scanning is free",
            "scan_on_push",
        )
    if _keeps_untagged(repository.lifecycle_policy):
        yield _UNTAGGED
    if baseline.customer_managed_keys and repository.encryption.kms_key is None:
        yield _NO_KEY
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


def template_loosenings(
    template: CreationTemplate, baseline: Baseline, *, account: Text
) -> Iterator[Loosening]:
    """Yield the controls that the repositories of a creation template would loosen.

    Tags of images that are pulled through a cache move with those of the
    upstream: a template for nothing else loosens nothing with them. Names are
    the baseline's concern only where a push may choose them.
    """
    is_cache = set(template.applied_for) == {AppliedFor.PULL_THROUGH_CACHE}
    if not is_cache and _moves_tags(template.image_tag_mutability, template.exclusion_filters):
        yield _mutability_loosening(template.image_tag_mutability, template.exclusion_filters)
    if _keeps_untagged(template.lifecycle_policy):
        yield _UNTAGGED
    if baseline.customer_managed_keys and template.encryption.kms_key is None:
        yield _NO_KEY
    prefix = template.prefix
    if (
        AppliedFor.CREATE_ON_PUSH in template.applied_for
        and isinstance(prefix, str)
        and not baseline.allows_name(f"{prefix.removesuffix('/')}/any")
    ):
        yield Loosening(
            Control.NAMESPACE,
            "prefix of a template for CREATE_ON_PUSH must lie in one of the namespaces"
            f" {list(baseline.namespaces)}, got {prefix!r}",
            f"write {baseline.namespaces[0].rstrip('/')!r}",
            "prefix",
        )
    if isinstance(template.repository_policy, Policy):
        for statement in template.repository_policy.statements:
            yield from statement_loosenings(statement, account=account)


def public_repository_loosenings(repository: PublicRepository) -> Iterator[Loosening]:
    """Yield the controls that a public repository loosens: that it is one at all, and its end."""
    yield Loosening(
        Control.PUBLIC_ACCESS,
        "a repository must not be open to anybody, got a public one, from which everybody may pull"
        " without an account",
        "use GovernedRepository, which is private",
        "",
    )
    yield from retention_loosenings(repository.deletion_policy)


def public_changes(statement: Statement) -> frozenset[str]:
    """Return what changes a public repository of what a statement of its policy allows.

    No exemption stands for anybody's doing that: one from public access says why
    everybody pulls.
    """
    if statement.effect is Effect.DENY:
        return frozenset()
    changes, everything = public_actions.PUSH | public_actions.ADMINISTER, public_actions.REPOSITORY
    if statement.not_actions:
        return changes - actions.covered(statement.not_actions, everything)
    return changes & actions.covered(statement.actions, everything)


def retention_loosenings(deletion_policy: str) -> Iterator[Loosening]:
    """Yield the control that a ``DeletionPolicy`` loosens."""
    if deletion_policy == "Delete":
        yield Loosening(
            Control.RETAIN_ON_DELETE,
            "removal_policy must keep the repository, got DESTROY",
            "leave it out: RETAIN is the default",
            "removal_policy",
        )


def statement_loosenings(
    statement: Statement, *, account: Text, kind: PolicyKind = PolicyKind.REPOSITORY
) -> Iterator[Loosening]:
    """Yield the controls that one statement of a policy in ``account`` loosens.

    Args:
        statement: The statement.
        account: The account that owns what the policy is attached to.
        kind: What the policy is attached to. Default: a private repository.
    """
    if statement.effect is Effect.DENY:
        return
    what = "registry" if kind is PolicyKind.REGISTRY else "repository"
    if is_open(statement):
        yield Loosening(
            Control.PUBLIC_ACCESS,
            f"a statement must not open the {what} to anybody, got {_describe(statement)}",
            "name accounts, or use Principals.organization()",
            f"{what}_policy",
        )
    administers = sorted(administered(statement, kind))
    if administers and _reaches_other_accounts(statement, account):
        shown = ", ".join(administers[:3]) + (f" and {len(administers) - 3} more") * (
            len(administers) > 3  # noqa: PLR2004 - three are enough to recognise the set
        )
        yield Loosening(
            Control.ADMINISTRATIVE_ACCESS,
            f"a statement must not let other accounts administer the {what}, got {shown}"
            f" for {_describe(statement)}",
            _INSTEAD_OF_ADMINISTERING[kind],
            f"{what}_policy",
        )


def administered(statement: Statement, kind: PolicyKind) -> frozenset[str]:
    """Return the actions of a statement that change how things are governed."""
    return _administered(statement.actions, statement.not_actions, kind)


# The statements of a fleet name the same few sets of actions.
@functools.lru_cache(maxsize=512)
def _administered(
    named: tuple[Text, ...], excluded: tuple[Text, ...], kind: PolicyKind
) -> frozenset[str]:
    wanted, everything = actions.ADMINISTER, actions.REPOSITORY
    if kind is PolicyKind.PUBLIC_REPOSITORY:
        wanted, everything = public_actions.ADMINISTER, public_actions.REPOSITORY
    elif kind is PolicyKind.REGISTRY:
        wanted, everything = wanted | registry_actions.ADMINISTER, everything | actions.REGISTRY
    if excluded:
        return wanted - actions.covered(excluded, everything)
    allowed = actions.covered(named, everything)
    if kind is PolicyKind.REGISTRY and allowed & registry_actions.BRINGS:
        # Replication and pull through caches create what they bring, from a template.
        wanted -= registry_actions.CREATION
    return allowed & wanted


def _mutability_loosening(mode: Text, filters: tuple[Text, ...]) -> Loosening:
    return Loosening(
        Control.TAG_IMMUTABILITY,
        f"image_tag_mutability must keep pushed tags, got {str(mode)!r}"
        + f" except {list(map(str, filters))}" * bool(filters),
        "write TagMutability.IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with the tags that move",
        "image_tag_mutability",
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


def _moves_tags(mode: Text, filters: tuple[Text, ...]) -> bool:
    # A word that is no mode is refused as such, and opens nothing.
    return mode in tuple(TagMutability) and keeps_tags(mode, filters) is False


def _keeps_untagged(policy: object) -> bool:
    if policy is None:
        return True
    if not isinstance(policy, LifecyclePolicy):
        return False
    if not all(isinstance(rule, LifecycleRule) for rule in policy.rules):
        return False  # what is no rule is refused, and may have been meant to take them
    return not any(
        rule.tag_status in {TagStatus.UNTAGGED, TagStatus.ANY}
        and rule.storage_class in {None, StorageClass.STANDARD}
        for rule in policy.rules
    )
