"""IAM roles and users of an assembly, with the policies that are attached to them.

Layer: model; imports ``errors`` and ``service`` only.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.unresolved import Text, Unresolved


class IdentityKind(StrEnum):
    """What an identity is."""

    ROLE = "role"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPolicy:
    """A policy that is attached to an identity.

    Attributes:
        name: Its name, or its ARN where only that is known.
        document: What it says. None where it is defined elsewhere, as the
            managed policies of AWS are.
        group: The group that the identity has it from; None for its own.
        origin: Where it was read from; no part of its value.
    """

    name: Text
    document: Policy | Malformed | Unresolved | None
    group: Text | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An IAM role or user.

    Attributes:
        arn: ``arn:aws:iam::111122223333:role/path/name``.
        kind: A role or a user.
        account: Its account; unresolved for a stack without a concrete one.
        name: The last part of the ARN.
        aliases: What else stands for ``arn`` in the assembly, such as an
            attribute of a resource whose name is made up at deployment.
        tags: The tags that are attached to it; a session may bring others.
        policies: What is attached to it, inline, managed and by group.
        permissions_boundary: The most that ``policies`` can allow; None for none.
        trust: Who may take a role; None for a user, and where it is not said. No
            part of its value.
        partial: Whether it is defined elsewhere, and the assembly only attaches
            policies to it: it may have others, and its tags are not known.
        origin: Where it was read from; no part of its value.
    """

    arn: Text
    kind: IdentityKind
    account: Text
    name: Text
    aliases: tuple[Text, ...] = ()
    tags: tuple[tuple[Text, Text], ...] = ()
    policies: tuple[IdentityPolicy, ...] = ()
    permissions_boundary: IdentityPolicy | None = None
    trust: Policy | Malformed | Unresolved | None = field(default=None, compare=False)
    partial: bool = False
    origin: Origin | None = field(default=None, compare=False)

    def is_called(self, arn: Text) -> bool:
        """Tell whether ``arn`` is one of the texts that stand for this identity."""
        return arn == self.arn or arn in self.aliases
