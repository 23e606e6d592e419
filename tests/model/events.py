"""The events of images as the guides of Amazon ECR and Amazon Inspector describe them.

The values are ours; which members there are, where, and with which words, is theirs.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html,
https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from ecr_constructs.model.place import Place

Event: TypeAlias = dict[str, Any]

PLACE: Final = Place(account="111122223333", region="eu-west-1", partition="aws")
DIGEST: Final = f"sha256:{'0a1b' * 16}"
REPOSITORY: Final = "payments/api"


def arn(repository: str, place: Place = PLACE) -> str:
    return f"arn:aws:ecr:{place.region}:{place.account}:repository/{repository}"


def event(
    source: str, detail_type: str, detail: dict[str, Any], resources: Sequence[str] = ()
) -> Event:
    return {
        "version": "0",
        "id": "5f6c7a10-2b3d-4e5f-8a9b-0c1d2e3f4a5b",
        "detail-type": detail_type,
        "source": source,
        "account": PLACE.account,
        "time": "2026-11-24T08:15:00Z",
        "region": PLACE.region,
        "resources": list(resources),
        "detail": detail,
    }


def image_action(kind: str, repository: str = REPOSITORY, **more: Any) -> Event:
    detail = {
        "result": "SUCCESS",
        "repository-name": repository,
        "image-digest": DIGEST,
        "action-type": kind,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return event("aws.ecr", "ECR Image Action", detail)


def pushed(repository: str = REPOSITORY, *, tag: str = "v1") -> Event:
    return image_action("PUSH", repository, image_tag=tag)


def deleted(repository: str = REPOSITORY, *, tag: str = "v1") -> Event:
    return image_action("DELETE", repository, image_tag=tag)


def moved(storage_class: str, repository: str = REPOSITORY, *, kind: str = "Image") -> Event:
    detail = {
        "action-type": "UPDATE_STORAGE_CLASS",
        "target-storage-class": storage_class,
        "image-digest": DIGEST,
        "repository-name": repository,
        "result": "SUCCESS",
        "manifest-media-type": "application/vnd.oci.image.manifest.v1+json",
        "artifact-media-type": "application/vnd.oci.image.config.v1+json",
    }
    if storage_class == "STANDARD":
        detail["last-activated-at"] = "2026-11-24T08:14:59.5Z"
    return event("aws.ecr", f"ECR {kind} Action", detail)


def basic_scan(
    repository: str = REPOSITORY,
    *,
    tags: Sequence[str] = ("v1",),
    status: str = "COMPLETE",
    **counts: int,
) -> Event:
    detail = {
        "scan-status": status,
        "repository-name": repository,
        "finding-severity-counts": counts,
        "image-digest": DIGEST,
        "image-tags": list(tags),
    }
    return event("aws.ecr", "ECR Image Scan", detail, [arn(repository)])


def enhanced_scan(
    repository: str = REPOSITORY, *, tags: Sequence[str] = ("v1",), **counts: int
) -> Event:
    detail = {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": arn(repository),
        "finding-severity-counts": {**counts, "TOTAL": sum(counts.values())},
        "image-digest": DIGEST,
        "image-tags": list(tags),
    }
    return event("aws.inspector2", "Inspector2 Scan", detail, [arn(repository)])


def finding(
    repository: str = REPOSITORY,
    *,
    severity: str = "HIGH",
    status: str = "ACTIVE",
    tags: Sequence[str] = ("v1",),
) -> Event:
    image = f"{arn(repository)}/{DIGEST}"
    detail = {
        "awsAccountId": PLACE.account,
        "findingArn": f"arn:aws:inspector2:{PLACE.region}:{PLACE.account}:finding/0123",
        "inspectorScore": 7.5,
        "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-2026-0001", "source": "NVD"},
        "resources": [
            {
                "details": {
                    "awsEcrContainerImage": {
                        "architecture": "amd64",
                        "imageHash": DIGEST,
                        "imageTags": list(tags),
                        "registry": PLACE.account,
                        "repositoryName": repository,
                    }
                },
                "id": image,
                "region": PLACE.region,
                "type": "AWS_ECR_CONTAINER_IMAGE",
            }
        ],
        "severity": severity,
        "status": status,
        "type": "PACKAGE_VULNERABILITY",
    }
    return event("aws.inspector2", "Inspector2 Finding", detail, [image])


def instance_scan() -> Event:
    """Return the end of a scan of an EC2 instance, which Inspector calls by the same name."""
    detail = {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "finding-severity-counts": {"CRITICAL": 3, "TOTAL": 3},
        "instance-id": "i-0123456789abcdef0",
        "version": "1.0",
    }
    return event("aws.inspector2", "Inspector2 Scan", detail, ["i-0123456789abcdef0"])


def instance_finding() -> Event:
    detail = {
        "severity": "CRITICAL",
        "status": "ACTIVE",
        "type": "PACKAGE_VULNERABILITY",
        "resources": [{"id": "i-0123456789abcdef0", "type": "AWS_EC2_INSTANCE", "details": {}}],
    }
    return event("aws.inspector2", "Inspector2 Finding", detail, ["i-0123456789abcdef0"])


def replicated(repository: str = REPOSITORY, *, result: str = "SUCCESS") -> Event:
    detail = {
        "result": result,
        "repository-name": repository,
        "image-digest": DIGEST,
        "source-account": PLACE.account,
        "action-type": "REPLICATE",
        "source-region": "us-west-2",
        "image-tag": "v1",
    }
    return event("aws.ecr", "ECR Replication Action", detail, [arn(repository)])


def cached(repository: str = "docker-hub/alpine", *, status: str = "SUCCESS") -> Event:
    detail = {
        "rule-version": "1",
        "sync-status": status,
        "ecr-repository-prefix": repository.partition("/")[0],
        "repository-name": repository,
        "upstream-registry-url": "registry-1.docker.io",
        "image-tag": "3.20",
        "image-digest": DIGEST,
    }
    if status != "SUCCESS":
        detail |= {"failure-code": "UPSTREAM", "failure-reason": "the upstream said no"}
    return event("aws.ecr", "ECR Pull Through Cache Action", detail, [arn(repository)])


def frequency_changed() -> Event:
    detail = {
        "action-type": "SCAN_FREQUENCY_CHANGE",
        "repositories": [
            {
                "repository-name": REPOSITORY,
                "repository-arn": arn(REPOSITORY),
                "scan-frequency": "SCAN_ON_PUSH",
                "previous-scan-frequency": "MANUAL",
            }
        ],
        "resource-type": "REPOSITORY",
        "scan-type": "ENHANCED",
    }
    return event("aws.ecr", "ECR Scan Resource Change", detail)


#: One of each, by what it is.
EVENTS: Final[dict[str, Event]] = {
    "pushed": pushed(),
    "pushed elsewhere": pushed("web/api"),
    "pushed beside": pushed("payments/api-worker"),
    "pushed another tag": pushed(tag="v2"),
    "deleted": deleted(),
    "archived": moved("ARCHIVE"),
    "restored": moved("STANDARD"),
    "referrer restored": moved("STANDARD", kind="Referrer"),
    "scanned": basic_scan(CRITICAL=10, MEDIUM=9),
    "scanned with low findings": basic_scan(LOW=3),
    "scanned without findings": basic_scan(),
    "scanned with what is not assessed": basic_scan(UNDEFINED=1),
    "scanned elsewhere": basic_scan("web/api", CRITICAL=1),
    "scanned beside": basic_scan("payments/api-worker", CRITICAL=1),
    "scan failed": basic_scan(status="FAILED"),
    "scanned untagged": basic_scan(tags=(), CRITICAL=1),
    "inspected": enhanced_scan(CRITICAL=7, HIGH=61, MEDIUM=62),
    "inspected with low findings": enhanced_scan(LOW=2),
    "inspected with what is not assessed": enhanced_scan(UNTRIAGED=1),
    "inspected elsewhere": enhanced_scan("web/api", CRITICAL=1),
    "inspected an instance": instance_scan(),
    "found": finding(),
    "found what is critical": finding(severity="CRITICAL"),
    "found what is low": finding(severity="LOW"),
    "found what is not assessed": finding(severity="UNTRIAGED"),
    "found elsewhere": finding("web/api"),
    "found beside": finding("payments/api-worker"),
    "found and closed": finding(status="CLOSED"),
    "found in an instance": instance_finding(),
    "replicated": replicated(),
    "replicated elsewhere": replicated("web/api"),
    "replication failed": replicated(result="FAILED"),
    "cached": cached(),
    "caching failed": cached(status="FAILED"),
    "caching failed elsewhere": cached("quay/org/app", status="FAILED"),
    "frequency changed": frequency_changed(),
}
