"""Give ministack's CloudFormation our resource types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ministack.services.cloudformation import drift, provisioners
from tests.deploy.emulator.resource_types import AlreadyExistsError, Properties, ResourceType
from tests.deploy.emulator.schemas import Schema
from tests.deploy.emulator.service_model import ApiError

#: How CloudFormation names what an API refused.
_HANDLER_CODES: Final[Mapping[str, str]] = {
    "AlreadyExistsException": "AlreadyExists",
    "NotFoundException": "NotFound",
    "LimitExceededException": "ServiceLimitExceeded",
    "NotEmptyException": "GeneralServiceException",
}

Provisioned = tuple[str, dict[str, str]]


class ProvisioningError(ValueError):
    """A resource that cannot be made, changed or removed: the reason of a stack event."""


def register(name: str, resource: ResourceType, schema: Schema) -> None:
    """Let CloudFormation make, change, replace, remove and compare resources of a type."""
    provisioner = _Provisioner(name, resource, schema)
    provisioners._RESOURCE_HANDLERS[name] = {
        "create": provisioner.create,
        "update": provisioner.update,
        "delete": provisioner.delete,
        "import": provisioner.adopt,
    }
    provisioners._REPLACING_PROPERTIES[name] = schema.create_only
    drift._DRIFT_READERS[name] = (resource.read, schema.readable)


class _Provisioner:
    """A resource type in the signatures that ministack calls."""

    def __init__(self, name: str, resource: ResourceType, schema: Schema) -> None:
        self._name: Final = name
        self._resource: Final = resource
        self._schema: Final = schema

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        self._check(logical_id, properties)
        generated = provisioners._physical_name(stack_name, logical_id, lowercase=True, max_len=256)
        identifier = self._carry_out(lambda: self._resource.create(properties, generated))
        return identifier, self._resource.attributes(identifier)

    def adopt(self, identifiers: Mapping[str, str]) -> Provisioned:
        """Take a resource that is there into a stack."""
        (identifier,) = identifiers.values()
        if self._resource.read(identifier, {}) is None:
            raise ProvisioningError(
                f"Resource of type '{self._name}' with identifier '{identifier}' was not found. "
                "(HandlerErrorCode: NotFound)"
            )
        return identifier, self._resource.attributes(identifier)

    def update(
        self, identifier: str, old: Properties, new: Properties, stack_name: str
    ) -> Provisioned:
        del stack_name
        self._check(identifier, new)
        try:
            self._carry_out(lambda: self._resource.update(identifier, old, new))
        except ProvisioningError:
            # ministack's rollback leaves alone the resource that failed; AWS sends it back too.
            self._carry_out(lambda: self._resource.update(identifier, new, old))
            raise
        return identifier, self._resource.attributes(identifier)

    def delete(self, identifier: str, properties: Properties) -> None:
        try:
            self._resource.delete(identifier, properties)
        except ApiError as error:
            # What is gone already needs no removal.
            if not error.code.endswith("NotFoundException"):
                raise self._failed(error) from error

    def _check(self, resource: str, properties: Properties) -> None:
        problems = self._schema.problems(properties)
        if problems:
            raise ProvisioningError(
                f"Properties validation failed for resource {resource} with message: "
                f"[{'; '.join(problems)}]"
            )

    def _carry_out(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except AlreadyExistsError as error:
            raise ProvisioningError(
                f"Resource of type '{self._name}' with identifier '{error}' already exists. "
                "(HandlerErrorCode: AlreadyExists)"
            ) from error
        except ApiError as error:
            raise self._failed(error) from error

    def _failed(self, error: ApiError) -> ProvisioningError:
        code = next(
            (name for end, name in _HANDLER_CODES.items() if error.code.endswith(end)),
            "InvalidRequest",
        )
        return ProvisioningError(
            f'Resource handler returned message: "{error.message} (Service: Ecr, '
            f'Error: {error.code})" (HandlerErrorCode: {code})'
        )
