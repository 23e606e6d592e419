"""How resources differ that set up a registry, beside what they set: kept, exempt, moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from tests.review.resources import PROFILE, cache, template
from tests.review.templates import ACCOUNT, OTHER, REGION, account, change, policy, statement, told

WHERE: Final = f"the registry of account {ACCOUNT} in {REGION}"
SCANNER: Final = f"arn:aws:iam::{ACCOUNT}:role/Scanner"
#: What of a registry -> its type, its properties, and what it is called.
ONCE: Final[dict[str, tuple[str, dict[str, Any], str]]] = {
    "policy": (
        "RegistryPolicy",
        {"PolicyText": policy(statement(account(OTHER), Resource="*"))},
        f"the registry policy of {WHERE}",
    ),
    "scanning": (
        "RegistryScanningConfiguration",
        {"ScanType": "ENHANCED", "Rules": []},
        f"the scanning configuration of {WHERE}",
    ),
    "replication": (
        "ReplicationConfiguration",
        {
            "ReplicationConfiguration": {
                "Rules": [{"Destinations": [{"Region": "eu-central-1", "RegistryId": ACCOUNT}]}]
            }
        },
        f"the replication configuration of {WHERE}",
    ),
    "signing": (
        "SigningConfiguration",
        {"Rules": [{"SigningProfileArn": PROFILE}]},
        f"the signing configuration of {WHERE}",
    ),
}
SEVERAL: Final[dict[str, tuple[str, dict[str, Any], str]]] = {
    "template": (
        "RepositoryCreationTemplate",
        template()["T"]["Properties"],
        f"the creation template hub in {WHERE}",
    ),
    "cache": (
        "PullThroughCacheRule",
        cache()["Cache"]["Properties"],
        f"the pull through cache rule quay in {WHERE}",
    ),
    "exclusion": (
        "PullTimeUpdateExclusion",
        {"PrincipalArn": SCANNER},
        f"the pull time update exclusion of {SCANNER} in {WHERE}",
    ),
}
ALL: Final = ONCE | SEVERAL
#: What is not documented to be refused where it is there already.
MAY_OVERWRITE: Final = {"scanning", "signing"}


def declared(name: str, logical_id: str = "It", **attributes: Any) -> dict[str, Any]:
    kind, properties, _ = ALL[name]
    return {logical_id: {"Type": f"AWS::ECR::{kind}", "Properties": properties} | attributes}


@pytest.mark.parametrize("name", ALL)
def test_whether_a_setting_outlives_its_resource_is_told(tmp_path: Path, name: str) -> None:
    kept, gone = declared(name, DeletionPolicy="Retain"), declared(name)
    what = ALL[name][2]
    assert told(change(tmp_path, kept, gone)) == [
        ("weakened", f"{what} goes with its resource, where before it outlived it")
    ]
    assert told(change(tmp_path, gone, kept)) == [
        ("strengthened", f"{what} outlives its resource, where before it went with it")
    ]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("policy_", ["Retain", "Delete"])
def test_another_resource_for_what_is_there_is_told(
    tmp_path: Path, name: str, policy_: str
) -> None:
    """As of a repository: CloudFormation makes the new one first, and nothing takes it over."""
    older = declared(name, DeletionPolicy=policy_)
    newer = declared(name, "Elsewhere", DeletionPolicy=policy_)
    (found,) = change(tmp_path, older, newer).differences
    assert str(found.kind) == "replaced"
    assert found.certain is (name not in MAY_OVERWRITE)
    assert found.sentence.startswith(f"{ALL[name][2]} is declared under another logical id")
    assert ("goes what it set" in found.sentence) is (policy_ == "Delete")
    assert found.cause == "it was Main/It and is Main/Elsewhere"
    assert not found.hides_doubt


@pytest.mark.parametrize("name", ALL)
def test_second_resource_for_one_thing_is_told(tmp_path: Path, name: str) -> None:
    twice = declared(name) | declared(name, "Again")
    (found,) = change(tmp_path, declared(name), twice).differences
    assert str(found.kind) == "replaced"
    assert found.certain is (name not in MAY_OVERWRITE)
    assert found.sentence.startswith(f"{ALL[name][2]} is declared by several resources: one of")
    assert found.cause == "Main/It and Main/Again declare it"
    assert not found.hides_doubt
    assert change(tmp_path, twice, declared(name)).is_empty
    assert "is declared by several" in str(change(tmp_path, {}, twice).differences)


@pytest.mark.parametrize("name", ONCE)
def test_exemption_of_a_setting_is_told(tmp_path: Path, name: str) -> None:
    def exempt(*reasons: str) -> dict[str, Any]:
        given = [{"control": "public-access", "reason": each} for each in reasons]
        return declared(name, Metadata={"EcrConstructs": {"exemptions": given}})

    what = ALL[name][2]
    assert told(change(tmp_path, exempt(), exempt("open data"))) == [
        ("weakened", f"{what} is now exempt from public-access")
    ]
    assert told(change(tmp_path, exempt("open data"), exempt())) == [
        ("strengthened", f"{what} is no longer exempt from public-access")
    ]
    assert told(change(tmp_path, exempt("open data"), exempt("a mirror"))) == [
        ("harmless", f"the exemption from public-access of {what} is written otherwise")
    ]
    new = told(change(tmp_path, {}, exempt("open data")))
    assert ("weakened", f"{what} is now exempt from public-access") in new


@pytest.mark.parametrize("name", SEVERAL)
def test_what_is_replaced_is_not_said_to_stay(tmp_path: Path, name: str) -> None:
    """Its DeletionPolicy says nothing of that, and its UpdateReplacePolicy is not read."""
    other: dict[str, Any] = {
        "template": template(Prefix="web")["T"],
        "cache": cache(EcrRepositoryPrefix="k8s")["Cache"],
        "exclusion": {
            "Type": "AWS::ECR::PullTimeUpdateExclusion",
            "Properties": {"PrincipalArn": f"{SCANNER}2"},
        },
    }[name]
    older = declared(name, DeletionPolicy="Retain")
    found = change(tmp_path, older, {"It": other | {"DeletionPolicy": "Retain"}}).differences
    (gone,) = (each for each in found if not each.certain)
    assert "UpdateReplacePolicy retains it" in gone.cause
    assert "governed by nobody" not in str(found)
