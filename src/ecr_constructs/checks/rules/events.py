"""Rules about what waits for events of Amazon ECR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.checks.facts import Facts
from ecr_constructs.checks.rule import Rule, violation
from ecr_constructs.checks.sources import GUIDE
from ecr_constructs.model.event_pattern import ECR, INSPECTOR, DetailType
from ecr_constructs.model.event_rule import EventRule
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.registry import Located
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.scanning import Scanning, ScanType
from ecr_constructs.model.unresolved import is_known


def _events(facts: Facts) -> Iterator[Located]:
    kinds = {(str(r.account), str(r.region)): r.scanning for r in facts.deployment.registries}
    for number, rule in enumerate(facts.deployment.event_rules):
        scanning = kinds.get((str(rule.account), str(rule.region)))
        if scanning is None:
            continue
        origin = rule.origin or Origin(stack="", logical_id=f"event rule {number}", template="")
        scan_type = scanning.scan_type if isinstance(scanning, Scanning) else scanning
        sent = {each: _SENT_BY[each] for each in _scans(rule)}
        # One that waits for the events of both kinds fires under either, as does one for all
        # that Amazon Inspector finds, in images or elsewhere.
        if scan_type in sent.values() or len(set(sent.values())) > 1 or _takes_inspector(rule):
            continue
        for detail_type, wanted in sent.items():
            unknown = not is_known(scan_type)
            verb = "may never fire" if unknown else "never fires"
            yield Located(
                origin,
                violation(
                    f"the rule {verb}: {wanted} scanning alone sends {str(detail_type)!r}, and the"
                    f" registry's is {scan_type}",
                    "wait for 'Inspector2 Scan' of aws.inspector2 under enhanced scanning, for"
                    " 'ECR Image Scan' under basic scanning: registry.on_image_scan_completed(...)"
                    " waits for both",
                    path="EventPattern.detail-type",
                    detail=str(detail_type),
                    unknown=unknown,
                ),
            )


#: Which scanning sends an event.
_SENT_BY: Final = {
    DetailType.IMAGE_SCAN: ScanType.BASIC,
    DetailType.SCAN_RESOURCE_CHANGE: ScanType.ENHANCED,
    DetailType.INSPECTOR_FINDING: ScanType.ENHANCED,
    DetailType.INSPECTOR_SCAN: ScanType.ENHANCED,
}


def _takes_inspector(rule: EventRule) -> bool:
    """Tell whether a rule waits for events of Amazon Inspector that need not be about images."""
    types = (DetailType.INSPECTOR_FINDING, DetailType.INSPECTOR_SCAN)
    return (
        INSPECTOR in (rule.sources or ())
        and any(each in (rule.detail_types or ()) for each in types)
        and not any(":ecr:" in str(each) for each in rule.resources)
    )


def _scans(rule: EventRule) -> Iterator[DetailType]:
    """Yield the events of scanning images that a rule waits for."""
    # Amazon Inspector scans more than images.
    is_of_images = any(":ecr:" in str(each) for each in rule.resources)
    for each in _SENT_BY:
        source, also = (INSPECTOR, is_of_images) if each.is_of_inspector else (ECR, True)
        if also and each in (rule.detail_types or ()) and source in (rule.sources or ()):
            yield each


RULES: Final = (
    Rule(
        id="EcrGovernance-EventNeverFires",
        severity=Severity.WARNING,
        title="A rule waits for events that the registry's scanning sends",
        explanation="ECR Image Scan is sent by basic scanning alone; enhanced scanning sends"
        " Inspector2 Scan and Inspector2 Finding of aws.inspector2 instead. A rule for the other"
        " one is silent for ever: CDK's on_image_scan_completed is, under enhanced scanning.",
        remediation="on_image_scan_completed of a GovernedRegistry or a GovernedRepository, which"
        " waits for the events of both. In CloudFormation: EventPattern: {source: [aws.ecr,"
        " aws.inspector2], detail-type: [ECR Image Scan, Inspector2 Scan]}.",
        source=f"{GUIDE}/image-scanning-enhanced-events.html",
        check=_events,
    ),
)
