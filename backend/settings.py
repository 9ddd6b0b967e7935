"""One frozen object, read from the environment once and checked at start.

A value that is missing or contradicts another stops the process with the name of the variable; nothing falls back
silently to what only a demo may use.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
import secrets
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from backend.core.crypto import KeyRing
from backend.core.waits import Waits
from backend.wechat import WechatSettings

MODES: Final = ("demo", "test", "production")
PLATFORM: Final = "weixin.qq.com"
WECHAT_API: Final = "https://api.weixin.qq.com"
_TEMPLATE_ID_MAX: Final = 64
_DEMO_APPID: Final = "wx-demo-appid"
_DEMO_SECRET: Final = "demo-secret"  # noqa: S105  # everybody's
_DEMO_CALLBACK_TOKEN: Final = "demo-callback-token"  # noqa: S105  # as above
_DEMO_AES_KEY: Final = "demoDEMOdemoDEMOdemoDEMOdemoDEMOdemoDEMO012"  # the stand-in's
_PUBLISHED: Final = frozenset({_DEMO_APPID, _DEMO_SECRET, _DEMO_CALLBACK_TOKEN, _DEMO_AES_KEY})
"""With them anybody could forge what the platform says."""

WECHAT_OPEN: Final = "https://open.weixin.qq.com"


class SettingsError(RuntimeError):
    """The environment does not make a running product; the text names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between a laptop, a test and a county."""

    mode: str
    database_url: str = field(repr=False)  # may hold a password
    database_waits: Waits
    spool_megabytes: int
    data_dir: Path
    font_dir: Path
    public_base_url: str
    clock_shift: timedelta
    trusted_proxies: int
    body_seconds: int
    key_ring: KeyRing
    wechat: WechatSettings
    h5_dir: Path | None
    verification_files: Mapping[str, str]

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def photo_dir(self) -> Path:
        return self.data_dir / "photos"

    @property
    def push_dir(self) -> Path:
        """Where pushes of the platform wait that were answered and not yet taken."""
        return self.data_dir / "pushes"

    @property
    def danger_dir(self) -> Path:
        """Where reports of danger wait that were answered while the database was away."""
        return self.data_dir / "dangers"

    @property
    def sandbox_url(self) -> str | None:
        """Where the demo's stand-in answers; None outside a demo."""
        return self.wechat.api_base_url if self.is_demo and is_loopback(self.wechat.api_base_url) else None


