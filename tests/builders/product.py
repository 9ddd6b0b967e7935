"""The product in this process: its application on a test's database, people with roles, a small county.

    app = kept_app_on(database_url, tmp_path)
    county = small_county(db)
    cadre = person_with(db, "village_cadre", area_code=county.villages["biomass"])
    client_of(app, cadre).post("/api/…", {…}).expect(201)

Roles and ties made here hold from 2022 on, whatever the clock says when they are made.
"""

from __future__ import annotations

import itertools
import json as json_format
import weakref
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from backend import identity, messaging, supervision, wiring
from backend.app import create_app, stand_on
from backend.core import clock
from backend.core.db import Database
from backend.identity import actions as identity_actions
from backend.programme import areas_under, load_areas, load_programme, the_programme
from backend.registry.actions import lists, ties
from backend.registry.models import Household
from backend.registry.queries import valid_code
from backend.settings import Settings, read_settings
from scripts.run import stand_in_templates
from scripts.wechat_standin import DEMO_AES_KEY, DEMO_APPID, DEMO_CALLBACK_TOKEN, DEMO_SECRET
from tests.builders.township_lists import csv_file, id_number, row, typed
from tests.harness import FONT_DIR, ROOT, applications
from tests.harness.databases import opened
from tests.harness.day import AUTUMN, morning_unless_chosen
from tests.harness.http import Answer, Client
from tests.harness.keys import TEST_KEYS

DATA = ROOT / "backend" / "programme" / "data"
DISTRICT = "140602"
_BEFORE_ALL = datetime(2022, 1, 1, tzinfo=UTC)
_NOBODY_LISTENS = "http://127.0.0.1:9"
_openids = itertools.count(1)


# The application


def settings_on(database_url: str, data_dir: Path, *, wechat_url: str | None = None, **env: str) -> Settings:
    """Settings of a test, read as the product reads them; ``wechat_url`` is a running stand-in's."""
    return read_settings(
        {
            "MODE": "test",
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data_dir),
            "FONT_DIR": str(FONT_DIR),
            "PUBLIC_BASE_URL": "http://localhost",
            "SPOOL_MEGABYTES": "1",
            "WECHAT_API_BASE_URL": wechat_url or _NOBODY_LISTENS,
            "WECHAT_APPID": DEMO_APPID,
            "WECHAT_SECRET": DEMO_SECRET,
            "WECHAT_CALLBACK_TOKEN": DEMO_CALLBACK_TOKEN,
            "WECHAT_CALLBACK_AES_KEY": DEMO_AES_KEY,
            "WECHAT_TEMPLATES": stand_in_templates(),
            **morning_unless_chosen(env),
            **TEST_KEYS,
            **env,
        }
    )


def app_on(database_url: str, tmp_path: Path, *, wechat_url: str | None = None, **env: str) -> Flask:
    """The web application, as a web process makes it, on a migrated database; photos below ``tmp_path``."""
    app = create_app(settings_on(database_url, tmp_path, wechat_url=wechat_url, **env))
    close_when_forgotten(app)
    return app


def kept_app_on(database_url: str, tmp_path: Path, *, wechat_url: str | None = None, **env: str) -> Flask:
    """As app_on, until the end of this test: the routes may be those that another test used."""
    assert "TRUSTED_PROXIES" not in env, "what stands before the routes is made with them"
    settings = settings_on(database_url, tmp_path, wechat_url=wechat_url, **env)
    if applications.IDLE:
        app = applications.IDLE.pop()
    else:
        app = create_app(settings)
        app.extensions["backend.database"].close()  # asked for its keys at the start; another takes its place
    stand_on(app, settings, opened(database_url))
    applications.LENT.append(app)
    return app


def close_when_forgotten(app: Flask) -> None:
    """Nobody stops an application in a test; its connections are closed after each test, the rest when it is forgotten."""
    applications.OWN.add(app)
    weakref.finalize(app, app.extensions["backend.database"].close)
    weakref.finalize(app, app.extensions["backend.wechat"].close)
    weakref.finalize(app, app.extensions["backend.spool"].close)


