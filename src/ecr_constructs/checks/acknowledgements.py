"""Which acknowledgements of CDK are about a finding.

Layer: checks; imports ``model``.

CDK's own report knows a finding by one id and takes no other; what else people
write is understood here, so that all doors agree: the rule alone
(``EcrGovernance-WildcardAction``), one finding of it
(``EcrGovernance-WildcardAction[Action::ecr:*]``), and both with the name of the
plugin before them, ``EcrGovernance::``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from ecr_constructs.model.acknowledgement import Acknowledgement

#: What both of CDK's doors are called, and so what stands before ``::`` in an id.
PLUGIN: Final = "EcrGovernance"
#: What CDK puts before an id that names no plugin; older releases write it in lower case.
_BARE: Final = "annotation"
_PLUGIN: Final = re.compile(r"(?P<plugin>[^\[({:]+)::(?P<id>.*)", re.DOTALL)


class Acknowledged:
    """What was acknowledged in an app.

    Args:
        acknowledgements: As the assembly or the app has them.
    """

    def __init__(self, acknowledgements: Iterable[Acknowledgement]) -> None:
        self._by_id: dict[str, list[Acknowledgement]] = defaultdict(list)
        for each in acknowledgements:
            rule = rule_of(each.id)
            if rule is not None:
                self._by_id[rule].append(each)

    def about(
        self, rule: str, finding: str, construct_path: str | None
    ) -> Sequence[Acknowledgement]:
        """Return the acknowledgements of a finding, the nearest first.

        Args:
            rule: The rule's id.
            finding: The finding's own id.
            construct_path: Where it was found; None where nobody knows.
        """
        if not self._by_id:
            return ()
        found = dict.fromkeys((*self._by_id.get(rule, ()), *self._by_id.get(finding, ())))
        covering = [each for each in found if each.covers(construct_path)]
        return sorted(covering, key=lambda each: -len(each.construct_path))


def rule_of(acknowledged: str) -> str | None:
    """Return the id that an acknowledgement is about; None where it is another plugin's.

    >>> rule_of("EcrGovernance::EcrGovernance-PublicPrincipal")
    'EcrGovernance-PublicPrincipal'
    """
    match = _PLUGIN.fullmatch(acknowledged)
    if match is None:
        return acknowledged
    is_ours = match["plugin"] == PLUGIN or match["plugin"].lower() == _BARE
    return match["id"] if is_ours else None


def tidy(finding: str) -> str:
    """Return a finding's id as CDK takes one: without spaces, its brackets in pairs.

    >>> tidy("EcrGovernance-X[Statement::Allow all]")
    'EcrGovernance-X[Statement::Allow-all]'
    """
    rule, bracket, detail = finding.partition("[")
    if not bracket:
        return finding
    detail = re.sub(r"\[(\d+)\]", r".\1", detail.removesuffix("]"))
    detail = re.sub(r"[\[\](){}]", "", detail)
    return f"{rule}[{detail.replace(' ', '-')}]"
