"""A resource policy: its statements, what ECR refuses in it, and its one canonical text.

Layer: model; imports ``errors`` and ``service`` only.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html,
the API's ``RepositoryPolicyText``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from ecr_constructs.errors import PolicyDocumentError
from ecr_constructs.model import policy_size
from ecr_constructs.model.codec import Fields
from ecr_constructs.model.json_shape import is_object
from ecr_constructs.model.policy_kind import PolicyKind, PolicyRules
from ecr_constructs.model.problem import Malformed, Problem, refuse
from ecr_constructs.model.statement import SortKey, Statement
from ecr_constructs.model.statement_document import parse_statement
from ecr_constructs.model.statement_problems import statement_problems
from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.words import shown

__all__ = [
    "OLD_VERSION",
    "VERSION",
    "Policy",
    "PolicyKind",
    "parse_policy",
    "registry_policy_from_cfn",
    "statement_problems",
]

VERSION: Final = "2012-10-17"
#: The version of a policy that names none; it has no policy variables.
OLD_VERSION: Final = "2008-10-17"
_MEMBERS: Final = frozenset({"Version", "Id", "Statement"})
_encode: Final = json.JSONEncoder(separators=(",", ":"), default=str).encode
_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")


@dataclass(frozen=True, slots=True)
class Policy:
    """A resource policy of a repository or of a whole registry.

    Attributes:
        statements: The statements; their order means nothing to IAM.
        version: ``2012-10-17``, or ``2008-10-17``, in which ``${aws:...}`` is
            text and no variable.
    """

    statements: tuple[Statement, ...] = field(default=())
    version: str = VERSION

    @classmethod
    def of(cls, *statements: Statement) -> Policy:
        """Return a policy of these statements."""
        return cls(statements)

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Read a policy from JSON text.

        Raises:
            PolicyDocumentError: If the text is no JSON or no policy.
        """
        if not isinstance(cast("object", text), str):
            raise PolicyDocumentError(
                f"a policy must be a text, got {shown(text)}; write from_document(...) for what is"
                " parsed"
            )
        try:
            document = json.loads(text)
        except ValueError as error:
            raise PolicyDocumentError(
                f"a policy must be JSON, got {_shorten(text)!r} ({error}); write an object with"
                " a list 'Statement'"
            ) from error
        return cls.from_document(document)

    @classmethod
    def from_document(cls, document: object) -> Policy:
        """Read a policy from parsed JSON, in which strings may be :class:`Unresolved`.

        Raises:
            PolicyDocumentError: If the document is no policy, with all that is wrong.
        """
        policy, problems = parse_policy(document)
        refuse(problems, error=PolicyDocumentError)
        return policy

    def normalise(self, *, partition: str = "aws", key: SortKey = str) -> Policy:
        """Return the policy in the one form of its meaning.

        Statements without a ``sid`` that differ in their principals alone are
        one; statements, and lists in them, stand in the order of ``key``. The
        old version stays only where it makes a difference.
        """
        folded: dict[tuple[bool, Statement], Statement] = {}
        for given in self.statements:
            statement = given.normalise(partition=partition, key=key)
            foldable = statement.sid is None and bool(statement.principals)
            frame = (foldable, replace(statement, principals=()) if foldable else statement)
            known = folded.get(frame)
            if known is None:
                folded[frame] = statement
            elif foldable:
                merged = replace(known, principals=known.principals + statement.principals)
                folded[frame] = merged.normalise(partition=partition, key=key)
        return Policy(
            tuple(sorted(folded.values(), key=lambda s: _statement_key(s, key))),
            self.version if any(s.has_variables for s in folded.values()) else VERSION,
        )

    def problems(
        self,
        kind: PolicyKind = PolicyKind.REPOSITORY,
        *,
        account: Text | None = None,
        region: Text | None = None,
    ) -> list[Problem]:
        """Return what ECR refuses in a policy of this kind, and what it takes and should not.

        * every action exists and acts on a repository; ``ecr:GetAuthorizationToken``
          belongs in an identity policy, or in that of a registry, where every
          action may stand;
        * no ``Resource`` in the policy of a repository: the service is on record
          refusing it, and leaving it out always works; in that of a registry one
          that names repositories of that registry;
        * a principal in every statement, whole ARNs in it, ids unique;
        * no condition key twice under one operator, as JSON cannot hold it;
        * at most 10,240 characters.

        A service principal without ``aws:SourceArn`` or ``aws:SourceAccount``
        (a confused deputy) is a warning.

        Args:
            kind: What the policy is attached to. Default: a private repository.
            account: The account of a registry policy. Default: not known.
            region: The Region of a registry policy. Default: not known.
        """
        problems: list[Problem] = []
        for index, statement in enumerate(self.statements):
            found = statement_problems(statement, kind, account=account, region=region)
            problems += [problem.below(f"Statement[{index}]") for problem in found]
        return problems + self.whole_problems(kind)

    def whole_problems(self, kind: PolicyKind = PolicyKind.REPOSITORY) -> list[Problem]:
        """Return what can only be told of the whole policy: ids that clash, too many characters."""
        sids = [s.sid for s in self.statements if isinstance(s.sid, str)]
        repeated = Counter(sids) if len(set(sids)) < len(sids) else {}
        problems = [
            Problem(
                id="policy-sid",
                path="Statement",
                message=f"a Sid must be unique within the policy, got {sid!r} {count} times",
                fix="give each statement a Sid of its own, or none",
            )
            for sid, count in repeated.items()
            if count > 1
        ]
        return problems + self._size_problems(kind.rules)

    def to_document(self) -> dict[str, Any]:
        """Return the policy as IAM spells it."""
        return {"Version": self.version, "Statement": [s.to_document() for s in self.statements]}

    def to_json(self) -> str:
        """Return the policy as compact JSON text."""
        return _encode(self.to_document())

    to_cfn = to_document

    def _size_problems(self, rules: PolicyRules) -> list[Problem]:
        if policy_size.bound(self.statements) <= rules.text_max:
            return []  # without its text, which takes longer to write
        # Tokens have no length yet: what is left without them is the least it can be.
        size = len(_TOKEN.sub("", self.to_json()))
        if size <= rules.text_max:
            return []
        accounts = {p.account for s in self.statements for p in s.principals} - {None}
        return [
            Problem(
                id="policy-size",
                message=f"{rules.what} must be at most {rules.text_max:,} characters, got {size:,}"
                f" ({len(accounts)} accounts in {len(self.statements)} statements)",
                fix=rules.fold,
            )
        ]


