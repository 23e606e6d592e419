"""An Amazon ECR on loopback that holds what a test puts into it, and fails where it is told to.

What it is asked and what it answers is held to AWS's own service model, which
botocore ships: the first by botocore's client, the second here.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from tests.model.aws_models import service_model

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"

_CLOUDFORMATION: Final = "http://cloudformation.amazonaws.com/doc/2010-05-15/"

_MODEL: Final = ServiceModel(service_model(), "ecr")
#: Keeps what it loaded: a client is made in a tenth of the time.
_LOADER: Final = create_loader()


class RefusalError(Exception):
    """What ECR answers in place of a result."""

    def __init__(self, code: str, message: str = "no", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass
class Failure:
    """When an operation fails: after so many calls of it, so many times."""

    error: RefusalError
    after: int = 0
    times: int = 1_000_000


@dataclass
class FakeEcr:
    """What is in the registry, and what was asked."""

    repositories: dict[str, dict[str, Any]] = field(default_factory=dict)
    repository_policies: dict[str, str] = field(default_factory=dict)
    lifecycle_policies: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    images: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    manifests: dict[str, str] = field(default_factory=dict)
    registry_policy: str | None = None
    scanning: dict[str, Any] = field(default_factory=lambda: {"scanType": "BASIC", "rules": []})
    replication: dict[str, Any] = field(default_factory=lambda: {"rules": []})
    signing: dict[str, Any] | None = None
    cache_rules: list[dict[str, Any]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    exclusions: list[str] = field(default_factory=list)
    account_settings: dict[str, str] = field(default_factory=dict)
    #: How many entries a page has at most, whatever is asked for.
    page: int = 1000
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)
    #: The templates of CloudFormation's stacks, as texts, and the physical ids of their resources.
    stacks: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    #: Answers of operations that a test gives itself.
    answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)

    def add(self, name: str, *images: dict[str, Any], **members: Any) -> None:
        """Put a repository into the registry."""
        self.repositories[name] = {
            "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}",
            "registryId": ACCOUNT,
            "repositoryName": name,
            "repositoryUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}",
            "createdAt": 1_700_000_000,
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfiguration": {"encryptionType": "AES256"},
            **members,
        }
        self.images[name] = list(images)

    def fail(self, operation: str, code: str, message: str = "no", **when: int) -> None:
        """Let an operation fail."""
        self.failures[operation] = Failure(RefusalError(code, message), **when)

    def counts(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(operation for operation, _ in self.calls)

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a request."""
        called = self.counts()[operation]
        self.calls.append((operation, request))
        failure = self.failures.get(operation)
        if failure is not None and failure.after <= called < failure.after + failure.times:
            raise failure.error
        name = request.get("repositoryName")
        if name is not None and name not in self.repositories:
            raise RefusalError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id"
                f" '{ACCOUNT}'",
            )
        answer = self.answers.get(operation) or getattr(self, f"_{operation}")
        answered: dict[str, Any] = answer(request)
        shape = _MODEL.operation_model(operation).output_shape
        report = ParamValidator().validate(answered, shape)
        assert not report.has_errors(), report.generate_report()
        return answered

    def answer_query(self, request: dict[str, str]) -> str:
        """Answer the operations that read stacks, in CloudFormation's protocol, which is XML."""
        operation, name = request["Action"], request["StackName"]
        self.calls.append((operation, request))
        failure = self.failures.get(operation)
        if failure is not None:
            raise failure.error
        if name not in self.stacks:
            raise RefusalError("ValidationError", f"Stack with id {name} does not exist")
        template, names = self.stacks[name]
        result = f"<TemplateBody>{escape(template)}</TemplateBody>"
        if operation == "ListStackResources":
            start = int(request.get("NextToken", 0))
            (logical_id, physical_id) = list(names.items())[start]
            more = f"<NextToken>{start + 1}</NextToken>" if start + 1 < len(names) else ""
            result = (
                "<StackResourceSummaries><member>"
                f"<LogicalResourceId>{logical_id}</LogicalResourceId>"
                f"<PhysicalResourceId>{physical_id}</PhysicalResourceId>"
                f"</member></StackResourceSummaries>{more}"
            )
        body = f"<{operation}Result>{result}</{operation}Result>"
        return f'<{operation}Response xmlns="{_CLOUDFORMATION}">{body}</{operation}Response>'

    def _paged(self, request: Mapping[str, Any], member: str, entries: list[Any]) -> dict[str, Any]:
        start = int(request.get("nextToken", 0))
        end = start + min(self.page, request.get("maxResults", 100))
        page: dict[str, Any] = {member: entries[start:end]}
        if end < len(entries):
            page["nextToken"] = str(end)
        return page

    def _DescribeRegistry(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        return {"registryId": ACCOUNT, "replicationConfiguration": self.replication}

    def _DescribeRepositories(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._paged(request, "repositories", list(self.repositories.values()))

    def _GetRepositoryPolicy(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return _text("policyText", self.repository_policies, request, "RepositoryPolicy")

    def _GetLifecyclePolicy(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return _text("lifecyclePolicyText", self.lifecycle_policies, request, "LifecyclePolicy")

    def _ListTagsForResource(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = request["resourceArn"].partition(":repository/")[2]
        return {"tags": [{"Key": k, "Value": v} for k, v in self.tags.get(name, {}).items()]}

    def _GetRegistryPolicy(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        if self.registry_policy is None:
            raise RefusalError("RegistryPolicyNotFoundException")
        return {"registryId": ACCOUNT, "policyText": self.registry_policy}

    def _GetRegistryScanningConfiguration(  # noqa: N802
        self, _: Mapping[str, Any]
    ) -> dict[str, Any]:
        return {"registryId": ACCOUNT, "scanningConfiguration": self.scanning}

    def _GetAccountSetting(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = request["name"]
        if name not in self.account_settings:
            raise RefusalError("ValidationException", f"{name} is not supported")
        return {"name": name, "value": self.account_settings[name]}

    def _GetSigningConfiguration(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        if self.signing is None:
            raise RefusalError("SigningConfigurationNotFoundException")
        return {"registryId": ACCOUNT, "signingConfiguration": self.signing}

    def _DescribePullThroughCacheRules(  # noqa: N802
        self, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        return self._paged(request, "pullThroughCacheRules", self.cache_rules)

    def _DescribeRepositoryCreationTemplates(  # noqa: N802
        self, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        return self._paged(request, "repositoryCreationTemplates", self.templates)

    def _ListPullTimeUpdateExclusions(  # noqa: N802
        self, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        return self._paged(request, "pullTimeUpdateExclusions", self.exclusions)

    def _DescribeImages(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name, wanted = request["repositoryName"], request.get("imageIds")
        images = self.images[name]
        if wanted is not None:
            found = [image for image in images if any(_is(image, each) for each in wanted)]
            if not found:
                raise RefusalError("ImageNotFoundException", "The image does not exist")
            return {"imageDetails": found}
        status = request.get("filter", {}).get("imageStatus", "ACTIVE")
        shown = [i for i in images if status in ("ANY", i.get("imageStatus", "ACTIVE"))]
        return self._paged(request, "imageDetails", shown)

    def _BatchGetImage(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert 1 <= len(request["imageIds"]) <= 100
        images, failures = [], []
        for each in request["imageIds"]:
            manifest = self.manifests.get(each["imageDigest"])
            if manifest is None:
                failures.append({"imageId": each, "failureCode": "ImageNotFound"})
            else:
                images.append({"imageId": each, "imageManifest": manifest})
        return {"images": images, "failures": failures}


def digest_of(name: str) -> str:
    """Return the digest of an image that a test calls by a name."""
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def image(name: str, *tags: str, **members: Any) -> dict[str, Any]:
    """Return an image, as ``DescribeImages`` describes it."""
    return {
        "registryId": ACCOUNT,
        "repositoryName": "api",
        "imageDigest": digest_of(name),
        "imageTags": list(tags),
        "imageSizeInBytes": 1000,
        "imagePushedAt": 1_700_000_000,
        "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
        **members,
    }


def index(ecr: FakeEcr, name: str, *images: dict[str, Any], tags: Sequence[str] = ()) -> Any:
    """Return an index of images, whose manifest the registry has from now on."""
    ecr.manifests[digest_of(name)] = json.dumps(
        {"schemaVersion": 2, "manifests": [{"digest": each["imageDigest"]} for each in images]}
    )
    media_type = "application/vnd.oci.image.index.v1+json"
    return image(name, *tags, imageManifestMediaType=media_type)


def _is(image: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    if "imageDigest" in wanted:
        return bool(image["imageDigest"] == wanted["imageDigest"])
    return wanted["imageTag"] in image.get("imageTags", ())


def _text(
    member: str, texts: Mapping[str, str], request: Mapping[str, Any], what: str
) -> dict[str, Any]:
    name = request["repositoryName"]
    if name not in texts:
        raise RefusalError(f"{what}NotFoundException")
    return {"registryId": ACCOUNT, "repositoryName": name, member: texts[name]}


def _refusal(error: RefusalError, *, is_query: bool) -> bytes:
    if is_query:
        said = f"<Code>{error.code}</Code><Message>{error.message}</Message>"
        return f"<ErrorResponse><Error>{said}</Error></ErrorResponse>".encode()
    return json.dumps({"__type": error.code, "message": error.message}).encode()


@contextmanager
def serve(ecr: FakeEcr, patch: pytest.MonkeyPatch) -> Iterator[FakeEcr]:
    """Serve the API on a free loopback port, and point boto3 at it."""

    class Handler(BaseHTTPRequestHandler):
        wbufsize = -1  # head and body in one go: in two the client would wait for the second

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            target = self.headers["X-Amz-Target"]
            status, answer = 200, b""
            try:
                if target is None:
                    answer = ecr.answer_query(dict(parse_qsl(body.decode()))).encode()
                else:
                    operation = target.rpartition(".")[2]
                    answer = json.dumps(ecr.answer(operation, json.loads(body))).encode()
            except RefusalError as error:
                status = error.status
                answer = _refusal(error, is_query=target is None)
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep the test's output to itself."""

    patch.setattr("botocore.loaders.create_loader", lambda *_: _LOADER)

    class Server(ThreadingHTTPServer):
        request_queue_size = 64  # all that one reader asks at a time

    with Server(("127.0.0.1", 0), Handler) as server:
        for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "dummy",
            "AWS_CONFIG_FILE": "none",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": "dummy",
            "AWS_SHARED_CREDENTIALS_FILE": "none",
            "NO_PROXY": "127.0.0.1",
        }.items():
            patch.setenv(name, value)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield ecr
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(name="ecr")
def served_ecr(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEcr]:
    """An empty registry that boto3 talks to; waits between tries take no time."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    with serve(FakeEcr(), monkeypatch) as ecr:
        yield ecr
