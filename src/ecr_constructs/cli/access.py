"""`ecr-constructs access`: can somebody do something with a repository, and who can.

What a command needs is imported when it runs: every command starts with all of
this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ecr_constructs.cli._common import (
    AccountOption,
    AssemblyArgument,
    Format,
    FormatOption,
    RegionOption,
    print_json,
    read_text,
)
from ecr_constructs.errors import ConfigurationError

if TYPE_CHECKING:
    from ecr_constructs.model.policy import Policy

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Tell whether somebody can do something with a repository, and who can.",
)

ActionOption: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="ACTION", help="One action, such as ecr:BatchGetImage.", show_default=False
    ),
]
RepositoryOption: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="The repository's name or construct path.", show_default=False
    ),
]
ContextOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="A condition key of the request and its value; may be repeated, also for a key with"
        " several values. KEY= says that the request does not carry it.",
        show_default=False,
    ),
]


@app.command(short_help="Tell whether a principal can do something.")
def can(
    assembly: AssemblyArgument,
    *,
    principal: Annotated[
        str,
        typer.Option(
            metavar="ARN",
            help="A role, user, session or account by its ARN, a service by its name, or *.",
            show_default=False,
        ),
    ],
    action: ActionOption,
    repository: RepositoryOption,
    account: AccountOption = None,
    region: RegionOption = None,
    context: ContextOption = None,
    identity_policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A policy of the principal in JSON, beside those of the assembly; - for standard"
            " input. What `aws iam get-role-policy` prints will do.",
            show_default=False,
        ),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Tell whether a principal can do something with a repository, as IAM decides it.

    Evaluates the policies of the repository, of its registry and of the roles and users in the
    assembly. What is not known makes the answer conditional, with what is missing; the rest is
    said as an assumption. The exit status is 0 whatever the answer.

    \b
    ecr-constructs access can --principal arn:aws:iam::222222222222:role/Deploy \\
        --action ecr:BatchGetImage --repository payments/api cdk.out
    ecr-constructs access can --principal lambda.amazonaws.com --action ecr:BatchGetImage \\
        --repository payments/api --context aws:SourceAccount=111122223333 cdk.out
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.access import AccessModel
    from ecr_constructs.sources.assembly import read_assembly

    given = _context(context)
    policy = None if identity_policy is None else _policy(identity_policy)
    model = AccessModel(read_assembly(assembly, account=account, region=region))
    answer = model.can(
        principal,
        action,
        model.target(repository, account=account, region=region),
        context=given,
        identity_policy=policy,
    )
    if output is Format.JSON:
        print_json(answer.to_document())
    else:
        from ecr_constructs.cli._access_tables import print_answer

        print_answer(answer, f"{principal} {action} {repository}")


@app.command("who-can", short_help="List who can do something.")
def who_can(
    assembly: AssemblyArgument,
    *,
    action: ActionOption,
    repository: RepositoryOption,
    account: AccountOption = None,
    region: RegionOption = None,
    context: ContextOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """List who can do something with a repository, and by which statements.

    Asked for are the principals that the policies of the repository and its registry name, and the
    roles and users of the assembly.

    \b
    ecr-constructs access who-can --action ecr:PutImage --repository payments/api cdk.out
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from ecr_constructs.access import AccessModel
    from ecr_constructs.sources.assembly import read_assembly

    given = _context(context)
    model = AccessModel(read_assembly(assembly, account=account, region=region))
    target = model.target(repository, account=account, region=region)
    found = model.who_can(action, target, context=given)
    if output is Format.JSON:
        print_json({"principals": [each.to_document() for each in found]})
    else:
        from ecr_constructs.cli._access_tables import print_principals

        print_principals(found, f"{action} {repository}")


def _context(pairs: list[str] | None) -> dict[str, list[str]]:
    """Return the values by condition key; an empty value is none."""
    values: dict[str, list[str]] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigurationError(
                f"--context must be KEY=VALUE, got {pair!r}; write for example"
                " --context aws:SourceIp=203.0.113.7"
            )
        if ":" not in key:
            raise ConfigurationError(
                f"--context must name a condition key with its prefix, got {key!r}; write for"
                f" example --context aws:{key or 'PrincipalOrgID'}={value}"
            )
        known = values.setdefault(key.lower(), [])
        known += [value] * bool(value)
    return values


def _policy(path: Path) -> Policy:
    """Read a policy, also out of what the AWS CLI prints around it."""
    from ecr_constructs.errors import PolicyDocumentError
    from ecr_constructs.model.policy import Policy

    text = read_text(path, "identity policy")
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyDocumentError(
            f"an identity policy must be JSON, got what is none ({error}); write an object with a"
            " list 'Statement'",
            path=str(path),
        ) from error
    for members in (("PolicyVersion", "Document"), ("PolicyDocument",)):
        inner = document
        for member in members:
            inner = inner.get(member) if isinstance(inner, dict) else None
        document = document if inner is None else inner
    try:
        return Policy.from_document(document)
    except PolicyDocumentError as error:
        raise PolicyDocumentError(*error.sentences, path=str(path)) from error
