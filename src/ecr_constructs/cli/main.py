"""The entry: which commands there are, exit statuses, and errors in one sentence."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from typer.exceptions import Abort, TyperException

from ecr_constructs.cli._common import Status
from ecr_constructs.errors import ConfigurationError

#: Each command or group, its module's name for it, and what the list of commands says of it.
_COMMANDS: Final = {
    "check": ("check", "Check an assembly or a live registry against the rules."),
    "review": ("review", "Review what the registries of an assembly are, and what changes."),
    "import-map": ("import_map", "Write the file with which `cdk import` finds a registry."),
    "lifecycle": ("lifecycle", "Lint a lifecycle policy, preview it on images, compare two."),
    "images": ("images", "Export the images of a live repository."),
    "findings": ("findings", "Say what scanning found in a live image."),
    "access": ("access", "Tell who can do what with a repository, as IAM would decide it."),
}


def _app(arguments: Sequence[str]) -> typer.Typer:
    """Return the command line with the command that is meant, or with the names of all.

    Loading what no other command needs would double the time until one starts.
    """
    app = typer.Typer(
        name="ecr-constructs",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # plain help: it starts quicker and reads the same in a pipe
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    meant = next((each for each in arguments if not each.startswith("-")), None)
    for name, (module, short_help) in _COMMANDS.items():
        if meant not in _COMMANDS:
            app.command(name, short_help=short_help)(_listed)
        elif name == meant:
            loaded = importlib.import_module(f"ecr_constructs.cli.{module}")
            if hasattr(loaded, "app"):
                app.add_typer(loaded.app, name=name)
            else:
                app.command(name, short_help=short_help)(getattr(loaded, module))
    return app


def _listed() -> None:
    """Stand for a command in the list of all."""


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib import metadata

        typer.echo(metadata.version("ecr-constructs"))
        raise typer.Exit


def options(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Check and review what an AWS CDK app does to Amazon ECR.

    ASSEMBLY is the directory that `cdk synth` writes (cdk.out), or one
    CloudFormation template. With --live, and by images and findings, a registry
    that is there is read, with the credentials that the AWS CLI finds.

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
        result = _app(arguments)(list(arguments), prog_name="ecr-constructs", standalone_mode=False)
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
    except (Abort, KeyboardInterrupt):
        _complain("interrupted")
        return Status.WRONG
    return result if isinstance(result, int) else Status.CLEAR


def _complain(sentence: str, command: str = "ecr-constructs") -> None:
    typer.echo(f"{command}: {sentence}", err=True)


def _sentence(message: str) -> str:
    """Return what the parser of the command line says as one sentence."""
    message = message.strip().removesuffix(".").removesuffix("?")
    message = message.replace(": Value error, ", ": ").replace(". Did you mean", ", did you mean")
    return message[:1].lower() + message[1:]