def is_loopback(url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or address.is_private or address.is_link_local


def _is_platform(url: str, gateway: str) -> bool:
    """An https address of the platform's own, or of the gateway that the county names as passing calls on to it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme != "https" or _is_here(url, host):
        return False
    return host == PLATFORM or host.endswith(f".{PLATFORM}") or (bool(gateway) and host == gateway.lower())


def _is_here(url: str, host: str) -> bool:
    """A loopback or private address in any of its spellings (127.1, 2130706433), or a neighbour's name without a dot."""
    if is_loopback(url):
        return True
    try:
        return is_loopback(f"https://{socket.inet_ntoa(socket.inet_aton(host))}")
    except (OSError, UnicodeError):
        return not ("." in host or ":" in host)


def _key(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise SettingsError(f"{name}: not base64") from error


def make_demo_keys(data_dir: Path) -> Path:
    """Write keys for a demo or a test (mode 0600) unless they are there; the file's path."""
    path = data_dir / "keys.json"
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = {
            "encryption": {"demo": base64.b64encode(secrets.token_bytes(32)).decode()},
            "current": "demo",
            "lookup": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        # Mode 0600, and a name of its own: in two containers both processes have the number 1.
        handle, temporary = tempfile.mkstemp(dir=data_dir, prefix="keys.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(fresh, file)
        try:
            os.link(temporary, path)  # two processes starting at once must end with one set of keys
        except FileExistsError:
            pass  # the other process was first: its keys are the ones
        finally:
            os.unlink(temporary)
    return path


def _key_ring(env: Mapping[str, str], mode: str, data_dir: Path) -> KeyRing:
    given = env.get("ENCRYPTION_KEYS"), env.get("LOOKUP_KEY")
    if all(given):
        pairs = [entry.partition("=") for entry in str(given[0]).split(",")]
        keys = {name.strip(): _key(text.strip(), "ENCRYPTION_KEYS") for name, _, text in pairs}
        current, lookup = pairs[0][0].strip(), _key(str(given[1]), "LOOKUP_KEY")
    elif any(given):
        raise SettingsError("ENCRYPTION_KEYS and LOOKUP_KEY: both, or in a demo neither")
    elif mode == "production":
        raise SettingsError("ENCRYPTION_KEYS and LOOKUP_KEY: production needs keys of its own")
    else:
        stored = json.loads(make_demo_keys(data_dir).read_text("utf-8"))
        keys = {name: _key(text, "keys.json") for name, text in stored["encryption"].items()}
        current, lookup = stored["current"], _key(stored["lookup"], "keys.json")
    try:
        return KeyRing(keys, current, lookup)
    except ValueError as error:
        raise SettingsError(f"ENCRYPTION_KEYS or LOOKUP_KEY: {error}") from error


def _number(env: Mapping[str, str], name: str, default: str) -> int:
    try:
        return int(env.get(name, default))
    except ValueError as error:
        raise SettingsError(f"{name}: not a whole number") from error


def _clock_shift(env: Mapping[str, str]) -> timedelta:
    """How far from the present the product lives: whole days and whole minutes, added up."""
    try:
        return timedelta(
            days=_number(env, "CLOCK_SHIFT_DAYS", "0"), minutes=_number(env, "CLOCK_SHIFT_MINUTES", "0")
        )
    except OverflowError as error:
        raise SettingsError("CLOCK_SHIFT_DAYS, CLOCK_SHIFT_MINUTES: no such time") from error


def _body_seconds(env: Mapping[str, str]) -> int:
    seconds = _number(env, "BODY_SECONDS", "60")
    if not 1 <= seconds <= 600:
        raise SettingsError("BODY_SECONDS: between 1 and 600")
    return seconds


def _waits(env: Mapping[str, str]) -> Waits:
    """How long a request waits for the database; the worker and the commands wait as long as it takes."""
    usual = {"connect": 3, "statement": 30, "lock": 5, "idle": 60, "pool": 5}
    given: dict[str, int] = {}
    for limit, seconds in usual.items():
        name = f"DATABASE_{limit.upper()}_SECONDS"
        given[limit] = _number(env, name, str(seconds))
        if not 1 <= given[limit] <= 3600:
            raise SettingsError(f"{name}: from 1 to 3600 seconds")
    return Waits(**given, busy=given["lock"])


def _spool_megabytes(env: Mapping[str, str]) -> int:
    size = _number(env, "SPOOL_MEGABYTES", "16")
    if not 1 <= size <= 1024:
        raise SettingsError("SPOOL_MEGABYTES: from 1 to 1024")
    return size


def _trusted_proxies(env: Mapping[str, str]) -> int:
    hops = _number(env, "TRUSTED_PROXIES", "0")
    if not 0 <= hops <= 10:
        raise SettingsError("TRUSTED_PROXIES: how many proxies stand in front, from 0 to 10")
    return hops


def _h5_dir(env: Mapping[str, str]) -> Path | None:
    """The mini-program's browser build; None: the product shows its plain pages only."""
    if not env.get("H5_DIR"):
        return None
    folder = Path(env["H5_DIR"]).resolve()
    if not (folder / "index.html").is_file():
        raise SettingsError("H5_DIR: no folder with the mini-program's browser build (index.html)")
    return folder


def _json_object(env: Mapping[str, str], name: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(env.get(name) or "{}")
    except ValueError as error:
        raise SettingsError(f"{name}: not JSON") from error
    if not isinstance(found, dict):
        raise SettingsError(f"{name}: not an object of {what}")
    return found


def _templates(env: Mapping[str, str]) -> dict[str, Any]:
    """Our name of a message -> the platform's id of its template, or the id with what fills its fields."""
    name = "WECHAT_TEMPLATES"
    templates = _json_object(env, name, "names and template ids")
    for ours, given in templates.items():
        shape = {"id": given} if isinstance(given, str) else given
        if (
            not isinstance(shape, dict)
            or not shape.keys() <= {"id", "fields", "long_term"}
            or not isinstance(shape.get("id"), str)
            or not 0 < len(shape["id"]) <= _TEMPLATE_ID_MAX
            or not _are_texts(shape.get("fields", {}))
            or not isinstance(shape.get("long_term", False), bool)
        ):
            raise SettingsError(
                f'{name}: {ours}: the platform\'s id, or {{"id": "…", "fields": {{"thing1": "title"}}, "long_term": false}}'
            )
    return templates


def _are_texts(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(each, str) for each in found.values())


def _verification_files(env: Mapping[str, str]) -> dict[str, str]:
    """Names and contents as the platform's console hands them out."""
    name = "WECHAT_VERIFICATION_FILES"
    files = _json_object(env, name, "file names and contents")
    for file, content in files.items():
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,80}\.txt", file):
            raise SettingsError(
                f"{name}: {file!r} is no name of such a file (letters, digits, _ and -, .txt)"
            )
        if not isinstance(content, str) or not re.fullmatch(r"[\x20-\x7e\r\n]{1,1000}", content):
            raise SettingsError(f"{name}: what {file} holds is no line of plain letters")
    return files


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment; raises SettingsError."""
    env = os.environ if env is None else env
    mode = env.get("MODE", "production")
    if mode not in MODES:
        raise SettingsError(f"MODE: one of {', '.join(MODES)}")
    data_dir = Path(env.get("DATA_DIR", "var")).resolve()
    if mode == "production" and not env.get("DATABASE_URL"):
        raise SettingsError(
            "DATABASE_URL: missing; production keeps nothing in a file that nobody named (postgresql://…)"
        )
    database_url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'product.db'}"
    try:
        make_url(database_url)
    except Exception as error:
        raise SettingsError("DATABASE_URL: not a database address") from error
    shift = _clock_shift(env)
    production = mode == "production"
    api_base_url = env.get("WECHAT_API_BASE_URL", WECHAT_API).rstrip("/")
    # A stand-in plays both hosts.
    usual_open = api_base_url if is_loopback(api_base_url) else WECHAT_OPEN
    open_base_url = (env.get("WECHAT_OPEN_BASE_URL") or usual_open).rstrip("/")
    public_base_url = env.get("PUBLIC_BASE_URL", "").rstrip("/")
    if production:
        if shift:
            raise SettingsError(
                "CLOCK_SHIFT_DAYS, CLOCK_SHIFT_MINUTES: production lives in the present; unset them"
            )
        gateway = env.get("WECHAT_GATEWAY", "")
        if not _is_platform(api_base_url, gateway):
            raise SettingsError(
                "WECHAT_API_BASE_URL: production talks to the platform, by https, not to a stand-in; a gateway of yours "
                "that passes calls on to it is named in WECHAT_GATEWAY (its host)"
            )
        if not _is_platform(open_base_url, gateway):
            raise SettingsError("WECHAT_OPEN_BASE_URL: production sends people to the platform, by https")
        if not public_base_url.startswith("https://") or is_loopback(public_base_url):
            raise SettingsError("PUBLIC_BASE_URL: the https:// address that stickers carry")
        for name in ("WECHAT_APPID", "WECHAT_SECRET", "WECHAT_CALLBACK_TOKEN", "WECHAT_CALLBACK_AES_KEY"):
            if not env.get(name):
                raise SettingsError(f"{name}: missing")
            if env[name] in _PUBLISHED:
                raise SettingsError(f"{name}: a value of the demo, which everybody knows")
    templates = _templates(env)
    try:
        platform = WechatSettings(
            api_base_url=api_base_url,
            appid=env.get("WECHAT_APPID", _DEMO_APPID),
            oa_appid=env.get("WECHAT_OA_APPID") or None,
            oa_secret=env.get("WECHAT_OA_SECRET") or None,
            open_base_url=open_base_url,
            secret=env.get("WECHAT_SECRET", _DEMO_SECRET),
            # The plain signature does not cover the body; production takes sealed pushes only.
            callback_safe_only=production,
            callback_token=env.get("WECHAT_CALLBACK_TOKEN", _DEMO_CALLBACK_TOKEN),
            callback_aes_key=env.get("WECHAT_CALLBACK_AES_KEY", ""),
            templates=templates,
        )
    except ValueError as error:
        raise SettingsError(f"WECHAT_…: {error}") from error
    return Settings(
        mode=mode,
        database_url=database_url,
        database_waits=_waits(env),
        spool_megabytes=_spool_megabytes(env),
        data_dir=data_dir,
        font_dir=Path(env["FONT_DIR"]).resolve() if env.get("FONT_DIR") else data_dir / "fonts",
        public_base_url=public_base_url or f"http://127.0.0.1:{env.get('PORT', '8000')}",
        clock_shift=shift,
        trusted_proxies=_trusted_proxies(env),
        body_seconds=_body_seconds(env),
        key_ring=_key_ring(env, mode, data_dir),
        wechat=platform,
        h5_dir=_h5_dir(env),
        verification_files=_verification_files(env),
    )
