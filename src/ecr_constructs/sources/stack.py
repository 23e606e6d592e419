"""One stack of an assembly, and what the names in its template stand for.

Layer: sources; imports ``model`` and ``service`` only.

Every name is looked up once. While that goes on, the name stands for a value
that is not known, so that a circle of references ends there.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecr_constructs.model.codec import Document
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved, join
from ecr_constructs.sources.conditions import evaluate
from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.intrinsics import NO_VALUE, members_of, resolve
from ecr_constructs.sources.literals import is_literal, marshalled
from ecr_constructs.sources.parameters import parameter, pseudo_parameters
from ecr_constructs.sources.physical import attribute_of, reference_to
from ecr_constructs.sources.reading import Reading
from ecr_constructs.sources.text import as_text

if TYPE_CHECKING:
    from ecr_constructs.sources.links import Links

#: What the key of a loop begins with.
LOOP: Final = "Fn::ForEach::"
_UNKNOWN: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack's template lies and what it is called.

    Attributes:
        name: The stack's name; of a nested stack its parent's and its logical id.
        label: What the names of its unknown values begin with; no other stack
            of the assembly has the same.
        template: The template's path below the assembly.
        construct_path: The stack's construct path, where the assembly tells it.
        is_named: Whether ``name`` is what the stack will be called. A lone
            template does not say, and CloudFormation adds a random end to the
            name of a nested stack.
    """

    name: str
    label: str
    template: str
    construct_path: str | None = None
    is_named: bool = True


class Declared(NamedTuple):
    """A resource as its template declares it.

    Attributes:
        logical_id: Its id; in a loop the pattern of its ids, such as ``Repo${Name}``.
        body: What stands under the id.
        variables: The names of the loops around it, which are not known.
        loop: The key of the outermost of them; None for a resource in no loop.
    """

    logical_id: str
    body: Any
    variables: frozenset[str] = frozenset()
    loop: str | None = None


