"""What the owners of other accounts and apps must apply: files beside the templates.

Layer: review. ``<stack>.hand-over.json`` is written by the constructs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecr_constructs.model.words import listed, plural
from ecr_constructs.sources.documents import read_json

_FILE: Final = ".hand-over.json"
#: The accounts that the principals of a statement are of.
_ACCOUNTS: Final = re.compile(r"\b[0-9]{12}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What one repository or registry that the app does not own needs.

    Attributes:
        title: What is not owned.
        needs: What its owner must do, a line each.
        commands: The commands that do it.
    """

    title: str
    needs: tuple[str, ...]
    commands: tuple[str, ...]


def hand_overs_in(assembly: Path) -> tuple[HandedOver, ...]:
    """Return what an assembly hands over; nothing for a lone template.

    Raises:
        SourceError: If a file of hand-overs is no JSON.
    """
    if not assembly.is_dir():
        return ()
    return tuple(
        entry
        for path in sorted(assembly.rglob(f"*{_FILE}"))
        if path.with_name(path.name.replace(_FILE, ".template.json")).is_file()
        for entry in _entries(read_json(path, name="a file of hand-overs"))
    )


def _entries(document: Any) -> Iterator[HandedOver]:
    entries = document.get("handOvers") if isinstance(document, Mapping) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping):
            yield HandedOver(
                title=_title(entry),
                needs=tuple(_needs(entry)),
                commands=tuple(map(str, entry.get("commands") or ())),
            )


def _title(entry: Mapping[str, Any]) -> str:
    place = f"account {entry.get('account')} in {entry.get('region')}"
    name = entry.get("repositoryName")
    return f"the registry of {place}" if name is None else f"repository {name!r} of {place}"


def _principals(statements: list[Any]) -> list[Any]:
    return [each.get("Principal") for each in statements if isinstance(each, Mapping)]


def _needs(entry: Mapping[str, Any]) -> Iterator[str]:
    policy = entry.get("policy")
    statements = policy.get("Statement") if isinstance(policy, Mapping) else None
    if isinstance(statements, list) and statements:
        what = "registry" if entry.get("repositoryName") is None else "repository"
        accounts = _ACCOUNTS.findall(json.dumps(_principals(statements)))
        whose = f", for {listed(dict.fromkeys(accounts))}" if accounts else ""
        yield f"{plural(len(statements), 'statement')} in its {what} policy{whose}"
    for template in entry.get("creationTemplates") or ():
        if isinstance(template, Mapping):
            yield f"the creation template {template.get('prefix')!r}"
    yield from map(str, entry.get("notes") or ())
