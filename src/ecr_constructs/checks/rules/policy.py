"""Rules about what stands in a resource policy: of a repository, a registry or a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.held import Held
from ecr_constructs.checks.policies import each_statement, named, unreadable
from ecr_constructs.checks.rule import Check, Rule, violation
from ecr_constructs.checks.sources import GUIDE, IAM
from ecr_constructs.model.policy import PolicyKind
from ecr_constructs.model.problem import Malformed, Problem, Severity
from ecr_constructs.model.registry import Located
from ecr_constructs.model.statement import Effect, Statement
from ecr_constructs.model.unresolved import Unresolved, is_known
from ecr_constructs.service import actions


def _of_kind(*kinds: str) -> Check:
    """Make a rule's function from the ids of a policy's problems."""

    def check(facts: Facts) -> Iterator[Located]:
        yield from unreadable(facts)
        found = facts.policy_problems
        for held, problem in (each for kind in kinds for each in found.get(kind, ())):
            told = Problem(
                id=problem.path.rpartition(".")[0] or problem.path,
                message=f"{held.what}: {problem.message}",
                fix=problem.fix,
                path=problem.path,
                severity=problem.severity,
                status=problem.status,
            )
            yield from held.at_each(told.below(held.path))

    return check


def _grammar(facts: Facts) -> Iterator[Located]:
    yield from _of_kind("policy-grammar", "policy-sid", "policy-condition")(facts)
    for held in facts.policies:
        if isinstance(held.document, Malformed):
            for problem in held.document.problems:
                message = f"{held.what} is none that IAM understands: {problem.message}"
                yield from held.at_each(violation(message, problem.fix, path=held.path))


def _without_malformed(check: Check) -> Check:
    """Leave out that nothing can be told of a policy where it is told that it is malformed."""

    def check_all(facts: Facts) -> Iterator[Located]:
        malformed = {
            origin
            for held in facts.policies
            if isinstance(held.document, Malformed)
            for origin in held.origins
        }
        for located in check(facts):
            if located.problem.status != "unknown" or located.origin not in malformed:
                yield located

    return check_all


def _wildcard_action(held: Held, statement: Statement, name: str) -> Iterator[Problem]:
    if statement.effect is Effect.DENY:
        return
    fix = "name the actions, such as ecr:BatchGetImage: allow_pull(...), allow_push(...)"
    if held.kind is PolicyKind.PUBLIC_REPOSITORY:
        fix = "name the actions, such as ecr-public:PutImage: allow_push(...)"
    if statement.not_actions:
        given = ", ".join(map(str, statement.not_actions))
        yield violation(
            f"{name} allows every action but {given}, those that AWS adds later too",
            fix,
            detail=named(statement, "NotAction"),
        )
    for action in statement.actions:
        if isinstance(action, Unresolved):
            yield violation(
                f"whether {name} allows a wildcard cannot be told: its action is {action}",
                fix,
                detail=f"Action::{action}",
                unknown=True,
            )
        elif ("*" in action or "?" in action) and is_known(action):
            count = len(actions.expand(action, held.kind.rules.actions))
            yield violation(
                f"{name} allows {action!r}, which is {count} actions today and those that AWS adds"
                " later",
                fix,
                detail=f"Action::{action}",
            )


RULES: Final = (
    Rule(
        id="EcrGovernance-PolicyGrammar",
        severity=Severity.ERROR,
        title="A policy is one that IAM understands",
        explanation="A policy with a misspelt member or operator, a Sid twice or a string that is"
        " no JSON fails the deployment, with a message that does not say where.",
        remediation="Policy and Statement, or allow_...(...), which write it. In CloudFormation:"
        " an object with Version and Statement.",
        source=f"{IAM}/reference_policies_grammar.html",
        check=_without_malformed(_grammar),
    ),
    Rule(
        id="EcrGovernance-PolicyAction",
        severity=Severity.ERROR,
        title="A policy names actions that exist and act where it stands",
        explanation="Amazon ECR refuses an action that it does not have. One that acts on the"
        " account, such as ecr:GetAuthorizationToken, has no effect in the policy of a repository:"
        " it comes from an identity policy alone.",
        remediation="allow_pull(...), allow_push(...), grant_pull(...), which name the right ones."
        " In CloudFormation: ecr:BatchGetImage and its kin; the token in the role's own policy.",
        source=f"{GUIDE}/repository-policies.html",
        check=_of_kind("policy-action"),
    ),
    Rule(
        id="EcrGovernance-WildcardAction",
        severity=Severity.WARNING,
        title="A policy names what it allows",
        explanation="ecr:* and ecr:Put* allow what AWS adds later as well, and hide from the reader"
        " that they allow to delete images or to change the policy itself.",
        remediation="allow_pull(...), allow_push(...). In CloudFormation: name the actions.",
        source=f"{IAM}/best-practices.html",
        check=each_statement(_wildcard_action),
    ),
    Rule(
        id="EcrGovernance-PolicyPrincipal",
        severity=Severity.ERROR,
        title="A policy names principals that IAM can find",
        explanation="Amazon ECR refuses a policy whose principal is no whole ARN or service's name,"
        " as wildcards work in conditions alone, or is of another partition, or that names nobody."
        " A federated provider stands in the trust policy of a role, and signs no request here.",
        remediation="Principals.account(...), Principals.role(...). In CloudFormation: the account,"
        " and a condition ArnLike aws:PrincipalArn.",
        source=f"{IAM}/reference_policies_elements_principal.html",
        check=_of_kind("policy-principal"),
    ),
    Rule(
        id="EcrGovernance-PolicyResource",
        severity=Severity.ERROR,
        title="A policy names resources in a registry, and none in a repository",
        explanation="The policy of a repository acts on that repository; Amazon ECR is on record"
        " refusing one with a Resource, and takes it without. A registry policy needs one, and"
        " reaches repositories of its own account and Region only.",
        remediation="Leave it to the constructs. In CloudFormation: no Resource in"
        " RepositoryPolicyText; arn:aws:ecr:<Region>:<account>:repository/* in PolicyText.",
        source="https://github.com/aws/aws-cdk/issues/24314",
        check=_of_kind("policy-resource"),
    ),
    Rule(
        id="EcrGovernance-PolicySize",
        severity=Severity.ERROR,
        title="A policy has at most 10,240 characters",
        explanation="Amazon ECR refuses a longer one. It is reached with some hundred accounts,"
        " and an organisation grows.",
        remediation="allow_pull(Principals.organization()). In CloudFormation: Principal '*' with"
        " Condition: {StringEquals: {aws:PrincipalOrgID: o-...}}.",
        source="https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html",
        check=_of_kind("policy-size"),
    ),
)
