"""Rules about what lies between resources: of one registry, and of two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts, owners
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.settings import noted_for
from ecr_constructs.checks.sources import GUIDE, RESOURCES, ROADMAP
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.registry import Located, Registry
from ecr_constructs.model.replication import Destination, Replication
from ecr_constructs.model.replication_chain import broken_chains
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.repository_filter import ROOT, covers
from ecr_constructs.model.signing import Signing
from ecr_constructs.model.unresolved import Text, Unresolved, is_known

#: What a registry has once, in CloudFormation's words.
_ONCE: Final = {
    "registry_policy": "AWS::ECR::RegistryPolicy",
    "replication": "AWS::ECR::ReplicationConfiguration",
    "scanning": "AWS::ECR::RegistryScanningConfiguration",
    "signing": "AWS::ECR::SigningConfiguration",
}


def _single_owner(facts: Facts) -> Iterator[Located]:
    for registry in facts.deployment.registries:
        for member, type_ in _ONCE.items():
            first, *others = owners(registry, member) or (None,)
            for origin in others:
                assert first is not None
                unknown = _may_exclude(first, origin)
                yield Located(
                    origin,
                    violation(
                        f"whether two resources set {type_} cannot be told: {_name(first)} sets it"
                        " too, and conditions decide which of them are there"
                        if unknown
                        else f"a registry has one {type_}, and {_name(first)} sets it too: the"
                        " second to be deployed fails, or takes away what the first has set",
                        "let one GovernedRegistry own it, and the others contribute",
                        unknown=unknown,
                    ),
                )
    yield from _set_twice(facts)


def _set_twice(facts: Facts) -> Iterator[Located]:
    """Yield the account settings that two resources set."""
    firsts: dict[tuple[int, str], Origin] = {}
    for registry, setting, origin in facts.account_settings:
        first = firsts.setdefault((id(registry), str(setting.name)), origin)
        if first is not origin:
            yield Located(
                origin,
                violation(
                    f"a registry has one account setting {setting.name}, and {_name(first)} sets"
                    " it too: the last to be deployed wins, and takes the value of the first for"
                    " the one to put back",
                    "let one GovernedRegistry own it",
                ),
            )


def _unique_name(facts: Facts) -> Iterator[Located]:
    named: dict[tuple[int, str, str], list[tuple[Text, Origin]]] = defaultdict(list)
    for registry, repository, origin in facts.repositories:
        if repository.repository_name is not None:
            key = (id(registry), "repository", str(repository.repository_name))
            named[key].append((repository.repository_name, origin))
    for registry, template, origin in facts.templates:
        prefix = template.prefix
        key = (id(registry), "creation template", str(prefix).removesuffix("/"))
        named[key].append((prefix, origin))
    for registry, rule, origin in facts.cache_rules:
        prefix = rule.ecr_repository_prefix
        key = (id(registry), "pull through cache rule", str(prefix).removesuffix("/"))
        named[key].append((prefix, origin))
    for registry, exclusion, origin in facts.exclusions:
        key = (id(registry), "pull time exclusion", str(exclusion.principal_arn))
        named[key].append((exclusion.principal_arn, origin))
    for public, origin in facts.public_repositories:
        if public.repository_name is not None:
            key = (hash(str(public.account)), "public repository", str(public.repository_name))
            named[key].append((public.repository_name, origin))
    for (_, what, name), found in named.items():
        (_, first), *others = found
        for _, origin in others:
            unknown = _may_exclude(first, origin)
            yield Located(
                origin,
                violation(
                    f"whether the {what} {name!r} is there twice cannot be told: {_name(first)} is"
                    " it too, and conditions decide which of them are there"
                    if unknown
                    else f"a registry has one {what} {name!r}, and {_name(first)} is it too: the"
                    " second to be deployed fails",
                    "name one of them otherwise, or drop it",
                    unknown=unknown,
                ),
            )


def _chain(facts: Facts) -> Iterator[Located]:
    replications: dict[Destination, Replication] = {}
    where: dict[Destination, Registry] = {}
    for registry in facts.deployment.registries:
        place = Destination(registry.region, registry.account)
        if isinstance(registry.replication, Replication):
            replications[place], where[place] = registry.replication, registry
        elif isinstance(registry.replication, Unresolved):
            yield from _replication_unknown(registry)
    for chain in broken_chains(replications):
        problem = chain.to_problem()
        for origin in owners(where[chain.source], "replication"):
            yield Located(
                origin,
                violation(
                    problem.message,
                    problem.fix,
                    path="ReplicationConfiguration",
                    detail=f"Destination::{chain.destination.sentence}",
                ),
            )


def _replication_unknown(registry: Registry) -> Iterator[Located]:
    for origin in owners(registry, "replication"):
        yield Located(
            origin,
            violation(
                "where images are replicated to cannot be told: the configuration is"
                f" {registry.replication}",
                "let one resource set it",
                path="ReplicationConfiguration",
                unknown=True,
            ),
        )


def _cache_template(facts: Facts) -> Iterator[Located]:
    for registry, rule, origin in facts.cache_rules:
        prefix = rule.ecr_repository_prefix
        unknown: list[Text] = []
        for template in registry.creation_templates:
            is_for = AppliedFor.PULL_THROUGH_CACHE in template.applied_for
            unsure = [] if is_for else [each for each in template.applied_for if not is_known(each)]
            if not is_for and not unsure:
                continue
            unsure += _unsure_of_cover(template.prefix, prefix)
            if unsure:
                unknown += unsure
            elif covers(str(template.prefix), f"{prefix}/any"):
                break
        else:
            path = "EcrRepositoryPrefix"
            fix = "registry.add_pull_through_cache(...), or a template for PULL_THROUGH_CACHE"
            message = (
                f"what is pulled through {str(prefix)!r} goes into repositories that no template"
                " governs: no lifecycle policy, no key, no tags"
            )
            if unknown:
                message = f"whether a template governs the cache cannot be told: {unknown[0]}"
            yield Located(origin, violation(message, fix, path=path, unknown=bool(unknown)))


def _unsure_of_cover(template: Text, cache: Text) -> list[Text]:
    """Return what has to be known to tell whether a template's prefix covers that of a cache."""
    return [] if template == ROOT else [each for each in (template, cache) if not is_known(each)]


