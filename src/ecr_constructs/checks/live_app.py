"""A running app: its assembly, and what was acknowledged above its stacks, which is in no file.

Layer: checks; imports ``model``. Knows an app by its shape, and never loads CDK.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from ecr_constructs.model.acknowledgement import Acknowledgement

#: A construct of CDK, of which no more is asked than its node.
Construct: TypeAlias = Any

_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"
_BARE: Final = "Annotation::"
#: What CDK calls the error of a validation plugin.
_VALIDATION: Final = "ValidationFailed"


def synthesised(construct: Construct) -> str:
    """Synthesise the app of a construct, and return its directory.

    What validation plugins find fails that after the templates are written, and
    is no concern here.
    """
    app = construct.node.root
    try:
        app.synth()
    except RuntimeError as error:
        if _VALIDATION not in str(error):
            raise
    return str(app.outdir)


def acknowledged_above(app: Construct, places: Iterable[str]) -> Iterator[Acknowledgement]:
    """Yield what was acknowledged above the stacks that hold the places.

    Each construct that is asked costs a round trip to Node.

    Args:
        app: The app.
        places: Construct paths.
    """
    above: dict[str, Construct] = {"": app}
    for place in sorted(places):
        path, construct = "", app
        for part in place.split("/"):
            path = f"{path}/{part}".lstrip("/")
            found = above.get(path) or construct.node.try_find_child(part)
            # What was said on a stack or below is in the assembly.
            if found is None or hasattr(type(found), "stack_name"):
                break
            above[path] = construct = found
    for path, construct in above.items():
        for entry in construct.node.metadata:
            if entry.type == _ACKNOWLEDGED and isinstance(entry.data, dict):
                for rule, reason in entry.data.items():
                    yield Acknowledgement(rule.removeprefix(_BARE), str(reason or ""), path)
