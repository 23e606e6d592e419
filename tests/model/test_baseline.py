"""What every repository has to meet, and the reasons why one does not."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.model.baseline import (
    Baseline,
    Control,
    Exemption,
    exemptions_from_metadata,
    find_exemption,
    metadata_problems,
)
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule


def sentences(value: Baseline | Exemption) -> list[str]:
    return [problem.sentence for problem in value.problems()]


# An exemption


@pytest.mark.parametrize("control", Control)
def test_an_exemption_with_a_reason_has_no_problems(control: Control) -> None:
    assert sentences(Exemption(control, "moving tags in the sandbox")) == []


@pytest.mark.parametrize("reason", ["", " ", "\t\n", None, 7])
def test_refuses_an_exemption_that_does_not_say_why(reason: Any) -> None:
    (sentence,) = sentences(Exemption(Control.SCAN_ON_PUSH, reason))
    assert sentence == (
        f"reason: an exemption from 'scan-on-push' must say why, got {reason!r};"
        " write Exemption(Control.SCAN_ON_PUSH, reason='...')"
    )


@pytest.mark.parametrize(
    ("control", "fix"),
    [
        ("tag-imutability", "Control.TAG_IMMUTABILITY"),
        ("scan_on_push", "Control.SCAN_ON_PUSH"),
        ("public", "Control.PUBLIC_ACCESS"),
        (None, "Control.TAG_IMMUTABILITY"),
    ],
)
def test_refuses_an_exemption_from_what_is_no_control(control: Any, fix: str) -> None:
    (sentence,) = sentences(Exemption(control, "why"))
    assert f"got '{control}'; write {fix}" in sentence


@pytest.mark.parametrize("expires", ["2027-12-31", dt.datetime(2027, 12, 31, tzinfo=dt.UTC), 2027])
def test_refuses_a_last_day_that_is_no_date(expires: Any) -> None:
    (sentence,) = sentences(Exemption(Control.SCAN_ON_PUSH, "why", expires))
    assert f"must expire on a day, got {expires!r}; write datetime.date(2027, 12, 31)" in sentence


def test_the_control_may_be_spelt_as_its_word() -> None:
    exemption = Exemption(cast("Control", "scan-on-push"), "why")
    assert sentences(exemption) == []
    assert find_exemption([exemption], Control.SCAN_ON_PUSH) is exemption


@pytest.mark.parametrize(
    ("today", "expired"),
    [(dt.date(2027, 1, 30), False), (dt.date(2027, 1, 31), False), (dt.date(2027, 2, 1), True)],
)
def test_the_last_day_counts(today: dt.date, *, expired: bool) -> None:
    exemption = Exemption(Control.SCAN_ON_PUSH, "why", dt.date(2027, 1, 31))
    assert exemption.has_expired(today) is expired


def test_an_exemption_without_a_last_day_holds_for_ever() -> None:
    assert not Exemption(Control.SCAN_ON_PUSH, "why").has_expired(dt.date.max)


def test_the_first_exemption_from_a_control_counts() -> None:
    other, first = Exemption(Control.NAMESPACE, "other"), Exemption(Control.PUBLIC_ACCESS, "first")
    second = Exemption(Control.PUBLIC_ACCESS, "second")
    assert find_exemption([other, first, second], Control.PUBLIC_ACCESS) is first
    assert find_exemption([other], Control.PUBLIC_ACCESS) is None


@given(
    st.builds(
        Exemption,
        st.sampled_from(Control),
        st.text(min_size=1).filter(str.strip),
        st.none() | st.dates(),
    )
)
def test_metadata_gives_an_exemption_back(exemption: Exemption) -> None:
    assert Exemption.from_metadata(exemption.to_metadata()) == exemption
    metadata = {"EcrConstructs": {"exemptions": [exemption.to_metadata()]}}
    assert exemptions_from_metadata(metadata) == (exemption,)


def test_metadata_holds_a_date_only_where_there_is_one() -> None:
    assert Exemption(Control.NAMESPACE, "why").to_metadata() == {
        "control": "namespace",
        "reason": "why",
    }
    assert Exemption(Control.NAMESPACE, "why", dt.date(2027, 1, 31)).to_metadata()["expires"] == (
        "2027-01-31"
    )


@pytest.mark.parametrize(
    "document",
    [
        None,
        "namespace",
        [],
        {},
        {"reason": "no control"},
        {"control": "no-such-control", "reason": "why"},
        {"control": ["namespace"], "reason": "why"},
        {"control": "namespace", "reason": "why", "expires": "soon"},
        {"control": "namespace", "reason": "why", "expires": 2027},
    ],
)
def test_what_is_no_exemption_is_left_out(document: object) -> None:
    assert Exemption.from_metadata(document) is None


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "text",
        {},
        {"EcrConstructs": None},
        {"EcrConstructs": {}},
        {"EcrConstructs": {"exemptions": None}},
        {"EcrConstructs": {"exemptions": {"control": "namespace", "reason": "why"}}},
        {"EcrConstructs": {"exemptions": ["text"]}},
    ],
)
def test_metadata_of_others_holds_no_exemptions(metadata: object) -> None:
    assert exemptions_from_metadata(metadata) == ()


@pytest.mark.parametrize(
    ("entries", "path", "sentence"),
    [
        (
            [{"control": "tag-imutability", "reason": "why"}],
            "[0]",
            "must be from one of the controls, got 'tag-imutability'; write 'tag-immutability'",
        ),
        ([{"reason": "why"}], "[0]", "got None; write 'tag-immutability'"),
        (
            [{"control": "namespace", "reason": "why", "expires": "soon"}],
            "[0]",
            "must expire on a day, got 'soon'; write '2027-12-31'",
        ),
        ([{"control": "namespace", "reason": "why"}, "x"], "[1]", "an object in a list, got 'x'"),
        ({"control": "namespace"}, "[0]", "must be an object in a list"),
    ],
)
def test_exemption_in_metadata_that_cannot_be_read_is_told(
    entries: object, path: str, sentence: str
) -> None:
    (problem,) = metadata_problems({"EcrConstructs": {"exemptions": entries}})
    assert problem.path == f"Metadata.EcrConstructs.exemptions{path}"
    assert sentence in problem.sentence


@pytest.mark.parametrize(
    ("given", "got"), [("text", "'text'"), ([], "[]"), ({"exemption": []}, "'exemption'")]
)
def test_exemptions_under_another_name_are_told(given: object, got: str) -> None:
    (problem,) = metadata_problems({"EcrConstructs": given})
    assert problem.sentence == (
        f"Metadata.EcrConstructs: exemptions must stand under 'exemptions', got {got}; write"
        " {'exemptions': [{'control': '...', 'reason': '...'}]}"
    )


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "text",
        {},
        {"EcrConstructs": {"exemptions": []}},
        {"EcrConstructs": {"reason": "a scanner pulls"}},
    ],
)
def test_nothing_is_wrong_with_metadata_of_others(metadata: object) -> None:
    assert list(metadata_problems(metadata)) == []


# A baseline


def test_the_default_baseline() -> None:
    baseline = Baseline()
    assert sentences(baseline) == []
    assert baseline.organization_id is None
    assert baseline.customer_managed_keys is False
    assert baseline.namespaces == ()
    assert baseline.exemptions == ()
    assert baseline.lifecycle_policy == LifecyclePolicy.of(
        LifecycleRule.expire_untagged(older_than_days=14)
    )


@pytest.mark.parametrize("organization", ["o-a1b2c3d4e5", f"o-{'a' * 32}"])
def test_an_organisation_id_is_taken(organization: str) -> None:
    assert sentences(Baseline(organization_id=organization)) == []


@pytest.mark.parametrize(
    "organization", ["", "a1b2c3d4e5", "o-", "o-a1b2c3d4e", f"o-{'a' * 33}", "o-A1B2C3D4E5", "*"]
)
def test_refuses_what_is_no_organisation_id(organization: str) -> None:
    (sentence,) = sentences(Baseline(organization_id=organization))
    assert f"got {organization!r}; copy it from `aws organizations" in sentence


@pytest.mark.parametrize("namespace", ["payments", "payments/", "a/b", "1a", "x", "a--b/c__d"])
def test_a_namespace_is_taken(namespace: str) -> None:
    assert sentences(Baseline(namespaces=[namespace])) == []


@pytest.mark.parametrize("namespace", ["", "/", "Payments", "a//b", "a_", "a//", "a b", "*"])
def test_refuses_a_namespace_that_no_name_can_have(namespace: str) -> None:
    (sentence,) = sentences(Baseline(namespaces=["fine", namespace]))
    assert sentence.startswith("namespaces[1]: ")
    assert f"got {namespace!r}; write for example 'payments'" in sentence


def test_one_namespace_needs_no_list() -> None:
    assert Baseline(namespaces="payments") == Baseline(namespaces=("payments",))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"namespaces": 5}, "got 5; write for example 'payments'"),
        ({"namespaces": [5]}, "got 5; write for example 'payments'"),
        ({"organization_id": 5}, "lower-case letters or digits, got 5; copy it from"),
        (
            {"lifecycle_policy": [1]},
            "lifecycle_policy must be a LifecyclePolicy, got [1]; write LifecyclePolicy.of(...)",
        ),
        (
            {"exemptions": ["why"]},
            "exemptions[0]: exemptions must be Exemptions, got 'why'; write [Exemption(",
        ),
        ({"exemptions": 5}, "exemptions[0]: exemptions must be Exemptions, got 5; write"),
    ],
)
def test_refuses_what_has_another_type(given: dict[str, Any], sentence: str) -> None:
    (said,) = sentences(Baseline(**given))
    assert sentence in said


def test_the_problems_of_parts_carry_their_paths() -> None:
    baseline = Baseline(
        lifecycle_policy=LifecyclePolicy.of(LifecycleRule.keep_newest(0)),
        exemptions=[Exemption(Control.NAMESPACE, "why"), Exemption(Control.NAMESPACE, " ")],
    )
    first, second = sentences(baseline)
    assert first.startswith("lifecycle_policy.rules[0].selection.countNumber")
    assert second.startswith("exemptions[1].reason: ")


@pytest.mark.parametrize("make", [list, tuple, iter, set, lambda values: (v for v in values)])
def test_any_iterable_is_kept_as_a_tuple(make: Any) -> None:
    exemptions = [Exemption(Control.NAMESPACE, "why")]
    baseline = Baseline(namespaces=make(["payments"]), exemptions=make(exemptions))
    assert baseline == Baseline(namespaces=("payments",), exemptions=tuple(exemptions))
    assert len({baseline, Baseline(namespaces=["payments"], exemptions=exemptions)}) == 1


def test_the_keys_of_a_mapping_are_namespaces_too() -> None:
    owners = MappingProxyType({"payments": "team a", "web": "team b"})
    keys = cast("Any", owners.keys())
    assert Baseline(namespaces=keys).namespaces == ("payments", "web")


@pytest.mark.parametrize(
    ("namespaces", "name", "allowed"),
    [
        ((), "anything", True),
        (("payments",), "payments/api", True),
        (("payments/",), "payments/api", True),
        (("payments",), "payments", False),
        (("payments",), "payments-api", False),
        (("payments",), "other/payments/api", False),
        (("a", "b/c"), "b/c/d", True),
        (("a", "b/c"), "b/d", False),
    ],
)
def test_a_name_lies_below_a_namespace(
    namespaces: tuple[str, ...], name: str, *, allowed: bool
) -> None:
    assert Baseline(namespaces=namespaces).allows_name(name) is allowed


def test_an_attached_baseline_is_the_nearest_one() -> None:
    class Node:
        """Stands for a construct: of those the model knows no more than that they differ."""

    app, stack, scope = Node(), Node(), Node()
    outer, inner = Baseline(namespaces=["outer"]), Baseline(namespaces=["inner"])
    assert Baseline.attached_to(lambda: [app, stack, scope]) is None
    outer.attach(app)
    assert Baseline.attached_to(lambda: [app, stack, scope]) is outer
    inner.attach(stack)
    assert Baseline.attached_to(lambda: [app, stack, scope]) is inner
    assert Baseline.attached_to(lambda: [app]) is outer
