"""`findings`: what scanning found in an image, and what lets it through a gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from tests.sources.aws.fake_ecr import FakeEcr, RefusalError, image, index

from ecr_constructs.cli.main import run
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.sources.aws.scan_findings import ImageName

Findings: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="findings")
def _findings(capsys: pytest.CaptureFixture[str]) -> Findings:
    """Run the command; give its status, its output and its complaints."""

    def findings(*arguments: str) -> tuple[int, str, str]:
        status = run(["findings", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return findings


def basic(name: str, severity: str) -> dict[str, Any]:
    return {
        "name": name,
        "severity": severity,
        "attributes": [{"key": "package_name", "value": "openssl"}],
    }


def enhanced(name: str, severity: str, **members: Any) -> dict[str, Any]:
    details = {
        "vulnerabilityId": name,
        "vulnerablePackages": [{"name": "log4j", "version": "2.0", "fixedInVersion": "2.17"}],
    }
    return {"severity": severity, "packageVulnerabilityDetails": details, **members}


def scanned(
    ecr: FakeEcr, images: dict[str, list[dict[str, Any]]], *, status: str = "COMPLETE"
) -> None:
    """Let each image have findings, by its digest; one without an entry was never scanned."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        entries = images.get(request["imageId"]["imageDigest"])
        if entries is None:
            raise RefusalError("ScanNotFoundException", "Image scan does not exist")
        start = int(request.get("nextToken", 0))
        page = entries[start : start + ecr.page]
        kind = "findings" if page and "name" in page[0] else "enhancedFindings"
        more = start + ecr.page < len(entries)
        return {
            "imageScanStatus": {"status": status, "description": "as it is."},
            "imageScanFindings": {kind: page},
            **({"nextToken": str(start + ecr.page)} if more else {}),
        }

    ecr.answers["DescribeImageScanFindings"] = answer


def test_findings_are_told_worst_first(ecr: FakeEcr, findings: Findings) -> None:
    one = image("one", "v1")
    ecr.add("api", one)
    ecr.page = 2
    found = [basic("CVE-1", "LOW"), basic("CVE-3", "HIGH"), basic("CVE-2", "HIGH")]
    scanned(ecr, {one["imageDigest"]: found})
    status, out, _ = findings("api:v1")
    assert status == 0
    assert out.splitlines() == [
        f"api:v1  {one['imageDigest']}",
        "  HIGH          CVE-2  openssl",
        "  HIGH          CVE-3  openssl",
        "  LOW           CVE-1  openssl",
        "2 HIGH, 1 LOW",
    ]


@pytest.mark.parametrize(
    ("gate", "status"), [("critical", 0), ("HIGH", 1), ("medium", 1), (None, 0)]
)
def test_the_status_says_whether_a_finding_is_as_bad(
    ecr: FakeEcr, findings: Findings, gate: str | None, status: int
) -> None:
    one = image("one", "v1")
    ecr.add("api", one)
    scanned(ecr, {one["imageDigest"]: [enhanced("CVE-1", "HIGH")]}, status="ACTIVE")
    options = [] if gate is None else ["--fail-on", gate]
    assert findings("api:v1", *options)[0] == status


def test_what_inspector_tells_is_in_the_document(ecr: FakeEcr, findings: Findings) -> None:
    one = image("one", "v1")
    ecr.add("api", one)
    found = [
        enhanced("CVE-1", "HIGH", score=7.5, exploitAvailable="NO", title="t"),
        enhanced("CVE-2", "CRITICAL", status="SUPPRESSED"),
    ]
    scanned(ecr, {one["imageDigest"]: found}, status="ACTIVE")
    status, out, _ = findings("api:v1", "--format", "json", "--fail-on", "critical")
    assert status == 0
    document = json.loads(out)
    (told,) = document["images"]
    assert (document["repository"], told["imageDigest"]) == ("api", one["imageDigest"])
    assert (told["status"], told["findingSeverityCounts"]) == ("ACTIVE", {"HIGH": 1})
    assert told["findings"][1] == {
        "name": "CVE-1",
        "severity": "HIGH",
        "score": 7.5,
        "title": "t",
        "url": None,
        "packages": [{"name": "log4j", "version": "2.0", "fixedInVersion": "2.17"}],
        "suppressed": False,
        "exploitAvailable": False,
    }
    assert told["findings"][0]["suppressed"] is True
    assert "1 HIGH, 1 suppressed" in findings("api:v1")[1]


