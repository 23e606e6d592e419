"""The CloudFormation schemas of ECR's resource types: checks, and what they say of properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft7Validator

#: Tags that CloudFormation sets itself; they are no part of the template.
SYSTEM_TAG_PREFIX: Final = "aws:"


class Schema:
    """The schema of one resource type.

    Attributes:
        create_only: The properties of which a change replaces the resource.
        readable: The properties that a read of the resource gives back.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator: Final = Draft7Validator(schema)
        self.create_only: Final = tuple(sorted(_names(schema, "createOnlyProperties")))
        self.readable: Final = frozenset(
            schema["properties"].keys()
            - _names(schema, "readOnlyProperties")
            - _names(schema, "writeOnlyProperties")
        )

    def problems(self, properties: Mapping[str, Any]) -> list[str]:
        """Return what the schema refuses in the properties of a template, in its order.

        Stricter than CloudFormation in one thing: a number or a boolean that
        is written as a text is refused.
        """
        return [
            f"#/{'/'.join(str(step) for step in error.absolute_path)}: {error.message}"
            for error in self._validator.iter_errors(without_system_tags(properties))
        ]


def without_system_tags(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties without the tags that CloudFormation adds to them."""
    own = dict(properties)
    if "Tags" in own:
        own["Tags"] = [
            tag for tag in own["Tags"] if not str(tag.get("Key")).startswith(SYSTEM_TAG_PREFIX)
        ]
    return own


def _names(schema: Mapping[str, Any], member: str) -> set[str]:
    """Return the top-level properties among the pointers of a member."""
    return {pointer.split("/")[2] for pointer in schema.get(member, [])}
