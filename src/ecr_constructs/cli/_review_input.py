"""What the review reads: inventories of repositories, gates on classes of change."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ecr_constructs.cli._lifecycle_input import inventory_in
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.review import ChangeClass, NamedInventory

#: A repository before a file: ``payments/api=images.json``, or with its registry before it.
_NAMED: Final = re.compile(
    r"((?P<account>[0-9]{12})/(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]+)/)?"
    r"(?P<name>[a-z0-9][a-z0-9._/-]*)=(?P<file>.+)"
)
#: Every class of change.
_ANY: Final = "any"


def named_inventory(given: str) -> NamedInventory:
    """Return the inventory that ``--images`` names.

    Args:
        given: A file, or ``NAME=FILE``, or ``ACCOUNT/REGION/NAME=FILE``. Without
            a name the inventory says whose images it holds.

    Raises:
        SourceError: If there is none, or not a whole one.
    """
    found = None if Path(given).is_file() else _NAMED.fullmatch(given)
    file = given if found is None else found["file"]
    inventory = inventory_in(Path(file))
    name = inventory.repository_name if found is None else found["name"]
    return NamedInventory(
        file=file,
        repository=name,
        images=inventory.images,
        account=None if found is None else found["account"],
        region=None if found is None else found["region"],
    )


def gate(given: Iterable[str]) -> frozenset[ChangeClass]:
    """Return the classes of change that make the exit status 1.

    Raises:
        ConfigurationError: If there is no class of such a name.
    """
    found: set[ChangeClass] = set()
    for each in given:
        for name in filter(None, (part.strip().lower() for part in each.split(","))):
            if name == _ANY:
                found.update(ChangeClass)
            elif name in tuple(ChangeClass):
                found.add(ChangeClass(name))
            else:
                raise _no_class(name)
    return frozenset(found)


def _no_class(name: str) -> ConfigurationError:
    names = [*map(str, ChangeClass), _ANY]
    close = difflib.get_close_matches(name, names, n=1)
    fix = f"did you mean {close[0]!r}" if close else f"write some of {', '.join(names)}"
    return ConfigurationError(f"--fail-on must be classes of change, got {name!r}; {fix}")
