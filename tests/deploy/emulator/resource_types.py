"""The seven registry-level resource types: how each is made, changed, read and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ministack.core.responses import get_account_id
from tests.deploy.emulator.operations import Operations
from tests.deploy.emulator.property_codecs import policy_like, policy_text, to_api, to_properties

Properties = Mapping[str, Any]


class ResourceType(Protocol):
    """What a provisioner needs to know of a type."""

    def create(self, properties: Properties, generated_name: str) -> str:
        """Make the resource and return its identifier, which is its ``Ref``."""
        ...

    def update(self, identifier: str, old: Properties, new: Properties) -> None:
        """Change the resource in place."""
        ...

    def delete(self, identifier: str, properties: Properties) -> None:
        """Remove the resource."""
        ...

    def read(self, identifier: str, expected: Properties) -> Properties | None:
        """Return the resource's properties as it is, or nothing where it is gone."""
        ...

    def attributes(self, identifier: str) -> dict[str, str]:
        """Return what ``Fn::GetAtt`` gives."""
        ...


class AlreadyExistsError(Exception):
    """The resource is there and belongs to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Singleton:
    """A setting that a registry has once.

    Attributes:
        operations: The API.
        put: The operation that writes the setting.
        request: The properties as that operation's request.
        current: The setting's properties, or nothing where there is none.
        clear: The operation that takes the setting away, and its request.
        unset: What ``current`` gives for a setting that was never written.
    """

    operations: Operations
    put: str
    request: Callable[[Properties], dict[str, Any]]
    current: Callable[[Operations, Properties], Properties | None]
    clear: tuple[str, Mapping[str, Any]]
    unset: Properties | None = None

    def create(self, properties: Properties, generated_name: str) -> str:
        """Write the setting where there is none yet."""
        del generated_name
        if self.current(self.operations, properties) != self.unset:
            raise AlreadyExistsError(get_account_id())
        self.operations.call(self.put, self.request(properties))
        identifier: str = get_account_id()
        return identifier

    def update(self, identifier: str, old: Properties, new: Properties) -> None:
        """Write the setting anew."""
        del identifier, old
        self.operations.call(self.put, self.request(new))

    def delete(self, identifier: str, properties: Properties) -> None:
        """Take the setting away."""
        del identifier, properties
        name, request = self.clear
        self.operations.call(name, request)

    def read(self, identifier: str, expected: Properties) -> Properties | None:
        """Return the setting."""
        del identifier
        return self.current(self.operations, expected)

    def attributes(self, identifier: str) -> dict[str, str]:
        """Return the registry's id."""
        return {"RegistryId": identifier}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of several in a registry, with a key of its own.

    Attributes:
        operations: The API.
        noun: What follows the verb in the names of its operations.
        key: The property that is its identifier.
        listed: The operation that reads, and its member that holds the entries.
        verbs: How the operations that make and remove one begin.
        cleared: What stands for a property that a template no longer has.
        shown: The attributes, and the member that each comes from.
    """

    operations: Operations
    noun: str
    key: str
    listed: tuple[str, str]
    verbs: tuple[str, str] = ("Create", "Delete")
    cleared: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    def create(self, properties: Properties, generated_name: str) -> str:
        """Make the entry."""
        del generated_name
        self.operations.call(f"{self.verbs[0]}{self.noun}", to_api(properties))
        key: str = properties[self.key]
        return key

    def update(self, identifier: str, old: Properties, new: Properties) -> None:
        """Change the entry, clearing what the template no longer has."""
        del identifier
        gone = {
            name: self.cleared[name] for name in (old.keys() - new.keys()) & self.cleared.keys()
        }
        self.operations.call(f"Update{self.noun}", to_api({**gone, **new}))

    def delete(self, identifier: str, properties: Properties) -> None:
        """Remove the entry."""
        del properties
        self.operations.call(f"{self.verbs[1]}{self.noun}", to_api({self.key: identifier}))

    def read(self, identifier: str, expected: Properties) -> Properties | None:
        """Return the entry."""
        del expected
        entry = self._entry(identifier)
        return None if entry is None else to_properties(entry)

    def attributes(self, identifier: str) -> dict[str, str]:
        """Return the attributes."""
        entry = self._entry(identifier) or {}
        return {name: str(entry[member]) for name, member in self.shown.items()}

    def _entry(self, identifier: str) -> Mapping[str, Any] | None:
        operation, member = self.listed
        entries = self.operations.call(operation, {"maxResults": 1000})[member]
        for entry in entries:
            # Exclusions are listed as bare principals.
            known = entry if isinstance(entry, Mapping) else to_api({self.key: entry})
            if known[to_api_name(self.key)] == identifier:
                return known
        return None


def to_api_name(name: str) -> str:
    """Return the API's name of a property."""
    (member,) = to_api({name: None})
    return str(member)