def registry_policy_from_cfn(
    resource: Mapping[str, Any], origin: object
) -> tuple[Policy | Malformed | Unresolved, list[Problem]]:
    """Read an ``AWS::ECR::RegistryPolicy``, its intrinsics resolved as far as they go.

    Args:
        resource: The resource's ``Properties``.
        origin: Where it stands; a policy does not keep it.

    Returns:
        The policy, and what is malformed beside it.
    """
    del origin
    fields = Fields(resource.get("Properties"))
    policy = fields.document("PolicyText", Policy.from_document)
    if policy is None:
        problem = Problem(
            id="malformed-policy",
            path="Properties.PolicyText",
            message="a registry policy must have a PolicyText, got none",
            fix="write a policy, or drop the resource",
        )
        policy = Malformed("", (problem,))
    return policy, fields.problems


def parse_policy(document: object) -> tuple[Policy, list[Problem]]:
    """Read what can be read of a policy document, and say what is wrong with the rest."""
    if not is_object(document) or "Statement" not in document:
        return Policy(), [
            Problem(
                id="policy-grammar",
                message=f"a policy must be an object with 'Statement', got {_shorten(document)!r}",
                fix="write {'Version': '2012-10-17', 'Statement': [...]}",
            )
        ]
    entries = document["Statement"]
    statements: list[Statement] = []
    version = document.get("Version", OLD_VERSION)
    problems: list[Problem] = []
    if not (document.keys() <= _MEMBERS and version in (VERSION, OLD_VERSION)):
        problems += _document_problems(document, version)
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        statement, wrong = parse_statement(entry, f"Statement[{index}]")
        problems += wrong
        if statement is not None:
            statements.append(statement)
    return Policy(tuple(statements), version if isinstance(version, str) else VERSION), problems


def _document_problems(document: Mapping[str, Any], version: object) -> Iterable[Problem]:
    for name in document:
        if name not in _MEMBERS:
            yield Problem(
                id="policy-grammar",
                path=str(name),
                message=f"a policy must have the members Version, Id and Statement, got {name!r}",
                fix="leave it out",
            )
    if version not in (VERSION, OLD_VERSION):
        yield Problem(
            id="policy-grammar",
            path="Version",
            message=f"Version must be {VERSION!r} or {OLD_VERSION!r}, got {str(version)!r}",
            fix=f"write {VERSION!r}",
        )


def _statement_key(statement: Statement, key: SortKey) -> tuple[Any, ...]:
    return (
        str(statement.effect),
        "" if statement.sid is None else key(statement.sid),
        [(p.type, key(p.value)) for p in statement.principals],
        [(p.type, key(p.value)) for p in statement.not_principals],
        list(map(key, statement.actions)),
        list(map(key, statement.not_actions)),
        list(map(key, statement.resources + statement.not_resources)),
        [(c.operator, c.key, list(map(key, c.values))) for c in statement.conditions],
    )


def _shorten(value: object, width: int = 60) -> Text | object:
    text = value if isinstance(value, str) else repr(value)
    if isinstance(value, Unresolved) or len(text) <= width:
        return value
    return text[: width - 3] + "..."
