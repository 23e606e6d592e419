"""Taking entries out of JSON text that comes in pieces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    guesses: list[int] = []

    class Decoder(json.JSONDecoder):
        def raw_decode(self, text: str, at: int = 0) -> tuple[Any, int]:
            if at == 0:
                guesses.append(len(text))
            return super().raw_decode(text, at)

    monkeypatch.setattr(json, "JSONDecoder", Decoder)
    entries = [{"x": n, "y": [{"x": 1}, {"x": 2}]} for n in range(500)]
    stream = JsonStream(in_pieces(json.dumps(entries), 10**6))
    stream.skip("[")
    assert [entry for batch in stream.batches() for entry in batch] == entries
    assert len(guesses) == 1


@given(st.lists(st.lists(st.fixed_dictionaries({"x": values}), max_size=5), max_size=4))
def test_a_list_ends_where_another_one_follows(lists: list[list[Any]]) -> None:
    stream = JsonStream(in_pieces("\n".join(map(json.dumps, lists)), 10**6))
    for entries in lists:
        assert stream.skip("[")
        assert [entry for batch in stream.batches() for entry in batch] == entries
    assert stream.peek() == ""


def test_entries_are_decoded_at_once_though_another_list_follows() -> None:
    entries = [{"x": n} for n in range(500)]
    stream = JsonStream(in_pieces(json.dumps(entries) * 2, 10**6))
    assert stream.skip("[")
    assert list(map(len, stream.batches())) == [1, 499]
    assert stream.skip("[")
    assert list(map(len, stream.batches())) == [1, 498, 1]


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
