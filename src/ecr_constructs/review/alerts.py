"""Who is told of what happens to images: the EventBridge rules of an assembly, in words.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecr_constructs.model.event_rule import EventRule
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.words import listed


def alert_rules(deployment: Deployment) -> Iterator[EventRule]:
    """Yield the rules that wait for what happens to images, enabled or not."""
    return (rule for rule in deployment.event_rules if rule.is_of_images)


def events_words(rule: EventRule) -> str:
    """Return what a rule waits for: ``ECR Image Scan and Inspector2 Scan of payments/*``."""
    what = listed(map(str, rule.detail_types or ())) or "events of Amazon ECR"
    return f"{what} of {listed(rule.repositories)}" if rule.repositories else what


def alerts_of(registry: Registry, deployment: Deployment) -> Iterator[str]:
    """Yield a line for each rule where the events of a registry arrive."""
    for rule in alert_rules(deployment):
        if (rule.account, rule.region) == (registry.account, registry.region):
            who = listed(rule.told) or ("nobody" if rule.is_enabled else "nobody: it is disabled")
            yield f"{events_words(rule)}: told to {who}"
