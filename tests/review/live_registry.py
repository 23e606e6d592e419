"""A registry that is there, read without a wire: what the API answers and a test changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.sources.aws.fake_ecr import REGION, FakeEcr, RefusalError

from ecr_constructs.model.registry import Deployment
from ecr_constructs.sources.aws.registry import read_registry


class Asked:
    """The answers of a registry, as the reader asks for them."""

    region = REGION

    def __init__(self, ecr: FakeEcr) -> None:
        self._ecr = ecr

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return what an operation answers."""
        operation = "".join(word.capitalize() for word in method.split("_"))
        return self._ecr.answer(operation, parameters)

    def find(
        self, method: str, *, missing: str | frozenset[str], **parameters: Any
    ) -> dict[str, Any] | None:
        """Return what an operation answers; None where there is none."""
        try:
            return self.call(method, **parameters)
        except RefusalError as error:
            if error.code in missing:
                return None
            raise

    def entries(self, method: str, member: str, **parameters: Any) -> Iterator[Any]:
        """Yield the entries of a list; a test has no more than a page of them."""
        page = self.call(method, **parameters)
        assert "nextToken" not in page
        yield from page[member]


def read(ecr: FakeEcr) -> Deployment:
    """Return what is there."""
    return read_registry(Asked(ecr))
