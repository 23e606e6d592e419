"""A registry as the AWS CLI printed it, for those whose credentials stay where they are.

Layer: sources; imports ``model``, and never boto3.

What a command printed is known by its members, so that files may have any name
and hold any number of outputs. Where there is no policy, the AWS CLI complains and
prints nothing: its complaint counts as well (``2>&1``). What was not printed is
not known, and never taken for what is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, final

from ecr_constructs.errors import SourceError
from ecr_constructs.model.registry import Deployment
from ecr_constructs.model.unresolved import Unresolved
from ecr_constructs.sources.aws.ecr_api import Answer
from ecr_constructs.sources.aws.registry import read_registry

#: The members by which an output is known, the most telling first, and the operation.
_KNOWN_BY: Final = (
    ({"repositories"}, "describe_repositories"),
    ({"replicationConfiguration"}, "describe_registry"),
    ({"scanningConfiguration"}, "get_registry_scanning_configuration"),
    ({"signingConfiguration"}, "get_signing_configuration"),
    ({"pullThroughCacheRules"}, "describe_pull_through_cache_rules"),
    ({"repositoryCreationTemplates"}, "describe_repository_creation_templates"),
    ({"pullTimeUpdateExclusions"}, "list_pull_time_update_exclusions"),
    ({"repositoryName", "lifecyclePolicyText"}, "get_lifecycle_policy"),
    ({"repositoryName", "policyText"}, "get_repository_policy"),
    ({"policyText"}, "get_registry_policy"),
    ({"name", "value"}, "get_account_setting"),
)
#: What the AWS CLI says where there is none, and the operation.
_NONE: Final = {
    "LifecyclePolicyNotFoundException": "get_lifecycle_policy",
    "RegistryPolicyNotFoundException": "get_registry_policy",
    "RepositoryPolicyNotFoundException": "get_repository_policy",
    "SigningConfigurationNotFoundException": "get_signing_configuration",
}
_COMPLAINT: Final = re.compile(r".*?An error occurred \((?P<code>\w+)\)[^\n]*")
_NAMED: Final = re.compile(r"repository with name '(?P<name>[^']+)'")
_ARN: Final = re.compile(r"arn:[^:]+:ecr:(?P<region>[^:]+):(?P<account>[0-9]{12}):")
#: What tells one output of an operation from another.
_SUBJECTS: Final = ("repositoryName", "name")


def read_printed(
    paths: Sequence[Path], *, account: str | None = None, region: str | None = None
) -> Deployment:
    """Read a registry from what the AWS CLI printed.

    Needed is what ``aws ecr`` prints for ``describe-repositories``,
    ``describe-registry``, ``get-registry-scanning-configuration``,
    ``describe-pull-through-cache-rules``,
    ``describe-repository-creation-templates`` and
    ``list-pull-time-update-exclusions``. ``get-registry-policy``,
    ``get-signing-configuration`` and, for each repository,
    ``get-repository-policy`` and ``get-lifecycle-policy`` are not known where they
    are left out. Tags of repositories are never known: what is printed of them
    does not say whose they are.

    Args:
        paths: Files, and folders of which every file that ends with ``.json`` counts.
        account: 12 digits: the account that it must be of. Default: any.
        region: The registry's Region. Default: that of its repositories.

    Raises:
        SourceError: If a file cannot be read or is no output of these, if it was
            cut off, if two are of different registries, or what is needed is missing.
    """
    printed = _Printed(region)
    for file in _files(paths):
        printed.take(file)
    try:
        return read_registry(printed, account=account)
    except (AttributeError, KeyError, TypeError) as error:
        raise SourceError(
            "what was printed must be what `aws ecr` prints, got an output with other members"
            f" ({error}); print it again"
        ) from error


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.json"))
        else:
            yield path


@final
class _Printed:
    """The outputs, which answer as the API would."""

    def __init__(self, region: str | None) -> None:
        self._region = region
        self._answers: dict[tuple[str, str], list[Answer | None]] = {}
        self._places: dict[str, tuple[str, Path]] = {}

    @property
    def region(self) -> str:
        """The registry's Region."""
        told = self._region or self._places.get("Region", ("",))[0]
        if told:
            return told
        raise SourceError(
            "the Region of a registry must be known, got one without repositories, which tell it;"
            " write --region"
        )

    def call(self, method: str, **parameters: Any) -> Answer:
        """Return what an operation printed."""
        if method == "list_tags_for_resource":
            tag = Unresolved.of(_command(method))
            return {"tags": [{"Key": tag, "Value": tag}]}
        found = self.find(method, missing="", **parameters)
        if found is None or isinstance(found, Unresolved):
            raise _is_missing(method)
        return found

    def find(
        self, method: str, *, missing: str | frozenset[str], **parameters: Any
    ) -> Answer | Unresolved | None:
        """Return what an operation printed; unresolved where it was not run."""
        del missing
        answers = self._answers.get((method, _subject(parameters)))
        return Unresolved.of(f"aws ecr {_command(method)}") if answers is None else answers[-1]

    def entries(self, method: str, member: str, **parameters: Any) -> Iterator[Any]:
        """Yield the entries of all outputs of an operation."""
        del parameters
        answers = self._answers.get((method, ""))
        if answers is None:
            raise _is_missing(method)
        for answer in answers:
            yield from (answer or {})[member]

    def take(self, file: Path) -> None:
        """Take the outputs of a file.

        Raises:
            SourceError: If it cannot be read, or holds something else.
        """
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise SourceError(
                f"what was printed cannot be read ({reason}); name a file or a folder that is"
                " there",
                path=str(file),
            ) from error
        for method, subject, answer in _outputs(text, file):
            try:
                self._same_registry(answer, file)
            except (AttributeError, KeyError, TypeError):
                raise _no_output(answer or {}, file) from None
            self._answers.setdefault((method, subject), []).append(answer)

    def _same_registry(self, answer: Answer | None, file: Path) -> None:
        """Refuse outputs of two accounts, and repositories of two Regions."""
        given = answer or {}
        places = [given["registryId"]] if "registryId" in given else []
        for each in given.get("repositories", ()):
            found = _ARN.match(each["repositoryArn"])
            places += [found["account"], found["region"]] if found else []
        for place in places:
            kind = "account" if place.isdigit() else "Region"
            earlier, before = self._places.setdefault(kind, (place, file))
            if earlier != place:
                raise SourceError(
                    f"what was printed must be of one registry, got {kind} {place} here and"
                    f" {earlier} in {before.name!r}; read them one by one",
                    path=str(file),
                )


