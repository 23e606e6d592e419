"""Standard output whose reader may leave, and whose locale and state do no harm."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from ecr_constructs.errors import ConfigurationError


class _Lasting(io.FileIO):
    """A file that takes what is written to it also when nobody is left to read it."""

    _is_gone = False

    def write(self, data: Any, /) -> int:
        """Write bytes, until the reader leaves or the device refuses them.

        Raises:
            ConfigurationError: If the device refuses them, once.
        """
        size = memoryview(data).nbytes
        if self._is_gone:
            return size
        try:
            return super().write(data)
        except BrokenPipeError:
            # As with `| head`: no error, and what the command finds decides its status.
            self._is_gone = True
            return size
        except OSError as error:
            self._is_gone = True
            raise ConfigurationError(
                f"standard output cannot be written ({error.strerror}); send it to another place"
            ) from error


def last_to_the_end() -> None:
    """Make standard output last until the command ends, so that its status is always its own.

    What is no terminal gets UTF-8, as files do, whatever the locale says; a
    terminal gets a question mark for what it cannot show. A closed standard
    output takes everything.
    """
    stream = sys.stdout
    if stream is not sys.__stdout__:
        return  # whoever took its place knows why
    if stream is None:
        descriptor = os.open(os.devnull, os.O_WRONLY)
    elif stream.isatty():
        stream.reconfigure(errors="replace")
        return
    else:
        stream.flush()
        descriptor = stream.fileno()
    lasting = io.BufferedWriter(_Lasting(descriptor, "wb", closefd=False))
    sys.stdout = io.TextIOWrapper(lasting, encoding="utf-8")
