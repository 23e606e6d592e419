"""Where the resources of a template stand in the app's tree of constructs.

Layer: sources; imports ``model`` only.

CDK says it in a resource's ``Metadata`` where its command line asks for it,
and always in ``<Stack>.metadata.json``, which an older release writes into the
manifest. What was acknowledged stands there too, as long as it was said on a
stack or below: what is said on a stage or the app is written nowhere.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.model.acknowledgement import Acknowledgement

#: What CDK puts before the id of a rule that was acknowledged without a plugin's name.
_BARE: Final = "Annotation::"
#: The ids of the two constructs beside a nested stack, which define it in its parent.
_NESTED_STACK: Final = ".NestedStack"
_NESTED_STACK_RESOURCE: Final = ".NestedStackResource"


class ConstructPaths:
    """The construct paths of an assembly's resources.

    Attributes:
        template_files: The template of each stack, nested ones too, by the
            stack's construct path.
        acknowledgements: What was acknowledged, in the order of the files.
    """

    def __init__(self) -> None:
        self.template_files: dict[str, str] = {}
        self.acknowledgements: list[Acknowledgement] = []
        self._resources: list[tuple[str, str]] = []
        self._stacks: set[str] = set()
        self._index: dict[tuple[str | None, str], str] | None = None

    def add(self, stack: str, metadata: object) -> None:
        """Add what CDK wrote about a stack.

        Args:
            stack: The stack's construct path.
            metadata: The parsed ``<Stack>.metadata.json``.
        """
        self._index = None
        self._stacks.add(stack)
        if not isinstance(metadata, dict):
            return
        for key, entries in metadata.items():
            path = key.removeprefix("/")
            for entry in entries if isinstance(entries, list) else ():
                self._add_entry(path, entry)

    def find(self, stack: str | None, logical_id: str) -> str | None:
        """Return the path of a resource; None where the assembly does not tell it.

        Args:
            stack: The construct path of the resource's stack. Logical ids are
                unique in one template only.
            logical_id: The resource's id in that template.
        """
        if stack is None:
            return None
        if self._index is None:
            self._index = {}
            for each, path in self._resources:
                self._index.setdefault((self._stack_of(path), each), path)
        return self._index.get((stack, logical_id))

    def _add_entry(self, path: str, entry: object) -> None:
        kind, data = (entry.get("type"), entry.get("data")) if type(entry) is dict else (None, None)
        if kind == "aws:cdk:logicalId" and isinstance(data, str):
            self._resources.append((data, path))
            nested = nested_stack_of(path)
            if nested is not None:
                self._stacks.add(nested)
        elif kind == "aws:cdk:templateFile" and isinstance(data, str):
            self.template_files[path] = data
        elif kind == "aws:cdk:acknowledged-rules" and isinstance(data, dict):
            self.acknowledgements.extend(
                Acknowledgement(rule.removeprefix(_BARE), str(reason or ""), path)
                for rule, reason in data.items()
            )

    def _stack_of(self, path: str) -> str | None:
        while path:
            path = path.rpartition("/")[0]
            if path in self._stacks:
                return path
        return None


def nested_stack_of(path: str | None) -> str | None:
    """Return the path of the nested stack that a resource defines, or None.

    >>> nested_stack_of("Main/Api.NestedStack/Api.NestedStackResource")
    'Main/Api'
    """
    if path is None or not path.endswith(_NESTED_STACK_RESOURCE):
        return None
    parent, _, child = path.rpartition("/")
    nested = parent.removesuffix(_NESTED_STACK)
    expected = f"{nested.rpartition('/')[2]}{_NESTED_STACK_RESOURCE}"
    return nested if nested != parent and child == expected else None


def visible(path: str) -> str:
    """Return the path of the construct that a user wrote, for that of its primary resource.

    >>> visible("Main/Api/Resource")
    'Main/Api'
    """
    return path.removesuffix("/Resource")
