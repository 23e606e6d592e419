"""One registry for each test."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from tests.sources.aws.fake_ecr import FakeEcr, serve


@pytest.fixture(name="ecr")
def _ecr(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEcr]:
    """An empty registry that boto3 talks to; waits between tries take no time."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    with serve(FakeEcr(), monkeypatch) as ecr:
        yield ecr
