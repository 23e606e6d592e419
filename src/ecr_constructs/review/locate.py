"""The file and the line of a resource in an assembly.

Layer: review.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ecr_constructs.checks.lines import lines_of
from ecr_constructs.model.repository import Origin


class Locator:
    """Finds resources in the templates of an assembly, each read once.

    Args:
        assembly: The directory that ``cdk synth`` writes, or one template.
    """

    def __init__(self, assembly: Path) -> None:
        self._assembly = assembly
        self._lines: dict[Path, Mapping[str, int]] = {}

    def __call__(self, origin: Origin) -> tuple[str, int | None]:
        """Return the path of a resource's template, and its line if that can be found."""
        is_folder = self._assembly.is_dir()
        file = self._assembly / origin.template if is_folder else self._assembly
        if file not in self._lines:
            is_template = bool(origin.template) and file.is_file()
            text = file.read_text(encoding="utf-8-sig") if is_template else ""
            self._lines[file] = lines_of(text)
        return file.as_posix(), self._lines[file].get(origin.logical_id)
