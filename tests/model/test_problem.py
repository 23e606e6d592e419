"""The one shape for what is wrong."""

from __future__ import annotations

import pytest

from ecr_constructs.errors import ConfigurationError, PolicyDocumentError
from ecr_constructs.model.problem import Problem, Severity, Status, problem_at, refuse


def problem(
    path: str = "", severity: Severity = Severity.ERROR, status: Status = Status.FAIL
) -> Problem:
    return Problem(
        id="count-number",
        message="countNumber must be 1 or more, got 0",
        fix="write the number of images to keep",
        path=path,
        severity=severity,
        status=status,
    )


def test_an_error_that_is_seen_is_the_default() -> None:
    assert Problem(id="x", message="m", fix="f") == Problem(
        id="x", message="m", fix="f", path="", severity=Severity.ERROR, status=Status.FAIL
    )


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "countNumber must be 1 or more, got 0; write the number of images to keep"),
        (
            "rules[2].selection",
            (
                "rules[2].selection: countNumber must be 1 or more, got 0; write the number of"
                " images to keep"
            ),
        ),
        ("countNumber", "countNumber must be 1 or more, got 0; write the number of images to keep"),
    ],
)
def test_a_sentence_says_where_once(path: str, sentence: str) -> None:
    assert problem(path).sentence == sentence


@pytest.mark.parametrize(
    ("path", "seen_from_above"),
    [
        ("", "policy"),
        ("rules", "policy.rules"),
        ("rules[2].selection", "policy.rules[2].selection"),
        ("[2]", "policy[2]"),
    ],
)
def test_a_value_that_holds_another_shows_the_path_below(path: str, seen_from_above: str) -> None:
    below = problem(path, Severity.NOTE, Status.UNKNOWN)
    above = below.below("policy")
    assert above.path == seen_from_above
    assert (above.id, above.message, above.fix) == (below.id, below.message, below.fix)
    assert (above.severity, above.status) == (Severity.NOTE, Status.UNKNOWN)


def test_the_worst_sorts_first() -> None:
    found = [problem(severity=each) for each in (Severity.NOTE, Severity.ERROR, Severity.WARNING)]
    assert [each.severity for each in sorted(found, key=lambda p: p.severity.weight)] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTE,
    ]


def test_refuses_all_errors_at_once() -> None:
    found = [problem("a"), problem("b", Severity.WARNING), problem("c")]
    with pytest.raises(ConfigurationError) as caught:
        refuse(found, path="Stack/Api")
    assert caught.value.sentences == (found[0].sentence, found[2].sentence)
    assert caught.value.path == "Stack/Api"


def test_refuses_with_the_exception_that_is_asked_for() -> None:
    with pytest.raises(PolicyDocumentError, match=r"got 0; write the number of images to keep"):
        refuse([problem()], error=PolicyDocumentError)


@pytest.mark.parametrize(
    "found",
    [
        [],
        [problem(severity=Severity.WARNING), problem(severity=Severity.NOTE)],
        [problem(status=Status.UNKNOWN)],
    ],
)
def test_what_is_no_error_or_cannot_be_told_passes(found: list[Problem]) -> None:
    refuse(found)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("tags", "tags"),
        ("tags['Team']", "tags"),
        ("image_tag_mutability", "image-tag-mutability"),
        ("exemptions[0].reason", "exemptions"),
    ],
)
def test_the_id_of_a_parameters_problem_is_the_parameter(path: str, kind: str) -> None:
    made = problem_at(path, "m", "f", severity=Severity.WARNING)
    assert (made.id, made.path, made.severity) == (kind, path, Severity.WARNING)
