"""Repository creation templates: kept and given back, no repository is made from one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from ministack.core.responses import AccountRegionScopedDict, get_account_id
from tests.deploy.emulator.checks import page, require_document, require_filters, require_role
from tests.deploy.emulator.operations import Operation, Request, Response
from tests.deploy.emulator.service_model import ApiError

#: The members that an empty text takes away again.
_CLEARED_BY_EMPTY_TEXT: Final = (
    "customRoleArn",
    "description",
    "lifecyclePolicy",
    "repositoryPolicy",
)


class RepositoryCreationTemplates:
    """The templates of every registry, by prefix."""

    def __init__(self) -> None:
        self._templates: Final = AccountRegionScopedDict()

    def operations(self) -> dict[str, Operation]:
        """Return the operations by name."""
        return {
            "CreateRepositoryCreationTemplate": self._create,
            "DeleteRepositoryCreationTemplate": self._delete,
            "DescribeRepositoryCreationTemplates": self._describe,
            "UpdateRepositoryCreationTemplate": self._update,
        }

    def _create(self, request: Request) -> Response:
        prefix = request["prefix"]
        if prefix in self._templates:
            raise ApiError(
                "TemplateAlreadyExistsException",
                f"A repository creation template with the prefix '{prefix}' already exists",
            )
        defaults = {
            "encryptionConfiguration": {"encryptionType": "AES256"},
            "imageTagMutability": "MUTABLE",
            "createdAt": int(time.time()),
        }
        return self._store(defaults, request)

    def _update(self, request: Request) -> Response:
        return self._store(self._template(request["prefix"]), request)

    def _store(self, before: Mapping[str, Any], request: Request) -> Response:
        template = {**before, **request, "updatedAt": int(time.time())}
        if not template["imageTagMutability"].endswith("_WITH_EXCLUSION"):
            # Filters go with the mode, unless they are given against it.
            filters = request.get("imageTagMutabilityExclusionFilters")
            template.pop("imageTagMutabilityExclusionFilters", None)
        else:
            filters = template.get("imageTagMutabilityExclusionFilters")
        require_filters(template["imageTagMutability"], filters)
        for name in _CLEARED_BY_EMPTY_TEXT:
            if template.get(name) == "":
                del template[name]
        require_role(template.get("customRoleArn"))
        for name, root in (("repositoryPolicy", "Statement"), ("lifecyclePolicy", "rules")):
            if name in template:
                require_document(template[name], name, root)
        self._templates[request["prefix"]] = template
        return {"registryId": get_account_id(), "repositoryCreationTemplate": template}

    def _describe(self, request: Request) -> Response:
        prefixes = request.get("prefixes") or sorted(self._templates)
        return {
            "registryId": get_account_id(),
            **page(
                request, "repositoryCreationTemplates", [self._template(each) for each in prefixes]
            ),
        }

    def _delete(self, request: Request) -> Response:
        template = self._template(request["prefix"])
        del self._templates[request["prefix"]]
        return {"registryId": get_account_id(), "repositoryCreationTemplate": template}

    def _template(self, prefix: str) -> dict[str, Any]:
        if prefix not in self._templates:
            raise ApiError(
                "TemplateNotFoundException",
                f"The repository creation template with the prefix '{prefix}' does not exist",
            )
        template: dict[str, Any] = self._templates[prefix]
        return template
