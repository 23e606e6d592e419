"""Start the emulator on a free loopback port, and end it.

The emulator is ministack with what :mod:`tests.deploy.emulator.server` adds to
it. It runs in an environment of its own, ``.venv-emulator``, because it pins
another botocore than the library's tests use.

It keeps the settings of a registry and does not act on them: nothing is
replicated, pulled through a cache, scanned, signed, archived or created from a
template, and no lifecycle rule ever runs. Its registry protocol asks for no
password, and no policy decides who pushes or pulls, from which account; on
demand, policies decide who calls the API. It serves loopback only, keeps
nothing on disk and leaves Docker alone. The whole list, with what it is
evidence for, is in ``docs/testing.md``.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from tests.deploy.emulator.aws_models import write_models

ROOT: Final = Path(__file__).parents[3]
ENVIRONMENT: Final = ROOT / ".venv-emulator"
REQUIREMENTS: Final = ROOT / "tests" / "deploy" / "requirements.txt"

_START_SECONDS: Final = 60
_TRIES: Final = 3
_LOG_TAIL: Final = 4_000

#: What ministack is told; the port and the directories come on top.
_SETTINGS: Final[Mapping[str, str]] = {
    "BIND_HOST": "127.0.0.1",
    "IOT_MTLS_ENABLED": "0",
    "LAMBDA_EXECUTOR": "local",
    "PERSIST_STATE": "0",
    "SFTP_ENABLED": "0",
}

#: What makes it decide who may call the API; account ids as access keys have a secret then.
_IAM: Final[Mapping[str, str]] = {"AUTH": "true", "AWS_SECRET_ACCESS_KEY": "dummy"}


class EmulatorError(RuntimeError):
    """The emulator cannot run; the sentence says what is missing and how to get it."""


class Emulator:
    """A running emulator, which ends with this process at the latest.

    It leads a session of its own, so that what it starts ends with it, and it
    holds the read end of a pipe whose write end is only here: when this
    process dies, however it dies, the pipe closes and the emulator goes.

    Attributes:
        url: Where it listens: ``http://127.0.0.1:<port>``.
        pid: Its process id, which is also the id of its process group.
        log: The file that holds what it printed.
    """

    def __init__(self, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
        self._process: Final = process
        self.url: Final = url
        self.pid: Final = process.pid
        self.log: Final = log
        atexit.register(self.stop)

    @classmethod
    def start(
        cls, directory: Path, *, environment: Path = ENVIRONMENT, with_iam: bool = False
    ) -> Self:
        """Start an emulator and return it once it answers.

        Args:
            directory: Where its log and its temporary files go.
            environment: The virtual environment that holds ministack.
            with_iam: Whether policies decide who may call an API, within an
                account; an account's id as access key is its root user.
                Default: everybody may.

        Raises:
            EmulatorError: If the environment is missing or older than its
                requirements, no port is free, or the emulator does not answer
                within a minute.
        """
        if not _is_ready(environment):
            raise EmulatorError(
                f"the emulator's environment {environment.name} is missing or older than its "
                f"requirements; run `make test`, which makes it, or `make {environment.name}/ready`"
            )
        python = environment / "bin" / "python"
        models = write_models(directory / "models")
        log = directory / "emulator.log"
        for _ in range(_TRIES):
            emulator = cls._launch(python, directory, models, log, _IAM if with_iam else {})
            if emulator._answers():
                return emulator
            emulator.stop()
            if b"already in use" not in log.read_bytes():
                break
        else:
            raise EmulatorError(
                f"no port of 127.0.0.1 stays free until the emulator has it, {_TRIES} were tried; "
                "end what takes them, and run the tests again"
            )
        raise EmulatorError(f"the emulator did not start; its log {log} ends with\n{tail(log)}")

    @classmethod
    def _launch(
        cls, python: Path, directory: Path, models: Path, log: Path, settings: Mapping[str, str]
    ) -> Self:
        port = free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(python), "-P", "-m", "tests.deploy.emulator.server", str(models)],
                cwd=directory,
                env={
                    **_SETTINGS,
                    **settings,
                    "GATEWAY_PORT": str(port),
                    "HOME": str(directory),
                    "PATH": os.environ.get("PATH", os.defpath),
                    "PYTHONPATH": str(ROOT),
                    "PYTHONUNBUFFERED": "1",
                    "TMPDIR": str(directory),
                    # A path that is none: the emulator has no business with Docker.
                    "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
                },
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(process, f"http://127.0.0.1:{port}", log)

    def _answers(self) -> bool:
        """Wait until the health endpoint answers; false when it never does."""
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                return "services" in json.loads(self.get("/_ministack/health"))
            except OSError:
                time.sleep(0.05)
        return False

    def get(self, path: str) -> bytes:
        """Return what the emulator answers to ``GET path``, past any proxy."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}{path}", timeout=5) as answer:
            body: bytes = answer.read()
        return body

    def stop(self) -> None:
        """End the emulator and all that it started; a second call does nothing.

        It holds nothing worth a slow end, so its process group is killed.
        """
        atexit.unregister(self.stop)
        if self._process.stdin is None or self._process.stdin.closed:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _is_ready(environment: Path) -> bool:
    """Tell whether ``make`` has made the environment since its requirements changed."""
    ready = environment / "ready"
    return ready.exists() and ready.stat().st_mtime >= REQUIREMENTS.stat().st_mtime


def free_port() -> int:
    """Return a loopback port that nobody listens on.

    Raises:
        EmulatorError: If the system gives none.
    """
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
    except OSError as error:
        reason = error.strerror or str(error)
        raise EmulatorError(
            f"the emulator needs a port of 127.0.0.1 and there is none ({reason}); "
            "bring the loopback interface up, or end what takes the ports"
        ) from error
    return port


def tail(log: Path) -> str:
    """Return the end of a log, for a message."""
    return log.read_text(errors="replace")[-_LOG_TAIL:]
