"""The documented events on a real bus: what a deployed rule lets through to its target.

The emulator sends none by itself; they are put on its bus as the guides describe them.
"""

from __future__ import annotations

import json
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from tests.deploy.apps import REGION, Deploy
from tests.deploy.conftest import Aws
from tests.model.event_matcher import matches
from tests.model.events import EVENTS, PLACE, Event
from tests.model.test_event_pattern import TAKEN

from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.event_pattern import FindingSeverity

pytestmark = pytest.mark.deploy

_BATCH: Final = 10  # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html


def test_eventbridge_takes_what_the_tests_matcher_takes(aws: Aws) -> None:
    """Every pattern against every documented event, by the service's own test."""
    eventbridge = aws("events")
    for pattern, _ in TAKEN:
        written = pattern.to_cfn(PLACE)
        answers = {
            name: eventbridge.test_event_pattern(
                EventPattern=json.dumps(written), Event=json.dumps(event)
            )["Result"]
            for name, event in EVENTS.items()
        }
        assert answers == {name: matches(written, event) for name, event in EVENTS.items()}


def rules(stack: cdk.Stack) -> None:
    """Define what is told to two queues: of one repository, and of the registry."""
    registry = GovernedRegistry(stack, "Registry")
    api = registry.add_repository("Api", repository_name="payments/api")
    of_api = targets.SqsQueue(sqs.Queue(stack, "OfApi", queue_name="of-api"))
    api.on_image_pushed("Pushed", target=of_api)
    api.on_image_scan_completed("Scanned", target=of_api, severity=FindingSeverity.HIGH)
    of_all = targets.SqsQueue(sqs.Queue(stack, "OfAll", queue_name="of-all"))
    registry.on_pull_through_cache_failed("NotCached", target=of_all)
    registry.on_image_scan_finding(
        "Found", target=of_all, severity=FindingSeverity.CRITICAL, repository_prefixes=["payments/"]
    )


def test_the_right_events_arrive_and_no_others(deploy: Deploy, aws: Aws, account: str) -> None:
    deploy(rules)
    send(aws, account, EVENTS)
    assert arrived(aws, "of-api") == {
        "pushed",
        "pushed another tag",
        "scanned",
        "scanned untagged",
        "inspected",
    }
    assert arrived(aws, "of-all") == {
        "caching failed",
        "caching failed elsewhere",
        "found what is critical",
    }


def send(aws: Aws, account: str, events: dict[str, Event]) -> None:
    """Put events on the default bus, each with its name, as they would be of this account."""
    entries = [
        {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps({**event["detail"], "test-name": name}),
            "Resources": [each.replace(PLACE.account, account) for each in event["resources"]],
        }
        for name, event in events.items()
    ]
    assert PLACE.region == REGION
    for start in range(0, len(entries), _BATCH):
        answer = aws("events").put_events(Entries=entries[start : start + _BATCH])
        assert answer["FailedEntryCount"] == 0, answer


def arrived(aws: Aws, queue: str) -> set[str]:
    """Return the names of the events that a queue holds; each must be there once."""
    client: Any = aws("sqs")
    url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    names: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        names += (json.loads(each["Body"])["detail"]["test-name"] for each in messages)
    assert len(names) == len(set(names))
    return set(names)
