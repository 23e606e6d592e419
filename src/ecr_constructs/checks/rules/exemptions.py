"""Rules about exemptions, which are this library's, and acknowledgements, which are CDK's."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ecr_constructs.checks.acknowledgements import PLUGIN, rule_of
from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.rule import PREFIX, Rule, violation
from ecr_constructs.checks.sources import EXCEPTIONS, VALIDATION
from ecr_constructs.model.acknowledgement import Acknowledgement
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.registry import Located
from ecr_constructs.model.repository import Origin


def _exemption_reason(facts: Facts) -> Iterator[Located]:
    for origin, exemptions in facts.exemptions.items():
        for exemption in exemptions:
            if not exemption.reason.strip():
                yield Located(
                    origin,
                    violation(
                        f"the exemption from {str(exemption.control)!r} does not say why, so it"
                        " loosens nothing",
                        f"write Exemption(Control.{exemption.control.name}, reason='...')",
                        detail=str(exemption.control),
                    ),
                )


def _exemption_expired(facts: Facts) -> Iterator[Located]:
    for origin, exemptions in facts.exemptions.items():
        for exemption in exemptions:
            if exemption.has_expired(facts.today):
                yield Located(
                    origin,
                    violation(
                        f"the exemption from {str(exemption.control)!r} has expired on"
                        f" {exemption.expires}: {exemption.reason}",
                        "meet the control and drop the exemption, or give it another last day",
                        detail=str(exemption.control),
                    ),
                )


def _exemption_control(facts: Facts) -> Iterator[Located]:
    for located in facts.deployment.malformed:
        if located.problem.id == "exemption":
            yield located


def _acknowledgement_reason(facts: Facts) -> Iterator[Located]:
    for each, rule in _ours(facts):
        if not each.reason.strip():
            yield _at(
                each,
                f"{rule} is acknowledged without a reason",
                "write Acknowledgment(id=..., reason='<why>')",
                facts,
            )


def acknowledged_rule(rules: Callable[[], Sequence[Rule]]) -> Rule:
    """Return the rule that what is acknowledged is in the catalogue.

    Args:
        rules: Returns the catalogue, this rule too.
    """

    def check(facts: Facts) -> Iterator[Located]:
        ids = {rule.id for rule in rules()}
        for each, rule in _ours(facts):
            name = rule.partition("[")[0]
            if name in ids:
                continue
            close = difflib.get_close_matches(name, ids, n=1)
            yield _at(
                each,
                f"{rule} is acknowledged, and there is no such rule: it silences nothing",
                f"write {close[0]!r}" if close else "drop it",
                facts,
            )

    return Rule(
        id=f"{PREFIX}AcknowledgedRule",
        severity=Severity.WARNING,
        title="An acknowledgement names a rule that exists",
        explanation="CDK takes any id. A misspelt one silences nothing, and nobody notices where"
        " the finding was to come later.",
        remediation=f"Acknowledgment(id='{PLUGIN}::{PREFIX}TagImmutability', reason='...'), as the"
        " finding says it.",
        source=VALIDATION,
        check=check,
    )


def _ours(facts: Facts) -> Iterator[tuple[Acknowledgement, str]]:
    """Yield the acknowledgements that are about this library's rules, and the ids they name."""
    for each in facts.acknowledgements:
        rule = rule_of(each.id)
        if rule is not None and (rule.startswith(PREFIX) or each.id.startswith(f"{PLUGIN}::")):
            yield each, rule


def _at(each: Acknowledgement, message: str, fix: str, facts: Facts) -> Located:
    path = each.construct_path.removesuffix("/Resource")
    known = facts.origins.get(path)
    stack = path.partition("/")[0]
    origin = known or Origin(stack=stack, logical_id="", template="", construct_path=path or None)
    return Located(origin, violation(message, fix, detail=each.id.rpartition("::")[2]))


RULES: Final = (
    Rule(
        id="EcrGovernance-ExemptionReason",
        severity=Severity.ERROR,
        title="An exemption says why",
        explanation="A control that is loosened without a reason cannot be reviewed, and nobody"
        " dares to take it back. Without one an exemption loosens nothing.",
        remediation="Exemption(Control..., reason='...'). In CloudFormation:"
        " Metadata.EcrConstructs.exemptions[].reason.",
        source=EXCEPTIONS,
        check=_exemption_reason,
    ),
    Rule(
        id="EcrGovernance-ExemptionExpired",
        severity=Severity.ERROR,
        title="No exemption is past its last day",
        explanation="A date was written down because the reason was to end. Past it the control"
        " counts again, and this says so even where CDK still has the finding acknowledged.",
        remediation="Meet the control and drop the exemption, or agree on another day:"
        " Exemption(..., expires=...).",
        source=EXCEPTIONS,
        check=_exemption_expired,
    ),
    Rule(
        id="EcrGovernance-ExemptionControl",
        severity=Severity.ERROR,
        title="An exemption can be read",
        explanation="An exemption in the metadata of a template whose control is unknown, or whose"
        " date is none, loosens nothing, whatever its author believes.",
        remediation="Exemption(Control..., reason='...'), which writes it. In CloudFormation: the"
        " control as the finding says, the date as 2027-12-31.",
        source=EXCEPTIONS,
        check=_exemption_control,
    ),
    Rule(
        id="EcrGovernance-AcknowledgementReason",
        severity=Severity.WARNING,
        title="An acknowledgement says why",
        explanation="CDK takes an empty reason. What is silenced without one cannot be reviewed.",
        remediation="Acknowledgment(id=..., reason='...').",
        source=VALIDATION,
        check=_acknowledgement_reason,
    ),
)
