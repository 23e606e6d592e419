"""A deployment, and what several rules ask of it: each answer is worked out once.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias, TypeVar

from ecr_constructs.checks.held import Held, HeldStatement
from ecr_constructs.lifecycle.lint import lint
from ecr_constructs.model.account_setting import AccountSetting
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.public_repository import PublicRepository
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.pull_time_exclusion import PullTimeUpdateExclusion
from ecr_constructs.model.registry import Deployment, Located, Registry
from ecr_constructs.model.repository import Origin, Repository
from ecr_constructs.model.unresolved import Unresolved

T = TypeVar("T")

#: What a :class:`Held` is made of, in the order of its members.
_Attached: TypeAlias = tuple[Any, ...]

_NOT_KNOWN: Final = Unresolved.of("AWS::AccountId")


class Facts:
    """What rules look at.

    Attributes:
        deployment: The registries, and what could not be read of them.
        today: The day on which exemptions are judged.
        acknowledgements: What was acknowledged, in the assembly and elsewhere.
    """

    def __init__(
        self,
        deployment: Deployment,
        *,
        today: dt.date,
        acknowledgements: Iterable[Acknowledgement] = (),
    ) -> None:
        self.deployment: Final = deployment
        self.today: Final = today
        self.acknowledgements: Final = tuple(acknowledgements)
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what ``find`` gives, which is asked once for each key."""
        if key not in self._known:
            self._known[key] = find()
        known: T = self._known[key]
        return known

    @cached_property
    def repositories(self) -> tuple[tuple[Registry, Repository, Origin], ...]:
        """All private repositories with their registries, and where they stand."""
        return tuple(self._members("repositories", "repository_name"))

    @cached_property
    def templates(self) -> tuple[tuple[Registry, CreationTemplate, Origin], ...]:
        """All creation templates likewise."""
        return tuple(self._members("creation_templates", "prefix"))

    @cached_property
    def cache_rules(self) -> tuple[tuple[Registry, PullThroughCacheRule, Origin], ...]:
        """All pull through cache rules likewise."""
        return tuple(self._members("pull_through_cache_rules", "ecr_repository_prefix"))

    @cached_property
    def exclusions(self) -> tuple[tuple[Registry, PullTimeUpdateExclusion, Origin], ...]:
        """All pull time update exclusions likewise."""
        return tuple(self._members("pull_time_exclusions", "principal_arn"))

    @cached_property
    def account_settings(self) -> tuple[tuple[Registry, AccountSetting, Origin], ...]:
        """All account settings likewise."""
        return tuple(self._members("account_settings", "name"))

    @cached_property
    def public_repositories(self) -> tuple[tuple[PublicRepository, Origin], ...]:
        """All public repositories, and where they stand."""
        return tuple(
            (each, _origin(each, str(each.repository_name)))
            for each in self.deployment.public_repositories
        )

    def _members(self, member: str, name: str) -> Iterator[tuple[Registry, Any, Origin]]:
        for registry in self.deployment.registries:
            for value in getattr(registry, member):
                yield registry, value, _origin(value, str(getattr(value, name)))

    @cached_property
    def policies(self) -> tuple[Held, ...]:
        """All resource policies."""
        return _shared(self._policies())

    def _policies(self) -> Iterator[tuple[Origin, _Attached]]:
        for registry, repository, origin in self.repositories:
            place = registry.account, registry.region
            document = repository.repository_policy
            if document is not None:
                yield (
                    origin,
                    ("the repository policy", "RepositoryPolicyText", document, *place),
                )
        for registry, template, origin in self.templates:
            place = registry.account, registry.region
            document, what = template.repository_policy, "the template's repository policy"
            if document is not None:
                yield origin, (what, "RepositoryPolicy", document, *place)
        for registry in self.deployment.registries:
            place = registry.account, registry.region
            document, what = registry.registry_policy, "the registry policy"
            for origin in owners(registry, "registry_policy") if document is not None else ():
                yield origin, (what, "PolicyText", document, *place, PolicyKind.REGISTRY)
        for public, origin in self.public_repositories:
            place = public.account or _NOT_KNOWN, public.region or _NOT_KNOWN
            document, what = public.repository_policy, "the policy of the public repository"
            kind = PolicyKind.PUBLIC_REPOSITORY
            if document is not None:
                yield origin, (what, "RepositoryPolicyText", document, *place, kind)

    @cached_property
    def readable(self) -> tuple[tuple[Held, Policy], ...]:
        """The resource policies that can be read, with what holds them."""
        return tuple((h, h.document) for h in self.policies if isinstance(h.document, Policy))

    @cached_property
    def unreadable(self) -> tuple[Held, ...]:
        """The resource policies of which nothing can be told."""
        return tuple(h for h in self.policies if not isinstance(h.document, Policy))

    @cached_property
    def statements(self) -> tuple[HeldStatement, ...]:
        """The statements of the resource policies that can be read."""
        return tuple(
            HeldStatement(
                held,
                statement,
                name=f"statement {statement.sid or index} of {held.what}",
                path=f"{held.path}.Statement[{index - 1}]",
            )
            for held, policy in self.readable
            for index, statement in enumerate(policy.statements, start=1)
        )

    @cached_property
    def lifecycle_policies(self) -> tuple[Held, ...]:
        """The lifecycle policy of everything that can have one; its document is None for none."""
        return _shared(self._lifecycle_policies())

    def _lifecycle_policies(self) -> Iterator[tuple[Origin, _Attached]]:
        path = "LifecyclePolicy"
        for registry, repository, origin in self.repositories:
            place = registry.account, registry.region
            document, what = repository.lifecycle_policy, "the lifecycle policy"
            yield origin, (what, f"{path}.LifecyclePolicyText", document, *place)
        for registry, template, origin in self.templates:
            place = registry.account, registry.region
            document, what = template.lifecycle_policy, "the template's lifecycle policy"
            is_cache = set(template.applied_for) == {AppliedFor.PULL_THROUGH_CACHE}
            yield origin, (what, path, document, *place, PolicyKind.REPOSITORY, is_cache)

    @cached_property
    def exemptions(self) -> Mapping[Origin, tuple[Exemption, ...]]:
        """The exemptions of each resource that has one."""
        held: Iterable[tuple[Any, Origin]] = (
            *((value, origin) for _, value, origin in self.repositories),
            *((value, origin) for _, value, origin in self.templates),
            *((value, origin) for _, value, origin in self.account_settings),
            *self.public_repositories,
            *(
                (declared, declared.origin)
                for registry in self.deployment.registries
                for declared in registry.declarations
            ),
        )
        return {origin: value.exemptions for value, origin in held if value.exemptions}

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Where repositories and templates stand, by their construct paths."""
        found = (
            *(origin for _, _, origin in self.repositories),
            *(origin for _, _, origin in self.templates),
            *(origin for _, origin in self.public_repositories),
        )
        return {origin.construct_path: origin for origin in found if origin.construct_path}

    @cached_property
    def policy_problems(self) -> Mapping[str, Sequence[tuple[Held, Problem]]]:
        """What is wrong with the resource policies that can be read, by the problem's id."""
        return _by_id(
            (held, problem)
            for held, policy in self.readable
            for problem in policy.problems(held.kind, account=held.account, region=held.region)
        )

    @cached_property
    def surprises(self) -> Mapping[str, Sequence[tuple[Held, Problem]]]:
        """What lint says of the lifecycle policies that can be read, by the problem's id."""
        return _by_id(
            (held, problem)
            for held in self.lifecycle_policies
            if isinstance(held.document, LifecyclePolicy)
            for problem in self._lint(held.document)
        )

    def _lint(self, policy: LifecyclePolicy) -> Sequence[Problem]:
        return self.once((lint, id(policy)), lambda: lint(policy))


