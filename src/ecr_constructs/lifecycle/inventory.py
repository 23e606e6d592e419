"""Read the images of a repository from what ``aws ecr describe-images`` printed.

Layer: lifecycle; imports ``errors`` and ``model``.

An inventory is read whole or not at all: half of the images would give a wrong
answer about the others.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn, cast, final

from ecr_constructs.errors import SourceError
from ecr_constructs.lifecycle.image_columns import images_of
from ecr_constructs.lifecycle.image_details import ImageDetailError, image_of
from ecr_constructs.lifecycle.json_stream import JsonStream, JsonStreamError
from ecr_constructs.lifecycle.packed_text import place_in, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from ecr_constructs.lifecycle.images import Image

_PAGE: Final = re.compile(r'\{[ \t\n\r]*"imageDetails"[ \t\n\r]*:[ \t\n\r]*\[')
#: As many images of a page that was decoded whole are taken at once: few enough for a processor
#: to have them at hand while it goes through their members.
_BATCH: Final = 500
_WANTED: Final = "give what `aws ecr describe-images --output json` prints"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The images of one repository.

    Attributes:
        images: All of them, each digest once.
        repository_name: Whose they are, where the inventory says so.
    """

    images: tuple[Image, ...]
    repository_name: str | None = None


def read_inventory(path: Path, *, on_progress: Callable[[int], None] | None = None) -> Inventory:
    """Read the inventory in a file; see :func:`parse_inventory`."""
    try:
        with path.open("rb") as stream:
            return parse_inventory(stream, name=str(path), on_progress=on_progress)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            f"the inventory cannot be read ({reason}); name a file that is there", path=str(path)
        ) from error


def parse_inventory(
    stream: IO[bytes], *, name: str, on_progress: Callable[[int], None] | None = None
) -> Inventory:
    """Read an inventory: one page or several, pretty-printed, a list or JSON Lines; gzip too.

    Beside the images, one window of the text is in memory at a time.

    Args:
        stream: An open binary stream such as ``sys.stdin.buffer``.
        name: What to call it in a message.
        on_progress: Called with the bytes of the file that were read so far,
            where the stream can tell.

    Returns:
        The images in the order of the stream.

    Raises:
        SourceError: If it is no inventory, or not a whole one; the sentence
            tells the line or the path in the document.
    """
    buffered = stream if isinstance(stream, io.BufferedReader) else _buffered(stream)
    try:
        return _Reader(JsonStream(text_of(buffered, on_progress))).inventory()
    except _InventoryError as error:
        raise SourceError(str(error), path=name) from None
    except _LineError as error:
        where = place_in(buffered, error.offset)
        raise SourceError(f"{where}: {error}", path=name) from None
    except JsonStreamError as error:
        where = place_in(buffered, error.offset)
        raise SourceError(f"{where} {error}; {_WANTED}", path=name) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise SourceError(
            "the gzip data is damaged or cut off; make the file again", path=name
        ) from None
    except UnicodeDecodeError as error:
        raise SourceError(
            f"the inventory is no {error.encoding} text; save it as UTF-8", path=name
        ) from None
    finally:
        if buffered is not stream:
            buffered.detach()  # or the caller's stream would be closed with it


def _buffered(stream: IO[bytes]) -> io.BufferedReader:
    return io.BufferedReader(cast("io.RawIOBase", stream))


class _InventoryError(ValueError):
    """A sentence on what is wrong, with the path inside the document."""


class _LineError(JsonStreamError):
    """A sentence on what is wrong with an image that is a line of its own."""


