"""The account settings, which ECR has once for each account and Region.

They are kept and given back; nothing acts on them. The service model names their
values in words alone, so that they are written out here.
"""

from __future__ import annotations

from typing import Final

from ministack.core.responses import AccountRegionScopedDict
from tests.deploy.emulator.operations import Operation, Request, Response
from tests.deploy.emulator.service_model import ApiError

#: Name -> the values that it takes, the one of a new registry first.
_VALUES: Final = {
    "BASIC_SCAN_TYPE_VERSION": ("AWS_NATIVE",),
    "BLOB_MOUNTING": ("DISABLED", "ENABLED"),
    "REGISTRY_POLICY_SCOPE": ("V2",),
}


class AccountSettings:
    """The account settings of every registry."""

    def __init__(self) -> None:
        self._settings: Final = AccountRegionScopedDict()

    def operations(self) -> dict[str, Operation]:
        """Return the operations by name."""
        return {"GetAccountSetting": self._get, "PutAccountSetting": self._put}

    def _get(self, request: Request) -> Response:
        name = request["name"]
        return {"name": name, "value": self._settings.get(name, _values_of(name)[0])}

    def _put(self, request: Request) -> Response:
        name, value = request["name"], request["value"]
        if value not in _values_of(name):
            raise _invalid("value", value)
        self._settings[name] = value
        return {"name": name, "value": value}


def _values_of(name: str) -> tuple[str, ...]:
    if name not in _VALUES:
        raise _invalid("name", name)
    return _VALUES[name]


def _invalid(member: str, value: str) -> ApiError:
    return ApiError(
        "InvalidParameterException", f"Invalid parameter at '{member}': {value!r} is none"
    )
