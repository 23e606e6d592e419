"""What changes in the account settings of a registry.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ecr_constructs.model.account_setting import AccountSettingName
from ecr_constructs.review.change.difference import ChangeClass, Draft
from ecr_constructs.review.change.pairs import RegistryPair

_SCOPE: Final = AccountSettingName.REGISTRY_POLICY_SCOPE
#: What a value means that was another one before.
_MEANINGS: Final[dict[tuple[str, str], tuple[ChangeClass, str]]] = {
    (_SCOPE, "V1"): (
        ChangeClass.WEAKENED,
        ": the registry policy covers three actions alone, and denies nothing else",
    ),
    (_SCOPE, "V2"): (ChangeClass.STRENGTHENED, ": the registry policy covers every action"),
}


def account_setting_drafts(pair: RegistryPair) -> Iterator[Draft]:
    """Yield which settings are set, set otherwise, and put back to what they were."""
    old = {str(each.name): each for each in pair.before.account_settings}
    new = {str(each.name): each for each in pair.after.account_settings}
    for name, setting in new.items():
        if name not in old:
            scope = ", so that the registry policy covers every action" * (name == _SCOPE)
            yield Draft(
                kind=ChangeClass.HARMLESS,
                head=f"the account setting {name} becomes {setting.value}{scope}",
                cause="the account setting is new",
                origin=setting.origin,
            )
        elif old[name] != setting:
            kind, covers = _MEANINGS.get((name, str(setting.value)), (ChangeClass.HARMLESS, ""))
            yield Draft(
                kind=kind,
                head=f"the account setting {name} becomes {setting.value}, where before it was"
                f" {old[name].value}{covers}",
                cause="the account setting changes",
                origin=setting.origin,
            )
    for name in sorted(old.keys() - new.keys()):
        scope = ": under V1 the registry policy covers three actions alone" * (name == _SCOPE)
        yield Draft(
            kind=ChangeClass.WEAKENED if name == _SCOPE else ChangeClass.HARMLESS,
            head=f"the account setting {name} goes back to what it was before it was set{scope}",
            cause="the account setting is gone",
            certain=name != _SCOPE,
        )
