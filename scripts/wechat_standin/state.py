"""The platform's memory: tokens, codes, people, grants, messages and the journal; all of it gone after a reset."""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scripts.wechat_standin.faults import Faults
from scripts.wechat_standin.tokens import Token, Tokens

DEMO_APPID = "wx-demo-appid"
DEMO_SECRET = "demo-secret"
DEMO_OA_APPID = "wx-demo-oa-appid"
DEMO_OA_SECRET = "demo-oa-secret"
DEMO_CALLBACK_TOKEN = "demo-callback-token"
DEMO_AES_KEY = "demoDEMOdemoDEMOdemoDEMOdemoDEMOdemoDEMO012"
ORIGINAL_ID = "gh_demo00000001"

CODE_SECONDS = 300
ACTIVE_SECONDS = 2 * 3600
LOGINS_A_MINUTE = 100
_PRIVATE_KEYS = {"secret", "access_token", "js_code", "code", "phone", "phone_number"}
_JOURNAL_MAX = 200_000

TEMPLATES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("templates.json").read_text("utf-8")
)
TEMPLATE_IDS: dict[str, str] = {template["name"]: key for key, template in TEMPLATES.items()}
"""What WECHAT_TEMPLATES holds in a demo: our name of a message -> the template's id."""


class NoSuchPerson(LookupError):
    """No demo person of that id."""


def shifted_now() -> datetime:
    """The demo's own time: CLOCK_SHIFT_DAYS and CLOCK_SHIFT_MINUTES added up, as the product reads them."""
    days, minutes = (int(os.environ.get(f"CLOCK_SHIFT_{unit}") or 0) for unit in ("DAYS", "MINUTES"))
    return datetime.now(UTC) + timedelta(days=days, minutes=minutes)


def load_pages(source: str | Path) -> frozenset[str]:
    """The pages that a mini-program declares in its pages.json."""
    declared = json.loads(Path(source).read_text("utf-8"))
    packaged = (
        f"{part['root']}/{page['path']}" for part in declared.get("subPackages", []) for page in part["pages"]
    )
    return frozenset([*(page["path"] for page in declared["pages"]), *packaged])