def _outputs(text: str, file: Path) -> Iterator[tuple[str, str, Answer | None]]:
    """Yield the outputs of a text: the operation, what it is about, and what it answered."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] == "{":
            try:
                document, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                raise SourceError(
                    f"what was printed must be JSON ({error}); print it with --output json",
                    path=str(file),
                ) from None
            yield _known(document, file)
        else:
            found = _COMPLAINT.match(text, at)
            if found is None or found["code"] not in _NONE:
                line = text[at:].partition("\n")[0]
                raise SourceError(
                    f"what was printed must be JSON, got {line[:80]!r}; print it with --output"
                    " json, and correct what the AWS CLI complains of",
                    path=str(file),
                )
            at = found.end()
            named = _NAMED.search(found[0])
            yield _NONE[found["code"]], named["name"] if named else "", None


def _known(document: Mapping[str, Any], file: Path) -> tuple[str, str, Answer]:
    if document.get("nextToken") or document.get("NextToken"):
        raise SourceError(
            "what was printed must be whole, got a page that says that others follow; leave out"
            " --max-items and --no-paginate",
            path=str(file),
        )
    for members, method in _KNOWN_BY:
        if members <= document.keys():
            return method, _subject(document), document
    raise _no_output(document, file)


def _no_output(document: Mapping[str, Any], file: Path) -> SourceError:
    members = ", ".join(map(repr, list(document)[:3])) or "nothing"
    return SourceError(
        "what was printed must be what an operation of Amazon ECR answers about a registry, got"
        f" {members}; print it again, or leave the file out",
        path=str(file),
    )


def _subject(members: Mapping[str, Any]) -> str:
    return next((str(members[name]) for name in _SUBJECTS if name in members), "")


def _command(method: str) -> str:
    return method.replace("_", "-")


def _is_missing(method: str) -> SourceError:
    return SourceError(
        f"what was printed must hold what `aws ecr {_command(method)}` prints, got none; print it"
        " too"
    )
