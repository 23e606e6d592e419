"""Where a registry replicates to: the rules of the source, in one resource.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs import Node

from ecr_constructs.constructs.cfn_registry import (
    CfnReplicationConfiguration,
    record_exemptions,
    write_properties,
)
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.constructs.slot import RegistrySlot
from ecr_constructs.model.creation_template import AppliedFor, CreationTemplate
from ecr_constructs.model.problem import Problem, Severity, problem_at
from ecr_constructs.model.registry_reference import RegistryReference
from ecr_constructs.model.replication import Destination, Replication, ReplicationRule
from ecr_constructs.model.replication_chain import BrokenChain, broken_chains
from ecr_constructs.model.repository_filter import ROOT
from ecr_constructs.model.statement import SortKey
from ecr_constructs.model.template_request import template_key
from ecr_constructs.model.unresolved import Text, is_known

#: The prefix of every name: what a rule without filters takes.
_EVERY: tuple[Text, ...] = ("",)
_NO_RULES = Replication().to_cfn()


class ReplicationRules:
    """Where a registry replicates to, by whoever asks for it.

    Args:
        context: The registry.
    """

    def __init__(self, context: RegistryContext) -> None:
        self._context = context
        self._rules: tuple[ReplicationRule, ...] = ()
        self._askers: dict[ReplicationRule, str] = {}
        self._cfn: CfnReplicationConfiguration | None = None

    @property
    def node(self) -> Node:
        """The owner's node."""
        return self._context.node

    @property
    def rules(self) -> tuple[ReplicationRule, ...]:
        """What was asked for."""
        return self._rules

    def add(self, rule: ReplicationRule, *, by: str) -> None:
        """Add a rule.

        Args:
            rule: What goes where; nothing is wrong with it alone.
            by: The path of the construct that contributes.

        Raises:
            ConfigurationError: If ECR would refuse it together with the others, or
                somebody else asks for the same images with deletions or without.
        """
        whole = self._merged((*self._rules, rule)).problems()
        contradictions = list(_contradictions(rule, self._askers))
        wrong = [problem for problem in whole if problem.path == "rules"]
        self._context.refuse([*wrong, *contradictions], by)
        self._context.warn(contradictions)
        self._rules = (*self._rules, rule)
        self._askers.setdefault(rule, by)
        if self._cfn is None:
            self._cfn = CfnReplicationConfiguration(self._context.owner, "Replication", _NO_RULES)
            record_exemptions(self._cfn, self._context.beside)
            slot = self._context.ledger.slot
            if not slot.replications:
                slot.judges.append(lambda: _chain_sentences(slot))
            slot.replications.append(self)
        self._context.ledger.schedule(self)

    def write_at_synthesis(self) -> None:
        """Write the rules into their resource; the library calls it at synthesis."""
        assert self._cfn is not None
        place = self._context.place
        value = self._merged(self._rules, self._context.ledger.key)
        write_properties(self._cfn, value.to_cfn(), _NO_RULES)
        self._context.warn(
            value.problems(
                account=place.account,
                region=place.region,
                repository_names=self._context.ledger.slot.names,
            )
        )
        self._context.warn(self._shadowed(value))

    @staticmethod
    def _merged(rules: tuple[ReplicationRule, ...], key: SortKey = str) -> Replication:
        return Replication.of(*rules).normalise(key=key)

    def _shadowed(self, value: Replication) -> Iterator[Problem]:
        """Yield where another template stands before the one that replication has made."""
        for rule in value.rules:
            prefixes = [str(each) for each in rule.repository_filters] or [""]
            for destination in rule.destinations:
                reference = RegistryReference(str(destination.registry_id), str(destination.region))
                slot = self._context.ledger.slot.neighbour(reference)
                for template in slot.settings.templates.values if slot.settings else ():
                    if any(_stands_before(template, prefix) for prefix in prefixes):
                        yield problem_at(
                            "repository_filters",
                            "replication must create repositories from a template that governs"
                            f" them, got the template {str(template.prefix)!r} of"
                            f" {destination.sentence}, which covers what is replicated there and is"
                            f" applied for {', '.join(map(str, template.applied_for))} only",
                            "apply it for AppliedFor.REPLICATION too",
                            severity=Severity.WARNING,
                        )


def _contradictions(
    rule: ReplicationRule, askers: Mapping[ReplicationRule, str]
) -> Iterator[Problem]:
    """Yield which requests want deletions carried out that others do not, for the same images.

    For one prefix nobody can mean both. Where one prefix takes another it is not documented
    which of the two rules decides.
    """
    for other, by in askers.items():
        both = [each for each in rule.destinations if each in other.destinations]
        if other.delete_replication == rule.delete_replication or not both:
            continue
        where = both[0].sentence
        for mine in rule.repository_filters or _EVERY:
            for theirs in other.repository_filters or _EVERY:
                if mine == theirs:
                    yield problem_at(
                        "delete_replication",
                        "delete_replication must be the same for the same images, got"
                        f" {rule.delete_replication} for {_named(mine)} to {where}, where"
                        f" {by!r} asks for {other.delete_replication}",
                        "give both the same",
                    )
                elif str(mine).startswith(str(theirs)) or str(theirs).startswith(str(mine)):
                    deleted, kept = (mine, theirs) if rule.delete_replication else (theirs, mine)
                    yield problem_at(
                        "delete_replication",
                        "delete_replication should be the same where one prefix takes another, as"
                        " which of the two rules decides is not documented, got True for"
                        f" {_named(deleted)} and False for {_named(kept)} to {where}",
                        "give both the same",
                        severity=Severity.WARNING,
                    )


def _named(prefix: Text) -> str:
    return repr(str(prefix)) if prefix else "every repository"


def _stands_before(template: CreationTemplate, prefix: str) -> bool:
    """Tell whether a template that is not for replication covers names that begin with a prefix.

    The longest prefix wins, and whether the next one steps in is not documented.
    """
    covered = template_key(str(template.prefix))
    is_for_it = AppliedFor.REPLICATION in template.applied_for
    return not is_for_it and covered != ROOT and f"{covered}/".startswith(prefix)


def broken_chains_of(slot: RegistrySlot) -> list[BrokenChain]:
    """Return the chains that will not flow and that a registry is to tell of.

    The source tells. Where it was synthesised before the chain was known, as
    happens with stages, the registry in between does.
    """
    slots = {
        Destination(each.place.region, each.place.account): each
        for each in slot.beside
        if each.replications and is_known(each.place.account) and is_known(each.place.region)
    }
    chains = broken_chains(
        {
            registry: Replication.of(*(rule for one in each.replications for rule in one.rules))
            for registry, each in slots.items()
        }
    )
    slot.told = frozenset(chain for chain in chains if slots[chain.source] is slot)
    return [
        chain
        for chain in chains
        if chain in slot.told
        or (
            slots[chain.through] is slot
            and slots[chain.source].is_closed
            and chain not in slots[chain.source].told
        )
    ]


def _chain_sentences(slot: RegistrySlot) -> list[str]:
    return [chain.to_problem().sentence for chain in broken_chains_of(slot)]