def _shared(policies: Iterable[tuple[Origin, _Attached]]) -> tuple[Held, ...]:
    """Return each policy once, with all that have it."""
    groups: dict[Hashable, Held] = {}
    for origin, attached in policies:
        what, path, document, *where = attached
        key = (what, id(document), *where)
        held = groups.get(key)
        if held is None:
            held = groups[key] = Held(what, path, document, *where)
        held.origins.append(origin)
    return tuple(groups.values())


def _by_id(found: Iterable[tuple[Held, Problem]]) -> Mapping[str, Sequence[tuple[Held, Problem]]]:
    by_id: dict[str, list[tuple[Held, Problem]]] = {}
    for held, problem in found:
        by_id.setdefault(problem.id, []).append((held, problem))
    return by_id


def owners(registry: Registry, member: str) -> tuple[Origin, ...]:
    """Return the resources that set what a registry has once.

    Args:
        registry: The registry.
        member: Such as ``"scanning"``.
    """
    declared = tuple(each.origin for each in registry.declarations if each.member == member)
    if declared or getattr(registry, member) is None:
        return declared
    return (Origin(stack="", logical_id=f"{registry.account} in {registry.region}", template=""),)


def _origin(value: Any, name: str) -> Origin:
    """Return where a value stands; what was read from no template is known by its name."""
    return value.origin or Origin(stack="", logical_id=name, template="")


def each_repository(
    check: Callable[[Registry, Repository], Iterator[Problem]],
) -> Callable[[Facts], Iterator[Located]]:
    """Make a rule's function from one that looks at a repository at a time."""

    def check_all(facts: Facts) -> Iterator[Located]:
        for registry, repository, origin in facts.repositories:
            for problem in check(registry, repository):
                yield Located(origin, problem)

    return check_all
