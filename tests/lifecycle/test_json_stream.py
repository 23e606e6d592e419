"""Taking entries out of JSON text that comes in pieces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_constructs.lifecycle import json_stream
from ecr_constructs.lifecycle.json_stream import JsonStream, JsonStreamError

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def in_pieces(text: str, size: int) -> Callable[[int], str]:
    """Return a function that gives so many characters at a time, however many are asked for."""
    pieces: Iterator[str] = iter([text[at : at + size] for at in range(0, len(text), size)])
    return lambda _: next(pieces, "")


@given(st.lists(values, max_size=12), st.integers(1, 40), st.sampled_from([None, 1]))
def test_gives_the_entries_that_json_loads_gives(
    entries: list[Any], size: int, indent: int | None
) -> None:
    stream = JsonStream(in_pieces(json.dumps(entries, indent=indent), size))
    assert stream.skip("[")
    assert [entry for batch in stream.batches() for entry in batch] == entries
    assert stream.peek() == ""


@pytest.mark.parametrize("text", ["1234", "-1.5e3", '"abc"', "true", '{"a": [1]}'])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_value_may_come_in_pieces(text: str, size: int) -> None:
    assert JsonStream(in_pieces(text, size)).value() == json.loads(text)


def test_a_wrong_guess_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or decoding would take time with the square of the window."""
    calls: list[int] = []

    def loads(text: str, **options: Any) -> Any:
        calls.append(len(text))
        return json.loads(text, **options)

    entries = [{"x": n, "y": [{"x": 1}, {"x": 2}]} for n in range(500)]
    stream = JsonStream(in_pieces(json.dumps(entries), 10**6))
    stream.skip("[")
    monkeypatch.setattr(json_stream, "json", _Json(loads))
    assert [entry for batch in stream.batches() for entry in batch] == entries
    assert len(calls) == 1


class _Json:
    JSONDecodeError = json.JSONDecodeError

    def __init__(self, loads: Callable[..., Any]) -> None:
        self.loads = loads


@given(st.lists(st.dictionaries(st.sampled_from("ab"), values, min_size=1), min_size=2), st.data())
def test_refuses_any_text_that_json_loads_refuses(
    entries: list[dict[str, Any]], data: st.DataObject
) -> None:
    whole = json.dumps(entries)
    at = data.draw(st.integers(1, len(whole) - 1))
    text = whole[:at] + data.draw(st.sampled_from(["", "}", "]", ",", '"', ":"])) + whole[at + 1 :]

    def ours() -> list[Any]:
        stream = JsonStream(in_pieces(text, 30))
        assert stream.skip("[")
        read = [entry for batch in stream.batches() for entry in batch]
        if stream.peek():
            stream.fail("goes on")
        return read

    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(JsonStreamError):
            ours()
    else:
        assert ours() == expected
