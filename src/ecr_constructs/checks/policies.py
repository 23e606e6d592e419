"""How rules look at resource policies.

Layer: checks; imports ``model`` and ``lifecycle``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.held import Held
from ecr_constructs.checks.rule import Check, violation
from ecr_constructs.model.policy import Policy, PolicyKind
from ecr_constructs.model.problem import Malformed, Problem
from ecr_constructs.model.registry import Located
from ecr_constructs.model.statement import Statement

#: Looks at one policy and what it is attached to; paths are below the policy.
PolicyCheck: TypeAlias = Callable[[Held, Policy], Iterator[Problem]]


def each_policy(check: PolicyCheck) -> Check:
    """Make a rule's function from one that looks at a resource policy at a time.

    Of a policy that cannot be read nothing can be told.
    """

    def check_all(facts: Facts) -> Iterator[Located]:
        yield from unreadable(facts)
        for held, policy in facts.readable:
            for problem in check(held, policy):
                yield from held.at_each(problem.below(held.path))

    return check_all


def unreadable(facts: Facts, kind: PolicyKind | None = None) -> Iterator[Located]:
    """Yield that nothing can be told of the policies, of a kind or of all, that cannot be read."""
    for held in facts.unreadable:
        if kind is not None and kind is not held.kind:
            continue
        text, fix = str(held.document), "write the policy as an object in the template"
        if isinstance(held.document, Malformed):
            text, fix = "malformed", "correct it as EcrGovernance-PolicyGrammar says"
        problem = violation(
            f"what {held.what} allows cannot be told: it is {text}",
            fix,
            path=held.path,
            unknown=True,
        )
        yield from held.at_each(problem)


def each_statement(
    check: Callable[[Held, Statement, str], Iterator[Problem]],
    *,
    kind: PolicyKind | None = None,
) -> Check:
    """Make a rule's function from one that looks at a statement at a time.

    The third argument is what to call the statement: ``statement 2 of the
    repository policy``.

    Args:
        check: Looks at a statement.
        kind: What the policies are attached to. Default: anything.
    """

    def check_all(facts: Facts) -> Iterator[Located]:
        yield from unreadable(facts, kind)
        for held, statement, name, path in facts.statements:
            if kind is not None and kind is not held.kind:
                continue
            for problem in check(held, statement, name):
                yield from held.at_each(problem.below(path))

    return check_all


def named(statement: Statement, otherwise: str) -> str:
    """Return the detail of a finding: the statement's id where it has one."""
    return f"Statement::{statement.sid}" if statement.sid else otherwise
