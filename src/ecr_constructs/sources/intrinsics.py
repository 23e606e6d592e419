"""CloudFormation's intrinsic functions, resolved as far as they go.

Layer: sources; imports ``model`` only.

What is not known becomes :class:`~ecr_constructs.model.unresolved.Unresolved`,
with the known text around it. What CloudFormation would refuse is not known
either, and is noted. Functions that are not in the table (``Fn::Base64``,
``Fn::Cidr``, ``Fn::GetAZs``, ``Fn::Transform``, what AWS adds later) stay
unknown.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ecr_constructs.model.unresolved import Text, Unresolved
from ecr_constructs.model.unresolved_json import dump_json
from ecr_constructs.sources.reading import MAX_DEPTH, MAX_TEXT, name_of, show
from ecr_constructs.sources.text import as_text, hide_dynamic, plus, split

if TYPE_CHECKING:
    from ecr_constructs.sources.stack import Stack

#: What ``AWS::NoValue`` gives: the member or the entry that it stands in is left out.
NO_VALUE: Final = object()

_SUB: Final = re.compile(r"\$\{([^{}]*)\}")


def resolve(stack: Stack, value: Any) -> Any:
    """Return a value out of a stack's template with its intrinsics resolved."""
    kind = type(value)
    if kind is str:
        return value if "{" not in value else _braced(stack, value)
    if kind is not dict and kind is not list:
        return value
    reading = stack.reading
    if reading.depth >= MAX_DEPTH:
        reading.note(
            "too-deep",
            f"values must nest at most {MAX_DEPTH} deep, references followed, got more",
            "flatten them",
            value,
        )
        return stack.unknown(name_of("", value))
    reading.depth += 1
    try:
        return _list(stack, value) if kind is list else _object(stack, value)
    finally:
        reading.depth -= 1


def _braced(stack: Stack, value: str) -> Text:
    looped = stack.loop_text(value)
    return hide_dynamic(value if looped is None else looped, stack.place.label)


# Most values of a template are plain text, which the two below take as it is without a call.


def _list(stack: Stack, value: list[Any]) -> list[Any]:
    entries = []
    for each in value:
        entry = each if type(each) is str and "{" not in each else resolve(stack, each)
        if entry is not NO_VALUE:
            entries.append(entry)
    return entries


def _object(stack: Stack, value: dict[str, Any]) -> Any:
    if len(value) == 1:
        ((name, argument),) = value.items()
        function = _FUNCTIONS.get(name)
        if function is not None:
            return function(stack, argument)
    if "Statement" in value:
        return stack.document(value)
    return members_of(stack, value)


def members_of(stack: Stack, value: Mapping[str, Any]) -> Any:
    """Return an object's members resolved; it is unknown as a whole if a function adds to it."""
    members = {}
    for name, each in value.items():
        if name[:4] == "Fn::":
            # Alone it is a function that nobody knows here. Beside others it is a
            # transform or a loop, which adds members or replaces them.
            return stack.unknown(name_of(name, each))
        kind = type(each)
        plain = kind is bool or (kind is str and "{" not in each)
        member = each if plain else resolve(stack, each)
        if member is not NO_VALUE:
            members[name] = member
    return members


def _refuse(stack: Stack, function: str, wanted: str, argument: Any) -> Unresolved:
    """Note an argument that CloudFormation would refuse; the value is not known."""
    stack.reading.note(
        "malformed-intrinsic",
        f"{function} must be {wanted}, got {show(argument)}",
        "correct it",
        argument,
    )
    return stack.unknown(name_of(function, argument))


def _ref(stack: Stack, argument: Any) -> Any:
    if not isinstance(argument, str):
        return _refuse(stack, "Ref", "a name", argument)
    return stack.reference(argument, argument)


def _get_att(stack: Stack, argument: Any) -> Any:
    if isinstance(argument, str):
        logical_id, _, name = argument.partition(".")
        return stack.attribute(logical_id, name, argument)
    match argument:
        case [str() as logical_id, name]:
            text = as_text(resolve(stack, name))
            if isinstance(text, str):
                return stack.attribute(logical_id, text, argument)
            if isinstance(text, Unresolved):
                return stack.unknown(logical_id, text.text)
    return _refuse(stack, "Fn::GetAtt", "[a resource, an attribute]", argument)


def _sub(stack: Stack, argument: Any) -> Any:
    match argument:
        case str() as template:
            variables: dict[str, Any] = {}
        case [str() as template, dict() as variables]:
            pass
        case _:
            return _refuse(stack, "Fn::Sub", "a text or [a text, {variables}]", argument)
    texts: list[Text] = []
    for odd, piece in enumerate(_SUB.split(template)):
        if odd % 2 == 0:
            texts.append(piece)
            continue
        text = _substitute(stack, piece, variables, argument)
        if text is None:
            return _refuse(stack, "Fn::Sub", "made of texts", argument)
        texts.append(text)
    return _joined(stack, "Fn::Sub", texts, argument)


