"""What the platform demands of the whole product, through its routes and its commands."""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from click.testing import CliRunner
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from backend import identity
from backend.cli import cli
from backend.core import clock
from backend.core.db import Database
from backend.core.storage import FolderStorage
from backend.identity.models import WechatAccount
from backend.messaging import Notice, configure, ledger, send_due
from backend.messaging.models import SubscriptionGrant
from backend.registry import tell_household
from backend.registry.models import Household
from backend.settings import SettingsError, read_settings
from backend.wechat import (
    UnreadableAnswer,
    Wechat,
    WechatBusy,
    WechatRefused,
    login_on_page,
    mini_program_code,
)
from scripts.wechat_standin import DEMO_APPID, DEMO_OA_APPID, DEMO_OA_SECRET, DEMO_SECRET, Standin
from scripts.wechat_standin.state import Platform
from tests.builders.product import (
    AUTUMN,
    client_of,
    code_of,
    household_in,
    kept_app_on,
    person_with,
    proxy_of,
    resident_of,
    small_county,
)
from tests.doorstep.talks import Account, notices_of
from tests.harness.keys import TEST_KEYS
from tests.harness.races import race
from tests.harness.served import Served
from tests.messaging.builders import NOTICE as NOTICE_TEMPLATE
from tests.messaging.builders import SEND, balance, configure_channel, consent, told
from tests.sizes import SIZES
from tests.wechat.builders import LOGIN, PHONE_CALL, WANG, settings_for

CODES = "/wxa/getwxacodeunlimit"
PAGE = "pages/door/index"


@pytest.fixture
def app(db: Database, database_url: str, tmp_path: Path, standin: Standin) -> Flask:
    return kept_app_on(database_url, tmp_path, wechat_url=standin.url)


# 1, 2, 3: who it is


