"""A headless Chromium, driven over its DevTools protocol through a pair of pipes.

Nothing but the browser itself is needed. Source of the methods and events:
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

#: Where the browser is: CHROMIUM says so, else one of these on PATH.
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_SECONDS: Final = 60.0
_ARGUMENTS: Final = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
)


def chromium() -> str | None:
    """Return the path of the browser, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """A running browser; use :func:`browser`."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer
        self._selector = selectors.DefaultSelector()
        self._selector.register(reader, selectors.EVENT_READ)
        self._buffer = b""
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Call a method of the protocol and return its result."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writer, data) :]
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event: str, session: str) -> dict[str, Any]:
        """Return the parameters of the next event of this name."""
        while True:
            for place, each in enumerate(self.events):
                if each.get("method") == event and each.get("sessionId") == session:
                    found: dict[str, Any] = self.events.pop(place)["params"]
                    return found
            self.events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _SECONDS
        while b"\0" not in self._buffer:
            assert self._selector.select(deadline - time.monotonic()), "the browser says nothing"
            data = os.read(self._reader, 1 << 16)
            assert data, "the browser has ended"
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Run a browser of its own, with a profile that is thrown away."""
    path = chromium()
    assert path is not None
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = [*_ARGUMENTS, f"--user-data-dir={profile}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # the sandbox does not run as root
        script = f'exec "$0" "$@" 3<&{to_browser[0]} 4>&{from_browser[1]}'
        process = subprocess.Popen(
            ["bash", "-c", script, path, *arguments, "about:blank"],
            pass_fds=(to_browser[0], from_browser[1]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser[0])
        os.close(from_browser[1])
        running = Browser(from_browser[0], to_browser[1])
        try:
            yield running
            running.call("Browser.close")
        finally:
            os.close(to_browser[1])
            os.close(from_browser[0])
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Page:
    """A page of a browser, and all that it asked for and complained of.

    Args:
        running: The browser.
        width: The width of the window in CSS pixels.
        height: Its height.
        dark: Whether the system prefers dark.
        mobile: Whether it is a phone.
    """

    def __init__(
        self,
        running: Browser,
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        mobile: bool = False,
    ) -> None:
        self._browser = running
        self._target = running.call("Target.createTarget", url="about:blank")["targetId"]
        attached = running.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if mobile else 1,
            mobile=mobile,
        )
        self.prefer(dark=dark)

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol for this page."""
        return self._browser.call(method, self._session, **parameters)

    def prefer(self, *, dark: bool, media: str = "") -> None:
        """Say what the system prefers, and which medium the page is for."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme, calm])

    def open(self, file: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.call("Page.navigate", url=file.as_uri())
        self._browser.wait_for("Page.loadEventFired", self._session)

    def evaluate(self, expression: str) -> Any:
        """Return what a JavaScript expression gives; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, *, text: str = "", code: str = "", number: int = 0) -> None:
        """Press a key."""
        common = {"key": key, "code": code or key, "windowsVirtualKeyCode": number}
        down = "keyDown" if text else "rawKeyDown"
        self.call("Input.dispatchKeyEvent", type=down, text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        """Type text, a key after another."""
        for character in text:
            self.press(character, text=character)

    def screenshot(self, file: Path, *, whole: bool = False) -> Path:
        """Write what is seen, or the whole page, to a PNG file."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        file.write_bytes(base64.b64decode(data))
        return file

    def events(self, *methods: str) -> list[dict[str, Any]]:
        """Return the events of this page so far."""
        self.evaluate("0")  # what is on its way arrives before the answer
        return [
            each
            for each in self._browser.events
            if each.get("sessionId") == self._session and each["method"] in methods
        ]

    def close(self) -> None:
        """Close it."""
        self._browser.call("Target.closeTarget", targetId=self._target)
