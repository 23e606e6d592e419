"""The jobs of docs/ci.md: their shell runs on two sides of a repository, word for word.

What is not ours has stand-ins that say what they were asked: CDK's command line gives
a side that was synthesised before, pip installs nothing, GitHub's command line and
GitLab's API keep comments.
"""

from __future__ import annotations

import email
import email.policy
import http.server
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

PAGE: Final = Path(__file__).parents[1] / "docs" / "ci.md"
MARK: Final = "<!-- ecr-constructs review -->"
#: Stand-ins by their names; ``$LOG`` holds what was asked.
STAND_INS: Final = {
    "npx": """
        [ "$*" = "--yes aws-cdk@2 synth --quiet --output cdk.out" ] || exit 64
        case "$PATH" in "$PWD/.venv/bin:"*) ;; *) exit 65 ;; esac
        cp -r "$(cat side)" cdk.out
    """,
    "pip": 'echo "pip $*" >> "$LOG"',
    "gh": """
        printf 'gh' >> "$LOG"
        printf ' %s' "$@" >> "$LOG"
        printf '\\n' >> "$LOG"
        case "$*" in
          *--paginate*) [ ! -e "$LOG.comment" ] || echo 42 ;;
          *body=@review.md*) cp review.md "$LOG.comment" ;;
          *) exit 64 ;;
        esac
    """,
    "python": """
        [ "$1 $2" = "-m venv" ] || exec "$PYTHON" "$@"
        mkdir -p "$3/bin"
        cp "$(command -v pip)" "$3/bin/pip"
        printf '#!/bin/sh\\nexec "%s" -m ecr_constructs "$@"\\n' "$PYTHON" > "$3/bin/ecr-constructs"
        chmod +x "$3/bin/ecr-constructs"
    """,
}