def load_people(source: str | Path | Iterable[Mapping[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """By id, from the people file or a list; what is unknown is kept, ``openid`` is made up where it lacks."""
    if source is None:
        return {}
    entries: Iterable[Mapping[str, Any]]
    if isinstance(source, (str, Path)):
        found = json.loads(Path(source).read_text("utf-8"))
        entries = found["people"] if isinstance(found, dict) else found
    else:
        entries = source
    people = {}
    for person in entries:
        identity = str(person["id"])
        people[identity] = {
            **person,
            "id": identity,
            "openid": str(person.get("openid") or f"demo-{identity}"),
        }
    return people


@dataclass
class Code:
    person: str
    kind: str
    made: float
    used: bool = False


@dataclass
class Platform:
    """One mini-program and one official account on a make-believe platform."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    appid: str = DEMO_APPID
    secret: str = DEMO_SECRET
    callback_url: str | None = None
    callback_token: str = DEMO_CALLBACK_TOKEN
    callback_aes_key: str = DEMO_AES_KEY
    now: Callable[[], datetime] = shifted_now
    official_account: str = "subscription"
    oa_appid: str = DEMO_OA_APPID
    oa_secret: str = DEMO_OA_SECRET
    pages: frozenset[str] | None = None
    """The pages of the mini-program's released version; None: any page is."""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self._order = 0
        self.reset()

    def reset(self) -> None:
        """As just started; people, account and callback address stay."""
        with self.lock:
            self.faults.reset()
            self.journal: deque[dict[str, Any]] = deque(maxlen=_JOURNAL_MAX)
            self.moments: Counter[str] = Counter()  # beginnings and ends of calls, by path
            self.tokens = {self.appid: Tokens(), self.oa_appid: Tokens()}
            self.codes: dict[str, Code] = {}
            self.logins: dict[str, deque[float]] = {}
            self.session_keys: list[str] = []
            self.active: dict[str, float] = {}
            self.grants: Counter[tuple[str, str]] = Counter()
            self.in_flight: Counter[str] = Counter()
            self.messages: list[dict[str, Any]] = []
            self.media: dict[str, dict[str, Any]] = {}
            self.mass: dict[str, int] = {}
            self.mass_sent: Counter[str] = Counter()
            self._msgid = 2_000_000_000_000_000_000

    # -- people and what they do on their phones

    def person(self, identity: str) -> dict[str, Any]:
        try:
            return self.people[identity]
        except KeyError:
            raise NoSuchPerson(identity) from None

    def by_openid(self, openid: str) -> dict[str, Any] | None:
        """Who has this openid in the mini-program."""
        return next((person for person in self.people.values() if person["openid"] == openid), None)

    def by_oa_openid(self, openid: str) -> dict[str, Any] | None:
        """Who has this openid in the official account."""
        return next(
            (person for person in self.people.values() if self.oa_openid(person["id"]) == openid), None
        )

    def has_page(self, page: str) -> bool:
        return self.pages is None or page.partition("?")[0] in self.pages

    def openid(self, person: str) -> str:
        return str(self.person(person)["openid"])

    def login_code(self, person: str) -> str:
        """What wx.login would give: single use, five minutes."""
        return self._code(self.person(person)["id"], "login")

    def oauth_code(self, person: str) -> str:
        """What WeChat adds to the address of the official account's page: single use, five minutes."""
        return self._code(self.person(person)["id"], "oauth")

    def oa_openid(self, person: str) -> str:
        """The same person has another openid in the official account."""
        return str(self.person(person).get("oa_openid") or f"oa-{self.openid(person)}")

    def phone_code(self, person: str) -> str:
        """What the phone-number button would give; raises NoSuchPerson for somebody without a phone."""
        if not self.person(person).get("phone"):
            raise NoSuchPerson(f"{person} has no phone")
        return self._code(person, "phone")

    def _code(self, person: str, kind: str) -> str:
        code = f"0{kind[0]}" + secrets.token_hex(14)
        with self.lock:
            self.codes[code] = Code(person, kind, time.monotonic())
        return code

    def holder_of(self, code: str) -> str:
        """Whose code it is, spent or not; "" for one that was never given out."""
        with self.lock:
            known = self.codes.get(code)
            return known.person if known else ""

    def spend_code(self, code: str, kind: str) -> tuple[int, str]:
        """(0, person), or (errcode, "")."""
        with self.lock:
            known = self.codes.get(code)
            if known is None or known.kind != kind or time.monotonic() - known.made > CODE_SECONDS:
                return 40029, ""
            if known.used:
                return 40163, ""
            known.used = True
            return 0, known.person

    def grant(self, person: str, template_id: str, count: int = 1) -> int:
        """Accepts in the client; 0 means a refusal, which empties the balance. The balance afterwards.

        An accept of a long-term template allows messages until it is refused: its balance is 1 or 0.
        """
        key = (self.openid(person), template_id)
        most = 1 if TEMPLATES.get(template_id, {}).get("long_term") else None
        with self.lock:
            self.grants[key] = min(self.grants[key] + count, most or sys.maxsize) if count else 0
            return self.grants[key]

    def balance(self, person: str, template_id: str) -> int:
        with self.lock:
            return self.grants[(self.openid(person), template_id)]

    # -- tokens

    @property
    def stable(self) -> Token | None:
        """The mini-program's stable token."""
        return self.tokens[self.appid].stable

    def expire_stable(self) -> None:
        """The mini-program's stable token ends now."""
        with self.lock:
            self.tokens[self.appid].expire_stable()

    # -- what was asked

    def next_msgid(self) -> int:
        with self.lock:
            self._msgid += 1
            return self._msgid

    def tick(self) -> int:
        """Grows with every beginning and every end of a call: two calls overlap if one's n lies within another's."""
        with self.lock:
            self._order += 1
            return self._order

    def calls(self, path: str = "", since: int = 0) -> list[dict[str, Any]]:
        """Journal entries of endpoints beginning with ``path``, begun after tick ``since``."""
        with self.lock:
            return [dict(e) for e in self.journal if e["path"].startswith(path) and e["n"] > since]


def without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: "***" if k.lower() in _PRIVATE_KEYS else without_secrets(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value
