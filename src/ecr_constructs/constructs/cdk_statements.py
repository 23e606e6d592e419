"""CDK's statements and principals, in the words of the model.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from aws_cdk import aws_iam as iam

from ecr_constructs.constructs.ledger import StackLedger
from ecr_constructs.model.problem import Problem, problem_at
from ecr_constructs.model.statement import Principal, Statement
from ecr_constructs.model.statement_document import parse_statement
from ecr_constructs.model.unresolved import is_token
from ecr_constructs.model.words import shown
from ecr_constructs.service import patterns

_PARTITION: Final = {"Ref": "AWS::Partition"}
_PRINCIPALS: Final = frozenset({"Principal", "NotPrincipal"})


def cdk_statement_problems(statement: object) -> Iterator[Problem]:
    """Yield that something is none of CDK's statements."""
    if not hasattr(statement, "to_statement_json"):
        yield problem_at(
            "statement",
            f"statement must be an iam.PolicyStatement, got {shown(statement)}",
            "write iam.PolicyStatement(...), or allow(Principals...., actions=[...])",
        )


def to_document(statement: iam.PolicyStatement, ledger: StackLedger) -> dict[str, Any]:
    """Return a statement as IAM spells it, written out as far as the stack's place is known."""
    document: dict[str, Any] = _spell_out(statement.to_statement_json(), ledger)
    return document


def named_by_policy(
    grantee: iam.IGrantable, actions: Iterable[str], ledger: StackLedger
) -> Statement | None:
    """Return the statement for a principal that only a resource policy can name.

    None for identities, which have policies of their own, and for what CDK
    wraps in conditions: those go through CDK's own grants, at a multiple of the cost.
    """
    # Which class it is is known on this side of the border: asking costs nothing.
    if isinstance(grantee, iam.AccountPrincipal):
        is_own = isinstance(grantee, iam.AccountRootPrincipal)
        account = ledger.place.account if is_own else str(grantee.account_id)
        if is_token(account) or patterns.ACCOUNT_ID.fullmatch(account):
            account = f"arn:{ledger.place.partition}:iam::{account}:root"
        return Statement(principals=(Principal("AWS", account),), actions=tuple(sorted(actions)))
    if isinstance(grantee, iam.OrganizationPrincipal | iam.ServicePrincipal):
        fragment = grantee.policy_fragment
        document = {
            "Effect": "Allow",
            "Principal": _spell_out(fragment.principal_json, ledger, is_principal=True),
            "Condition": _spell_out(fragment.conditions, ledger),
            "Action": sorted(actions),
        }
        return parse_statement(document, "statement")[0]
    return None


def _spell_out(value: Any, ledger: StackLedger, *, is_principal: bool = False) -> Any:
    """Write out what CDK leaves open though it is known: partitions, names of services.

    Elsewhere than in principals a token that resolves to a string stays one: it
    may be lazy, and come to another string later.
    """
    if isinstance(value, dict):
        return {
            key: _spell_out(each, ledger, is_principal=is_principal or key in _PRINCIPALS)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_spell_out(each, ledger, is_principal=is_principal) for each in value]
    if not is_token(value):
        return value
    resolved = ledger.stack.resolve(value)
    if isinstance(resolved, str):
        return resolved if is_principal else value
    if isinstance(resolved, dict) and not is_token(ledger.place.partition):
        separator, parts = resolved.get("Fn::Join", ("", [None]))
        known = [ledger.place.partition if part == _PARTITION else part for part in parts]
        if all(isinstance(part, str) for part in known):
            return separator.join(known)
    return value