class _Reader:
    """Collects the images of all documents of a stream."""

    def __init__(self, json: JsonStream) -> None:
        self._json = json
        self._images: dict[str, Image] = {}
        self._repository: str | None = None
        self._goes_on = False

    def inventory(self) -> Inventory:
        """Read all documents."""
        documents = 0
        while self._json.peek():
            documents += 1
            self._document(f"document {documents}: " if documents > 1 else "")
        if not documents:
            self._refuse(f"the inventory is empty; {_WANTED}")
        if self._goes_on:
            self._refuse(
                "the last page ends with nextToken, so images are missing; "
                "leave out --max-items, or give all pages"
            )
        return Inventory(images=tuple(self._images.values()), repository_name=self._repository)

    def _document(self, prefix: str) -> None:
        if self._json.looking_at(_PAGE):
            self._take_all(self._json.batches(), f"{prefix}imageDetails")
            self._end_of_page()
        elif self._json.skip("["):
            self._take_all(self._json.batches(), prefix)
        else:
            value = self._json.value()
            members = value if isinstance(value, dict) else {}
            if "imageDetails" in members:
                self._page(members, prefix)
            elif "imageDigest" in members:
                self._take_line(members)
            else:
                self._json.fail("is no image and no page")

    def _end_of_page(self) -> None:
        """Read the members that follow the images of a page."""
        page: dict[str, object] = {}
        while self._json.skip(","):
            name = (
                self._json.value() if self._json.peek() == '"' else self._no_json("expected a name")
            )
            if not self._json.skip(":") or name == "imageDetails":
                self._no_json("expected one value for each name")
            page[name] = self._json.value()
        if not self._json.skip("}"):
            self._no_json("expected '}'" if self._json.peek() else "the text ends too early")
        self._note_token(page)

    def _page(self, page: Mapping[str, Any], prefix: str) -> None:
        details = page["imageDetails"]
        if not isinstance(details, list):
            self._refuse(f"{prefix}imageDetails must be a list of images; {_WANTED}")
        batches = (details[at : at + _BATCH] for at in range(0, len(details), _BATCH))
        self._take_all(batches, f"{prefix}imageDetails")
        self._note_token(page)

    def _note_token(self, page: Mapping[str, object]) -> None:
        # The API spells it nextToken, the AWS CLI NextToken where --max-items cut the output.
        self._goes_on = bool(page.get("nextToken") or page.get("NextToken"))

    def _take_all(self, batches: Iterable[list[Any]], path: str) -> None:
        first = 0
        for batch in batches:
            if not self._take_at_once(batch):
                self._take_each(batch, path, first)
            first += len(batch)

    def _take_at_once(self, batch: list[Any]) -> bool:
        """Take all images of a batch; none of them where one is to be looked at by itself."""
        images = images_of(batch)
        if images is None:
            return False
        taken = dict(zip(map(attrgetter("digest"), images), images, strict=True))
        once = len(taken) == len(images) and self._images.keys().isdisjoint(taken)
        names = [detail.get("repositoryName") for detail in batch]
        if not once or names.count(self._repository) < len(names):
            return False
        self._images.update(taken)
        return True

    def _take_each(self, batch: list[Any], path: str, first: int) -> None:
        """Take the images of a batch one by one; the first is told by that number."""
        for index, detail in enumerate(batch, first):
            if not isinstance(detail, dict):
                self._refuse(f"{path}[{index}] must be an image, got {detail!r}; {_WANTED}")
            if "imageDetails" in detail:
                self._page(detail, f"{path}[{index}].")
                continue
            try:
                self._take(detail)
            except ImageDetailError as error:
                self._refuse(f"{path}[{index}].{error}")

    def _take(self, detail: Mapping[str, Any]) -> None:
        image = image_of(detail)
        if image.digest in self._images:
            self._twice(image.digest)
        self._note_repository(detail.get("repositoryName"))
        self._images[image.digest] = image

    def _twice(self, digest: str) -> NoReturn:
        sentence = f"must be there once, got {digest!r} twice; give each image once"
        raise ImageDetailError("imageDigest", sentence)

    def _note_repository(self, name: object) -> None:
        if name in (None, self._repository):
            return
        if self._repository is not None:
            sentence = (
                f"must be {self._repository!r} as before, got {name!r}; "
                "give an inventory for each repository"
            )
            raise ImageDetailError("repositoryName", sentence)
        if not isinstance(name, str) or not name.isascii():
            sentence = f"must be the name of a repository, got {name!r}; leave it out"
            raise ImageDetailError("repositoryName", sentence)
        self._repository = name

    def _take_line(self, detail: Mapping[str, Any]) -> None:
        """Take an image that is a document of its own, as in JSON Lines."""
        end = self._json.offset - 1
        try:
            self._take(detail)
        except ImageDetailError as error:
            raise _LineError(str(error), end) from None

    def _no_json(self, message: str) -> NoReturn:
        self._json.fail(f"is no JSON: {message}")

    def _refuse(self, sentence: str) -> NoReturn:
        raise _InventoryError(sentence)
