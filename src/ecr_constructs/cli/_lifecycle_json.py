"""What the lifecycle commands print for programs."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import typer

from ecr_constructs.cli._common import print_json
from ecr_constructs.lifecycle.compare import Effect
from ecr_constructs.lifecycle.notes import notes
from ecr_constructs.lifecycle.preview import image_document, preview_results, preview_summary

if TYPE_CHECKING:
    from ecr_constructs.lifecycle.compare import Comparison
    from ecr_constructs.lifecycle.evaluation import Evaluation
    from ecr_constructs.lifecycle.verdict import Verdict

_BATCH = 10_000


def print_preview(evaluation: Evaluation) -> None:
    """Print the members of ``GetLifecyclePolicyPreview``, and notes where there are some.

    One image a line, written in batches: a repository may lose 100,000.
    """
    encode = json.JSONEncoder(ensure_ascii=False).encode
    results = preview_results(evaluation)
    typer.echo('{\n  "previewResults": [', nl=False)
    comma = ""
    while batch := list(islice(results, _BATCH)):
        typer.echo(comma + ",".join(f"\n    {encode(result)}" for result in batch), nl=False)
        comma = ","
    typer.echo("\n  ]" if comma else "]", nl=False)
    members: dict[str, Any] = {"summary": preview_summary(evaluation)}
    if sentences := notes(evaluation):
        members["notes"] = sentences
    for name, value in members.items():
        typer.echo(f",\n  {encode(name)}: {encode(value)}", nl=False)
    typer.echo("\n}")


def print_explanation(evaluation: Evaluation, name: str) -> None:
    """Print the verdict on one image and how each rule sees it."""
    verdict = evaluation.verdict(name)
    document = {
        **image_document(verdict.image),
        **_verdict(verdict),
        "rules": [
            {
                "rulePriority": view.rule.rule_priority,
                "selects": view.selects,
                "wouldAct": view.would_act,
                "decides": view.decides,
            }
            for view in evaluation.views(name)
        ],
    }
    if sentences := notes(evaluation):
        document["notes"] = sentences
    print_json(document)


def print_comparison(comparison: Comparison) -> None:
    """Print the images on which two policies differ, and how many there are."""
    document: dict[str, Any] = {
        "changes": [
            {
                **image_document(change.after.image),
                "effect": str(change.effect),
                "before": _verdict(change.before),
                "after": _verdict(change.after),
            }
            for change in comparison.changes
        ],
        "summary": {
            f"{effect}ImageTotalCount": sum(c.effect is effect for c in comparison.changes)
            for effect in Effect
        },
    }
    if sentences := notes(comparison.after):
        document["notes"] = sentences
    print_json(document)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": str(verdict.outcome),
        "rulePriority": verdict.rule.rule_priority if verdict.rule else None,
        "reason": verdict.reason,
    }
