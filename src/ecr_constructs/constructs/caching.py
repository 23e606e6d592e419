"""A pull through cache as one: the rule, its template, and what its upstream must allow.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aws_cdk import aws_secretsmanager as secretsmanager

from ecr_constructs.constructs.cache_secret import (
    credential_arn,
    credential_problems,
    partial_arn_problems,
)
from ecr_constructs.constructs.pull_through_cache import PullThroughCache
from ecr_constructs.constructs.registry_settings import RegistrySettings
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.place import Place
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.model.pull_through_cache import PullThroughCacheRule
from ecr_constructs.model.registry_needs import Reader, reader_statement
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.tags import Tags
from ecr_constructs.model.template_request import TemplateRequest, names_below, template_key
from ecr_constructs.model.unresolved import is_known
from ecr_constructs.model.upstream import Upstream

if TYPE_CHECKING:
    from ecr_constructs.constructs.contributor import RegistryContributor


def define_cache(
    registry: RegistryContributor,
    upstream: Upstream,
    *,
    credential: secretsmanager.ISecret | None,
    ecr_repository_prefix: str | None,
    upstream_repository_prefix: str | None,
    custom_role_arn: str | None,
    lifecycle_policy: LifecyclePolicy | None,
    resource_tags: Tags | None,
    construct_id: str | None,
) -> PullThroughCache:
    """Contribute a cache to a registry; see ``add_pull_through_cache``."""
    place, scope = registry.place, registry.contributor
    by = registry.path
    wrong = list(_problems(upstream, credential, ecr_repository_prefix))
    if wrong:
        refuse(wrong, path=by)
    noted = [] if credential is None else [*credential_problems(credential, place)]
    refuse(noted, path=by)
    if credential is not None:
        noted += partial_arn_problems(credential)
    rule = PullThroughCacheRule.of(
        upstream,
        ecr_repository_prefix=ecr_repository_prefix,
        upstream_repository_prefix=upstream_repository_prefix,
        credential_arn=None if credential is None else credential_arn(credential),
        custom_role_arn=custom_role_arn,
    )
    prefix = str(rule.ecr_repository_prefix)
    request = TemplateRequest(
        prefix=template_key(prefix),
        applied_for=(AppliedFor.PULL_THROUGH_CACHE,),
        by=by,
        lifecycle_policy=lifecycle_policy,
        resource_tags=resource_tags,
    )
    elsewhere = _elsewhere(upstream, place)
    reader = Reader(place.account, names_below(upstream_repository_prefix))

    def define(settings: RegistrySettings) -> None:
        resource = settings.caches.add(rule, construct_id=construct_id, more_problems=noted, by=by)
        settings.templates.ask(request)
        if resource is not None:
            # A first pull before there is a template makes a repository that none ever governs.
            resource.add_resource_dependency(settings.templates.resource(prefix))
        if elsewhere is not None:
            settings.references.read(elsewhere, reader)

    registry.contribute("add_pull_through_cache(...)", define)
    if elsewhere is not None:
        slot = registry.slot.neighbour(elsewhere)
        slot.contribute(
            lambda settings: settings.policy.add(reader_statement(slot.place, reader), by=by),
            what=f"a pull through cache of {elsewhere.title}",
            by=scope,
            is_needed=False,
        )
    return PullThroughCache(
        rule,
        place=place,
        scope=scope,
        path=by,
        contribute=registry.contribute,
    )


def _problems(
    upstream: object, credential: object, ecr_repository_prefix: str | None
) -> Iterator[Problem]:
    if not isinstance(upstream, Upstream):
        yield problem_at(
            "upstream",
            f"upstream must be an Upstream, got {upstream!r}",
            "write for example Upstream.docker_hub()",
        )
    elif upstream.kind is None:
        yield from upstream.problems()
    elif upstream.kind.credential is not None and credential is None:
        kind = upstream.kind
        yield problem_at(
            "credential",
            f"credential must be given for {kind.title}, which asks for a user name and"
            f" {kind.credential}, got none",
            f"write PullThroughCacheSecret(stack, 'Credential', name={kind.default_prefix!r})",
        )
    if credential is not None and not hasattr(credential, "secret_arn"):
        yield problem_at(
            "credential",
            f"credential must be a secret, got a {type(credential).__name__}",
            "write PullThroughCacheSecret(...) or Secret.from_secret_complete_arn(...)",
        )
    if not is_known(ecr_repository_prefix):
        yield problem_at(
            "ecr_repository_prefix",
            "ecr_repository_prefix must be known at synthesis, got a token",
            "write it out, or leave it out for the upstream's own",
        )


def _elsewhere(upstream: Upstream, place: Place) -> RegistryReference | None:
    """Return the registry of another account that is cached, which must allow it."""
    account, region = upstream.account, upstream.region
    if account is None or region is None or account == place.account or not is_known(place.account):
        return None
    return RegistryReference(account, region)