@dataclass
class AppClient(Client):
    """As tests.harness.http.Client, without a socket: ``get``, ``post``, …; a write has a fresh Idempotency-Key.

    Answers have ``.status``, ``.json()``, ``.headers`` and ``.expect(status)``, which gives the JSON.
    """

    app: Flask = field(default=None)  # type: ignore[assignment]  # dataclasses want a default after a default

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"Accept": "application/json", **(headers or {})}
        if json is not None:
            body = json_format.dumps(json, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if query:
            path = f"{path}?{urlencode({name: value for name, value in query.items() if value is not None})}"
        response = self.app.test_client(use_cookies=False).open(path, method=method, data=body, headers=sent)
        answered = response.data
        response.close()  # of a file that was sent
        for name, value in response.headers.items():
            if name.lower() == "set-cookie":
                pair, _, rest = value.partition(";")
                cookie, _, content = pair.partition("=")
                if content and "max-age=0" not in rest.lower():
                    self.cookies[cookie] = content
                else:
                    self.cookies.pop(cookie, None)
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, answered)


def client_of(app: Flask, person: Someone | None = None) -> AppClient:
    """The client of a signed-in person, or of somebody without a session."""
    return AppClient("http://localhost", token=person.token if person else None, app=app)


# People


@dataclass(frozen=True)
class Someone:
    """A person with an account, a session and its token. ``openid`` is the one in the mini-program."""

    id: str
    token: str
    openid: str


def wired() -> None:
    """Events, scopes, topics and channel as the composition roots connect them; twice changes nothing."""
    wiring.wire()
    messaging.configure(DEMO_APPID, json_format.loads(stand_in_templates()))


def somebody(db: Database, *, name: str | None = None, openid: str | None = None) -> Someone:
    """A person who has signed in and has no role."""
    openid = openid or f"o-built-{next(_openids)}"
    with db.writing() as session:
        person_id = identity.person_of_account(session, DEMO_APPID, openid)
        token = identity.open_session(session, person_id).token
        if name:
            identity_actions.set_name(session, identity.actor_for(session, person_id), name)
    return Someone(person_id, token, openid)


def person_with(
    db: Database,
    role: str,
    *,
    area_code: str | None = None,
    company_id: str | None = None,
    name: str | None = None,
    until: date | None = None,
) -> Someone:
    """A person with a role for an area or a company."""
    person = somebody(db, name=name)
    give_role_to(db, person, role, area_code=area_code, company_id=company_id, until=until)
    return person


def give_role_to(
    db: Database,
    person: Someone,
    role: str,
    *,
    area_code: str | None = None,
    company_id: str | None = None,
    until: date | None = None,
) -> str:
    """One more role for somebody; its id."""
    with db.writing() as session, clock.pinned(_BEFORE_ALL):
        given = identity.give_role(
            session,
            person.id,
            role=role,
            area_code=area_code,
            company_id=company_id,
            by=None,
            until=until,
        )
    return given.id


def actor_of(db: Database, person: Someone) -> identity.Actor:
    """The person as actions are handed them."""
    wired()
    with db.reading() as session:
        return identity.actor_for(session, person.id)


def company_in(
    db: Database, company_id: str, *kinds: str, name: str = "示范企业", area_code: str = DISTRICT
) -> str:
    """A company on record (kinds: contractor, fuel_supplier); its id."""
    with db.writing() as session:
        if supervision.company(session, company_id) is None:
            supervision.register_company(
                session, id=company_id, name=name, kinds=kinds, area_code=area_code, by=None
            )
    return company_id


# The county


class InMemory:
    """Storage for what a builder need not keep."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        self.files[key] = content

    def get(self, key: str) -> bytes:
        return self.files[key]

    def remove(self, key: str) -> None:
        self.files.pop(key, None)


@dataclass(frozen=True)
class County:
    """The sample plan with a handful of households: by path, a village's code and its households in the list's order."""

    programme_id: str
    district: str
    villages: Mapping[str, str]
    households: Mapping[str, tuple[str, ...]]

    def township(self, path: str) -> str:
        return self.villages[path][:9]


def plan_in(db: Database) -> str:
    """The sample plan and its areas, without a household; the programme's id."""
    wired()
    with db.writing() as session:
        load_programme(session, (DATA / "shuocheng-2022.yaml").read_bytes(), None)
        load_areas(session, (DATA / "shuocheng-2022-areas.csv").read_bytes(), None)
        return the_programme(session).id


