"""Reading IAM roles and users from templates, and attaching the policies to them.

Layer: model; imports ``errors`` and ``service`` only.

Source: the schemas of ``AWS::IAM::*`` in the CloudFormation registry.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ecr_constructs.model.codec import Fields
from ecr_constructs.model.identity import Identity, IdentityKind, IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Problem
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, Unresolved, join


@dataclass(frozen=True, slots=True, kw_only=True)
class IamResource:
    """A resource ``AWS::IAM::*`` of a template, its intrinsics resolved as far as they go.

    Attributes:
        type: Such as ``AWS::IAM::Role``; other types are passed over.
        properties: Its ``Properties``.
        ref: What ``Ref`` on it gives in the same template: the name of a role,
            user or group, the ARN of a managed policy.
        arn: What ``Fn::GetAtt`` of ``Arn`` gives; None where there is no such
            attribute.
        account: The account of its stack.
        partition: The partition of its stack.
        origin: Where it stands.
    """

    type: str
    properties: object
    ref: Text
    arn: Text | None = None
    account: Text
    partition: Text
    origin: Origin


_GROUP: Final = "group"
#: What policies are attached to, by type: the word in its ARN and the property of its name.
_HOLDERS: Final = {
    "AWS::IAM::Role": (str(IdentityKind.ROLE), "RoleName"),
    "AWS::IAM::User": (str(IdentityKind.USER), "UserName"),
    "AWS::IAM::Group": (_GROUP, "GroupName"),
}
_MANAGED: Final = "AWS::IAM::ManagedPolicy"
_LISTS: Final = {
    "Roles": str(IdentityKind.ROLE),
    "Users": str(IdentityKind.USER),
    "Groups": _GROUP,
}
#: What attaches a policy, by type: the properties that name the holders, and the holders' kind.
_ATTACHING: Final = {
    "AWS::IAM::Policy": _LISTS,
    _MANAGED: _LISTS,
    "AWS::IAM::RolePolicy": {"RoleName": str(IdentityKind.ROLE)},
    "AWS::IAM::UserPolicy": {"UserName": str(IdentityKind.USER)},
    "AWS::IAM::GroupPolicy": {"GroupName": _GROUP},
}
_MEMBERSHIP: Final = "AWS::IAM::UserToGroupAddition"
#: The types that :func:`identities_from_cfn` reads.
IAM_TYPES: Final = frozenset({*_HOLDERS, *_ATTACHING, _MEMBERSHIP})


def identities_from_cfn(
    resources: Iterable[IamResource],
) -> tuple[tuple[Identity, ...], tuple[tuple[Origin, Problem], ...]]:
    """Read the roles and users of an assembly, and attach the policies to them.

    A role or user that policies are attached to by name and that no resource
    defines comes out as ``partial``.

    Args:
        resources: Those of :data:`IAM_TYPES`, of all templates.

    Returns:
        The identities, those defined here first and each in the order given,
        and what is malformed, with where: such a value is left unknown.
    """
    assembly = _Assembly([_Read(r) for r in resources if r.type in IAM_TYPES])
    identities = tuple(assembly.identities())
    problems = [
        (read.resource.origin, problem)
        for read in assembly.reads
        for problem in read.fields.problems
    ]
    return identities, tuple(problems)


class _Read:
    """A resource with its properties read."""

    def __init__(self, resource: IamResource) -> None:
        self.resource = resource
        self.fields = Fields(resource.properties)
        kind, name_property = _HOLDERS.get(resource.type, ("policy", "ManagedPolicyName"))
        given = self.fields.text(name_property)
        self.name = resource.ref if given is None else given
        self.arn = resource.ref
        if resource.type in _HOLDERS or given is not None:
            at, path = resource, self.fields.text("Path") or "/"
            self.arn = _concat(
                "arn:", at.partition, ":iam::", at.account, f":{kind}", path, self.name
            )

    @property
    def kind(self) -> str:
        """What other resources mean by its name: a role, a user, a group or a policy."""
        return _HOLDERS.get(self.resource.type, ("policy", ""))[0]

    @property
    def names(self) -> set[Text]:
        """All that stands for it in other resources."""
        return {self.resource.ref, self.name, self.arn, self.resource.arn or self.arn}

    def texts(self, property_: str) -> list[Text]:
        """Return a list of strings; a single string is a list of one."""
        properties = self.resource.properties
        value = properties.get(property_) if isinstance(properties, Mapping) else None
        if value is None:
            return []
        entries = value if isinstance(value, list) else [value]
        for index, entry in enumerate(entries):
            if not isinstance(entry, str | Unresolved):
                self.fields.problems.append(
                    Problem(
                        id="malformed-property",
                        path=f"Properties.{property_}[{index}]",
                        message=f"Properties.{property_}[{index}] must be a string, got {entry!r}",
                        fix="write a string",
                    )
                )
        return [entry for entry in entries if isinstance(entry, str | Unresolved)]

    @functools.cached_property
    def policy(self) -> IdentityPolicy:
        """Return the policy that this resource is."""
        name = self.fields.text("ManagedPolicyName") or self.fields.text("PolicyName")
        document = self.fields.document("PolicyDocument", Policy.from_document)
        return IdentityPolicy(
            name=name or self.resource.ref,
            document=Policy() if document is None else document,
            origin=self.resource.origin,
        )

    def inline_policies(self) -> Iterator[IdentityPolicy]:
        """Yield the policies that stand in a role, user or group itself."""
        for each in self.fields.each("Policies"):
            document = each.document("PolicyDocument", Policy.from_document)
            yield IdentityPolicy(
                name=each.text("PolicyName") or "",
                document=Policy() if document is None else document,
                origin=self.resource.origin,
            )


@dataclass
class _Holder:
    """A role, user or group while policies are attached to it."""

    read: _Read
    partial: bool = False
    policies: list[IdentityPolicy] = field(default_factory=list)
    groups: list[_Holder] = field(default_factory=list)

    def all_policies(self) -> Iterator[IdentityPolicy]:
        yield from self.policies
        for group in self.groups:
            yield from (replace(policy, group=group.read.name) for policy in group.policies)


class _Assembly:
    """All that was read, while it is put together."""

    def __init__(self, reads: list[_Read]) -> None:
        self.reads = [*reads]
        self._index: dict[tuple[str, str, Text, Text], _Read] = {}
        self._holders: dict[int, _Holder] = {}
        for read in reads:
            if read.resource.type in _HOLDERS or read.resource.type == _MANAGED:
                self._add(read)
        for holder in list(self._holders.values()):
            self._fill(holder)
        for read in reads:
            self._attach(read)

    def identities(self) -> Iterator[Identity]:
        """Yield the roles and users."""
        for holder in self._holders.values():
            if holder.read.kind == _GROUP:
                continue
            read, fields = holder.read, holder.read.fields
            alias, boundary = read.resource.arn, fields.text("PermissionsBoundary")
            yield Identity(
                arn=read.arn,
                kind=IdentityKind(read.kind),
                account=read.resource.account,
                name=read.name,
                aliases=() if alias is None or alias == read.arn else (alias,),
                tags=tuple(
                    (each.text("Key") or "", each.text("Value") or "")
                    for each in fields.each("Tags")
                ),
                policies=tuple(holder.all_policies()),
                permissions_boundary=None
                if boundary is None
                else self._managed_policy(boundary, read),
                trust=fields.document("AssumeRolePolicyDocument", Policy.from_document),
                partial=holder.partial,
                origin=None if holder.partial else read.resource.origin,
            )

    def _add(self, read: _Read, *, partial: bool = False) -> _Holder | None:
        # A name that is not resolved means something in its own template only; the first wins.
        at = read.resource
        for name in read.names:
            self._index.setdefault((read.kind, "template", at.origin.template, name), read)
            if isinstance(name, str):
                self._index.setdefault((read.kind, "account", at.account, name), read)
        if at.type not in _HOLDERS:
            return None
        return self._holders.setdefault(id(read), _Holder(read, partial))

    def _fill(self, holder: _Holder) -> None:
        read = holder.read
        holder.policies += read.inline_policies()
        holder.policies += (
            self._managed_policy(arn, read) for arn in read.texts("ManagedPolicyArns")
        )
        if read.kind == IdentityKind.USER:
            holder.groups += (self._holder(_GROUP, name, read) for name in read.texts("Groups"))

    def _attach(self, read: _Read) -> None:
        for property_, kind in _ATTACHING.get(read.resource.type, {}).items():
            for name in read.texts(property_):
                self._holder(kind, name, read).policies.append(read.policy)
        if read.resource.type == _MEMBERSHIP:
            groups = [self._holder(_GROUP, name, read) for name in read.texts("GroupName")]
            for name in read.texts("Users"):
                self._holder(IdentityKind.USER, name, read).groups += groups

    def _managed_policy(self, arn: Text, by: _Read) -> IdentityPolicy:
        found = self._find("policy", arn, by)
        return IdentityPolicy(name=arn, document=None) if found is None else found.policy

    def _holder(self, kind: str, name: Text, by: _Read) -> _Holder:
        found = self._find(kind, name, by)
        if found is not None:
            return self._holders[id(found)]
        type_ = next(type_ for type_, (word, _) in _HOLDERS.items() if word == kind)
        stranger = _Read(replace(by.resource, type=type_, properties={}, ref=name, arn=None))
        self.reads.append(stranger)
        holder = self._add(stranger, partial=True)
        assert holder is not None
        return holder

    def _find(self, kind: str, name: Text, by: _Read) -> _Read | None:
        """Return what ``by`` means by ``name``: in its own template first, then in its account."""
        at = by.resource
        found = self._index.get((kind, "template", at.origin.template, name))
        return found or self._index.get((kind, "account", at.account, name))


def _concat(*texts: Text) -> Text:
    parts = [part for text in texts for part in ([text] if isinstance(text, str) else text.parts)]
    return join(parts)
