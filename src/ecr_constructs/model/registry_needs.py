"""What a registry must have because others replicate to it or read from it.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ecr_constructs.model.baseline import Baseline
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.hand_over import HandOver
from ecr_constructs.model.place import Place
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.replication_merge import minimal_prefixes
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.template_request import (
    TemplateDefaults,
    TemplateRequest,
    governing_prefix,
    merge_requests,
)
from ecr_constructs.service import registry_actions


@dataclass(frozen=True, slots=True)
class Replicated:
    """What an account replicates to a registry.

    Attributes:
        account: The account.
        prefix: What the names of the repositories begin with; empty for all.
    """

    account: str
    prefix: str

    @property
    def template(self) -> str:
        """The prefix of the template that makes them where they arrive."""
        return governing_prefix(self.prefix)

    def request(self, by: str) -> TemplateRequest:
        """Return what is asked of that template.

        Args:
            by: The path of the construct that replicates.
        """
        return TemplateRequest(prefix=self.template, applied_for=(AppliedFor.REPLICATION,), by=by)


@dataclass(frozen=True, slots=True)
class Reader:
    """An account whose pull through cache reads a registry.

    Attributes:
        account: The account.
        prefix: What the names of the repositories begin with; empty for all.
    """

    account: str
    prefix: str


def repositories_arn(place: Place, prefix: str = "") -> str:
    """Return the ARN of all repositories of a registry whose names begin with ``prefix``."""
    return f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/{prefix}*"


def replication_statements(
    place: Place, replicated: Iterable[Replicated], sets_tags: Callable[[str], bool]
) -> Iterator[Statement]:
    """Yield what the policy of a registry must allow those who replicate to it.

    One statement an account, or two where the templates of some prefixes set
    tags: only there it takes ``ecr:TagResource``.

    Args:
        place: The registry.
        replicated: What arrives; its own account needs no permission.
        sets_tags: Tells whether the template of a prefix sets tags.
    """
    prefixes: dict[tuple[str, bool], set[str]] = {}
    for each in replicated:
        if each.account != place.account:
            key = (each.account, sets_tags(each.template))
            prefixes.setdefault(key, set()).add(each.prefix)
    for (account, tags), taken in prefixes.items():
        statement = Statement(
            principals=(_root(account, place),),
            actions=tuple(sorted(registry_actions.REPLICATE)),
            resources=tuple(
                sorted(repositories_arn(place, str(each)) for each in minimal_prefixes(taken))
            ),
        )
        yield with_tagging(statement) if tags else statement


def reader_statement(place: Place, reader: Reader) -> Statement:
    """Return what the policy of a registry must allow an account that caches it."""
    return Statement(
        principals=(_root(reader.account, place),),
        actions=tuple(sorted(registry_actions.CACHE_ROLE_UPSTREAM)),
        resources=(repositories_arn(place, reader.prefix),),
    )


def with_tagging(statement: Statement) -> Statement:
    """Return a statement that allows tagging too."""
    return replace(statement, actions=(*statement.actions, registry_actions.TAG))


def hand_over_of(
    place: Place,
    *,
    replicated: Iterable[Replicated],
    readers: Iterable[Reader],
    baseline: Baseline,
) -> HandOver:
    """Return what the owner of a registry elsewhere must apply.

    Args:
        place: The registry.
        replicated: What is replicated to it.
        readers: Who caches it.
        baseline: What the repositories of those who ask have to meet.
    """
    arriving = list(replicated)
    templates = tuple(_templates(arriving, baseline, place.partition))
    statements = [
        *replication_statements(place, arriving, frozenset[str]().__contains__),
        *(reader_statement(place, each) for each in readers),
    ]
    notes = []
    if baseline.customer_managed_keys and templates:
        notes.append(
            "the baseline asks for customer-managed keys: add encryptionConfiguration with a key of"
            " that Region, and customRoleArn with a role that may use it"
        )
    return HandOver(
        account=place.account,
        region=place.region,
        policy=Policy(tuple(statements)).normalise(partition=place.partition),
        creation_templates=templates,
        notes=tuple(notes),
    )


def _templates(
    replicated: Iterable[Replicated], baseline: Baseline, partition: str
) -> Iterator[CreationTemplate]:
    requests = {each.template: each.request("") for each in replicated}
    defaults = TemplateDefaults(lifecycle_policy=baseline.lifecycle_policy)
    for prefix in sorted(requests):
        template, _ = merge_requests([requests[prefix]], defaults, partition=partition)
        yield template


def _root(account: str, place: Place) -> Principal:
    return Principal("AWS", f"arn:{place.partition}:iam::{account}:root")
