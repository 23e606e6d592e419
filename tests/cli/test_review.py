"""The command `review`: formats, files, gates, and what is wrong in one sentence."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.review.templates import (
    OTHER,
    account,
    expiring,
    repository,
    rule,
    shared,
    statement,
    write,
)

from ecr_constructs.cli.main import run
from ecr_constructs.review.render.document import schema

Sides = Callable[[dict[str, Any], dict[str, Any]], list[str]]
NOW = ["--now", "2026-06-01T00:00:00Z"]


@pytest.fixture(name="sides")
def _sides(tmp_path: Path) -> Sides:
    """Write both sides, and return the arguments that name them."""

    def make(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
        older = write(tmp_path / "old" / "Main.template.json", before)
        newer = write(tmp_path / "new" / "Main.template.json", after)
        return ["review", str(newer), "--against", str(older), *NOW]

    return make


@pytest.fixture(name="widening")
def _widening(sides: Sides) -> list[str]:
    return sides(shared(), shared(statement(account(OTHER))))


def inventory(path: Path, count: int, *, name: str | None = "payments/api") -> str:
    images = [
        {
            **({"repositoryName": name} if name else {}),
            "imageDigest": f"sha256:{n:064x}",
            "imageTags": [f"v{n}"],
            "imagePushedAt": f"2026-01-{1 + n % 28:02d}T12:00:00Z",
        }
        for n in range(count)
    ]
    path.write_text(json.dumps({"imageDetails": images}), encoding="utf-8")
    return str(path)


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run what is wrong; return its one sentence."""
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("gate", "status"),
    [
        ([], 0),
        (["--fail-on", "widened"], 1),
        (["--fail-on", "lost, Widened"], 1),
        (["--fail-on", "lost", "--fail-on", "widened"], 1),
        (["--fail-on", "any"], 1),
        (["--fail-on", "lost,narrowed"], 0),
    ],
)
def test_gate_is_on_classes_of_change(
    widening: list[str], gate: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*widening, *gate]) == status
    assert f"account {OTHER} can now pull payments/api" in capsys.readouterr().out


def test_terminal_tells_the_worst_first_and_why(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(widening) == 0
    out = capsys.readouterr().out
    assert "▲ Access widened" in out
    assert f"as the repository policy allows account {OTHER} to pull" in out


def test_same_side_says_that_nothing_changes(
    sides: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*sides(shared(), shared()), "--fail-on", "any"]) == 0
    assert "Nothing changes" in capsys.readouterr().out


