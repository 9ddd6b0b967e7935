"""The mini-program's browser build: read into memory when the process starts, so what is not in it cannot be served."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from backend.core.errors import NotFound
from backend.core.http import blueprint
from backend.identity import open_to_all

INDEX: Final = "index.html"
_EXTENSION: Final = "backend.h5"

# A machine's own table of types may lack or change any of these.
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_SHRINKS: Final = {".css", ".js", ".json", ".svg", ".ttf"}
_WORTH_SHRINKING_BYTES: Final = 1024
# The bundler names a file after its content: another content, another name.
_NAMED_BY_CONTENT: Final = re.compile(r"^assets/.*[-.][0-9A-Za-z_-]{8}\.[a-z0-9]+$")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_AN_HOUR: Final = "public, max-age=3600"

_NOSCRIPT_HEAD: Final = '<noscript><meta http-equiv="refresh" content="0; url={address}"></noscript>'
_NOSCRIPT_BODY: Final = (
    '<noscript><p><a href="{address}">这个浏览器不能运行脚本，请点这里打开简明页面。</a>'
    "有人不舒服先打 120，着火先打 119。</p></noscript>"
)


class UnusableBuild(ValueError):
    """The folder holds no build of the mini-program for browsers."""


@dataclass(frozen=True, slots=True)
class H5File:
    content: bytes
    shrunk: bytes | None
    content_type: str
    etag: str
    caching: str


@dataclass(frozen=True, slots=True)
class H5Build:
    """``before_head``, ``before_body``, ``rest``: the page in three parts, between which the words for browsers without scripts go."""

    before_head: str
    before_body: str
    rest: str
    files: Mapping[str, H5File]

    def page(self, plain_address: str) -> str:
        """The page; a browser without scripts goes to ``plain_address``, a path of ours, by itself or by a tap."""
        address = escape(plain_address)
        return "".join(
            (
                self.before_head,
                _NOSCRIPT_HEAD.format(address=address),
                self.before_body,
                _NOSCRIPT_BODY.format(address=address),
                self.rest,
            )
        )


def read_build(folder: Path) -> H5Build:
    """Read the whole build; raises UnusableBuild. Links that lead out of the folder are not followed."""
    root = folder.resolve()
    if not (root / INDEX).is_file():
        raise UnusableBuild(f"{folder} holds no {INDEX}")
    page = (root / INDEX).read_text("utf-8")
    head, body = re.search(r"<head\b[^>]*>", page), re.search(r"<body\b[^>]*>", page)
    if head is None or body is None or body.start() < head.end():
        raise UnusableBuild(f"{folder / INDEX} is no page")
    files = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(root):
            name = path.relative_to(root).as_posix()
            if name != INDEX:
                files[name] = _file(name, path.read_bytes())
    return H5Build(page[: head.end()], page[head.end() : body.end()], page[body.end() :], files)


def _file(name: str, content: bytes) -> H5File:
    suffix = Path(name).suffix.lower()
    shrunk = None
    if suffix in _SHRINKS and len(content) >= _WORTH_SHRINKING_BYTES:
        shrunk = gzip.compress(content, 9, mtime=0)
    return H5File(
        content,
        shrunk,
        _TYPES.get(suffix, "application/octet-stream"),
        hashlib.sha256(content).hexdigest()[:32],
        _FOR_EVER if _NAMED_BY_CONTENT.match(name) else _FOR_AN_HOUR,
    )


def the_build() -> H5Build | None:
    """The build that this process serves; None where it was given none."""
    found: H5Build | None = current_app.extensions[_EXTENSION]
    return found


def door_address(code: str) -> str:
    """Where the browser build shows the door of a code, whatever the code."""
    return f"/pages/door/index?q={quote(code, safe='')}"


def _plain_address() -> str:
    """Where the page asked for leads without scripts."""
    code = request.args.get("q", "")
    # What a path cannot carry is no code; the page itself says so to whoever has scripts.
    of_a_door = request.path == "/pages/door/index" and code and not re.search(r"[/\\]|^\.+$", code)
    return f"/q/{quote(code, safe='')}/plain" if of_a_door else "/plain"


def _policy() -> str:
    """No foreign host and no inline script.

    The runtime writes style attributes (on wide windows, and for pieces of pages that never change); icons are data:
    pictures, photos blob: ones before they are sent.
    """
    connect = " ".join(("'self'", current_app.config["SANDBOX_URL"] or "")).strip()
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"connect-src {connect}; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def h5_page() -> AnyResponse:
    """The one page of the build, which finds its way by the address; raises NotFound without a build."""
    build = the_build()
    if build is None:
        raise NotFound("没有这个页面。")
    response = Response(build.page(_plain_address()), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)


def _h5_file(name: str) -> AnyResponse:
    build = the_build()
    found = build.files.get(name) if build else None
    if found is None:
        raise NotFound("没有这个文件。")
    # Two representations of one address must not be taken for each other.
    as_shrunk = found.shrunk is not None and request.accept_encodings.quality("gzip") > 0
    content = found.shrunk if as_shrunk and found.shrunk else found.content
    response = Response(content, content_type=found.content_type)
    response.headers["Cache-Control"] = found.caching
    if found.shrunk is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if as_shrunk:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(found.etag + ("-gzip" if as_shrunk else ""))
    return response.make_conditional(request)


def keep_build(extensions: dict[str, object], folder: Path | None) -> None:
    """Read the build for this process; raises UnusableBuild."""
    extensions[_EXTENSION] = read_build(folder) if folder else None


pages = blueprint("h5", "The mini-program in a browser", url_prefix="")


@pages.route("/pages/<path:page>", methods=["GET"])
@open_to_all
def a_page(page: str) -> AnyResponse:
    """A page of the main package."""
    return h5_page()


@pages.route("/packages/<path:page>", methods=["GET"])
@open_to_all
def a_page_of_a_package(page: str) -> AnyResponse:
    """A page of a subpackage."""
    return h5_page()


@pages.route("/assets/<path:name>", methods=["GET"])
@open_to_all
def asset(name: str) -> AnyResponse:
    """Scripts and styles, named by their content."""
    return _h5_file(f"assets/{name}")


@pages.route("/static/<path:name>", methods=["GET"])
@open_to_all
def static_file(name: str) -> AnyResponse:
    """Pictures that keep their names."""
    return _h5_file(f"static/{name}")
