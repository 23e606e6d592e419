"""The assembly that CDK is validating, read once for all doors.

Layer: checks; imports ``sources``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from ecr_constructs.model.registry import Deployment
from ecr_constructs.sources.assembly import read_assembly

_Stamp: TypeAlias = tuple[tuple[str, int, int], ...]

#: The last assembly that was read, and what its files looked like.
_LAST: Final[dict[str, tuple[_Stamp, Deployment]]] = {}


def read_once(outdir: str) -> Deployment:
    """Return the deployment of an assembly; its files are read again only once they change.

    Args:
        outdir: The directory that CDK writes.

    Raises:
        SourceError: If it is no assembly.
    """
    stamp = tuple(sorted(_stamp(outdir)))
    known = _LAST.get(outdir)
    if known is not None and known[0] == stamp:
        return known[1]
    deployment = read_assembly(Path(outdir))
    _LAST.clear()  # one is enough: the doors of one app follow each other
    _LAST[outdir] = (stamp, deployment)
    return deployment


def _stamp(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                # Stages lie in assembly-*; what else is there are assets, of any size.
                if entry.name.startswith("assembly-"):
                    yield from _stamp(entry.path)
            elif entry.name.endswith((".template.json", ".metadata.json", "manifest.json")):
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size
