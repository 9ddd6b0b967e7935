"""A phone in headless Chromium: 390 × 844, Chinese, and no way out of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, ViewportSize, sync_playwright

from scripts.setup import chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIEWPORT: ViewportSize = {"width": 390, "height": 844}


@dataclass
class Phone:
    """A page as on a phone, and what it tried or complained about; the fixture fails on either at the end."""

    page: Page
    foreign: list[str] = field(default_factory=list)  # addresses beyond this machine that it asked for
    complaints: list[str] = field(
        default_factory=list
    )  # uncaught errors of its scripts, and what its policy refused

    def blame(self) -> None:
        """Fail on either; whoever made the phone calls it at the end."""
        assert not self.foreign, f"the page asked for foreign addresses: {self.foreign}"
        assert not self.complaints, f"the page's scripts threw: {self.complaints}"


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright (which may not fetch one of its own)."""
    executable = chromium()
    if executable is None:
        raise RuntimeError("no Chromium on PATH; run `python3 scripts/setup.py --tests`")
    with sync_playwright() as playwright:
        # A library that moves the wall clock is nothing that a browser starts with.
        env: dict[str, str | float | bool] = {
            name: value for name, value in os.environ.items() if name != "LD_PRELOAD"
        }
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS), env=env)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def phone(browser: Browser, **more: Any) -> Iterator[Phone]:
    """A phone of its own: no cookie or storage shared with another test. ``more``: of Playwright's ``new_context``."""
    usual = {
        "viewport": VIEWPORT,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "device_scale_factor": 2,
        "has_touch": True,
    }
    context = browser.new_context(**{**usual, **more})
    page = context.new_page()
    held = Phone(page)

    def judge(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            held.foreign.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions policy" in message.text:
            held.complaints.append(message.text)

    context.route("**/*", judge)
    page.on("pageerror", lambda error: held.complaints.append(str(error)))
    page.on("console", listen)
    try:
        yield held
    finally:
        context.close()
