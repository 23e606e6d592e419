"""What a registry has as an account setting, which CloudFormation has no type for.

Layer: model; imports ``errors`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html and
the service model of Amazon ECR, which names the settings and their values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from ecr_constructs.model.baseline import Exemption, exemptions_from_metadata
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, is_known

#: The type of the custom resource that sets one.
RESOURCE_TYPE: Final = "Custom::EcrAccountSetting"


class AccountSettingName(StrEnum):
    """The settings, as Amazon ECR calls them; each is of one account in one Region."""

    BASIC_SCAN_TYPE_VERSION = "BASIC_SCAN_TYPE_VERSION"
    BLOB_MOUNTING = "BLOB_MOUNTING"
    REGISTRY_POLICY_SCOPE = "REGISTRY_POLICY_SCOPE"


#: The values that Amazon ECR takes for each.
_VALUES: Final[Mapping[AccountSettingName, tuple[str, ...]]] = {
    AccountSettingName.BASIC_SCAN_TYPE_VERSION: ("AWS_NATIVE",),
    AccountSettingName.BLOB_MOUNTING: ("ENABLED", "DISABLED"),
    AccountSettingName.REGISTRY_POLICY_SCOPE: ("V2",),
}
#: Values that it took once.
_RETIRED: Final[Mapping[str, str]] = {
    "CLAIR": "AWS ended scanning by Clair on 2 February 2026: write"
    " AccountSetting.basic_scan_type_version()",
    "V1": "under V1 a registry policy covers three actions only: write"
    " AccountSetting.registry_policy_scope()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSetting:
    """One account setting of a registry.

    Attributes:
        name: One of :class:`AccountSettingName`.
        value: ``AWS_NATIVE`` for the version of basic scanning, ``V2`` for the
            scope of the registry policy, ``ENABLED`` or ``DISABLED`` for blob
            mounting.
        exemptions: Under which another resource may set it too; no part of its value.
        origin: Where it was read from; likewise.

    Example:
        >>> AccountSetting.blob_mounting().value
        'ENABLED'
    """

    name: Text
    value: Text
    exemptions: tuple[Exemption, ...] = field(default=(), compare=False)
    origin: Origin | None = field(default=None, compare=False)

    @classmethod
    def basic_scan_type_version(cls) -> AccountSetting:
        """Return that Amazon ECR scans by itself: ``AWS_NATIVE``, the one version that is left."""
        return cls(name=AccountSettingName.BASIC_SCAN_TYPE_VERSION, value="AWS_NATIVE")

    @classmethod
    def registry_policy_scope(cls) -> AccountSetting:
        """Return that the registry policy covers every action of Amazon ECR: ``V2``.

        New registries have it. An old one under ``V1`` looks at three actions
        only, those of replication and of pull through caches.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
        """
        return cls(name=AccountSettingName.REGISTRY_POLICY_SCOPE, value="V2")

    @classmethod
    def blob_mounting(cls, *, enabled: bool = True) -> AccountSetting:
        """Return whether a push takes layers over that other repositories of the registry have.

        Args:
            enabled: Whether it does. Default: it does.
        """
        # What is neither is refused as the value that it is.
        value = {"True": "ENABLED", "False": "DISABLED"}.get(repr(enabled), str(enabled))
        return cls(name=AccountSettingName.BLOB_MOUNTING, value=value)

    def problems(self) -> list[Problem]:
        """Return what Amazon ECR would refuse."""
        return list(self._problems())

    def normalise(self) -> AccountSetting:
        """Return the setting itself: it has one form."""
        return self

    def to_cfn(self) -> dict[str, Any]:
        """Return the ``Properties`` of the custom resource, but for those of its provider."""
        return {"Name": str(self.name), "Value": str(self.value)}

    @classmethod
    def from_cfn(
        cls, resource: Mapping[str, Any], origin: Origin
    ) -> tuple[AccountSetting, list[Problem]]:
        """Read a resource of a template whose intrinsics are resolved as far as they go.

        Args:
            resource: The resource's ``Properties``.
            origin: Where it stands.

        Returns:
            The setting, and what is malformed: such a value is left unknown.
        """
        fields = Fields(resource.get("Properties"))
        setting = cls(
            name=fields.text("Name") or "",
            value=fields.text("Value") or "",
            exemptions=exemptions_from_metadata(resource.get("Metadata")),
            origin=origin,
        )
        return setting, fields.problems

    @classmethod
    def from_api(cls, described: Mapping[str, Any]) -> AccountSetting:
        """Read a live setting.

        Args:
            described: The answer of ``GetAccountSetting``.
        """
        return cls(name=described["name"], value=described["value"])

    def _problems(self) -> Iterator[Problem]:
        if not is_known(self.name):
            return
        if self.name not in _VALUES:
            yield problem_at(
                "name",
                f"name must be one of {', '.join(AccountSettingName)}, got {str(self.name)!r}",
                "write AccountSetting.blob_mounting(), or another of its kin",
            )
            return
        name = AccountSettingName(str(self.name))
        if is_known(self.value) and self.value not in _VALUES[name]:
            value, wanted = str(self.value), " or ".join(_VALUES[name])
            yield problem_at(
                "value",
                f"the value of {name} must be {wanted}, got {value!r}",
                _RETIRED.get(value, f"write AccountSetting.{name.lower()}()"),
            )


def sets_policy_scope(settings: Iterable[AccountSetting]) -> bool:
    """Tell whether the settings of a registry say that its policy covers every action."""
    return AccountSetting.registry_policy_scope() in settings


def setting_set_problems(settings: Iterable[AccountSetting]) -> Iterator[Problem]:
    """Yield which settings of one registry are given twice."""
    for name, count in Counter(str(setting.name) for setting in settings).items():
        if count > 1:
            yield problem_at(
                "account_settings",
                f"an account setting must be given once, got {name!r} {count} times",
                "drop one",
            )