def test_each_platform_of_an_index_is_told_and_attestations_are_not(
    ecr: FakeEcr, findings: Findings
) -> None:
    arm, amd, attestation = image("arm"), image("amd"), image("attestation")
    whole = index(ecr, "index", arm, amd, attestation, tags=["v1"])
    manifest = json.loads(ecr.manifests[whole["imageDigest"]])
    platforms = (
        {"os": "linux", "architecture": "arm64", "variant": "v8"},
        {"os": "linux", "architecture": "amd64"},
        {"os": "unknown", "architecture": "unknown"},
    )
    for entry, platform in zip(manifest["manifests"], platforms, strict=True):
        entry["platform"] = platform
    ecr.manifests[whole["imageDigest"]] = json.dumps(manifest)
    ecr.add("api", arm, amd, attestation, whole)
    scanned(ecr, {arm["imageDigest"]: [basic("CVE-1", "LOW")], amd["imageDigest"]: []})
    _, out, _ = findings("api:v1")
    assert [line for line in out.splitlines() if line.startswith("api")] == [
        f"api:v1 linux/arm64/v8  {arm['imageDigest']}",
        f"api:v1 linux/amd64  {amd['imageDigest']}",
    ]
    assert out.endswith("no findings\n")


@pytest.mark.parametrize("name", ["api", "api@{digest}"])
def test_an_image_is_named_by_its_digest_or_is_the_one_pushed_last(
    ecr: FakeEcr, findings: Findings, name: str
) -> None:
    last = image("last", imagePushedAt=1_700_000_002)
    signature = image("signature", imagePushedAt=1_700_000_003, subjectManifestDigest="sha256:1")
    ecr.add("api", image("first", "v1", imagePushedAt=1_700_000_001), last, signature)
    scanned(ecr, {last["imageDigest"]: []})
    status, out, _ = findings(name.format(digest=last["imageDigest"]))
    assert (status, "no findings" in out, last["imageDigest"] in out) == (0, True, True)


def test_what_is_not_known_is_said_and_shuts_the_gate(ecr: FakeEcr, findings: Findings) -> None:
    one, two = image("one", "v1"), image("two", "v2")
    ecr.add("api", one, two)
    scanned(ecr, {two["imageDigest"]: []}, status="IN_PROGRESS")
    status, out, _ = findings("api:v1", "--fail-on", "critical")
    assert (status, "what it has is not known, NOT_SCANNED\nnone that are known" in out) == (
        1,
        True,
    )
    status, out, _ = findings("api:v2", "--fail-on", "critical")
    assert (status, "not known, IN_PROGRESS: as it is." in out) == (1, True)
    assert findings("api:v2")[0] == 0


def test_a_long_list_is_cut_unless_all_is_asked_for(ecr: FakeEcr, findings: Findings) -> None:
    one = image("one", "v1")
    ecr.add("api", one)
    scanned(ecr, {one["imageDigest"]: [basic(f"CVE-{n}", "LOW") for n in range(25)]})
    assert "and 5 more, --all shows them" in findings("api:v1")[1]
    assert findings("api:v1", "--all")[1].count("CVE-") == 25


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("api:v1.3", "an image of 'api' must have the tag, got 'v1.3'; did you mean 'v1.2'"),
        ("api:zzz", "got 'zzz'; `ecr-constructs images export` lists them"),
        ("apy:v1", "got 'apy'; did you mean 'api'"),
        ("empty", "the repository must hold an image, got none in 'empty'; push one"),
        ("none@sha256:1", "an index must list an image that can be scanned, got none in 'none@"),
        ("api:", "an image must be REPOSITORY, REPOSITORY:TAG or REPOSITORY@DIGEST, got 'api:'"),
    ],
)
def test_refuses_an_image_that_is_not_there(
    ecr: FakeEcr, findings: Findings, name: str, sentence: str
) -> None:
    ecr.add("api", image("one", "v1.2"))
    ecr.add("empty")
    ecr.add("none", index(ecr, "x") | {"imageDigest": "sha256:1"})
    ecr.manifests["sha256:1"] = json.dumps({"manifests": []})
    status, out, err = findings(name)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_refuses_in_one_sentence_where_a_permission_is_missing(
    ecr: FakeEcr, findings: Findings
) -> None:
    ecr.add("api", image("one", "v1"))
    ecr.fail("DescribeImageScanFindings", "AccessDeniedException")
    status, out, err = findings("api:v1")
    assert (status, out) == (2, "")
    assert "must allow ecr:DescribeImageScanFindings on repository 'api'" in err


def test_refuses_a_name_with_its_registry() -> None:
    host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    with pytest.raises(ConfigurationError, match=r"; write 'payments/api:v1', and --region"):
        ImageName.parse(f"{host}/payments/api:v1")


@pytest.mark.parametrize("text", ["a/b", "a/b:v1", "a/b@sha256:1"])
def test_a_name_is_written_as_it_is_read(text: str) -> None:
    assert str(ImageName.parse(text)) == text
