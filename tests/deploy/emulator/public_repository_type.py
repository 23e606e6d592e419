"""The type ``AWS::ECR::PublicRepository``: kept as CloudFormation is given it.

There is no API of Amazon ECR Public behind it: what is kept shows in a second
deploy, as drift, and as what its successor meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ministack.core.responses import AccountScopedDict, get_account_id, get_region
from tests.deploy.emulator.resource_types import AlreadyExistsError, Properties
from tests.deploy.emulator.service_model import ApiError

#: The one Region that has the type.
_REGION: Final = "us-east-1"


class PublicRepository:
    """A public repository, by its name; each account has its own."""

    def __init__(self) -> None:
        self._repositories: Final = AccountScopedDict()

    def create(self, properties: Properties, generated_name: str) -> str:
        """Keep the repository, which must not be there."""
        if get_region() != _REGION:
            raise ApiError("UnsupportedCommandException", f"not supported in {get_region()}")
        name: str = properties.get("RepositoryName", generated_name)
        if name in self._repositories:
            raise AlreadyExistsError(name)
        self._repositories[name] = {"RepositoryName": name, **properties}
        return name

    def update(self, identifier: str, old: Properties, new: Properties) -> None:
        """Keep the new properties."""
        del old
        self._repositories[identifier] = {"RepositoryName": identifier, **new}

    def delete(self, identifier: str, properties: Properties) -> None:
        """Forget the repository."""
        del properties
        self._repositories.pop(identifier, None)

    def read(self, identifier: str, expected: Properties) -> Mapping[str, Any] | None:
        """Return the repository."""
        del expected
        found: Mapping[str, Any] | None = self._repositories.get(identifier)
        return found

    def attributes(self, identifier: str) -> dict[str, str]:
        """Return the ARN."""
        return {"Arn": f"arn:aws:ecr-public::{get_account_id()}:repository/{identifier}"}
