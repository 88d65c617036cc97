"""Chromium without a window, told what to do through its pipe: no driver, no port, no package."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 60.0  # seconds


def program() -> str | None:
    """Where the browser is; None: nowhere."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """A running browser.

    Attributes:
        events: what it told without being asked, as (session, method, parameters).
    """

    def __init__(self, process: subprocess.Popen[bytes], write: int, read: int) -> None:
        self.process, self._write, self._read = process, write, read
        self._rest, self._last = b"", 0
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, method: str, session: str | None = None, **parameters: object) -> dict[str, Any]:
        """One command and its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        os.write(
            self._write, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0"
        )
        for answer in self._messages():
            if answer.get("id") == self._last:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])
            self._keep(answer)
        raise AssertionError(f"{method}: the browser is gone")

    def wait(self, method: str, session: str) -> None:
        """Until this event was told."""
        for message in self._messages():
            self._keep(message)
            if message.get("method") == method and message.get("sessionId") == session:
                return

    def _keep(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self.events.append((message.get("sessionId", ""), message["method"], message["params"]))

    def _messages(self) -> Iterator[dict[str, Any]]:
        end = time.monotonic() + PATIENCE
        while True:
            while b"\0" in self._rest:
                message, _, self._rest = self._rest.partition(b"\0")
                yield json.loads(message)
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"the browser said nothing for {PATIENCE:.0f} s"
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                return
            self._rest += chunk


@contextmanager
def running(folder: Path) -> Iterator[Browser]:
    """A browser with an empty profile in `folder`."""
    path = program()
    assert path is not None
    theirs_in, write = os.pipe()
    read, theirs_out = os.pipe()

    def ends() -> None:
        first, second = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(first, 3)
        os.dup2(second, 4)

    process = subprocess.Popen(
        [path, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=ends,
        pass_fds=(3, 4),
    )
    os.close(theirs_in)
    os.close(theirs_out)
    browser = Browser(process, write, read)
    try:
        yield browser
        browser.call("Browser.close")
    finally:
        os.close(write)
        os.close(read)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Tab:
    """A page in the browser.

    Attributes:
        requests: addresses that it asked for.
        complaints: what its console holds.
    """

    def __init__(
        self,
        browser: Browser,
        width: int = 1280,
        height: int = 900,
        *,
        dark: bool = False,
        script: bool = True,
    ) -> None:
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """A command to this page."""
        return self.browser.call(method, self.session, **parameters)

    def open(self, path: Path, fragment: str = "") -> "Tab":
        """Show a file."""
        self.call("Page.navigate", url=path.resolve().as_uri() + fragment)
        self.browser.wait("Page.loadEventFired", self.session)
        return self

    def ask(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """A key down and up."""
        code = {"Tab": 9, "Enter": 13, " ": 32}[key]
        keys = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown", **keys, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **keys)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A screenshot: what is seen, or the whole page."""
        found = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))

    def paper(self, **options: object) -> bytes:
        """The page as PDF."""
        found = self.call("Page.printToPDF", preferCSSPageSize=False, printBackground=True, **options)
        return base64.b64decode(found["data"])

    @property
    def requests(self) -> list[str]:
        """Addresses that it asked for."""
        sent = "Network.requestWillBeSent"
        return [p["request"]["url"] for s, m, p in self.browser.events if s == self.session and m == sent]

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings."""
        told = []
        for session, method, parameters in self.browser.events:
            if session == self.session:
                if method == "Runtime.exceptionThrown":
                    told.append(json.dumps(parameters["exceptionDetails"]))
                elif method == "Log.entryAdded":
                    told.append(parameters["entry"]["text"])
                elif method == "Runtime.consoleAPICalled":
                    told.append(json.dumps(parameters["args"]))
        return told

    def close(self) -> None:
        """Away with it."""
        self.browser.call("Target.closeTarget", targetId=self.target)