def _signing_of_cache(facts: Facts) -> Iterator[Located]:
    yield from noted_for("SigningOfCache")(facts)
    for registry in facts.deployment.registries:
        signing, rules = registry.signing, registry.pull_through_cache_rules
        if not rules or signing is None:
            continue
        filters = [
            each
            for rule in (signing.rules if isinstance(signing, Signing) else ())
            for each in rule.repository_filters or ()
        ]
        prefixes = [rule.ecr_repository_prefix for rule in rules]
        unknown = [text for text in (*filters, *prefixes) if not is_known(text)]
        if isinstance(signing, Unresolved):
            unknown = [signing]
        if unknown:
            for origin in owners(registry, "signing"):
                yield Located(
                    origin,
                    violation(
                        "whether images of a cache are to be signed cannot be told: of filters and"
                        f" prefixes {unknown[0]} is not known",
                        "write filters for the namespaces of your own images",
                        path="Rules",
                        unknown=True,
                    ),
                )


def _may_exclude(one: Origin, other: Origin) -> bool:
    """Tell whether conditions may leave one of two resources out wherever the other is."""
    if one.condition is None and other.condition is None:
        return False
    return (one.template, one.condition) != (other.template, other.condition)


def _name(origin: Origin) -> str:
    return origin.construct_path or f"{origin.stack}/{origin.logical_id}"


RULES: Final = (
    Rule(
        id="EcrGovernance-SingleOwner",
        severity=Severity.ERROR,
        title="What a registry has once has one owner",
        explanation="An account has one registry policy, replication, scanning and signing"
        " configuration in a Region. Of two resources that set one, in two stacks or in one, the"
        " second fails with AlreadyExists, or silently takes away what the first has set. Where"
        " conditions decide which of them are there, it cannot be told.",
        remediation="One GovernedRegistry for an account and Region; others contribute through"
        " GovernedRegistry.of(scope). In CloudFormation: one resource of the type.",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/42808",
        control=Control.SINGLE_OWNER,
        check=_single_owner,
    ),
    Rule(
        id="EcrGovernance-UniqueName",
        severity=Severity.ERROR,
        title="A name or a prefix is taken once in a registry",
        explanation="Repositories have unique names, templates and cache rules unique prefixes,"
        " exclusions unique principals. Of two with one the second fails at deployment. Where"
        " conditions decide which of them are there, it cannot be told; of stacks without a"
        " concrete account and Region it is not asked, as any two of them might be the same.",
        remediation="Constructs refuse the second at once. In CloudFormation: another name.",
        source=f"{RESOURCES}/aws-resource-ecr-repository.html",
        check=_unique_name,
    ),
    Rule(
        id="EcrGovernance-ReplicationChain",
        severity=Severity.ERROR,
        title="Replication goes straight to where images are wanted",
        explanation="What arrives by replication is not replicated on: images that go from a first"
        " registry to a second do not reach the third that the second replicates to.",
        remediation="first.replicate_to(third). In CloudFormation: a further destination at the"
        " first registry.",
        source=f"{GUIDE}/replication.html",
        check=_chain,
    ),
    Rule(
        id="EcrGovernance-CacheTemplate",
        severity=Severity.WARNING,
        title="A template governs what a cache creates",
        explanation="Amazon ECR creates a repository for each image that is pulled through a cache:"
        " without a template with no lifecycle policy, so that it grows for ever, and encrypted"
        " with AES256.",
        remediation="registry.add_pull_through_cache(...), which makes the template too. In"
        " CloudFormation: AWS::ECR::RepositoryCreationTemplate with the same Prefix and AppliedFor:"
        " [PULL_THROUGH_CACHE].",
        source=f"{GUIDE}/repository-creation-templates.html",
        check=_cache_template,
    ),
    Rule(
        id="EcrGovernance-SigningOfCache",
        severity=Severity.WARNING,
        title="Signing is asked for where somebody pushes",
        explanation="Managed signing signs in the name of whoever pushes. Nobody pushes what is"
        " pulled through a cache, so that signing fails for each of its images.",
        remediation="SigningRule(repository_filters=[...]) for your own namespaces. In"
        " CloudFormation: RepositoryFilters that match no cache.",
        source=f"{ROADMAP}/2830",
        check=_signing_of_cache,
    ),
)
