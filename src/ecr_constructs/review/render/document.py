"""The review as one JSON document, whose schema is ``schema/review-1.0.json`` in the package.

Layer: review.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any, Final

from ecr_constructs.model.baseline import Exemption
from ecr_constructs.model.repository import Origin
from ecr_constructs.review.access.matrix import AccessRow, StatementLine
from ecr_constructs.review.change.difference import Change, Difference, Place
from ecr_constructs.review.images import ImageReport, ImagesReport
from ecr_constructs.review.public import PublicRepositoryReport
from ecr_constructs.review.report import (
    CacheReport,
    FlowReport,
    Loosened,
    RegistryReport,
    Report,
    RepositoryReport,
    ScanningReport,
    TemplateReport,
)
from ecr_constructs.review.run import Review

#: The version of the document's form: the first number changes where a reader has to.
VERSION: Final = "1.0"


def schema() -> dict[str, Any]:
    """Return the JSON schema of the document."""
    file = resources.files("ecr_constructs.review") / "schema" / f"review-{VERSION}.json"
    parsed: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return parsed


def to_document(review: Review) -> dict[str, Any]:
    """Return a review as JSON."""
    report = review.report
    return {
        "version": VERSION,
        "assembly": review.name,
        "against": None if review.change is None else review.older,
        "today": report.today.isoformat(),
        "summary": _summary(review),
        "change": None if review.change is None else _change(review.change),
        "registries": [_registry(each) for each in report.registries],
        "public_repositories": [_public(each) for each in report.public_repositories],
        "exemptions": [_loosened(each) for each in report.exemptions],
        "acknowledgements": [_loosened(each) for each in report.acknowledgements],
        "hand_overs": [
            {"title": each.title, "needs": list(each.needs), "commands": list(each.commands)}
            for each in report.hand_overs
        ],
        "findings": [each.to_json() for each in report.findings],
        "unreadable": [
            {"where": each.where, "message": each.problem.message, "fix": each.problem.fix}
            for each in report.unreadable
        ],
        "assumptions": list(report.assumptions),
    }


def _summary(review: Review) -> dict[str, Any]:
    report: Report = review.report
    return {
        "registries": len(report.registries),
        "repositories": report.repositories,
        "findings": len(report.counted),
        "changes": None
        if review.change is None
        else {str(kind): count for kind, count in review.change.counts.items()},
    }


def _change(change: Change) -> list[dict[str, Any]]:
    return [_difference(each) for each in change.differences]


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "class": str(difference.kind),
        "sentence": difference.sentence,
        "cause": difference.cause,
        "certain": difference.certain,
        "registry": None if difference.place is None else _place(difference.place),
        "repositories": list(difference.repositories),
        "resources": [_origin(origin) for origin in difference.origins],
    }


def _place(place: Place) -> dict[str, str]:
    return {"account": place.account, "region": place.region}


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "stack": origin.stack,
        "logical_id": origin.logical_id,
        "template": origin.template,
        "construct_path": origin.construct_path,
    }


def _resource(origin: Origin | None) -> dict[str, Any] | None:
    return None if origin is None else _origin(origin)


def _registry(registry: RegistryReport) -> dict[str, Any]:
    return {
        **_place(registry.place),
        "policy": registry.policy,
        "statements": _statements(registry.statements),
        "scanning": _scanning(registry.scanning),
        "replication": [_flow(each) for each in registry.replication],
        "pull_through_caches": [_cache(each) for each in registry.caches],
        "creation_templates": [_template(each) for each in registry.templates],
        "signing": list(registry.signing),
        "alerts": list(registry.alerts),
        "pull_time_exclusions": [each.principal for each in registry.exclusions],
        "account_settings": list(registry.account_settings),
        "bills": list(registry.bills),
        "repositories": [_repository(each) for each in registry.repositories],
    }


def _repository(repository: RepositoryReport) -> dict[str, Any]:
    return {
        "name": repository.name,
        "resource": _resource(repository.origin),
        "tags": repository.tags,
        "scanning": {
            "coverage": str(repository.scan.coverage),
            "enhanced": repository.scan.enhanced is True,
            "by": repository.scan.by,
        },
        "encryption": repository.encryption,
        "deletion": repository.deletion,
        "retention": list(repository.retention),
        "policy": repository.policy,
        "statements": _statements(repository.statements),
        "access": [_access(row) for row in repository.access],
        "replicated_to": list(repository.replicated_to),
        "signed_with": list(repository.signed_with),
        "resource_tags": [{"key": key, "value": value} for key, value in repository.resource_tags],
        "exemptions": _exemptions(repository.exemptions),
        "findings": repository.findings,
        "images": None if repository.images is None else _images(repository.images),
    }


def _statements(statements: Iterable[StatementLine]) -> list[dict[str, Any]]:
    return [
        {"label": each.label, "effect": "Allow" if each.allows else "Deny", "words": each.words}
        for each in statements
    ]


def _access(row: AccessRow) -> dict[str, Any]:
    return {
        "principal": row.principal,
        "who": row.who,
        "kind": row.kind,
        "own_account": row.is_own,
        "grants": [
            {
                "purpose": str(grant.purpose),
                "conditions": list(grant.conditions),
                "statements": list(grant.statements),
            }
            for grant in row.grants
        ],
    }


def _images(images: ImagesReport) -> dict[str, Any]:
    return {
        "now": images.now.isoformat(),
        "counts": {str(outcome): count for outcome, count in images.counts.items()},
        "notes": list(images.notes),
        "images": [_image(each) for each in images.images],
    }


def _image(image: ImageReport) -> dict[str, Any]:
    return {
        "name": image.name,
        "digest": image.digest,
        "pushed_at": image.pushed_at.isoformat(),
        "outcome": str(image.outcome),
        "before": None if image.before is None else str(image.before),
        "reason": image.reason,
    }


def _scanning(scanning: ScanningReport) -> dict[str, Any]:
    return {
        "summary": scanning.summary,
        "rules": list(scanning.rules),
        "scanned": scanning.scanned,
        "uncovered": list(scanning.uncovered),
        "unknown": list(scanning.unknown),
    }


def _flow(flow: FlowReport) -> dict[str, Any]:
    return {
        "destination": _place(flow.destination),
        "prefixes": list(flow.prefixes),
        "repositories": list(flow.repositories),
        "permission": flow.permission,
        "deletes": flow.deletes,
    }


def _cache(cache: CacheReport) -> dict[str, Any]:
    return {
        "prefix": cache.prefix,
        "upstream": cache.upstream,
        "upstream_prefix": cache.upstream_prefix,
        "credential": cache.credential,
        "template": cache.template,
        "resource": _resource(cache.origin),
    }


def _template(template: TemplateReport) -> dict[str, Any]:
    return {
        "prefix": template.prefix,
        "applied_for": list(template.applied_for),
        "tags": template.tags,
        "encryption": template.encryption,
        "retention": list(template.retention),
        "statements": _statements(template.statements),
        "exemptions": _exemptions(template.exemptions),
        "resource": _resource(template.origin),
    }


def _public(public: PublicRepositoryReport) -> dict[str, Any]:
    return {
        "name": public.name,
        "account": public.account,
        "description": public.description,
        "deletion": public.deletion,
        "statements": _statements(public.statements),
        "exemptions": _exemptions(public.exemptions),
        "resource": _resource(public.origin),
    }


def _exemptions(exemptions: Iterable[Exemption]) -> list[dict[str, Any]]:
    return [
        {
            "control": str(each.control),
            "reason": each.reason,
            "expires": None if each.expires is None else each.expires.isoformat(),
        }
        for each in exemptions
    ]


def _loosened(loosened: Loosened) -> dict[str, Any]:
    return {
        "where": loosened.where,
        "control": loosened.control,
        "reason": loosened.reason,
        "expires": None if loosened.expires is None else loosened.expires.isoformat(),
        "expired": loosened.expired,
    }
