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
from typing import Any, Final

from ecr_constructs.errors import PolicyDocumentError
from ecr_constructs.model.problem import Problem, Severity, refuse
from ecr_constructs.model.statement import SortKey, Statement, parse_statement
from ecr_constructs.model.unresolved import Text, Unresolved, is_known
from ecr_constructs.service import actions, limits

VERSION: Final = "2012-10-17"
_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")
_SERVICE_SOURCES: Final = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID")


@dataclass(frozen=True, slots=True)
class Policy:
    """A resource policy of a repository.

    Attributes:
        statements: The statements; their order means nothing to IAM.
    """

    statements: tuple[Statement, ...] = field(default=())

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
        one; statements, and lists in them, stand in the order of ``key``.
        """
        folded: dict[Statement, Statement] = {}
        for given in self.statements:
            statement = given.normalise(partition=partition, key=key)
            frame = replace(statement, principals=())
            foldable = statement.sid is None and statement.principals
            known = folded.get(frame) if foldable else None
            if known is None:
                folded[frame if foldable else statement] = statement
            else:
                merged = replace(known, principals=known.principals + statement.principals)
                folded[frame] = merged.normalise(partition=partition, key=key)
        return Policy(tuple(sorted(folded.values(), key=lambda s: _statement_key(s, key))))

    def problems(self) -> list[Problem]:
        """Return what ECR refuses in a repository policy, and what it takes and should not.

        * every action exists and acts on a repository; ``ecr:GetAuthorizationToken``
          belongs in an identity policy;
        * no ``Resource``: the service is on record refusing it, and leaving it
          out always works;
        * a principal in every statement, whole ARNs in it, ids unique;
        * at most 10,240 characters.

        A service principal without ``aws:SourceArn`` or ``aws:SourceAccount``
        (a confused deputy) is a warning.
        """
        problems: list[Problem] = []
        for index, statement in enumerate(self.statements):
            problems += (p.below(f"Statement[{index}]") for p in statement_problems(statement))
        return problems + self.whole_problems()

    def whole_problems(self) -> list[Problem]:
        """Return what can only be told of the whole policy: ids that clash, too many characters."""
        sids = Counter(s.sid for s in self.statements if isinstance(s.sid, str))
        problems = [
            Problem(
                id="policy-sid",
                path="Statement",
                message=f"a Sid must be unique within the policy, got {sid!r} {count} times",
                fix="give each statement a Sid of its own, or none",
            )
            for sid, count in sids.items()
            if count > 1
        ]
        return problems + self._size_problems()

    def to_document(self) -> dict[str, Any]:
        """Return the policy as IAM spells it."""
        return {"Version": VERSION, "Statement": [s.to_document() for s in self.statements]}

    def to_json(self) -> str:
        """Return the policy as compact JSON text."""
        return json.dumps(self.to_document(), separators=(",", ":"), default=str)

    to_cfn = to_document

    def _size_problems(self) -> list[Problem]:
        # Tokens have no length yet: what is left without them is the least it can be.
        size = len(_TOKEN.sub("", self.to_json()))
        if size <= limits.POLICY_TEXT_MAX:
            return []
        accounts = {p.account for s in self.statements for p in s.principals} - {None}
        return [
            Problem(
                id="policy-size",
                message=f"a repository policy must be at most {limits.POLICY_TEXT_MAX:,}"
                f" characters, got {size:,} ({len(accounts)} accounts in"
                f" {len(self.statements)} statements)",
                fix="fold the accounts into one condition: allow_pull(Principals.organization())"
                " or Principals.organizational_unit('o-.../r-.../ou-...')",
            )
        ]


def parse_policy(document: object) -> tuple[Policy, list[Problem]]:
    """Read what can be read of a policy document, and say what is wrong with the rest."""
    if not isinstance(document, Mapping) or "Statement" not in document:
        return Policy(), [
            Problem(
                id="policy-grammar",
                message=f"a policy must be an object with 'Statement', got {_shorten(document)!r}",
                fix="write {'Version': '2012-10-17', 'Statement': [...]}",
            )
        ]
    entries = document["Statement"]
    statements: list[Statement] = []
    problems: list[Problem] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        statement, wrong = parse_statement(entry, f"Statement[{index}]")
        problems += wrong
        if statement is not None:
            statements.append(statement)
    return Policy(tuple(statements)), problems


def statement_problems(statement: Statement) -> Iterable[Problem]:
    """Yield what is wrong with one statement; see :meth:`Policy.problems`."""
    yield from _action_problems(statement)
    yield from _principal_problems(statement)
    if statement.resources or statement.not_resources:
        named = [str(value) for value in statement.resources or statement.not_resources]
        yield Problem(
            id="policy-resource",
            path="Resource",
            message=f"a repository policy must have no Resource, got {named!r}",
            fix="leave it out: the policy acts on its own repository",
        )


def _action_problems(statement: Statement) -> Iterable[Problem]:
    for name in statement.actions + statement.not_actions:
        if not isinstance(name, str) or not is_known(name) or actions.expand(name):
            continue
        if name in actions.REGISTRY:
            message = f"an action must act on a repository, got {name!r}, which acts on the account"
            fix = "allow it in the principal's identity policy instead"
        else:
            message = f"an action must be one that Amazon ECR has, got {name!r}"
            close = actions.nearest(name)
            fix = f"did you mean {close!r}" if close else "write 'ecr:...' as IAM spells it"
        yield Problem(id="policy-action", path="Action", message=message, fix=fix)
    if not statement.actions and not statement.not_actions:
        yield Problem(
            id="policy-action",
            path="Action",
            message="a statement must name actions, got none",
            fix="write 'Action': ['ecr:...']",
        )


def _principal_problems(statement: Statement) -> Iterable[Problem]:
    if not statement.principals and not statement.not_principals:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message="a statement of a repository policy must have a Principal, got none",
            fix="name who it is about",
        )
    for principal in statement.principals + statement.not_principals:
        value = principal.value
        if principal.type == "AWS" and isinstance(value, str) and is_known(value):
            yield from _arn_problems(value)
        if (
            principal.type == "Service"
            and statement.effect == "Allow"
            and not statement.has_condition(*_SERVICE_SOURCES)
        ):
            yield Problem(
                id="policy-confused-deputy",
                path="Condition",
                severity=Severity.WARNING,
                message=f"a service principal must be bound to its source, got {str(value)!r}"
                " without aws:SourceArn or aws:SourceAccount",
                fix=f"use Principals.service({str(value)!r}, source_account=...)",
            )


def _arn_problems(value: str) -> Iterable[Problem]:
    if value == "*" or re.fullmatch(r"[0-9]{12}", value):
        return
    # Deleted users and roles show as the unique id they had, such as AROA...
    if re.fullmatch(r"A[A-Z0-9]{15,127}", value):
        return
    if "*" in value or "?" in value:
        yield Problem(
            id="policy-principal",
            path="Principal",
            message=f"an AWS principal must be a whole ARN without wildcards, got {value!r}",
            fix="name the account and add a condition ArnLike aws:PrincipalArn",
        )
    elif not re.fullmatch(
        r"arn:(aws[a-z-]*):(iam|sts)::([0-9]{12}):(root|(user|role|assumed-role|federated-user)/.+)",
        value,
    ):
        yield Problem(
            id="policy-principal",
            path="Principal",
            message="an AWS principal must be '*', a 12-digit account id or the ARN of an account's"
            f" root, a user, a role or a session, got {value!r}",
            fix="write for example 'arn:aws:iam::111122223333:role/Deploy'",
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
