"""Pull through cache rules: kept and given back, no image is ever fetched."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from ministack.core.responses import AccountRegionScopedDict, get_account_id
from tests.deploy.emulator.checks import page, require_role, require_secret, without
from tests.deploy.emulator.operations import Operation, Request, Response
from tests.deploy.emulator.service_model import ApiError

_MAX_RULES: Final = 50  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html

#: The upstreams by the pattern of their URL.
#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
_UPSTREAMS: Final[Mapping[str, str]] = {
    r"public\.ecr\.aws": "ecr-public",
    r"registry\.k8s\.io": "k8s",
    r"quay\.io": "quay",
    r"registry-1\.docker\.io": "docker-hub",
    r"ghcr\.io": "github-container-registry",
    r"registry\.gitlab\.com": "gitlab-container-registry",
    r"[a-z0-9]+\.azurecr\.io": "azure-container-registry",
    r"cgr\.dev": "chainguard",
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?": "ecr",
}


class PullThroughCacheRules:
    """The rules of every registry, by prefix."""

    def __init__(self) -> None:
        self._rules: Final = AccountRegionScopedDict()

    def operations(self) -> dict[str, Operation]:
        """Return the operations by name; credentials are never tried on an upstream."""
        return {
            "CreatePullThroughCacheRule": self._create,
            "DeletePullThroughCacheRule": self._delete,
            "DescribePullThroughCacheRules": self._describe,
            "UpdatePullThroughCacheRule": self._update,
        }

    def _create(self, request: Request) -> Response:
        prefix = request["ecrRepositoryPrefix"]
        if prefix in self._rules:
            raise ApiError(
                "PullThroughCacheRuleAlreadyExistsException",
                f"A pull through cache rule with the prefix '{prefix}' already exists",
            )
        if len(self._rules) >= _MAX_RULES:
            raise ApiError("LimitExceededException", f"A registry has at most {_MAX_RULES} rules")
        now = int(time.time())
        self._rules[prefix] = {
            "upstreamRepositoryPrefix": "ROOT",
            **request,
            "upstreamRegistry": _upstream(request),
            **_credentials(request),
            "registryId": get_account_id(),
            "createdAt": now,
            "updatedAt": now,
        }
        return without(self._rules[prefix], "updatedAt")

    def _update(self, request: Request) -> Response:
        rule = self._rule(request["ecrRepositoryPrefix"])
        rule.update(_credentials(request), updatedAt=int(time.time()))
        return without(rule, "createdAt", "upstreamRegistry", "upstreamRegistryUrl")

    def _describe(self, request: Request) -> Response:
        prefixes = request.get("ecrRepositoryPrefixes") or sorted(self._rules)
        return page(request, "pullThroughCacheRules", [self._rule(each) for each in prefixes])

    def _delete(self, request: Request) -> Response:
        rule = self._rule(request["ecrRepositoryPrefix"])
        del self._rules[request["ecrRepositoryPrefix"]]
        return without(rule, "updatedAt", "upstreamRegistry")

    def _rule(self, prefix: str) -> dict[str, Any]:
        if prefix not in self._rules:
            raise ApiError(
                "PullThroughCacheRuleNotFoundException",
                f"The pull through cache rule with the prefix '{prefix}' does not exist",
            )
        rule: dict[str, Any] = self._rules[prefix]
        return rule


def _upstream(request: Request) -> str:
    """Return the upstream of the rule's URL, and refuse one that ECR does not know."""
    url = request["upstreamRegistryUrl"]
    upstream = next((name for at, name in _UPSTREAMS.items() if re.fullmatch(at, url)), None)
    if upstream is None:
        raise ApiError(
            "UnsupportedUpstreamRegistryException", f"The upstream registry '{url}' is unsupported"
        )
    if request.get("upstreamRegistry", upstream) != upstream:
        raise ApiError(
            "InvalidParameterException",
            f"The upstream registry of '{url}' is {upstream}, got {request['upstreamRegistry']}",
        )
    return upstream


def _credentials(request: Request) -> dict[str, str]:
    """Return the credentials that a request sets, and refuse those that are not there."""
    require_secret(request.get("credentialArn"))
    require_role(request.get("customRoleArn"))
    return {name: request[name] for name in ("credentialArn", "customRoleArn") if name in request}
