"""A template in YAML, with CloudFormation's short tags, as the JSON it stands for.

Layer: sources; imports ``errors`` only, and PyYAML when it is used.

PyYAML's own constructors are not taken. They turn ``2012-10-17`` into a date
and ``012345670123`` into an octal number, know no ``!Sub``, and their C reader
recurses until the process dies on a document of nothing but brackets. The
events of its parser do not recurse, so the JSON is built from those.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ecr_constructs.errors import SourceError

#: No template comes near it; Python's own limit is a thousand calls.
_MAX_DEPTH: Final = 200
#: What aliases may unfold to. A template has at most 1 MB, so no honest one has more values.
_MAX_VALUES: Final = 1_000_000

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
# YAML 1.1, https://yaml.org/type/bool.html, without the single letters that PyYAML leaves too
_BOOLEANS: Final = {
    spelling: value
    for word, value in (
        ("true", True),
        ("yes", True),
        ("on", True),
        ("false", False),
        ("no", False),
        ("off", False),
    )
    for spelling in (word, word.capitalize(), word.upper())
}
# Decimal only: an account id with a leading zero stays the text it is.
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")


def parse_yaml(text: str, path: Path) -> Any:
    """Return the JSON that a YAML template stands for.

    Short tags become their long form (``!Sub x`` is ``{"Fn::Sub": "x"}``),
    keys become strings, anchors, aliases and merges (``<<``) are unfolded.

    Raises:
        SourceError: If PyYAML is missing, or the text is no YAML that can stand
            for one JSON document; the message has the line.
    """
    try:
        import yaml
    except ModuleNotFoundError as error:
        raise SourceError(
            "a YAML template needs PyYAML, got none installed; install ecr-constructs[cli], or give"
            " the template as JSON",
            path=str(path),
        ) from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(path).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refusal(path, f"{error.problem!r}", line) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _refusal(path, repr(str(error).partition("\n")[0]), 1) from error


class _Builder:
    """Builds JSON from the events of YAML's parser."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0

    def build(self, events: Iterator[Any]) -> Any:
        """Return the one document of a stream; None of an empty one."""
        document: Any = None
        documents = 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self._refuse(event, "a second document")
            elif kind not in {"StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"}:
                document = self._value(event, events, 0)
        return document

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Any:
        kind = type(event).__name__
        self._values += 1
        if kind == "AliasEvent":
            return self._alias(event)
        if depth > _MAX_DEPTH:
            raise self._refuse(event, f"values that nest more than {_MAX_DEPTH} deep")
        before = self._values
        value: Any
        if kind == "ScalarEvent":
            value = _scalar(event)
        elif kind == "SequenceStartEvent":
            value = self._sequence(events, depth)
        else:
            value = self._mapping(events, depth)
        value = _tagged(event.tag, value)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._values - before + 1)
        return value

    def _sequence(self, events: Iterator[Any], depth: int) -> list[Any]:
        entries = []
        while type(event := next(events)).__name__ != "SequenceEndEvent":
            entries.append(self._value(event, events, depth + 1))
        return entries

    def _mapping(self, events: Iterator[Any], depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while type(event := next(events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                raise self._refuse(event, "a key that is no plain text")
            value = self._value(next(events), events, depth + 1)
            if event.value == "<<" and event.implicit[0]:
                for entry in reversed(value if isinstance(value, list) else [value]):
                    if not isinstance(entry, dict):
                        raise self._refuse(event, "a merge of something that is no mapping")
                    merged.update(entry)
            else:
                members[event.value] = value
        return {**merged, **members} if merged else members

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise self._refuse(event, f"an alias to {event.anchor!r}, which is not anchored before")
        value, size = self._anchors[event.anchor]
        self._values += size
        if self._values > _MAX_VALUES:
            raise self._refuse(event, f"aliases that unfold to more than {_MAX_VALUES:,} values")
        return value

    def _refuse(self, event: Any, got: str) -> SourceError:
        return _refusal(self._path, got, event.start_mark.line + 1)


def _refusal(path: Path, got: str, line: int) -> SourceError:
    return SourceError(
        f"a template must be JSON or YAML, got {got} in line {line}; correct that line",
        path=str(path),
    )


def _scalar(event: Any) -> Any:
    """Return a plain word as the type that it has in JSON; what is quoted or tagged is text."""
    text = event.value
    if not event.implicit[0] or event.tag is not None:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _tagged(tag: str | None, value: Any) -> Any:
    """Return the long form of a value under one of CloudFormation's short tags."""
    if tag is None or not tag.startswith("!") or tag == "!":
        return value
    name = tag[1:]
    if name == "GetAtt" and isinstance(value, str):
        logical_id, _, attribute = value.partition(".")
        value = [logical_id, attribute]
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}
