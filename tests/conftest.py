"""Apps and stacks for the tests of constructs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from tests.profiles import FACTORS, PROFILE

if TYPE_CHECKING:
    import aws_cdk as cdk

# How long an example takes says more of the machine that runs the tests than of the code.
for name in FACTORS:
    settings.register_profile(
        name,
        max_examples=50 * FACTORS[name],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
settings.load_profile(PROFILE)

# CDK is imported inside of fixtures: the tests of the pure layers start without it.


@pytest.fixture(scope="session")
def example_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, synthesised as ``make synth`` does; nobody writes into it."""
    outdir = tmp_path_factory.mktemp("example") / "cdk.out"
    done = subprocess.run(
        [sys.executable, "examples/app.py"],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "CDK_OUTDIR": str(outdir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return outdir


@pytest.fixture(params=["bare", "recommended"])
def flags(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """Feature flags: none, as in a bare ``App()``, and those that most new apps carry."""
    from tests.synthesis import recommended_flags

    return {} if request.param == "bare" else recommended_flags()


@pytest.fixture
def app(flags: Mapping[str, Any]) -> cdk.App:
    """An app under each set of feature flags."""
    from tests.synthesis import new_app

    return new_app(flags)


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """A stack with a concrete account and Region."""
    from tests.synthesis import new_stack

    return new_stack(app)


@pytest.fixture(scope="module")
def _shared() -> cdk.Stack:
    from tests.synthesis import new_stack

    return new_stack()


def paths(stack: cdk.Stack) -> list[str]:
    return [construct.node.path for construct in stack.node.find_all()]


@pytest.fixture
def refusing(_shared: cdk.Stack) -> Iterator[cdk.Stack]:
    """A stack that a whole module shares, for constructs that are refused.

    What is refused is not half made: a test that leaves a construct behind fails.
    """
    before = paths(_shared)
    yield _shared
    assert paths(_shared) == before
