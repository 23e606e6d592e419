"""Small apps to deploy.

CDK is imported inside: it starts Node, and ``conftest.py`` says first if there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import aws_cdk as cdk

REGION: Final = "eu-west-1"

#: Puts something into a stack.
Build: TypeAlias = "Callable[[cdk.Stack], object]"
#: Synthesises what a function builds, as the one stack of an app.
Assemble: TypeAlias = Callable[[Build], Path]
#: Deploys it.
Deploy: TypeAlias = Callable[[Build], str]


def synthesise(
    directory: Path,
    account: str,
    *,
    bootstrapped: bool = False,
    region: str = REGION,
    **stacks: Build,
) -> Path:
    """Synthesise an app and return its assembly.

    Args:
        directory: The assembly's folder.
        account: The account of every stack.
        bootstrapped: Whether the environment is bootstrapped; without it a
            stack is deployed with the caller's own credentials.
        region: The Region of every stack.
        stacks: What goes into each stack, by its name.
    """
    import aws_cdk as cdk

    app = cdk.App(outdir=str(directory))
    for name, build in stacks.items():
        stack = cdk.Stack(
            app,
            name,
            env=cdk.Environment(account=account, region=region),
            synthesizer=None if bootstrapped else cdk.BootstraplessSynthesizer(),
        )
        build(stack)
    return Path(app.synth().directory)
