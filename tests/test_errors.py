"""What the library raises is one sentence for each thing that is wrong, whole by itself."""

from __future__ import annotations

import copy

import pytest

from ecr_constructs.errors import ConfigurationError, PolicyDocumentError, SourceError


def test_one_sentence_is_the_message() -> None:
    error = ConfigurationError("name must be lower case, got 'A'; write 'a'")
    assert str(error) == "name must be lower case, got 'A'; write 'a'"
    assert error.sentences == ("name must be lower case, got 'A'; write 'a'",)
    assert error.path is None


def test_the_path_is_appended() -> None:
    error = ConfigurationError("name must be lower case, got 'A'; write 'a'", path="Stack/Api")
    assert str(error) == "name must be lower case, got 'A'; write 'a' [Stack/Api]"
    assert error.path == "Stack/Api"


def test_several_sentences_stand_on_lines_of_their_own() -> None:
    error = ConfigurationError("first; fix", "second; fix", path="Stack/Api")
    assert str(error) == "2 problems\n  - first; fix\n  - second; fix [Stack/Api]"


@pytest.mark.parametrize("kind", [PolicyDocumentError, SourceError])
def test_every_error_can_be_caught_as_one(kind: type[ConfigurationError]) -> None:
    error = kind("first; fix", path="policy.json")
    assert isinstance(error, ConfigurationError)
    assert isinstance(error, ValueError)
    assert str(error) == "first; fix [policy.json]"


def test_an_error_can_be_sent_to_another_process() -> None:
    error = PolicyDocumentError("first; fix", "second; fix", path="rules[2]")
    again = copy.copy(error)  # by the protocol that pickle uses too
    assert isinstance(again, PolicyDocumentError)
    assert str(again) == str(error)
    assert again.sentences == error.sentences
    assert again.path == error.path
