"""A registry for each test."""

from __future__ import annotations

from tests.sources.aws.fake_ecr import served_ecr

__all__ = ["served_ecr"]