def small_county(db: Database, households_each: int = 3, **on_path: int) -> County:
    """The sample plan, and in the first village of each path so many households, through the import of a list."""
    programme_id = plan_in(db)
    with db.writing() as session, clock.pinned(AUTUMN):
        programme = the_programme(session)
        areas = areas_under(session, DISTRICT)
        names = {area.code: area.name for area in areas}
        villages: dict[str, str] = {}
        for area in areas:
            if area.level == "village" and area.path:
                villages.setdefault(area.path, area.code)
        labels = {path.code: path.label for path in programme.paths}
        entries = [
            (path, number)
            for path in sorted(villages)
            for number in range(1, on_path.get(path, households_each) + 1)
        ]
        lines = []
        for place, (path, number) in enumerate(entries, start=2):
            code = villages[path]
            village = names[code]
            line = row(
                place,
                township=names[code[:9]],
                village=village,
                head_name=_name(place),
                id_number=id_number(order=place),
                phone=f"{199 - number // 100}{code[6:]}{number % 100:02d}",
                address=f"{village}{number}号",
                path=labels[path],
            )
            lines.append(typed(line))
        storage = InMemory()
        checked = lists.check_list(
            session, None, storage, raw=csv_file(*lines), filename="list.csv", area_code=DISTRICT
        )
        taken = lists.commit_list(session, None, storage, import_id=checked.id)
        assert taken.counts["taken"]["added"] == len(lines), taken.counts
        households = {
            path: tuple(
                session.scalars(select(Household.id).where(Household.path == path).order_by(Household.id))
            )
            for path in villages
        }
    return County(programme_id, DISTRICT, villages, households)


@cache
def _name(number: int) -> str:
    return "王李张刘陈杨赵黄周吴"[number % 10] + "建国秀英福贵玉梅"[number // 10 % 4 * 2 :][:2]


def household_in(db: Database, path: str, n: int = 1) -> str:
    """The id of the ``n``-th household (from 1) of a path, in the list's order."""
    with db.reading() as session:
        found = session.scalars(
            select(Household.id).where(Household.path == path).order_by(Household.id).offset(n - 1).limit(1)
        ).first()
    assert found, f"fewer than {n} households on {path}"
    return found


def code_of(db: Database, household_id: str) -> str:
    """The code on the door."""
    with db.reading() as session:
        code = valid_code(session, household_id)
    assert code
    return code


def resident_of(db: Database, household_id: str) -> Someone:
    """Somebody bound to a household by the telephone that the list holds."""
    wired()
    person = somebody(db)
    with db.writing() as session:
        home = session.get_one(Household, household_id)
        assert home.phone
        identity_actions.keep_verified_phone(session, person.id, home.phone)
        actor = identity.actor_for(session, person.id)
        code = valid_code(session, household_id)
        assert code
        ties.bind_by_phone(session, actor, code=code)
    return person


def proxy_of(db: Database, household_id: str, by: Someone) -> Someone:
    """Somebody with another telephone who acts for a household, named by ``by`` (of the household, or a cadre)."""
    wired()
    person = somebody(db)
    with db.writing() as session:
        phone = (
            f"198{session.scalar(select(func.count()).select_from(Household)) or 0:04d}{next(_openids):04d}"
        )
        identity_actions.keep_verified_phone(session, person.id, phone)
        giver = identity.actor_for(session, by.id)
        ties.name_proxy(session, giver, household_id=household_id, phone=phone, relation="子女")
    return person


def autumn() -> AbstractContextManager[None]:
    """Time held still in the plan's autumn: ``with autumn(): …``."""
    return clock.pinned(AUTUMN)
