"""Principals whose pulls do not count as pulls: kept and given back."""

from __future__ import annotations

import time
from typing import Final

from ministack.core.responses import AccountRegionScopedDict
from tests.deploy.emulator.checks import page
from tests.deploy.emulator.operations import Operation, Request, Response
from tests.deploy.emulator.service_model import ApiError

#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html
_MAX_EXCLUSIONS: Final = 100


class PullTimeUpdateExclusions:
    """The exclusions of every registry, by principal."""

    def __init__(self) -> None:
        self._exclusions: Final = AccountRegionScopedDict()

    def operations(self) -> dict[str, Operation]:
        """Return the operations by name; whether a principal exists is not asked."""
        return {
            "DeregisterPullTimeUpdateExclusion": self._deregister,
            "ListPullTimeUpdateExclusions": self._list,
            "RegisterPullTimeUpdateExclusion": self._register,
        }

    def _register(self, request: Request) -> Response:
        principal = request["principalArn"]
        if principal in self._exclusions:
            raise ApiError(
                "ExclusionAlreadyExistsException",
                f"The principal '{principal}' is excluded already",
            )
        if len(self._exclusions) >= _MAX_EXCLUSIONS:
            raise ApiError(
                "LimitExceededException", f"A registry has at most {_MAX_EXCLUSIONS} exclusions"
            )
        self._exclusions[principal] = int(time.time())
        return {"principalArn": principal, "createdAt": self._exclusions[principal]}

    def _deregister(self, request: Request) -> Response:
        principal = request["principalArn"]
        if principal not in self._exclusions:
            raise ApiError(
                "ExclusionNotFoundException", f"The principal '{principal}' is not excluded"
            )
        del self._exclusions[principal]
        return {"principalArn": principal}

    def _list(self, request: Request) -> Response:
        return page(request, "pullTimeUpdateExclusions", sorted(self._exclusions))
