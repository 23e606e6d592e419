"""Which rules to run, by the names that people know them by.

Layer: checks.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

from ecr_constructs.checks.rule import PREFIX, Rule
from ecr_constructs.errors import ConfigurationError

#: Every rule, and those that run unless others are selected.
ALL: Final = "all"
DEFAULT: Final = "default"


def select_rules(
    rules: Sequence[Rule], *, select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules to run, in the order of the catalogue.

    Args:
        rules: The catalogue.
        select: The only ones to run, by name; ``"all"`` for every rule,
            ``"default"`` for those that run if nothing is selected. Default:
            all but those that have to be asked for.
        ignore: Rules not to run, by name.

    Raises:
        ConfigurationError: If there is no rule of such a name, or none is left.
    """
    wanted = _named(rules, select, "select") or _named(rules, [DEFAULT], "select")
    unwanted = _named(rules, ignore, "ignore")
    if wanted <= unwanted:
        raise ConfigurationError(
            "ignore must leave a rule to run, got every one that is selected; leave one out of it"
        )
    return tuple(rule for rule in rules if rule.id in wanted - unwanted)


def find_rules(rules: Sequence[Rule], name: str, *, parameter: str) -> tuple[Rule, ...]:
    """Return the rules of a name: an id, an id without its beginning, or an id elsewhere.

    Args:
        rules: The catalogue.
        name: Such as ``"EcrGovernance-TagImmutability"``, ``"TagImmutability"``,
            ``"ECR.2"`` or ``"CKV_AWS_51"``, or ``"all"``; its case does not matter.
        parameter: The parameter to name in an error.

    Raises:
        ConfigurationError: If there is none.
    """
    lowered = name.lower()
    if lowered == ALL:
        return tuple(rules)
    found = [rule for rule in rules if lowered in {rule.id.lower(), rule.name.lower()}]
    found = found or [r for r in rules if lowered in {each.lower() for each in r.ids_elsewhere}]
    if found:
        return tuple(found)
    names = {rule.name.lower(): rule.name for rule in rules}
    close = difflib.get_close_matches(lowered.removeprefix(PREFIX.lower()), names, n=1)
    listing = "`ecr-constructs check --explain all` lists them"
    fix = f"did you mean {names[close[0]]!r}" if close else listing
    raise ConfigurationError(f"{parameter} must be a rule of the catalogue, got {name!r}; {fix}")


def _named(rules: Sequence[Rule], names: Iterable[str], parameter: str) -> set[str]:
    found: set[str] = set()
    # One name alone, not in a list, is one name and no list of letters.
    for name in (names,) if isinstance(names, str) else names:
        if name.lower() == DEFAULT:
            found.update(rule.id for rule in rules if not rule.opt_in)
        else:
            found.update(rule.id for rule in find_rules(rules, name, parameter=parameter))
    return found
