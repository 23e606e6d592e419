"""Rules about lifecycle policies, of repositories and of the templates that make them.

What lint warns of is a rule for each kind of surprise, not one rule with
findings in brackets: each has an explanation, a page and a way out of its own,
and is selected, ignored and acknowledged for its own reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.held import Held
from ecr_constructs.checks.rule import PREFIX, Check, Rule, violation
from ecr_constructs.checks.sources import GUIDE, ROADMAP
from ecr_constructs.model.baseline import Control
from ecr_constructs.model.lifecycle import LifecyclePolicy
from ecr_constructs.model.problem import Malformed, Problem, Severity
from ecr_constructs.model.registry import Located

_POLICIES: Final = f"{GUIDE}/LifecyclePolicies.html"


def _unreadable(held: Held) -> Problem:
    text, fix = str(held.document), "write the policy's text in the template"
    if isinstance(held.document, Malformed):
        text, fix = "malformed", "correct it as EcrGovernance-LifecycleGrammar says"
    return violation(
        f"what {held.what} does cannot be told: it is {text}",
        fix,
        path=held.path,
        unknown=True,
    )


def _present(facts: Facts) -> Iterator[Located]:
    for held in facts.lifecycle_policies:
        document = held.document
        if document is None or (isinstance(document, LifecyclePolicy) and not document.rules):
            yield from held.at_each(
                violation(
                    f"images are kept for ever: {held.what} is missing",
                    "add LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))",
                    path=held.path,
                )
            )
        elif not isinstance(document, (LifecyclePolicy, Malformed)):
            yield from held.at_each(_unreadable(held))


def _grammar(facts: Facts) -> Iterator[Located]:
    for held in facts.lifecycle_policies:
        document = held.document
        if isinstance(document, Malformed):
            for problem in document.problems:
                yield from _refused(held, problem)
        elif document is not None and not isinstance(document, LifecyclePolicy):
            yield from held.at_each(_unreadable(held))
    for held, problem in (each for found in facts.surprises.values() for each in found):
        yield from _refused(held, problem)


def _refused(held: Held, problem: Problem) -> Iterator[Located]:
    if problem.severity is Severity.ERROR:
        message = f"Amazon ECR refuses {held.what}: {problem.message}"
        yield from held.at_each(violation(message, problem.fix, path=held.path))


def _surprise(*kinds: str, of_caches: bool = True) -> Check:
    """Make a rule's function from the ids of lint's warnings.

    Args:
        kinds: The ids.
        of_caches: Whether what a pull through cache holds is its concern.
    """

    def check(facts: Facts) -> Iterator[Located]:
        for held in facts.lifecycle_policies:
            known = held.document is None or isinstance(held.document, LifecyclePolicy)
            if not known and (of_caches or not held.is_cache):
                yield from held.at_each(_unreadable(held))
        found = facts.surprises
        for held, problem in (each for kind in kinds for each in found.get(kind, ())):
            if problem.severity is Severity.WARNING and (of_caches or not held.is_cache):
                message = f"{problem.path}: {problem.message}"
                told = violation(message, problem.fix, detail=problem.path)
                yield from held.at_each(told.below(held.path))

    return check


def _warning(
    name: str,
    *kinds: str,
    title: str,
    explanation: str,
    remediation: str,
    source: str,
    of_caches: bool = True,
) -> Rule:
    return Rule(
        id=f"{PREFIX}{name}",
        severity=Severity.WARNING,
        title=title,
        explanation=explanation,
        remediation=remediation,
        source=source,
        check=_surprise(*kinds, of_caches=of_caches),
    )


RULES: Final = (
    Rule(
        id="EcrGovernance-LifecyclePolicy",
        severity=Severity.ERROR,
        title="Images expire by a lifecycle policy",
        explanation="Without one images are kept, billed and reported as vulnerable for ever, and"
        " at 100,000 of them pushes fail. Repositories that Amazon ECR creates by itself take"
        " theirs from the creation template, at creation and never later.",
        remediation="Leave lifecycle_policy out: the baseline's expires untagged images. In"
        " CloudFormation: LifecyclePolicy: {LifecyclePolicyText: ...}; in a template"
        " LifecyclePolicy: the text.",
        source=_POLICIES,
        control=Control.UNTAGGED_EXPIRY,
        elsewhere={
            "Security Hub": "ECR.3",
            "AWS Config": "ecr-private-lifecycle-policy-configured",
            "Control Tower": "CT.ECR.PR.1",
            "Prowler": "ecr_repositories_lifecycle_policy_enabled",
        },
        check=_present,
    ),
    Rule(
        id="EcrGovernance-LifecycleGrammar",
        severity=Severity.ERROR,
        title="A lifecycle policy is one that Amazon ECR accepts",
        explanation="What ECR refuses fails the deployment, with a message that names neither the"
        " rule nor the member. The whole grammar is checked: members, types and limits, which"
        " countType goes with which action, priorities, 'any' last, one 'untagged' rule.",
        remediation="LifecyclePolicy and LifecycleRule refuse it at once. For JSON:"
        " ecr-constructs lifecycle lint POLICY.",
        source=f"{GUIDE}/lifecycle_policy_parameters.html",
        check=_grammar,
    ),
    Rule(
        id="EcrGovernance-UntaggedExpiry",
        severity=Severity.ERROR,
        title="Untagged images expire",
        explanation="Each push that moves a tag leaves an untagged image behind. Nobody pulls it by"
        " a name any more, and without a rule for untagged or any images it stays for ever.",
        remediation="LifecycleRule.expire_untagged(older_than_days=14). In the policy: a rule with"
        " tagStatus untagged.",
        source=f"{GUIDE}/lifecycle_policy_examples.html",
        control=Control.UNTAGGED_EXPIRY,
        check=_surprise("untagged-stay"),
    ),
    _warning(
        "LifecycleTagsAreAnd",
        "tags-are-and",
        title="A list of tags is not meant as OR",
        explanation="Amazon ECR selects the images that have a tag for every entry of"
        " tagPatternList or tagPrefixList. A rule that was to protect latest, main and cache in"
        " one list protects nothing, and what comes after it deletes them.",
        remediation="A rule for each: LifecycleRule.keep_newest(50, tag_patterns=['v*']) and so"
        " on. Acknowledge it where images do carry all these tags.",
        source=_POLICIES,
    ),
    _warning(
        "LifecycleEntryMatchesNothing",
        "entry-matches-nothing",
        title="Each entry of a list of tags can match a tag",
        explanation="A '*' in a prefix, a repository's name or a ':' matches no tag, and a pattern"
        " without '*' matches one tag alone. Such a rule is silent for ever.",
        remediation="tag_patterns=['v*']. In the policy: tagPatternList with a '*', or"
        " tagPrefixList without one.",
        source=f"{GUIDE}/lifecycle_policy_parameters.html",
    ),
    _warning(
        "LifecycleShielded",
        "shielded",
        title="Each rule of a lifecycle policy can act",
        explanation="An image is out of reach of every rule after the first one that selects it,"
        " whether that one acts on it or not. A rule whose images are all selected before it does"
        " nothing.",
        remediation="Give the narrower rule the lower rulePriority; LifecyclePolicy.of(...) numbers"
        " rules in the order given. ecr-constructs lifecycle preview shows the effect.",
        source=_POLICIES,
    ),
    _warning(
        "LifecyclePartlyShielded",
        "partly-shielded",
        title="No rule of a lifecycle policy loses part of its images to another",
        explanation="'Archive what nobody pulled' after 'keep the newest 50 v*' archives no v*"
        " image at all: the first rule that selects an image decides, even where it keeps it."
        " Exceptions before a rule that expires everything are how policies are written, and no"
        " finding.",
        remediation="Give the rule a lower rulePriority than the one before it, or narrow the tags"
        " of one of the two.",
        source=_POLICIES,
    ),
    _warning(
        "LifecycleCatchAll",
        "catch-all",
        title="A rule that expires everything spares what must stay",
        explanation="A rule for any image expires releases and what is running too, where no"
        " earlier rule selects them. Amazon ECR does not look at what is deployed. What a pull"
        " through cache holds is pulled again, and so no finding.",
        remediation="LifecycleRule.keep_newest(50, tag_patterns=['v*']) before it. In the policy: a"
        " rule with a lower rulePriority for the tags that must stay.",
        source=f"{ROADMAP}/2039",
        of_caches=False,
    ),
    _warning(
        "LifecycleEmptiesRepository",
        "empties-repository",
        title="An age alone does not empty a repository",
        explanation="A rule by age takes the last image of a repository that nobody pushes to: the"
        " service that is stable for a year loses the image that it runs. What a pull through cache"
        " holds is pulled again, and so no finding.",
        remediation="LifecycleRule.keep_newest(10, tag_patterns=['v*']) before it, which keeps a"
        " number. In the policy: a rule with imageCountMoreThan and a lower rulePriority.",
        source=f"{GUIDE}/lifecycle_policy_examples.html",
        of_caches=False,
    ),
    _warning(
        "LifecycleUnverified",
        "prefixes-unverified",
        "patterns-unverified",
        "number-unverified",
        title="A lifecycle policy stays within what is known to be accepted",
        explanation="Amazon ECR's documentation does not say whether a list may recur in several"
        " rules, nor how large a number may be. It may refuse them at deployment.",
        remediation="Fold rules with the same list into one; take smaller numbers.",
        source=_POLICIES,
    ),
)