def test_duty_01_the_session_is_our_own_and_the_session_key_is_in_no_answer_and_no_log(
    app: Flask, standin: Standin, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client_of(app).post("/api/sessions", {"code": standin.platform.login_code("li")})
    token = answer.expect(201)["token"]
    (session_key,) = standin.platform.session_keys
    logged = "\n".join([*(record.getMessage() for record in caplog.records), caplog.text])
    for secret in (session_key, "o-li", "u-li"):
        assert secret not in answer.text and secret not in str(answer.headers)
    for secret in (session_key, token, DEMO_SECRET):
        assert secret not in logged
    client = client_of(app)
    assert client.get("/api/me").status == 401
    client.token = token
    assert client.get("/api/me").status == 200


@pytest.mark.parametrize("fault", ["busy", "45011", "502"])
def test_duty_02_a_busy_platform_is_asked_three_times_and_no_more(
    standin: Standin, wechat: Wechat, fault: str
) -> None:
    standin.fault(fault, times=2, path=LOGIN)
    assert wechat.login(standin.platform.login_code("wang")).openid == WANG
    wechat.warm()
    standin.fault(fault, times=0, path=PHONE_CALL)
    with pytest.raises(WechatBusy):
        wechat.phone_number(standin.platform.phone_code("wang"))
    assert (len(standin.calls(LOGIN)), len(standin.calls(PHONE_CALL))) == (3, 3)


@pytest.mark.parametrize(
    ("path", "call"),
    [
        (LOGIN, lambda wechat, platform: wechat.login(platform.login_code("wang"))),
        ("/sns/oauth2", lambda wechat, platform: login_on_page(wechat, platform.oauth_code("wang"))),
        (PHONE_CALL, lambda wechat, platform: wechat.phone_number(platform.phone_code("wang"))),
    ],
    ids=["login", "page", "phone"],
)
def test_duty_02_a_busy_platform_is_left_alone_for_a_while_before_each_further_try(
    standin: Standin,
    connect: Callable[..., Wechat],
    path: str,
    call: Callable[[Wechat, Platform], object],
) -> None:
    wechat = connect(oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    wechat.warm()
    standin.fault("busy", times=0, path=path)
    with pytest.raises(WechatBusy):
        call(wechat, standin.platform)
    tries = [datetime.fromisoformat(each["at"]) for each in standin.calls(path)]
    first, second = (later - earlier for earlier, later in pairwise(tries))
    assert first >= timedelta(seconds=0.05) and second >= timedelta(seconds=0.15)


def test_duty_02_what_the_platform_said_reaches_the_person_in_words_of_its_own(
    app: Flask, standin: Standin
) -> None:
    code = standin.platform.login_code("wang")
    client_of(app).post("/api/sessions", {"code": code}).expect(201)
    spent = client_of(app).post("/api/sessions", {"code": code}).json()
    high_risk = client_of(app).post("/api/sessions", {"code": standin.platform.login_code("zhao")}).json()
    standin.fault("busy", times=0, path=LOGIN)
    busy = client_of(app).post("/api/sessions", {"code": standin.platform.login_code("wang")}).json()
    assert len({each["code"] for each in (spent, high_risk, busy)}) == 3
    assert len({each["next"] for each in (spent, high_risk, busy)}) == 3
    assert "登录" in spent["next"] and spent["status"] == 401


def test_duty_03_a_user_is_an_account_of_one_appid_and_the_unionid_comes_later(db: Database) -> None:
    with db.writing() as session:
        here = identity.person_of_account(session, DEMO_APPID, "o-same")
        there = identity.person_of_account(session, "wx-official", "o-same")
        assert here != there
        assert identity.person_of_account(session, DEMO_APPID, "o-same", "u-1") == here
        assert identity.person_of_account(session, DEMO_APPID, "o-same") == here
    with db.reading() as session:
        rows = session.execute(select(WechatAccount.person_id, WechatAccount.unionid)).all()
    assert {tuple(row) for row in rows} == {(here, "u-1"), (there, None)}


@pytest.mark.usefixtures("county")
def test_duty_03_who_wrote_in_the_chat_first_finds_their_house_on_the_page(db: Database) -> None:
    """A follower's words come without a unionid: they become a person of their own, until the page's login tells it."""
    house = household_in(db, "heat_pump")
    resident = resident_of(db, house)
    with db.writing() as session:
        identity.person_of_account(session, DEMO_APPID, resident.openid, "u-1")
        chat = identity.actor_of_account(session, "wx-official", "o-chat")
        assert chat.ties == ()
        page = identity.actor_of_account(session, "wx-official", "o-chat", "u-1")
        assert page.person_id == resident.id and page.ties
        again = identity.actor_of_account(session, "wx-official", "o-chat")
        assert again.person_id == resident.id


@pytest.mark.usefixtures("county")
def test_duty_03_who_bound_the_house_on_a_page_keeps_their_messages_in_the_mini_program(
    db: Database, app: Flask
) -> None:
    """The mini-program's account joins the person who has the house, with the consents that were given by it."""
    configure_channel()
    house = household_in(db, "heat_pump")
    resident = resident_of(db, house)  # by whichever account: here it plays the official one
    with db.writing() as session:
        bare = identity.person_of_account(session, DEMO_APPID, "o-bare")
        ledger.add_grant(session, ledger.Account(DEMO_APPID, "o-bare", NOTICE_TEMPLATE), bare)
        session.execute(
            update(WechatAccount)
            .where(WechatAccount.person_id == resident.id)
            .values(appid="wx-official", unionid="u-1")
        )
    with db.writing() as session:
        human = identity.actor_of_account(session, DEMO_APPID, "o-bare", "u-1")
        assert human.person_id == resident.id
        assert identity.openid_of(session, resident.id, DEMO_APPID) == "o-bare"
        grant = session.scalars(select(SubscriptionGrant)).one()
        assert (grant.person_id, grant.balance) == (resident.id, 1)


def test_duty_03_two_apps_opened_at_once_make_one_person(db: Database) -> None:
    def first_login(number: int, unionid: str) -> str:
        with db.writing() as session:
            return identity.person_of_account(session, f"wx-{number % 2}", f"o-{unionid}", unionid)

    for attempt in range(5):
        people = race(SIZES.racers, partial(first_login, unionid=f"u-{attempt}"))
        assert people.errors == [] and len(set(people.values)) == 1


# 4: the phone


def test_duty_24_a_phone_code_sent_again_because_the_answer_was_lost_is_answered_as_the_first_time(
    app: Flask, standin: Standin
) -> None:
    wang, li = (client_of(app), client_of(app))
    for client, who in ((wang, "wang"), (li, "li")):
        client.token = client.post("/api/sessions", {"code": standin.platform.login_code(who)}).json()[
            "token"
        ]
    code = standin.platform.phone_code("wang")
    first = wang.post("/api/me/phone", {"code": code}).expect(200)
    assert wang.post("/api/me/phone", {"code": code}).expect(200) == first
    assert li.post("/api/me/phone", {"code": code}).json()["code"] == "phone.code_used"


def test_duty_04_a_phone_number_is_taken_from_the_platform_and_never_from_the_client(
    app: Flask, standin: Standin
) -> None:
    client = client_of(app)
    client.token = client.post("/api/sessions", {"code": standin.platform.login_code("wang")}).json()["token"]
    code = standin.platform.phone_code("wang")
    for own in ({"phone": "19900000009"}, {"code": code, "phone": "19900000009"}):
        assert client.post("/api/me/phone", own).status == 422
    assert standin.calls(PHONE_CALL) == [], "the code is not spent"
    client.post("/api/me/phone", {"code": code}).expect(200)
    assert client.get("/api/me").expect(200)["phone_masked"].endswith("0001")


# 7, 16: nobody waits for a send


@pytest.fixture
def hanging(db: Database, standin: Standin) -> Iterator[Account]:
    """The platform's callbacks, while a message is at the platform, which does not answer."""
    configure_channel()
    with clock.pinned(AUTUMN):
        told(db, 0)
        standin.platform.people["p0"] = {"id": "p0", "openid": "o-0"}
        client = Wechat(settings_for(standin, read_timeout=30), db)
        client.warm()
        standin.platform.grant("p0", "demo-tmpl-notice")
        standin.fault("hang", path=SEND, ms=25_000)
        sender = threading.Thread(target=send_due, args=(db, client, "w1"))
        sender.start()
        pause = threading.Event()
        while not standin.calls(SEND):
            pause.wait(0.01)
        yield Account(Flask("unused"), standin.platform)
        standin.platform.faults.reset()
        sender.join(30)
        client.close()
    del standin.platform.people["p0"]
    configure("", {})


def in_flight(standin: Standin) -> bool:
    return standin.calls(SEND)[0]["done"] is None


def test_duty_07_and_16_no_request_and_no_push_waits_for_a_send(
    db: Database, app: Flask, standin: Standin, hanging: Account
) -> None:
    """A write of the very person whose message hangs, and a push of the platform, end before the send does."""
    configure_channel()
    somebody = client_of(app)
    with db.writing() as session:
        person_id = identity.person_of_account(session, DEMO_APPID, "o-0")
        somebody.token = identity.open_session(session, person_id).token
    report = {"reports": [{"template": "demo-tmpl-notice", "outcome": "accept"}]}
    assert somebody.post("/api/subscription-grants", report).status == 200
    hanging.app = app
    pushed = hanging.push(openid="o-0", kind="event", event="subscribe_msg_sent_event", list=[])
    assert pushed.body == "success"
    assert in_flight(standin)


def test_duty_16_a_push_is_answered_within_a_second_and_taken_afterwards(
    db: Database, app: Flask, standin: Standin, tmp_path: Path
) -> None:
    """Somebody writes for long: the platform is answered in time, and its word counts once the writer is done."""
    configure_channel()
    account = Account(app, standin.platform)
    with db.writing() as session:
        consent(session, identity.person_of_account(session, DEMO_APPID, "o-0"), 0, 2)
    refusal = [{"TemplateId": NOTICE_TEMPLATE, "SubscribeStatusString": "reject"}]
    event = {"kind": "event", "event": "subscribe_msg_change_event", "list": refusal}
    with db.writing() as session:
        session.execute(update(SubscriptionGrant).values(balance=SubscriptionGrant.balance))
        began = time.monotonic()
        answer = account.push(openid="o-0", **event)
        words = account.text("o-0", "没暖气")
        answered = time.monotonic() - began
    assert (answer.body, answered < 2) == ("success", True)
    assert (words.reply and "已收到" in words.reply) or db.dialect == "postgresql"
    pause = threading.Event()
    for _ in range(500):
        if balance(db) == 0 and not any((tmp_path / "pushes").glob("[0-9]*")):
            break
        pause.wait(0.02)
    assert balance(db) == 0


def test_duty_07_a_platform_that_hangs_takes_neither_the_sticker_s_page_nor_a_report_of_danger_with_it(
    db: Database, serve: Callable[..., Served]
) -> None:
    """More people log in than a process has threads, and none of them is answered by the platform."""
    served = serve(worker=False, web_processes=1)
    stand_in = served.stand_in_client()
    stand_in.post("/sandbox/faults", {"fault": "hang", "times": 0, "path": LOGIN, "ms": 30_000}).expect(200)
    waiting = [
        threading.Thread(target=served.client().post, args=("/api/sessions", {"code": f"x{n}"}), daemon=True)
        for n in range(4)
    ]
    for each in waiting:
        each.start()
    threading.Event().wait(0.5)
    began = time.monotonic()
    assert served.client().get("/healthz").status == 200
    assert served.client().get("/q/ABCDEFGHJK/plain").status in (200, 404)
    assert time.monotonic() - began < 5, "a login waits for eight seconds"
    stand_in.post("/sandbox/reset", {}).expect(200)
    for each in waiting:
        each.join(20)


# 10: the next way


@pytest.mark.usefixtures("county")
def test_duty_10_danger_that_wechat_does_not_bring_is_passed_on_by_the_village_once(
    db: Database, app: Flask, standin: Standin
) -> None:
    house = household_in(db, "heat_pump")
    people = [resident_of(db, house)]
    people.append(proxy_of(db, house, people[0]))
    with db.reading() as session:
        area = session.get_one(Household, house).area_code
    cadre = client_of(app, person_with(db, "village_cadre", area_code=area))
    danger = Notice("fuel.recalled", "请停用这批燃料", "请不要再烧。", ("household", house), house)
    with db.writing() as session:
        for person in people:
            ledger.add_grant(session, ledger.Account(DEMO_APPID, person.openid, "demo-tmpl-fuel"), person.id)
        tell_household(session, house, danger, "recalled")
    client = Wechat(settings_for(standin), db)
    assert send_due(db, client, "w1").refused == 2  # the platform knows neither account
    client.close()
    told = [each["title"] for each in cadre.get("/api/inbox").expect(200)["items"]]
    assert len([title for title in told if title.startswith("请马上转告")]) == 1, told


@pytest.mark.usefixtures("county")
def test_duty_10_danger_to_a_house_that_allowed_no_message_is_passed_on_by_the_village_at_once(
    db: Database, app: Flask
) -> None:
    """Not what can wait, and not where one of the house is sent a message."""
    house, allowed = household_in(db, "heat_pump"), household_in(db, "biomass")
    residents = [resident_of(db, each) for each in (house, allowed)]
    with db.reading() as session:
        areas = [session.get_one(Household, each).area_code for each in (house, allowed)]
    cadres = [client_of(app, person_with(db, "village_cadre", area_code=area)) for area in areas]
    township = person_with(db, "township_officer", area_code=areas[0][:9])
    with db.writing() as session:
        account = ledger.Account(DEMO_APPID, residents[1].openid, "demo-tmpl-fuel")
        ledger.add_grant(session, account, residents[1].id)
        for topic, key in (("fuel.recalled", "bad"), ("fuel.delivered", "fine"), ("fuel.recalled", "bad")):
            for each in (house, allowed):
                tell_household(session, each, Notice(topic, "请停用", "不要再烧。", household_id=each), key)
    told = [each["household_id"] for cadre in cadres for each in cadre.get("/api/inbox").expect(200)["items"]]
    assert told == [house]
    assert notices_of(db, township, "relay.now") == [], "there is a cadre, who hears of it"


@pytest.mark.usefixtures("county")
def test_duty_10_danger_to_a_house_of_a_village_without_a_cadre_goes_to_the_township(db: Database) -> None:
    house = household_in(db, "heat_pump")
    resident_of(db, house)
    with db.reading() as session:
        area = session.get_one(Household, house).area_code
    township = person_with(db, "township_officer", area_code=area[:9])
    danger = Notice("fuel.recalled", "请停用", "不要再烧。", household_id=house)
    with db.writing() as session:
        tell_household(session, house, danger, "bad")
    assert [notice.household_id for notice in notices_of(db, township, "relay.now")] == [house]


# 17: one house, however its code is read


@pytest.fixture
def county(db: Database) -> Iterator[None]:
    with clock.pinned(AUTUMN):
        small_county(db, 1)
        yield


def scene_of(image: bytes) -> str:
    """What WeChat tells the page that a scanned mini-program code opens."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))
    return parse_qs(urlsplit(found.text).query)["scene"][0]


@pytest.mark.usefixtures("county")
def test_duty_17_sticker_raw_code_and_scene_lead_to_one_house_and_a_browser_learns_nothing(
    db: Database, app: Flask
) -> None:
    house = household_in(db, "heat_pump")
    code = code_of(db, house)
    with db.reading() as session:
        home = session.get_one(Household, house)
        personal = [home.head_name, str(home.id_number), str(home.phone), home.address, home.id]
    cadre = client_of(app, person_with(db, "village_cadre", area_code=home.area_code))
    poster = cadre.get("/api/mini-program-codes", page=PAGE, scene=code)
    assert (poster.status, poster.headers["content-type"]) == (200, "image/png")
    for read in (f"http://localhost/q/{code}", code, scene_of(poster.body)):
        scanned = cadre.post("/api/scans", {"household_code": read}).expect(201)
        assert scanned["household"]["id"] == house, read
    page = client_of(app).get(f"/q/{code}")
    assert page.status == 200 and "text/html" in page.headers["content-type"]
    assert not [each for each in personal if each in page.text]


# 18: only images are kept as images


@pytest.mark.parametrize("fault", ["41030", "45009", "not_json", "502"])
def test_duty_18_an_error_is_never_stored_as_an_image(
    tmp_path: Path, standin: Standin, wechat: Wechat, fault: str
) -> None:
    storage = FolderStorage(tmp_path / "kept")
    standin.fault(fault, path=CODES)
    with pytest.raises((WechatRefused, UnreadableAnswer, WechatBusy)):
        mini_program_code(wechat, storage, "A1B2C3D4E5", PAGE)
    assert [each for each in (tmp_path / "kept").rglob("*") if each.is_file()] == []
    images = [mini_program_code(wechat, storage, "A1B2C3D4E5", PAGE) for _ in range(3)]
    assert len(set(images)) == 1 and Image.open(io.BytesIO(images[0])).format == "PNG"
    assert len(standin.calls(CODES)) == 2, "a code is asked for once and then kept"
    assert mini_program_code(wechat, storage, "A1B2C3D4E6", PAGE) != images[0]


def test_duty_18_one_scene_on_two_pages_is_two_codes(
    tmp_path: Path, standin: Standin, wechat: Wechat
) -> None:
    storage = FolderStorage(tmp_path / "kept")
    pages = [PAGE, "pages/home/index"]
    images = [mini_program_code(wechat, storage, "A1B2C3D4E5", page) for page in (*pages, *pages)]
    assert images[:2] == images[2:] and images[0] != images[1]
    assert [call["body"]["page"] for call in standin.calls(CODES)] == pages


@pytest.mark.usefixtures("county")
def test_duty_18_a_platform_that_makes_no_code_is_told_in_words(
    db: Database, app: Flask, standin: Standin
) -> None:
    editor = client_of(app, person_with(db, "media_editor", area_code="140602"))
    standin.fault("45009", path=CODES)
    refused = editor.get("/api/mini-program-codes", page=PAGE, scene="poster1")
    assert (refused.status, refused.json()["code"]) == (503, "poster.no_code")
    for page, scene in ((PAGE, "海报"), (f"/{PAGE}", "poster1")):
        assert editor.get("/api/mini-program-codes", page=page, scene=scene).status == 422


def test_a_command_makes_the_code_of_a_poster(database_url: str, tmp_path: Path, standin: Standin) -> None:
    env = {
        "MODE": "test",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(tmp_path),
        "WECHAT_API_BASE_URL": standin.url,
        **TEST_KEYS,
    }
    out = tmp_path / "poster.png"
    run = CliRunner().invoke(cli, ["mini-program-code", PAGE, "poster1", "--out", str(out)], env=env)
    assert run.exit_code == 0, run.output
    assert scene_of(out.read_bytes()) == "poster1"
    assert (
        CliRunner().invoke(cli, ["mini-program-code", PAGE, "海报", "--out", str(out)], env=env).exit_code
        == 2
    )


# 24, 27


def test_duty_24_every_write_but_login_and_the_platforms_pushes_is_done_once_by_its_key(app: Flask) -> None:
    manners: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            manner = str(getattr(app.view_functions[rule.endpoint], "manner", None))
            manners.setdefault(manner, set()).add(f"{method} {rule.rule}")
    for each in manners["commits"]:
        assert each.split("/api/")[1].startswith(("sessions", "me/phone", "wechat/callback")), each
    assert set(manners) == {"commits", "idempotent", "reads"}
    assert "POST /api/messages/<string:message_id>/retry" in manners["idempotent"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8091",
        "https://localhost:8091",
        "https://10.0.0.8",
        "https://stand-in",
        "https://stand-in.local",
    ],
)
def test_duty_27_production_with_the_address_of_a_stand_in_does_not_start(
    tmp_path: Path, address: str
) -> None:
    env: dict[str, Any] = {
        "MODE": "production",
        "DATABASE_URL": "postgresql://database/heating",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_BASE_URL": "https://qunuan.example.cn",
        "WECHAT_APPID": "wx0123456789abcdef",
        "WECHAT_SECRET": "secret-of-the-platform",
        "WECHAT_CALLBACK_TOKEN": "token-of-the-callback",
        "WECHAT_CALLBACK_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        **TEST_KEYS,
    }
    assert read_settings({**env, "WECHAT_API_BASE_URL": "https://api.weixin.qq.com"})
    with pytest.raises(SettingsError, match="WECHAT_API_BASE_URL"):
        read_settings({**env, "WECHAT_API_BASE_URL": address})