class Stack:
    """One stack: its template, its environment and the values in it.

    Args:
        place: Where the template lies and what the stack is called.
        template: The parsed template.
        environment: Where it is deployed.
        given: Values of its parameters; of a nested stack in the words of its
            parent's template. None where the parent computes which ones it gives.
        reading: What is shared by all stacks of the assembly.
        links: Finds the other stacks of the assembly.
        parent: The stack that this one is nested in.
    """

    def __init__(
        self,
        place: Place,
        template: Mapping[str, Any],
        environment: Environment,
        *,
        given: Mapping[str, Any] | None,
        reading: Reading,
        links: Links,
        parent: Stack | None = None,
    ) -> None:
        self.place = place
        self.environment = environment
        self.reading = reading
        self.links = links
        self.parent = parent
        self.children: dict[str, Stack] = {}
        self.resources = _section(template, "Resources")
        self.mappings = _section(template, "Mappings")
        self.outputs = _section(template, "Outputs")
        self.parameters = _section(template, "Parameters")
        self._conditions = _section(template, "Conditions")
        self.given = given
        # A transform adds parameters, conditions and resources that nobody can tell here.
        self._is_transformed = "Transform" in template or any(
            "Fn::Transform" in section
            for section in (self.parameters, self._conditions, self.resources)
        )
        self._variables: frozenset[str] = frozenset()
        self._looked_up: dict[tuple[str, ...], Any] = {}
        self._documents: dict[bytes, Any] = {}
        self._pseudo = {**pseudo_parameters(self), "AWS::NoValue": NO_VALUE}

    @functools.cached_property
    def declared(self) -> Sequence[Declared]:
        """The resources in the order of the template, those in a loop once for the loop."""
        found: list[Declared] = []
        pending = [Declared(logical_id, body) for logical_id, body in self.resources.items()]
        pending.reverse()
        while pending:
            each = pending.pop()
            if not each.logical_id.startswith(LOOP):
                found.append(each)
                continue
            match each.body:
                case [str() as variable, _, dict() as bodies]:
                    variables = each.variables | {variable}
                    loop = each.loop or each.logical_id
                    inner = [Declared(key, body, variables, loop) for key, body in bodies.items()]
                    pending.extend(reversed(inner))
                case _:
                    found.append(each)
        return found

    def resolve(self, value: Any, variables: frozenset[str] = frozenset()) -> Any:
        """Return a value with its intrinsics resolved as far as they go.

        Args:
            value: JSON out of this stack's template.
            variables: The names of the loops that it stands in.
        """
        if type(value) is str and "{" not in value:
            return value
        outer, self._variables = self._variables, variables
        try:
            result = resolve(self, value)
        finally:
            self._variables = outer
        return None if result is NO_VALUE else result

    def document(self, value: Any) -> Any:
        """Return a policy with its intrinsics resolved; equal ones give the very same object."""
        key = marshalled(value)
        if not key or self._variables:
            return members_of(self, value)
        known = self.reading.literals.get(key) or self._documents.get(key)
        if known is not None:
            return known
        if is_literal(key, self.reading.depth):
            known = self.reading.literals[key] = Document(value)
            return known
        before = len(self.reading.notes)
        known = members_of(self, value)
        if isinstance(known, dict):
            known = Document(known)
        if len(self.reading.notes) == before:  # each resource has its own notes
            self._documents[key] = known
        return known

    def unknown(self, *names: str) -> Unresolved:
        """Return a value that is not known, called after this stack."""
        return Unresolved.of(".".join((self.place.label, *names)))

    def loop_text(self, text: str) -> Text | None:
        """Return a text in which loops put their variable; None if it has none of them."""
        if not self._variables:
            return None
        names = "|".join(map(re.escape, sorted(self._variables)))
        pieces = re.split(rf"[$&]\{{({names})\}}", text)
        if len(pieces) == 1:
            return None
        label = self.place.label
        return join([Unknown(f"{label}.{p}") if i % 2 else p for i, p in enumerate(pieces)])

    def reference(self, name: str, node: object) -> Any:
        """Return what ``Ref`` of a name gives.

        Args:
            name: A pseudo parameter, a parameter or a resource.
            node: The value that refers to it, for the error's path.
        """
        if name in self._variables:
            return self.unknown(name)
        if name.startswith("AWS::"):
            return self._pseudo.get(name) or self.unknown(name)
        if name in self.parameters:
            return self._once(("Ref", name), lambda: parameter(self, name))
        body = self._resource(name, node)
        if body is None:
            return self.unknown(name)
        return self._once(("Ref", name), lambda: reference_to(self, name, body))

    def attribute(self, logical_id: str, name: str, node: object) -> Any:
        """Return what ``Fn::GetAtt`` of a resource's attribute gives."""
        body = self._resource(logical_id, node)
        if body is None:
            return self.unknown(logical_id, name)
        return self._once(
            ("GetAtt", logical_id, name), lambda: self._attribute(logical_id, name, body)
        )

    def condition(self, name: str, node: object) -> bool | None:
        """Return what a condition is; None where it cannot be told."""
        if name not in self._conditions:
            if not self._is_transformed:
                self.reading.note(
                    "malformed-reference",
                    f"a condition must be one of the template's, got {name!r}",
                    "correct the name or define it under Conditions",
                    node,
                )
            return None
        answer: bool | None = self._once(
            ("Condition", name), lambda: evaluate(self, self._conditions[name]), circle=None
        )
        return answer

    def output(self, name: str) -> Text:
        """Return the value of an output, which is always a text.

        It is unknown if the template has no output of that name, or leaves it out.
        """
        unknown = self.unknown("Outputs", name)
        output = self.outputs.get(name)
        if not isinstance(output, dict):
            return unknown
        condition = output.get("Condition")
        if isinstance(condition, str) and self.condition(condition, condition) is False:
            return unknown
        value = self._once(("", "Outputs", name), lambda: self.resolve(output.get("Value")))
        text = as_text(value)
        return unknown if text is None else text

    def _attribute(self, logical_id: str, name: str, body: Mapping[str, Any]) -> Any:
        child = self.children.get(logical_id)
        if child is not None and name.startswith("Outputs."):
            return child.output(name.removeprefix("Outputs."))
        if body.get("Type") == "Custom::CrossRegionExportReader":
            found = self.links.written(self, name)
            return self.unknown(logical_id, name) if found is None else found
        return attribute_of(self, logical_id, name, body)

    def _resource(self, logical_id: str, node: object) -> Mapping[str, Any] | None:
        body = self.resources.get(logical_id)
        if isinstance(body, dict):
            return body
        if logical_id not in self.resources and not self._is_transformed:
            self.reading.note(
                "malformed-reference",
                f"a reference must name a parameter or a resource of the template, got"
                f" {logical_id!r}",
                "correct the name",
                node,
            )
        return None

    def _once(
        self, key: tuple[str, ...], look_up: Callable[[], Any], circle: Any = _UNKNOWN
    ) -> Any:
        """Return what ``look_up`` gives; until it has, the key stands for ``circle``."""
        if key in self._looked_up:
            return self._looked_up[key]
        self._looked_up[key] = self.unknown(*key[1:]) if circle is _UNKNOWN else circle
        # What is looked up stands elsewhere, outside of the loops around the reference.
        outer, self._variables = self._variables, frozenset()
        value = self._looked_up[key] = look_up()
        self._variables = outer
        return value


def _section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = template.get(name)
    return section if isinstance(section, dict) else {}
