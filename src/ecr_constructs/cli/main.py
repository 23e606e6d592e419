"""The entry: which commands there are, exit statuses, and errors in one sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from ecr_constructs.cli import access, check, import_map, lifecycle, review
from ecr_constructs.cli._common import Status
from ecr_constructs.errors import ConfigurationError

app = typer.Typer(
    name="ecr-constructs",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: it starts quicker and reads the same in a pipe
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(short_help="Check an assembly against the catalogue of rules.")(check.check)
app.command(short_help="Say in words what the registries of an assembly are.")(review.review)
app.command("import-map", short_help="Write the file with which `cdk import` finds a registry.")(
    import_map.import_map
)
app.add_typer(lifecycle.app, name="lifecycle")
app.add_typer(access.app, name="access")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(metadata.version("ecr-constructs"))
        raise typer.Exit


@app.callback()
def options(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Check and review what an AWS CDK app does to Amazon ECR.

    ASSEMBLY is the directory that `cdk synth` writes (cdk.out), or one
    CloudFormation template.

    \b
    cdk synth && ecr-constructs check cdk.out && ecr-constructs review cdk.out

    \b
    Exit status:
      0  nothing to say
      1  findings at or above --fail-on
      2  the input or the usage is wrong; standard error says how, in one sentence
    """  # noqa: D301 - \b keeps the lines of a paragraph apart


def run(arguments: Sequence[str]) -> int:
    """Run the command line.

    Args:
        arguments: What follows the program's name.

    Returns:
        The exit status.
    """
    try:
        result = app(list(arguments), prog_name="ecr-constructs", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "ecr-constructs"
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)
        else:
            _complain(f"{_sentence(error.format_message())}; see `{command} --help`", command)
        return Status.WRONG
    except ConfigurationError as error:
        _complain(str(error))
        return Status.WRONG
    except BrokenPipeError:
        # The reader of the pipe has gone, as with `| head`: that is no error. Python would
        # complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.CLEAR
    except (Abort, KeyboardInterrupt):
        _complain("interrupted")
        return Status.WRONG
    return result if isinstance(result, int) else Status.CLEAR


def _complain(sentence: str, command: str = "ecr-constructs") -> None:
    typer.echo(f"{command}: {sentence}", err=True)


def _sentence(message: str) -> str:
    message = message.strip().removesuffix(".")
    return message[:1].lower() + message[1:]
