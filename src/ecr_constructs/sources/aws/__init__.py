"""A registry that is there, read through the API of Amazon ECR.

Layer: sources; imports ``model``, and boto3 when it is used.

Everything is read and nothing written, but for :mod:`.lifecycle_preview`, which
starts AWS's own preview. What is returned is whole: a call that fails in between
raises, and half a registry is never given.
"""

from __future__ import annotations

from ecr_constructs.sources.aws.connection import connect
from ecr_constructs.sources.aws.ecr_api import ApiError, EcrApi
from ecr_constructs.sources.aws.printed import read_printed
from ecr_constructs.sources.aws.registry import read_registry

__all__ = ["ApiError", "EcrApi", "connect", "read_printed", "read_registry"]
