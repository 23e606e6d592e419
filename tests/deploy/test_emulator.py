"""The emulator comes up alone and goes with whoever started it."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tests.deploy import cdk_cli
from tests.deploy.cdk_cli import CdkCli, CdkError
from tests.deploy.emulator.launcher import ROOT, Emulator, EmulatorError


def answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"{url}/_ministack/health", timeout=2).close()
    except OSError:
        return False
    return True


def falls_silent(url: str) -> bool:
    """Wait a little, as an end that nobody waits for takes its time."""
    deadline = time.monotonic() + 10
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not answers(url)


def environment(directory: Path, *, python: str) -> Path:
    """Make an environment that is ready, with a script for its Python."""
    script = directory / ".venv-own" / "bin" / "python"
    script.parent.mkdir(parents=True)
    script.write_text(f"#!/bin/sh\n{python}\n")
    script.chmod(0o755)
    (directory / ".venv-own" / "ready").touch()
    return directory / ".venv-own"


def test_refuses_to_start_without_its_environment(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match=r"\.venv-none is missing .*; run `make test`, which"):
        Emulator.start(tmp_path, environment=tmp_path / ".venv-none")


def test_refuses_to_start_in_an_environment_older_than_its_requirements(tmp_path: Path) -> None:
    old = environment(tmp_path, python="exit 1")
    os.utime(old / "ready", (0, 0))
    with pytest.raises(EmulatorError, match="or older than its requirements; run `make test`"):
        Emulator.start(tmp_path, environment=old)


def test_a_start_that_fails_shows_the_log(tmp_path: Path) -> None:
    broken = environment(tmp_path, python="echo no such module; exit 1")
    with pytest.raises(EmulatorError, match=r"(?s)did not start; .* ends with\nno such module"):
        Emulator.start(tmp_path, environment=broken)


def test_refuses_to_start_where_no_port_stays_free(tmp_path: Path) -> None:
    taken = environment(tmp_path, python="echo 127.0.0.1:1 is already in use; exit 1")
    with pytest.raises(EmulatorError, match=r"no port of 127\.0\.0\.1 stays free .*; end what"):
        Emulator.start(tmp_path, environment=taken)


def test_refuses_to_start_where_there_is_no_loopback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_address(*_: object) -> socket.socket:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(socket, "socket", without_address)
    with pytest.raises(EmulatorError, match=r"none \(Cannot assign .*\); bring the loopback"):
        Emulator.start(tmp_path, environment=environment(tmp_path, python="exit 1"))


def test_a_run_without_node_fails_in_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={"JSII_NODE": "/none/node"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "CDK needs Node, and there is no /none/node; run `make test`, which" in done.stdout
    assert "Traceback" not in done.stdout


def test_node_is_that_of_the_environment_where_none_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("JSII_NODE")
    cdk_cli.require_node()
    assert os.environ["JSII_NODE"] == str(cdk_cli.NODE)


@pytest.mark.deploy
def test_stopping_ends_it_and_stopping_again_does_nothing(tmp_path: Path) -> None:
    emulator = Emulator.start(tmp_path)
    assert answers(emulator.url)
    emulator.stop()
    assert not answers(emulator.url)
    emulator.stop()


@pytest.mark.deploy
def test_two_run_side_by_side(tmp_path: Path, emulator: Emulator) -> None:
    with Emulator.start(tmp_path) as other:
        assert other.url != emulator.url
        assert answers(other.url)
    assert answers(emulator.url)


@pytest.mark.deploy
@pytest.mark.parametrize(
    "end",
    [
        "raise AssertionError",
        "sys.exit(3)",
        "os._exit(3)",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
def test_nothing_is_left_however_the_starter_ends(tmp_path: Path, end: str) -> None:
    script = tmp_path / "starter.py"
    script.write_text(
        "import os, pathlib, signal, sys\n"
        "from tests.deploy.emulator.launcher import Emulator\n"
        f"emulator = Emulator.start(pathlib.Path({str(tmp_path)!r}))\n"
        "print(emulator.url, flush=True)\n"
        f"{end}\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    url = done.stdout.strip()
    assert done.returncode != 0
    assert url.startswith("http://127.0.0.1:")
    assert falls_silent(url)


@pytest.mark.deploy
def test_nothing_is_left_when_a_test_fails(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "def test_it(emulator):\n    print('at', emulator.url)\n    raise AssertionError\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.deploy.conftest", "-rN", str(tmp_path)],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 failed" in done.stdout
    (url,) = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("at ")]
    assert falls_silent(url)


def test_refuses_to_run_cdk_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdk_cli, "CDK", ROOT / "node_modules" / ".bin" / "none")
    command = CdkCli(endpoint="http://127.0.0.1:9", account="111122223333", directory=tmp_path)
    with pytest.raises(
        CdkError, match=r"node_modules/\.bin/none, which is missing; run `make test`, which makes"
    ):
        command.deploy(tmp_path)
