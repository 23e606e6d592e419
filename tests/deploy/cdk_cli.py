"""Run the real CDK command line against the emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.deploy.emulator.launcher import ROOT

CDK: Final = ROOT / "node_modules" / ".bin" / "cdk"
NODE: Final = ROOT / ".venv" / "bin" / "node"

_COMPILED: Final = ROOT / "node_modules" / ".cache" / "compiled"
_SECONDS: Final = 180
_CONFIGURATION: Final = {
    "notices": False,
    "versionReporting": False,
    "context": {"cli-telemetry": False},
}


class CdkError(AssertionError):
    """A CDK command that failed, with what it printed."""


def require_node() -> None:
    """Let CDK find a Node: the one that is set, else that of ``.venv``, else of the search path.

    Raises:
        CdkError: If there is none.
    """
    if "JSII_NODE" not in os.environ and NODE.exists():
        os.environ["JSII_NODE"] = str(NODE)
    wanted = os.environ.get("JSII_NODE", "node")
    if shutil.which(wanted) is None:
        raise CdkError(
            f"CDK needs Node, and there is no {wanted}; run `make test`, which makes "
            f"{NODE.relative_to(ROOT)}, or set JSII_NODE to one"
        )


def require_cdk() -> None:
    """Find the command line and its Node.

    Raises:
        CdkError: If one of them is not there.
    """
    for tool in (CDK, NODE):
        if not tool.exists():
            raise CdkError(
                f"the CDK command line needs {tool.relative_to(ROOT)}, which is missing; "
                "run `make test`, which makes it, or `make node_modules/ready`"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CdkCli:
    """The CDK command line in one account.

    Attributes:
        endpoint: The emulator's URL.
        account: Twelve digits: the emulator takes an access key of that form
            for the account.
        directory: Where it runs and keeps its cache of accounts; its own for
            each emulator, as the cache would tell the next one wrong things.
    """

    endpoint: str
    account: str
    directory: Path

    def bootstrap(self, assembly: Path, *environments: str) -> str:
        """Bootstrap ``environments`` (``aws://account/region``) or those of the assembly."""
        return self.run("bootstrap", *environments, assembly=assembly)

    def deploy(self, assembly: Path, *stacks: str) -> str:
        """Deploy ``stacks``, or all of the assembly, and return what the command said."""
        return self.run(
            "deploy",
            *(stacks or ("--all",)),
            "--method=direct",
            "--require-approval=never",
            "--progress=events",
            assembly=assembly,
        )

    def diff(self, assembly: Path, *stacks: str) -> str:
        """Compare ``stacks``, or all, with what is deployed."""
        return self.run("diff", *stacks, "--method=template", assembly=assembly)

    def drift(self, assembly: Path, *stacks: str) -> str:
        """Compare what is deployed with what is there."""
        return self.run("drift", *stacks, assembly=assembly)

    def destroy(self, assembly: Path, *stacks: str) -> str:
        """Destroy ``stacks``, or all of the assembly."""
        return self.run("destroy", *(stacks or ("--all",)), "--force", assembly=assembly)

    def run(self, command: str, *arguments: str, assembly: Path) -> str:
        """Run a command on a synthesised assembly and return its output, both streams in one.

        Raises:
            CdkError: If the tools are not there or the command fails; the
                message holds the whole output.
        """
        require_cdk()
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "cdk.json").write_text(json.dumps(_CONFIGURATION))
        done = subprocess.run(
            [str(NODE), str(CDK), command, *arguments, "--app", str(assembly), "--no-color"],
            cwd=self.directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CdkError(f"cdk {command} ended with {done.returncode} and said\n{done.stdout}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        """All that the command gets: nothing of the caller's but the search path."""
        return {
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "dummy",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "CDK_HOME": str(self.directory),
            "CI": "true",
            "HOME": str(self.directory),
            # Saves every command but the first a sixth of its time.
            "NODE_COMPILE_CACHE": str(_COMPILED),
            "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
