"""The source that CDK leaves out where it lets a service pull.

Layer: constructs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ecr_constructs.model.place import Place
from ecr_constructs.model.statement import Condition, Principal, Statement
from ecr_constructs.model.unresolved import is_token

LAMBDA: Final = Principal("Service", "lambda.amazonaws.com")
#: Services whose bare statements CDK itself writes; they get the source that they lack.
COMPLETED: Final = frozenset({LAMBDA, Principal("Service", "codebuild.amazonaws.com")})


def completed(statement: Statement, *, account: str, place: Place) -> tuple[Statement, ...]:
    """Return the statements that a bare one of a service comes to.

    A function of another account than the repository's takes a second one for its
    account, which creates the function.
    https://docs.aws.amazon.com/lambda/latest/dg/images-create.html

    Args:
        statement: Names ``COMPLETED`` alone, without a source.
        account: The account that the service acts for; may be a token.
        place: Where the repository lies.
    """
    source = Condition("StringEquals", "aws:SourceAccount", (account,))
    bound = replace(statement, conditions=(*statement.conditions, source))
    known = not is_token(account) and not is_token(place.account)
    if LAMBDA not in statement.principals or not known or account == place.account:
        return (bound,)
    root = Principal("AWS", f"arn:{place.partition}:iam::{account}:root")
    return (bound, replace(statement, sid=None, principals=(root,)))
