"""ECR's own preview of a lifecycle policy.

Layer: sources; imports ``errors``.

The one thing here that is no reading: a preview is started, and takes the place of
the one before it. It deletes and archives nothing.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lpp_creation.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from ecr_constructs.sources.aws.ecr_api import Answer, ApiError, EcrApi

#: Seconds between two looks, as botocore's waiter has them, and how many there are.
_SECONDS: Final = 5
_LOOKS: Final = 120
#: The most results of a page.
_PAGE: Final = 100
_TRY_AGAIN: Final = "try again"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EcrPreview:
    """What ECR says that a policy does.

    Attributes:
        results: ``previewResults``: the images that are acted on.
        summary: ``summary``: how many there are.
    """

    results: tuple[Mapping[str, Any], ...]
    summary: Mapping[str, Any]


def stored_policy(api: EcrApi, repository_name: str) -> str:
    """Return the text of the lifecycle policy that a repository has.

    Raises:
        ApiError: If it has none, or cannot be asked.
    """
    found = api.find(
        "get_lifecycle_policy",
        missing="LifecyclePolicyNotFoundException",
        repositoryName=repository_name,
    )
    if found is None:
        raise ApiError(
            f"a preview must be of a policy, got none of repository {repository_name!r}; write"
            " --policy POLICY to try one"
        )
    text: str = found["lifecyclePolicyText"]
    return text


def preview_policy(
    api: EcrApi,
    repository_name: str,
    text: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> EcrPreview:
    """Let ECR say what a policy does to the images of a repository, and wait for the answer.

    Args:
        api: The registry.
        repository_name: The repository's name.
        text: The policy.
        sleep: Waits so many seconds between two looks.

    Raises:
        ApiError: If another preview is under way, if ECR refuses the policy, if
            the preview fails or does not end within ten minutes.
    """
    try:
        api.call(
            "start_lifecycle_policy_preview",
            repositoryName=repository_name,
            lifecyclePolicyText=text,
        )
    except ApiError as error:
        if error.code != "LifecyclePolicyPreviewInProgressException":
            raise
        raise ApiError(
            f"a repository must have one preview at a time, got one of {repository_name!r} that is"
            f" under way; {_TRY_AGAIN} when it is done",
            error.code,
        ) from error
    pages = _when_done(api, repository_name, sleep)
    told = pages[0].get("lifecyclePolicyText", text)
    if json.loads(told) != json.loads(text):
        raise ApiError(
            f"the preview must be of the policy that was given, got one of another for"
            f" {repository_name!r}, which somebody started meanwhile; {_TRY_AGAIN}"
        )
    return EcrPreview(
        results=tuple(each for page in pages for each in page.get("previewResults", ())),
        summary=pages[0].get("summary", {}),
    )


def _when_done(api: EcrApi, repository_name: str, sleep: Callable[[float], None]) -> list[Answer]:
    """Return all pages of a preview when it is complete."""
    for look in range(_LOOKS):
        if look:
            sleep(_SECONDS)
        pages: list[Answer] = []
        for page in api.pages(
            "get_lifecycle_policy_preview", repositoryName=repository_name, maxResults=_PAGE
        ):
            status = page.get("status")
            if status == "IN_PROGRESS":
                break
            if status != "COMPLETE":
                raise ApiError(
                    f"the preview of {repository_name!r} must be COMPLETE, got {status};"
                    f" {_TRY_AGAIN}"
                )
            pages.append(page)
        else:
            return pages
    raise ApiError(
        f"the preview of {repository_name!r} must end within {_SECONDS * _LOOKS // 60} minutes, got"
        f" none that did; {_TRY_AGAIN} later"
    )
