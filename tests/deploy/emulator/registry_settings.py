"""The four settings that ECR has once for each account and Region.

They are kept and given back. Nothing acts on them: nothing is replicated,
scanned or signed, and the registry policy decides only where IAM is on.
"""

from __future__ import annotations

from typing import Final

from ministack.core.responses import AccountRegionScopedDict, get_account_id
from tests.deploy.emulator.checks import require_document
from tests.deploy.emulator.operations import Operation, Request, Response
from tests.deploy.emulator.service_model import ApiError

_POLICY: Final = "policy"
_SCANNING: Final = "scanning"
_REPLICATION: Final = "replication"
_SIGNING: Final = "signing"


class RegistrySettings:
    """The settings of every registry."""

    def __init__(self) -> None:
        self._settings: Final = AccountRegionScopedDict()

    def operations(self) -> dict[str, Operation]:
        """Return the operations by name."""
        return {
            "DeleteRegistryPolicy": self._delete_policy,
            "DeleteSigningConfiguration": self._delete_signing,
            "DescribeRegistry": self._describe,
            "GetRegistryPolicy": self._get_policy,
            "GetRegistryScanningConfiguration": self._get_scanning,
            "GetSigningConfiguration": self._get_signing,
            "PutRegistryPolicy": self._put_policy,
            "PutRegistryScanningConfiguration": self._put_scanning,
            "PutReplicationConfiguration": self._put_replication,
            "PutSigningConfiguration": self._put_signing,
        }

    def _put_policy(self, request: Request) -> Response:
        require_document(request["policyText"], "policyText", "Statement")
        self._settings[_POLICY] = request["policyText"]
        return self._get_policy({})

    def _get_policy(self, _: Request) -> Response:
        if _POLICY not in self._settings:
            raise ApiError(
                "RegistryPolicyNotFoundException",
                f"Registry policy does not exist in the registry with id '{get_account_id()}'",
            )
        return {"registryId": get_account_id(), "policyText": self._settings[_POLICY]}

    def _delete_policy(self, _: Request) -> Response:
        answer = self._get_policy({})
        del self._settings[_POLICY]
        return answer

    def _put_scanning(self, request: Request) -> Response:
        self._settings[_SCANNING] = {
            "scanType": request.get("scanType", "BASIC"),
            "rules": request.get("rules", []),
        }
        return {"registryScanningConfiguration": self._settings[_SCANNING]}

    def _get_scanning(self, _: Request) -> Response:
        configuration = self._settings.get(_SCANNING, {"scanType": "BASIC", "rules": []})
        return {"registryId": get_account_id(), "scanningConfiguration": configuration}

    def _put_replication(self, request: Request) -> Response:
        self._settings[_REPLICATION] = request["replicationConfiguration"]
        return {"replicationConfiguration": self._settings[_REPLICATION]}

    def _describe(self, _: Request) -> Response:
        return {
            "registryId": get_account_id(),
            "replicationConfiguration": self._settings.get(_REPLICATION, {"rules": []}),
        }

    def _put_signing(self, request: Request) -> Response:
        self._settings[_SIGNING] = request["signingConfiguration"]
        return {"signingConfiguration": self._settings[_SIGNING]}

    def _get_signing(self, _: Request) -> Response:
        if _SIGNING not in self._settings:
            raise ApiError(
                "SigningConfigurationNotFoundException",
                f"Signing configuration does not exist in the registry '{get_account_id()}'",
            )
        return {
            "registryId": get_account_id(),
            "signingConfiguration": self._settings[_SIGNING],
        }

    def _delete_signing(self, _: Request) -> Response:
        answer = self._get_signing({})
        del self._settings[_SIGNING]
        return answer
