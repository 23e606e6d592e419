"""Each pattern takes the documented events that it is for, and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.event_matcher import matches
from tests.model.events import EVENTS, PLACE, REPOSITORY, basic_scan, enhanced_scan

from ecr_constructs.model.event_pattern import (
    EventPattern,
    FindingSeverity,
    ImageEvent,
    StorageClass,
)

OF_ONE: Final = {"repository_names": (REPOSITORY,)}
OF_TEAM: Final = {"repository_prefixes": ("payments/",)}
SCANS: Final = {
    "scanned",
    "scanned with low findings",
    "scanned without findings",
    "scanned with what is not assessed",
    "scanned untagged",
    "inspected",
    "inspected with low findings",
    "inspected with what is not assessed",
}
FOUND: Final = {
    "found",
    "found what is critical",
    "found what is low",
    "found what is not assessed",
}
#: Pattern -> the events that it takes, of all that there are.
TAKEN: Final[list[tuple[EventPattern, set[str]]]] = [
    (EventPattern(event=ImageEvent.PUSHED, **OF_ONE), {"pushed", "pushed another tag"}),
    (
        EventPattern(event=ImageEvent.PUSHED, **OF_TEAM),
        {"pushed", "pushed beside", "pushed another tag"},
    ),
    (
        EventPattern(event=ImageEvent.PUSHED),
        {"pushed", "pushed beside", "pushed elsewhere", "pushed another tag"},
    ),
    (
        EventPattern(event=ImageEvent.PUSHED, image_tags=("v1", "v3"), **OF_ONE),
        {"pushed"},
    ),
    (EventPattern(event=ImageEvent.DELETED), {"deleted"}),
    (EventPattern(event=ImageEvent.STORAGE_CLASS_UPDATED), {"archived", "restored"}),
    (
        EventPattern(
            event=ImageEvent.STORAGE_CLASS_UPDATED, storage_class=StorageClass.ARCHIVE, **OF_ONE
        ),
        {"archived"},
    ),
    (
        EventPattern(
            event=ImageEvent.STORAGE_CLASS_UPDATED,
            storage_class=StorageClass.STANDARD,
            referrers=True,
        ),
        {"restored", "referrer restored"},
    ),
    (EventPattern(event=ImageEvent.SCAN_COMPLETED, **OF_ONE), SCANS),
    (EventPattern(event=ImageEvent.SCAN_COMPLETED, **OF_TEAM), {*SCANS, "scanned beside"}),
    (
        EventPattern(event=ImageEvent.SCAN_COMPLETED),
        {*SCANS, "scanned beside", "scanned elsewhere", "inspected elsewhere"},
    ),
    (
        EventPattern(event=ImageEvent.SCAN_COMPLETED, severity=FindingSeverity.MEDIUM, **OF_ONE),
        {"scanned", "scanned untagged", "inspected"},
    ),
    (
        EventPattern(event=ImageEvent.SCAN_COMPLETED, severity=FindingSeverity.UNDEFINED, **OF_ONE),
        SCANS - {"scanned without findings"},
    ),
    (
        EventPattern(
            event=ImageEvent.SCAN_COMPLETED,
            severity=FindingSeverity.CRITICAL,
            image_tags=("v1",),
            **OF_ONE,
        ),
        {"scanned", "inspected"},
    ),
    (EventPattern(event=ImageEvent.SCAN_FINDING, **OF_ONE), FOUND),
    (EventPattern(event=ImageEvent.SCAN_FINDING, **OF_TEAM), {*FOUND, "found beside"}),
    (
        EventPattern(event=ImageEvent.SCAN_FINDING, severity=FindingSeverity.HIGH),
        {"found", "found what is critical", "found beside", "found elsewhere"},
    ),
    (
        EventPattern(event=ImageEvent.SCAN_FINDING, severity=FindingSeverity.UNDEFINED, **OF_ONE),
        FOUND,
    ),
    (
        EventPattern(event=ImageEvent.SCAN_FINDING, severity=FindingSeverity.LOW, **OF_ONE),
        FOUND - {"found what is not assessed"},
    ),
    (
        EventPattern(event=ImageEvent.SCAN_FINDING, image_tags=("v2",), **OF_ONE),
        set(),
    ),
    (EventPattern(event=ImageEvent.REPLICATED, **OF_ONE), {"replicated"}),
    (EventPattern(event=ImageEvent.REPLICATED), {"replicated", "replicated elsewhere"}),
    (EventPattern(event=ImageEvent.REPLICATION_FAILED), {"replication failed"}),
    (
        EventPattern(event=ImageEvent.PULL_THROUGH_CACHE_FAILED),
        {"caching failed", "caching failed elsewhere"},
    ),
    (
        EventPattern(
            event=ImageEvent.PULL_THROUGH_CACHE_FAILED, repository_prefixes=("docker-hub/",)
        ),
        {"caching failed"},
    ),
]


@pytest.mark.parametrize(("pattern", "taken"), TAKEN)
def test_a_pattern_takes_its_events_and_no_others(pattern: EventPattern, taken: set[str]) -> None:
    written = pattern.to_cfn(PLACE)
    assert {name for name, event in EVENTS.items() if matches(written, event)} == taken
    assert not pattern.problems()


def test_every_kind_of_event_is_tried() -> None:
    assert {pattern.event for pattern, taken in TAKEN if taken} == set(ImageEvent)


@pytest.mark.parametrize("event", [ImageEvent.SCAN_COMPLETED, ImageEvent.SCAN_FINDING])
def test_the_scans_of_another_registry_are_not_taken(event: ImageEvent) -> None:
    """An account that manages Amazon Inspector for others gets their events too."""
    elsewhere = replace(PLACE, account="999999999999")
    written = EventPattern(event=event).to_cfn(elsewhere)
    assert not [name for name, event in EVENTS.items() if matches(written, event)]


counts = st.dictionaries(
    st.sampled_from([each.value for each in FindingSeverity]), st.integers(0, 3), max_size=6
)


@given(severity=st.sampled_from(FindingSeverity), counts=counts)
def test_what_is_as_severe_or_more_is_taken(
    severity: FindingSeverity, counts: dict[str, int]
) -> None:
    pattern = EventPattern(event=ImageEvent.SCAN_COMPLETED, severity=severity).to_cfn(PLACE)
    weights = {each.value: weight for weight, each in enumerate(FindingSeverity)}
    least = weights[severity.value]
    is_taken = any(count and weights[word] <= least for word, count in counts.items())
    assert matches(pattern, basic_scan(**counts)) is is_taken
    assert matches(pattern, enhanced_scan(**counts)) is is_taken


names = st.sampled_from([REPOSITORY, "payments/api-worker", "web/api"])


@given(
    event=st.sampled_from(ImageEvent),
    names=st.lists(names),
    prefixes=st.lists(st.sampled_from(["", "payments/", "web/"]), min_size=1),
    tags=st.lists(st.sampled_from(["v1", "v2"])),
)
def test_the_one_form_takes_the_same_events(
    event: ImageEvent, names: list[str], prefixes: list[str], tags: list[str]
) -> None:
    pattern = EventPattern(
        event=event,
        repository_names=tuple(names),
        repository_prefixes=tuple(prefixes),
        image_tags=tuple(tags),
    )
    normal = pattern.normalise()
    assert normal.normalise() == normal
    for each in EVENTS.values():
        assert matches(pattern.to_cfn(PLACE), each) == matches(normal.to_cfn(PLACE), each)


def test_what_is_in_all_repositories_is_said_once() -> None:
    pattern = EventPattern(event=ImageEvent.PUSHED, repository_prefixes=("web/", ""))
    assert pattern.normalise().repository_prefixes == ("",)
    assert "repository-name" not in pattern.normalise().to_cfn(PLACE)["detail"]


def said(**members: object) -> list[str]:
    pattern = EventPattern(**{"event": ImageEvent.PUSHED, **members})
    return [problem.sentence for problem in pattern.problems()]


def test_refuses_a_prefix_that_no_name_begins_with() -> None:
    (sentence,) = said(repository_prefixes=("Payments/*",))
    assert sentence == (
        "repository_prefixes[0]: a repository prefix must be what names begin with, lower-case"
        " letters, digits, '.', '_', '-' and '/', got 'Payments/*'; write 'payments/'"
    )


@pytest.mark.parametrize("tag", ["v*", "", "-v1", ".v1", "a" * 129, "v 1"])
def test_refuses_what_is_no_tag(tag: str) -> None:
    (sentence,) = said(image_tags=("v1", tag))
    assert sentence == (
        "image_tags[1]: an image tag must be 1 to 128 letters, digits, '.', '_' and '-', the"
        f" first none of '.' and '-', got {tag!r}; write a whole tag, as no wildcard is taken here"
    )


@pytest.mark.parametrize(
    ("member", "value", "events"),
    [
        ("severity", FindingSeverity.HIGH, "scan-completed and scan-finding"),
        ("storage_class", StorageClass.ARCHIVE, "storage-class-updated"),
        ("referrers", True, "storage-class-updated"),
    ],
)
def test_refuses_what_the_event_does_not_have(member: str, value: object, events: str) -> None:
    assert said(**{member: value}) == [
        f"{member} goes with {events} alone, got the event 'pushed'; leave it out"
    ]


def test_tokens_are_not_judged() -> None:
    token = "${Token[TOKEN.1]}"
    assert not said(repository_prefixes=(token,), image_tags=(token,), repository_names=(token,))


def test_a_pattern_is_as_long_as_eventbridge_takes() -> None:
    def problems(count: int) -> list[str]:
        prefixes = tuple(f"team-{index:04}/" for index in range(count))
        pattern = EventPattern(event=ImageEvent.PUSHED, repository_prefixes=prefixes)
        return [f"{each.severity}: {each.message}" for each in pattern.problems()]

    assert not problems(70)
    assert problems(90) == [
        "warning: an event pattern must have at most 2048 characters, got about 2292"
    ]
    assert problems(200) == [
        "error: an event pattern must have at most 4096 characters, got about 4932"
    ]
