"""One file of an assembly, parsed: JSON, or YAML where a template is written by hand.

Layer: sources; imports ``errors`` only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ecr_constructs.errors import SourceError


def read_json(path: Path, *, name: str) -> Any:
    """Return what a JSON file holds.

    Args:
        path: The file.
        name: How to call it in an error, such as ``"manifest.json"``.

    Raises:
        SourceError: If it cannot be read or is no JSON; the message has the line.
    """
    return _parse_json(_read(path, name), path, name)


def read_template(path: Path) -> Any:
    """Return what a template file holds: JSON or YAML, told apart by its first character.

    Raises:
        SourceError: If it cannot be read, is neither, or is YAML and PyYAML is missing.
    """
    name = "a template"
    text = _read(path, name)
    looks_like_json = text.lstrip()[:1] in {"{", "["}
    if looks_like_json or path.suffix == ".json":
        try:
            return _parse_json(text, path, name)
        except SourceError:
            if path.suffix not in {".yaml", ".yml"}:
                raise
    from ecr_constructs.sources.yaml_template import parse_yaml

    return parse_yaml(text, path)


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name} must be UTF-8 text, got byte {error.object[error.start]:#04x} at position"
            f" {error.start}; save it as UTF-8",
            path=str(path),
        ) from error
    except OSError as error:
        raise SourceError(
            f"{name} must be a file that can be read, got {error.strerror!r}; correct the path or"
            " its permissions",
            path=str(path),
        ) from error


def _parse_json(text: str, path: Path, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{name} must be JSON, got {error.msg!r} in line {error.lineno}, column {error.colno};"
            " synthesise it again or correct that line",
            path=str(path),
        ) from error
    except RecursionError as error:
        raise SourceError(
            f"{name} must nest its values less deeply than Python's JSON reader can follow,"
            " got more; flatten it",
            path=str(path),
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(
            f"{name} must be JSON, got a value that cannot be read ({error}); correct it",
            path=str(path),
        ) from error