def jobs() -> list[Any]:
    """The jobs as a YAML parser reads them: GitHub's, then GitLab's."""
    blocks = re.findall(
        r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [yaml.safe_load(block) for block in blocks]


def github_steps() -> dict[str, dict[str, Any]]:
    """The steps that run shell, by their names."""
    steps = jobs()[0]["jobs"]["review"]["steps"]
    return {step["name"]: step for step in steps if "run" in step}


@pytest.fixture(name="sides", scope="module")
def _sides(example_assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The example, and what it was before anybody of the organisation could pull from it."""
    old = tmp_path_factory.mktemp("sides") / "old"
    shutil.copytree(example_assembly, old)
    template = old / "Platform.template.json"
    document = json.loads(template.read_text(encoding="utf-8"))
    (web,) = (
        each["Properties"]
        for each in document["Resources"].values()
        if each.get("Properties", {}).get("RepositoryName") == "web/storefront"
    )
    web["RepositoryPolicyText"]["Statement"] = [
        each
        for each in web["RepositoryPolicyText"]["Statement"]
        if not (each["Effect"] == "Allow" and each["Principal"] in ("*", {"AWS": "*"}))
    ]
    template.write_text(json.dumps(document), encoding="utf-8")
    return {"old": old, "new": example_assembly}


@pytest.fixture(name="checkout")
def _checkout(sides: dict[str, Path], tmp_path: Path) -> Path:
    """A repository at a commit on top of another, as the jobs find it."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    git(checkout, "init", "--quiet", "--initial-branch=main")
    for side, assembly in sides.items():
        (checkout / "side").write_text(str(assembly), encoding="utf-8")
        (checkout / "requirements.txt").write_text(f"# {side}\n", encoding="utf-8")
        git(checkout, "add", ".")
        git(checkout, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-m", side)
    return checkout


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a job, with the stand-ins before what is installed."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, script in STAND_INS.items():
        tool = tools / name
        tool.write_text(f"#!/usr/bin/env bash\nset -eu\n{script}", encoding="utf-8")
        tool.chmod(stat.S_IRWXU)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "LOG": str(tmp_path / "log"),
    }


def shell(script: str, checkout: Path, environment: Mapping[str, str]) -> None:
    """Run a script as both services run it: by bash, until something fails."""
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=checkout, env=environment, check=True
    )


def fails(script: str, checkout: Path, environment: Mapping[str, str]) -> int:
    with pytest.raises(subprocess.CalledProcessError) as raised:
        shell(script, checkout, environment)
    return raised.value.returncode


def holds_the_review(checkout: Path) -> None:
    """The three files tell the one change that there is between the sides."""
    comment = (checkout / "review.md").read_text(encoding="utf-8")
    assert comment.startswith(MARK)
    assert "Against `old/cdk.out`: ▲ **1** access widened" in comment
    assert "anyone of organisation o-a1b2c3d4e5 can now pull web/storefront" in comment
    assert (checkout / "review.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    (run,) = json.loads((checkout / "review.sarif").read_text(encoding="utf-8"))["runs"]
    widened = [each for each in run["results"] if each["ruleId"] == "EcrReview-widened"]
    assert [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in widened
    ] == ["cdk.out/Platform.template.json"]


def test_github_job_reviews_comments_and_gates(
    checkout: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    job = jobs()[0]
    # YAML takes the word `on` for true.
    assert job[True] == "pull_request"
    steps = github_steps()
    environment |= {
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_REPOSITORY": "example/registry",
        "NUMBER": "7",
    }
    for name in ("Synthesise both sides", "Review", "Comment", "Comment"):
        shell(steps[name]["run"], checkout, environment)

    holds_the_review(checkout)
    comment = (checkout / "review.md").read_text(encoding="utf-8")
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == comment
    assert Path(f"{environment['LOG']}.comment").read_text(encoding="utf-8") == comment
    said = Path(environment["LOG"]).read_text(encoding="utf-8")
    assert said.count("pip install --quiet --requirement old/requirements.txt") == 1
    assert said.count("pip install --quiet --requirement ./requirements.txt") == 1
    written = re.findall(r"--method (\w+) (\S+) --field body=@review.md", said)
    # The second time the comment is there, and is renewed.
    assert written == [
        ("POST", "repos/example/registry/issues/7/comments"),
        ("PATCH", "repos/example/registry/issues/comments/42"),
    ]
    assert fails(steps["Gate"]["run"], checkout, environment) == 1


def test_github_job_grants_what_its_steps_need_and_no_more() -> None:
    job = jobs()[0]
    assert job["permissions"] == {
        "contents": "read",
        "pull-requests": "write",
        "security-events": "write",
    }
    steps = job["jobs"]["review"]["steps"]
    guarded = [step for step in steps if "if" in step]
    # What needs a token that can write is left out for a fork.
    assert [step.get("name", step.get("uses")) for step in guarded] == [
        "Comment",
        "github/codeql-action/upload-sarif@v4",
    ]
    uploaded = [step["with"] for step in steps if "upload" in step.get("uses", "")]
    assert (uploaded[0]["sarif_file"], uploaded[1]["path"]) == ("review.sarif", "review.html")


def test_side_that_does_not_synthesise_stops_the_job(
    checkout: Path, environment: dict[str, str]
) -> None:
    synthesise = Path(environment["PATH"].partition(":")[0], "npx")
    synthesise.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    assert fails(github_steps()["Synthesise both sides"]["run"], checkout, environment) == 3


class Notes(http.server.BaseHTTPRequestHandler):
    """The notes of one merge request, as GitLab's API gives and takes them."""

    kept: list[dict[str, Any]]
    asked: list[tuple[str, str]]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give all notes."""
        self._answer(self.kept)

    def do_POST(self) -> None:
        """Keep another note."""
        self.kept.append({"id": len(self.kept) + 1, "body": self._body()})
        self._answer(self.kept[-1])

    def do_PUT(self) -> None:
        """Put other words into a note."""
        (note,) = (n for n in self.kept if n["id"] == int(self.path.rpartition("/")[2]))
        note["body"] = self._body()
        self._answer(note)

    def _body(self) -> str:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        form = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + data
        (part,) = email.message_from_bytes(form, policy=email.policy.default).iter_parts()
        assert part.get_param("name", header="content-disposition") == "body"
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode().replace("\r\n", "\n")

    def _answer(self, answer: object) -> None:
        self.asked.append((self.command, self.path))
        allowed = self.headers["PRIVATE-TOKEN"] == "dummy"
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


@pytest.fixture(name="notes")
def _notes() -> Iterator[tuple[type[Notes], str]]:
    handler = type("OfThisTest", (Notes,), {"kept": [{"id": 1, "body": "hello"}], "asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield handler, f"http://127.0.0.1:{server.server_port}/api/v4"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_gitlab_job_reviews_comments_and_gates(
    checkout: Path, environment: dict[str, str], notes: tuple[type[Notes], str]
) -> None:
    handler, url = notes
    job = jobs()[1]["registry-review"]
    *script, gate = job["script"]
    environment |= {
        "CI_API_V4_URL": url,
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(checkout, "rev-parse", "HEAD^"),
        "REVIEW_TOKEN": "dummy",
        "no_proxy": "127.0.0.1",
    }
    shell("\n".join(script), checkout, environment)
    shell(script[-1], checkout, environment)

    holds_the_review(checkout)
    comment = (checkout / "review.md").read_text(encoding="utf-8")
    assert [each["body"].strip() for each in handler.kept] == ["hello", comment.strip()]
    assert [method for method, _ in handler.asked] == ["GET", "POST", "GET", "PUT"]
    base = "/api/v4/projects/3/merge_requests/7/notes"
    assert {path.partition("?")[0] for _, path in handler.asked} == {base, f"{base}/2"}
    assert fails(gate, checkout, environment) == 1
    assert set(job["artifacts"]["paths"]) == {"review.html", "review.sarif"}

    wrong = environment | {"REVIEW_TOKEN": "other"}
    assert fails(script[-1], checkout, wrong) != 0
    shell(script[-1], checkout, environment | {"REVIEW_TOKEN": ""})
    assert len(handler.kept) == 2