def registry_types(operations: Operations) -> dict[str, ResourceType]:
    """Return the seven types by name."""
    return {
        "AWS::ECR::RegistryPolicy": Singleton(
            operations=operations,
            put="PutRegistryPolicy",
            request=lambda new: {"policyText": policy_text(new["PolicyText"])},
            current=_policy,
            clear=("DeleteRegistryPolicy", {}),
        ),
        "AWS::ECR::RegistryScanningConfiguration": Singleton(
            operations=operations,
            put="PutRegistryScanningConfiguration",
            request=to_api,
            current=_scanning,
            clear=("PutRegistryScanningConfiguration", {"scanType": "BASIC", "rules": []}),
            unset={"ScanType": "BASIC", "Rules": []},
        ),
        "AWS::ECR::ReplicationConfiguration": Singleton(
            operations=operations,
            put="PutReplicationConfiguration",
            request=to_api,
            current=_replication,
            clear=("PutReplicationConfiguration", {"replicationConfiguration": {"rules": []}}),
        ),
        "AWS::ECR::SigningConfiguration": Singleton(
            operations=operations,
            put="PutSigningConfiguration",
            request=lambda new: {"signingConfiguration": to_api(new)},
            current=_signing,
            clear=("DeleteSigningConfiguration", {}),
        ),
        "AWS::ECR::PullThroughCacheRule": Entry(
            operations=operations,
            noun="PullThroughCacheRule",
            key="EcrRepositoryPrefix",
            listed=("DescribePullThroughCacheRules", "pullThroughCacheRules"),
        ),
        "AWS::ECR::PullTimeUpdateExclusion": Entry(
            operations=operations,
            noun="PullTimeUpdateExclusion",
            key="PrincipalArn",
            listed=("ListPullTimeUpdateExclusions", "pullTimeUpdateExclusions"),
            verbs=("Register", "Deregister"),
        ),
        "AWS::ECR::RepositoryCreationTemplate": Entry(
            operations=operations,
            noun="RepositoryCreationTemplate",
            key="Prefix",
            listed=("DescribeRepositoryCreationTemplates", "repositoryCreationTemplates"),
            cleared={
                "CustomRoleArn": "",
                "Description": "",
                "EncryptionConfiguration": {"EncryptionType": "AES256"},
                "ImageTagMutability": "MUTABLE",
                "LifecyclePolicy": "",
                "RepositoryPolicy": "",
                "ResourceTags": [],
            },
            shown={"CreatedAt": "createdAt", "UpdatedAt": "updatedAt"},
        ),
    }


def _policy(operations: Operations, expected: Properties) -> Properties | None:
    answer = operations.find("GetRegistryPolicy", {})
    if answer is None:
        return None
    return {"PolicyText": policy_like(expected.get("PolicyText"), answer["policyText"])}


def _scanning(operations: Operations, _: Properties) -> Properties | None:
    answer = operations.call("GetRegistryScanningConfiguration", {})
    properties: Properties = to_properties(answer["scanningConfiguration"])
    return properties


def _replication(operations: Operations, _: Properties) -> Properties | None:
    answer = operations.call("DescribeRegistry", {})["replicationConfiguration"]
    if not answer["rules"]:
        return None
    return {"ReplicationConfiguration": to_properties(answer)}


def _signing(operations: Operations, _: Properties) -> Properties | None:
    answer = operations.find("GetSigningConfiguration", {})
    return None if answer is None else to_properties(answer["signingConfiguration"])