def test_json_is_one_document_of_its_schema(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*widening, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    jsonschema.validate(document, schema())
    assert err == ""
    assert [each["class"] for each in document["change"]] == ["widened"]
    assert document["registries"][0]["repositories"][0]["access"][0]["who"] == f"account {OTHER}"


def test_json_without_an_older_side_has_no_change(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*widening[:2], "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema())
    assert (document["change"], document["against"]) == (None, None)


def test_sarif_has_findings_and_changes_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = write(tmp_path / "old.json", shared())
    newer = tmp_path / "new.json"
    after = {"Resources": shared(statement("*"))}
    newer.write_text(json.dumps(after, indent=1), encoding="utf-8")
    assert run(["review", str(newer), "--against", str(older), "--format", "sarif"]) == 0
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    (made,) = log["runs"]
    described = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    for result in made["results"]:
        assert described[result["ruleIndex"]] == result["ruleId"]
    (widened,) = [r for r in made["results"] if r["ruleId"] == "EcrReview-widened"]
    assert widened["level"] == "error"
    assert "anyone in any AWS account can now pull payments/api" in widened["message"]["text"]
    (location,) = widened["locations"]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == newer.as_posix()
    lines = newer.read_text(encoding="utf-8").splitlines()
    assert '"Api"' in lines[physical["region"]["startLine"] - 1]
    assert "EcrGovernance-PublicPrincipal" in {r["ruleId"] for r in made["results"]}


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("review.md", "<!-- ecr-constructs review -->"),
        ("review.html", "<!doctype html>"),
        ("review.json", "{"),
        ("review.sarif", "{"),
        ("review.txt", "Change against"),
        ("review", "Change against"),
        ("REVIEW.HTML", "<!doctype html>"),
    ],
)
def test_name_of_the_file_says_the_format(
    widening: list[str],
    name: str,
    beginning: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / name
    assert run([*widening, "-o", str(file)]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"ecr-constructs: the review is in {file}\n")
    assert file.read_text(encoding="utf-8").startswith(beginning)
    assert list(tmp_path.glob(f".{name}*")) == []


def test_one_review_has_several_formats(
    widening: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, comment = tmp_path / "review.html", tmp_path / "review.md"
    assert run([*widening, "-o", "-", "-o", str(page), "-o", str(comment)]) == 0
    out, err = capsys.readouterr()
    assert "▲ Access widened" in out
    assert err.splitlines() == [
        f"ecr-constructs: the review is in {page}",
        f"ecr-constructs: the review is in {comment}",
    ]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert comment.read_text(encoding="utf-8").startswith("<!--")


def test_standard_output_takes_any_format(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*widening, "-o", "-", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["change"][0]["class"], err) == ("widened", "")


def test_refuses_one_format_for_several_files(
    widening: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["-o", str(tmp_path / "a.md"), "-o", str(tmp_path / "a.html")]
    error = refused([*widening, "--format", "json", *files], capsys)
    assert "--format is of one file, got 'json' for 2; let their names say it" in error
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "old"]


def test_refuses_a_name_that_says_no_format(
    widening: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "review.pdf"
    error = refused([*widening, "-o", str(file)], capsys)
    assert "must end in .md, .markdown, .html, .htm, .json, .sarif, .txt, got" in error
    assert "review.pdf'; name it so, or say what it is with --format" in error
    assert not file.exists()
    assert run([*widening, "-o", str(file), "--format", "json"]) == 0


@pytest.mark.parametrize(
    ("said", "form"), [(".md", "html"), (".html", "sarif"), (".json", "markdown")]
)
def test_refuses_a_name_that_says_another_format(
    widening: list[str],
    said: str,
    form: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / f"review{said}"
    error = refused([*widening, "-o", str(file), "--format", form], capsys)
    assert f"the name of the file says, got {form!r} for {str(file)!r}; write -o" in error
    fitting = {"markdown": "md"}.get(form, form)
    assert f"{tmp_path / 'review'}.{fitting}, or drop --format" in error
    assert not file.exists()


@pytest.mark.parametrize(
    ("name", "form"), [("a.json", "sarif"), ("a.txt", "markdown"), ("a", "json"), ("a.htm", "html")]
)
def test_takes_a_format_that_fits_the_name(
    widening: list[str], name: str, form: str, tmp_path: Path
) -> None:
    assert run([*widening, "-o", str(tmp_path / name), "--format", form]) == 0
    assert (tmp_path / name).stat().st_size


def test_refuses_a_file_that_is_named_twice(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused([*widening, "-o", "-", "-o", "-"], capsys)
    assert "each -o must name another file, got '-' twice; drop one" in error


def test_file_is_replaced_with_its_permissions(widening: list[str], tmp_path: Path) -> None:
    file = tmp_path / "review.html"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link = tmp_path / "link.html"
    link.symlink_to(file)
    assert run([*widening, "-o", str(link)]) == 0
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") != "old"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("where", ["missing/review.html", "."])
def test_refuses_a_file_that_cannot_be_written(
    widening: list[str], where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused([*widening, "--format", "html", "-o", str(tmp_path / where)], capsys)
    assert "cannot be written" in error
    assert "; name a file in a folder that is there" in error
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "old"]


def test_failure_leaves_the_file_that_was_there(
    widening: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a page never replaces a whole one, and nothing is left beside it."""
    file = tmp_path / "review.html"
    file.write_text("whole", encoding="utf-8")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    assert run([*widening, "-o", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == "whole"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "old", "review.html"]


def test_renderer_that_fails_leaves_no_half_file(
    widening: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise RuntimeError("half a page")

    monkeypatch.setattr("ecr_constructs.review.render.html.to_html", fails)
    file = tmp_path / "review.html"
    with pytest.raises(RuntimeError):
        run([*widening, "-o", str(file)])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "old"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((50, 10), "28 of the 38 images of payments/api that stay today expire within a day"),
        ((30, 10), "20 of the 30 images of payments/api that stay today expire within a day"),
        ((10, 30), "20 of the 28 images of payments/api stay that expire or are archived today"),
    ],
)
def test_images_that_a_change_decides_otherwise_are_counted(
    sides: Sides,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    counts: tuple[int, int],
    told: str,
) -> None:
    arguments = sides(*(expiring(rule(1, count=n, tags=["v*"])) for n in counts))
    held = inventory(tmp_path / "images.json", 38)
    assert run([*arguments, "--images", held, "--fail-on", "lost"]) == (counts[1] < counts[0])
    assert told in " ".join(capsys.readouterr().out.split())


def test_inventory_may_be_named_by_hand(
    sides: Sides, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = sides(expiring(rule(1, count=50)), expiring(rule(1, count=10)))
    held = inventory(tmp_path / "images.json", 12, name=None)
    assert run([*arguments, "--images", f"payments/api={held}"]) == 0
    assert "2 of the 12 images of payments/api" in " ".join(capsys.readouterr().out.split())


def test_removed_repository_tells_what_it_holds(
    sides: Sides, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = {"Api": repository(deletion="Delete", EmptyOnDelete=True)}
    held = inventory(tmp_path / "images.json", 7)
    assert run([*sides(gone, {}), "--images", held]) == 0
    assert "is deleted with all its images, 7 of them" in " ".join(capsys.readouterr().out.split())


def test_refuses_an_inventory_of_a_repository_that_is_not_there(
    widening: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = inventory(tmp_path / "images.json", 3, name="payments/apy")
    error = refused([*widening, "--images", held], capsys)
    assert "must be of a repository of the assembly, got 'payments/apy'" in error
    assert "did you mean 'payments/api'" in error
    held = inventory(tmp_path / "images.json", 3, name="payments/jobs")
    assert "got 'payments/jobs'; there is payments/api" in refused(
        [*widening, "--images", held], capsys
    )


def test_refuses_an_inventory_without_a_name(
    widening: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = inventory(tmp_path / "images.json", 0)
    error = refused([*widening, "--images", held], capsys)
    assert "must say whose images it holds" in error
    assert f"write --images NAME={held}" in error


def test_refuses_two_inventories_of_one_repository(
    widening: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = inventory(tmp_path / "images.json", 3)
    error = refused([*widening, "--images", held, "--images", held], capsys)
    assert "must have one inventory, got a second one for 'payments/api'" in error


def test_inventory_of_a_name_in_two_registries_is_asked_for_its_registry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cdk.out"
    artifacts = {}
    for number, region in enumerate(("eu-west-1", "eu-central-1")):
        write(folder / f"S{number}.template.json", expiring(rule(1, count=2)))
        artifacts[f"S{number}"] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://111111111111/{region}",
            "properties": {"templateFile": f"S{number}.template.json"},
        }
    manifest = {"version": "36.0.0", "artifacts": artifacts}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    held = inventory(tmp_path / "images.json", 3)
    error = refused(["review", str(folder), "--images", held], capsys)
    assert "must be of a repository in one registry, got 'payments/api'" in error
    named = f"111111111111/eu-central-1/payments/api={held}"
    assert named in error
    assert run(["review", str(folder), *NOW, "--images", named, "--format", "json"]) == 0
    registries = json.loads(capsys.readouterr().out)["registries"]
    held_by = {each["region"]: each["repositories"][0]["images"] for each in registries}
    assert held_by["eu-west-1"] is None
    assert held_by["eu-central-1"]["counts"]["expire"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "which does not exist; give the directory"),
        ("{", "must be JSON"),
        ("[]", "must be an object"),
    ],
)
def test_refuses_an_older_side_that_cannot_be_read(
    widening: list[str],
    text: str | None,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    older = tmp_path / "older.json"
    if text is not None:
        older.write_text(text, encoding="utf-8")
    error = refused([*widening[:2], "--against", str(older)], capsys)
    assert said in error
    assert str(older) in error


def test_refuses_a_class_that_is_none(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused([*widening, "--fail-on", "wideneed"], capsys)
    assert "--fail-on must be classes of change, got 'wideneed'; did you mean 'widened'" in error


def test_refuses_a_gate_without_an_older_side(
    widening: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused([*widening[:2], "--fail-on", "lost"], capsys)
    assert "--fail-on judges a change, got no older side; write --against OLDER" in error


def test_parameter_moves_a_value(sides: Sides, capsys: pytest.CaptureFixture[str]) -> None:
    arn = {"Fn::Sub": "arn:aws:iam::${Theirs}:root"}
    arguments = sides(shared(statement(account(OTHER))), shared(statement({"AWS": arn})))
    for path in (arguments[1], arguments[3]):
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        document["Parameters"] = {"Theirs": {"Type": "String"}}
        Path(path).write_text(json.dumps(document), encoding="utf-8")
    assert run([*arguments, "--parameter", f"Theirs={OTHER}", "--fail-on", "any"]) == 0
    assert "Nothing changes" in capsys.readouterr().out
    assert "got 'Theirs'" in refused([*arguments, "--parameter", "Theirs"], capsys)


def test_page_says_what_to_install_without_jinja(
    widening: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "ecr_constructs.review.render.html", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    error = refused([*widening, "--format", "html"], capsys)
    assert "needs 'jinja2', which is not installed; run: pip install 'ecr-constructs[cli]'" in error


def test_lone_surrogate_in_a_name_does_not_stop_the_page(sides: Sides, tmp_path: Path) -> None:
    odd = {"Api": repository("payments/\ud800api")}
    assert run([*sides(odd, odd), "-o", str(tmp_path / "review.html")]) == 0


def test_review_loads_neither_cdk_nor_boto3(widening: list[str], tmp_path: Path) -> None:
    arguments = [*widening, "-o", str(tmp_path / "review.html")]
    script = (
        "import sys; from ecr_constructs.cli.main import run;"
        f" run({arguments!r});"
        " sys.exit(any(m in sys.modules for m in ('aws_cdk', 'jsii', 'boto3')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