def _substitute(
    stack: Stack, name: str, variables: Mapping[str, Any], argument: Any
) -> Text | None:
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if name in variables:
        return as_text(resolve(stack, variables[name]))
    logical_id, _, attribute = name.strip().partition(".")
    if attribute:
        return as_text(stack.attribute(logical_id, attribute, argument))
    return as_text(stack.reference(logical_id, argument))


def _join(stack: Stack, argument: Any) -> Any:
    match argument:
        case [str() as separator, list() | dict() as entries]:
            values = resolve(stack, entries)
        case _:
            return _refuse(stack, "Fn::Join", "[a separator, [texts]]", argument)
    if isinstance(values, Unresolved):
        return stack.unknown(name_of("Fn::Join", argument))
    texts: list[Text] = []
    for value in values if isinstance(values, list) else [None]:
        text = as_text(value)
        if text is None:
            return _refuse(stack, "Fn::Join", "made of texts", argument)
        if separator and texts:
            texts.append(separator)
        texts.append(text)
    return _joined(stack, "Fn::Join", texts, argument)


def _joined(stack: Stack, function: str, texts: list[Text], argument: Any) -> Text:
    if stack.reading.is_too_long(texts):
        return _refuse(stack, function, f"at most {MAX_TEXT:,} characters", argument)
    return hide_dynamic(plus(texts), stack.place.label)


def _split(stack: Stack, argument: Any) -> Any:
    fields, is_whole = _fields(stack, argument)
    return fields if is_whole else stack.unknown(name_of("Fn::Split", argument))


def _fields(stack: Stack, argument: Any) -> tuple[list[Text], bool]:
    match argument:
        case [str() as separator, value] if separator:
            text = as_text(resolve(stack, value))
            if text is not None:
                return split(text, separator)
    _refuse(stack, "Fn::Split", "[a separator, a text]", argument)
    return [], False


def _select(stack: Stack, argument: Any) -> Any:
    match argument:
        case [index, entries]:
            position = as_text(resolve(stack, index))
        case _:
            return _refuse(stack, "Fn::Select", "[an index, a list]", argument)
    unknown = stack.unknown(name_of("Fn::Select", argument))
    match entries:
        case {"Fn::Split": split_argument} if len(entries) == 1:
            values, is_whole = _fields(stack, split_argument)
        case _:
            values, is_whole = resolve(stack, entries), True
    if isinstance(position, Unresolved) or isinstance(values, Unresolved):
        return unknown
    if position is None or not position.isdecimal() or not isinstance(values, list):
        return _refuse(stack, "Fn::Select", "[an index, a list]", argument)
    # int() of a text of thousands of digits is an error, and no list is as long.
    chosen = int(position) if len(position) < 10 else len(values)  # noqa: PLR2004
    if chosen < len(values):
        return values[chosen]
    if is_whole:
        return _refuse(stack, "Fn::Select", f"an index below {len(values)}", argument)
    return unknown


def _if(stack: Stack, argument: Any) -> Any:
    match argument:
        case [str() as name, if_true, if_false]:
            answer = stack.condition(name, argument)
        case _:
            return _refuse(stack, "Fn::If", "[a condition, a value, another]", argument)
    if answer is None:
        one, other = resolve(stack, if_true), resolve(stack, if_false)
        return one if one == other else stack.unknown(name_of("Fn::If", argument))
    return resolve(stack, if_true if answer else if_false)


def _find_in_map(stack: Stack, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        return _refuse(stack, "Fn::FindInMap", "[a map, a key, a second key]", argument)
    found: Any = stack.mappings
    for each in argument[:3]:
        key = as_text(resolve(stack, each))
        if isinstance(key, Unresolved):
            return stack.unknown(name_of("Fn::FindInMap", argument))
        found = found.get(key) if isinstance(found, dict) else None
    match argument[3:]:
        case [{"DefaultValue": default}] if found is None:
            return resolve(stack, default)
    if found is None:
        return _refuse(stack, "Fn::FindInMap", "keys of a map under Mappings", argument)
    return resolve(stack, found)


def _import_value(stack: Stack, argument: Any) -> Any:
    name = resolve(stack, argument)
    found = stack.links.exported(stack, name) if isinstance(name, str) else None
    return stack.unknown(name_of("Fn::ImportValue", argument)) if found is None else found


def _get_stack_output(stack: Stack, argument: Any) -> Any:
    members = resolve(stack, argument)
    if not isinstance(members, dict):
        wanted = "{StackName, OutputName}, with Region and RoleArn where they are others"
        return _refuse(stack, "Fn::GetStackOutput", wanted, argument)
    found = stack.links.output(stack, members)
    return stack.unknown(name_of("Fn::GetStackOutput", argument)) if found is None else found


def _to_json_string(stack: Stack, argument: Any) -> Any:
    text = dump_json(resolve(stack, argument))
    return stack.unknown(name_of("Fn::ToJsonString", argument)) if text is None else text


def _length(stack: Stack, argument: Any) -> Any:
    value = resolve(stack, argument)
    if isinstance(value, list):
        return len(value)
    return stack.unknown(name_of("Fn::Length", argument))


_FUNCTIONS: Final[Mapping[str, Callable[[Stack, Any], Any]]] = {
    "Ref": _ref,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::GetStackOutput": _get_stack_output,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json_string,
}
