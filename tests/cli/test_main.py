"""The command line's frame: statuses, errors in one sentence, help that teaches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ecr_constructs.cli import start
from ecr_constructs.cli.main import _app, run

PUBLIC = {
    "Resources": {
        "Api": {
            "Type": "AWS::ECR::Repository",
            "Properties": {
                "RepositoryName": "payments/api",
                "ImageTagMutability": "IMMUTABLE",
                "RepositoryPolicyText": {
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "ecr:BatchGetImage",
                    }
                },
            },
        }
    }
}


def below(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command and each group below a group, with its path."""
    for name, command in getattr(group, "commands", {}).items():
        yield (*path, name), command
        yield from below(command, (*path, name))


def all_commands() -> dict[tuple[str, ...], Any]:
    """Each as it is loaded where it is meant; the list of all has their names alone."""
    listed = typer.main.get_command(_app([]))
    found = {
        path: command
        for (name,), _ in below(listed)
        for path, command in below(typer.main.get_command(_app([name])))
    }
    return {(): listed, **found}


COMMANDS = all_commands()


@pytest.fixture(name="template")
def _template(tmp_path: Path) -> Callable[[object], str]:
    def write(document: object) -> str:
        path = tmp_path / "template.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_teaches_with_a_whole_sentence(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: ")
    first = shown.split("\n\n")[1].strip()
    assert first.endswith("."), first


def test_every_option_of_every_command_says_what_it_is_for() -> None:
    silent = [
        f"{' '.join(path)} {parameter.opts[0]}"
        for path, command in COMMANDS.items()
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]
    assert silent == []
    assert ("access", "can") in COMMANDS


def test_list_of_commands_loads_none_of_them() -> None:
    """So that it is there at once."""
    code = (
        "import sys; from ecr_constructs.cli.main import run; run(['--help']);"
        " sys.exit(any(map(sys.modules.get, ['ecr_constructs.model', 'ecr_constructs.checks'])))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == "0.1.0"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check"], "missing argument 'ASSEMBLY', or --live; see `ecr-constructs check --help`"),
        (
            ["chekc", "."],
            "no such command 'chekc', did you mean 'check'; see `ecr-constructs --help`",
        ),
        (
            ["check", ".", "--format", "xml"],
            "invalid value for '--format': 'xml' is not one of 'table', 'json'",
        ),
        (["check", ".", "--fail"], "no such option"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert sentence in captured.err


@pytest.mark.parametrize("command", ["check", "review"])
def test_assembly_that_is_none_is_one_sentence_and_status_2(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "manifest.json" in captured.err
    assert "Traceback" not in captured.err


def test_json_is_one_document_and_nothing_else(
    template: Callable[[object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", template(PUBLIC), "--format", "json"]) == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    findings = json.loads(captured.out)["findings"]
    assert "EcrGovernance-PublicPrincipal" in {finding["rule"] for finding in findings}
    assert set(findings[0]) == {
        "rule",
        "severity",
        "status",
        "resource",
        "logical_id",
        "stack",
        "message",
        "fix",
        "acknowledged",
    }


def test_markup_in_a_name_stays_text(
    template: Callable[[object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A template's text must not colour or break the output."""
    document = json.loads(json.dumps(PUBLIC).replace("payments/api", "[red]api[/nothing]"))
    assert run(["review", template(document)]) == 0
    assert "[red]api[/nothing]" in capsys.readouterr().out


def in_shell(line: str, *, environment: dict[str, str] | None = None) -> Any:
    """Run a line of a shell in which ``$CHECK`` is the command."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        check=False,
        env=os.environ
        | {"CHECK": f"{sys.executable} -m ecr_constructs check"}
        | (environment or {}),
    )


@pytest.mark.parametrize("form", ["table", "json"])
def test_reader_of_the_pipe_may_leave(template: Callable[[object], str], form: str) -> None:
    """`| head` closes the pipe early: no traceback, and the errors count as they would."""
    many = {"Resources": {f"R{n}": PUBLIC["Resources"]["Api"] for n in range(2000)}}
    done = in_shell(f"$CHECK --format {form} {template(many)} | head -n 1")
    assert (done.stderr, done.stdout.count(b"\n"), done.returncode) == (b"", 1, 1)


def test_full_device_is_one_sentence_and_status_2(template: Callable[[object], str]) -> None:
    done = in_shell(f"$CHECK {template(PUBLIC)} > /dev/full")
    assert done.returncode == 2
    assert done.stderr == (
        b"ecr-constructs: standard output cannot be written (No space left on device); send it to"
        b" another place\n"
    )


def test_closed_standard_output_changes_no_status(template: Callable[[object], str]) -> None:
    done = in_shell(f"$CHECK {template(PUBLIC)} >&-")
    assert (done.stderr, done.returncode) == (b"", 1)


def test_locale_that_cannot_write_a_character_gets_utf_8(template: Callable[[object], str]) -> None:
    named = json.loads(json.dumps(PUBLIC).replace("payments/api", "größe"))
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = in_shell(f"$CHECK {template(named)}", environment=ascii_only)
    assert (done.stderr, done.returncode) == (b"", 1)
    assert "'größe'" in done.stdout.decode("utf-8")


def test_missing_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "ecr_constructs.cli.main")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as stopped:
        start()
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        "ecr-constructs: the command line needs 'typer', which is not installed; run: pip install"
        " 'ecr-constructs[cli]'\n"
    )


def test_command_line_never_loads_cdk(template: Callable[[object], str]) -> None:
    script = (
        "import sys; from ecr_constructs.cli.main import run;"
        f" run(['check', {template(PUBLIC)!r}]); run(['review', {template(PUBLIC)!r}]);"
        " sys.exit(any(m in sys.modules for m in ('aws_cdk', 'jsii', 'boto3')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
