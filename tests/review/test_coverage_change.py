"""What is scanned and signed otherwise, also where no repository of the app shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.review.resources import PROFILE, scanning, signing
from tests.review.templates import ACCOUNT, REGION, change, told

OTHERS = "repositories that are not in this app"
#: Of several wildcards, what none but the one for all takes.
REST = "repositories that nothing here names"
ON_PUSH = "scanned on push"
INSPECTED = f"{ON_PUSH} by Amazon Inspector"
AGAIN = f"{PROFILE}2"


def alone(resources: dict[str, Any]) -> dict[str, Any]:
    """The setting of a registry in an app that has no repository."""
    return {key: value for key, value in resources.items() if key != "Api"}


def rules(*filters: str | None) -> dict[str, Any]:
    """A signing configuration with a profile for each filter; None for all repositories."""
    written = []
    for number, value in enumerate(filters):
        rule: dict[str, Any] = {"SigningProfileArn": f"{PROFILE}{number or ''}"}
        if value is not None:
            rule["RepositoryFilters"] = [{"Filter": value, "FilterType": "WILDCARD_MATCH"}]
        written.append(rule)
    return {"Signing": {"Type": "AWS::ECR::SigningConfiguration", "Properties": {"Rules": written}}}


#: Configurations before and after, and what is told: class, sentence, whether it is seen.
SCANNED: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, bool]]]] = {
    "a filter": (
        scanning("BASIC", ("SCAN_ON_PUSH", ["web/*"])),
        scanning("BASIC", ("SCAN_ON_PUSH", ["web/*", "pay"])),
        [("scanned", f"repositories whose names contain pay are {ON_PUSH}", True)],
    ),
    "a filter less": (
        scanning("ENHANCED", ("SCAN_ON_PUSH", ["web/*", "pay*"])),
        scanning("ENHANCED", ("SCAN_ON_PUSH", ["web/*"])),
        [
            (
                "unscanned",
                f"repositories named pay* are not scanned, where before they were {INSPECTED}",
                True,
            )
        ],
    ),
    "all rules less": (
        scanning("BASIC", ("SCAN_ON_PUSH", ["pay*"])),
        scanning("BASIC"),
        [("unscanned", "whether repositories named pay* are scanned cannot be told", False)],
    ),
    "its first": (
        {},
        scanning("BASIC", ("SCAN_ON_PUSH", ["pay*"])),
        [("scanned", f"repositories named pay* are {ON_PUSH}", True)],
    ),
    "its first, by Inspector": (
        {},
        scanning("ENHANCED", ("SCAN_ON_PUSH", ["pay*"])),
        [
            # Their own flags no longer count.
            ("unscanned", f"{REST} are not scanned", False),
            ("scanned", f"repositories named pay* are {INSPECTED}", True),
        ],
    ),
    "no longer by Inspector, without rules": (
        scanning("ENHANCED"),
        scanning("BASIC"),
        [("unscanned", f"whether {OTHERS} are scanned cannot be told", False)],
    ),
    "a rule that says nothing more": (
        scanning("BASIC", ("SCAN_ON_PUSH", ["*"])),
        scanning("BASIC", ("SCAN_ON_PUSH", ["*", "pay*"])),
        [("harmless", "how images are scanned is written otherwise, to the same effect", True)],
    ),
    "two owners": (
        scanning("BASIC", ("SCAN_ON_PUSH", ["*"])),
        scanning("BASIC", ("SCAN_ON_PUSH", ["*"])) | {"Again": scanning("ENHANCED")["Scanning"]},
        [
            ("unscanned", "which images are scanned cannot be told", False),
            (
                "replaced",
                (
                    f"the scanning configuration of the registry of account {ACCOUNT} in"
                    f" {REGION} is declared by several resources: one of them is made, and"
                    " whether the others fail cannot be told"
                ),
                False,
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", SCANNED)
def test_scanning_is_told_without_a_repository_that_shows_it(tmp_path: Path, name: str) -> None:
    before, after, expected = SCANNED[name]
    found = change(tmp_path, alone(before), alone(after)).differences
    assert [(str(each.kind), each.sentence, each.certain) for each in found] == expected


def test_what_enhanced_scanning_without_rules_means_is_not_said(tmp_path: Path) -> None:
    rule = ("SCAN_ON_PUSH", ["*"])
    found = change(tmp_path, scanning("ENHANCED", rule), scanning("ENHANCED"))
    (difference,) = found.differences
    assert not difference.certain
    assert difference.cause.startswith("decided by enhanced scanning without rules, which a templ")


SIGNED: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "everything": (
        rules("pay*"),
        rules(None),
        "strengthened",
        f"images pushed to {REST} are signed with {PROFILE}",
    ),
    "no longer everything": (
        rules(None),
        rules("pay*"),
        "weakened",
        f"images pushed to {REST} are signed no longer with {PROFILE}",
    ),
    "its first": (
        {},
        rules("pay*"),
        "strengthened",
        f"images pushed to repositories named pay* are signed with {PROFILE}",
    ),
    "a filter that says nothing more": (
        rules("pay*"),
        rules("pay*") | signing("pay*", "payments/*"),
        "harmless",
        "which images are signed is written otherwise, to the same effect",
    ),
}


@pytest.mark.parametrize("name", SIGNED)
def test_signing_is_told_without_a_repository_that_shows_it(tmp_path: Path, name: str) -> None:
    before, after, kind, sentence = SIGNED[name]
    assert told(change(tmp_path, alone(before), alone(after))) == [(kind, sentence)]


def test_another_profile_is_no_gain_for_who_verifies_by_the_old_one(tmp_path: Path) -> None:
    before, after = rules(None), rules(None)
    after["Signing"]["Properties"]["Rules"][0]["SigningProfileArn"] = AGAIN
    assert told(change(tmp_path, before, after)) == [
        (
            "weakened",
            f"images pushed to {OTHERS} are signed with {AGAIN}, and no longer with {PROFILE}",
        )
    ]


def test_profile_that_is_known_at_deployment_may_be_the_same(tmp_path: Path) -> None:
    before, after = rules(None), rules(None)
    after["Signing"]["Properties"]["Rules"][0]["SigningProfileArn"] = {"Fn::ImportValue": "P"}
    (found,) = change(tmp_path, before, after).differences
    assert (str(found.kind), found.certain) == ("weakened", False)


def test_repository_that_a_signing_filter_names_is_told_once(tmp_path: Path) -> None:
    found = change(tmp_path, signing("web/*"), signing("web/*", "payments/api")).differences
    assert [each.repositories for each in found] == [("payments/api",)]


@pytest.mark.parametrize(
    ("newer", "changed"),
    [
        (scanning("BASIC", ("SCAN_ON_PUSH", ["*"])), "scan type"),
        (scanning("ENHANCED", ("CONTINUOUS_SCAN", ["*"])), "frequency"),
    ],
)
def test_filter_that_decides_before_and_after_is_named_once(
    tmp_path: Path, newer: dict[str, Any], changed: str
) -> None:
    older = scanning("ENHANCED", ("SCAN_ON_PUSH", ["*"]))
    causes = [each.cause for each in change(tmp_path, older, newer).differences]
    assert f"decided by the filter '*' of the registry, whose {changed} changes" in causes


@pytest.mark.parametrize(("kind", "word"), [("ENHANCED", "unscanned"), ("BASIC", "scanned")])
def test_scan_type_that_is_known_at_deployment_is_doubt(
    tmp_path: Path, kind: str, word: str
) -> None:
    """Whichever it was: by Inspector it may be less, by Amazon ECR more."""
    known = scanning(kind, ("SCAN_ON_PUSH", ["*"]))
    unknown = scanning(kind, ("SCAN_ON_PUSH", ["*"]))
    unknown["Scanning"]["Properties"]["ScanType"] = {"Fn::ImportValue": "T"}
    (found,) = change(tmp_path, known, unknown).differences
    assert (str(found.kind), found.certain) == (word, False)
    assert "are scanned on push, whether by Amazon Inspector cannot be told, where" in (
        found.sentence
    )
    (back,) = change(tmp_path, unknown, known).differences
    assert {str(back.kind), word} == {"scanned", "unscanned"}
    assert not back.certain


def test_frequency_that_is_known_at_deployment_is_doubt(tmp_path: Path) -> None:
    """It is on push at least, and may be more."""
    unknown = scanning("ENHANCED", ("SCAN_ON_PUSH", ["*"]))
    rule = unknown["Scanning"]["Properties"]["Rules"][0]
    rule["ScanFrequency"] = {"Fn::ImportValue": "F"}
    for frequency, word in (("SCAN_ON_PUSH", "scanned"), ("CONTINUOUS_SCAN", "unscanned")):
        known = scanning("ENHANCED", (frequency, ["*"]))
        (found,) = change(tmp_path, known, unknown).differences
        assert (str(found.kind), found.certain) == (word, False)
        assert f"are {ON_PUSH} at least by Amazon Inspector, where" in found.sentence
        (back,) = change(tmp_path, unknown, known).differences
        assert not back.certain
