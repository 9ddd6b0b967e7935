"""The stand-in itself: what the demo and everybody's tests lean on."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from backend.core import clock
from backend.wechat import open_callback, reply_text
from scripts.children import Child, free_port, listens, start, stop, wait_until
from scripts.wechat_standin import DEMO_APPID, DEMO_OA_APPID, DEMO_OA_SECRET, DEMO_SECRET, Standin, serve
from tests.harness import ROOT
from tests.harness.races import race
from tests.wechat.builders import LOGIN, NOTICE, PEOPLE, PHONE, SEND, STABLE, VALUES, WANG, settings_for

ACCOUNT = {"appid": DEMO_APPID, "secret": DEMO_SECRET}
DATA = {field: {"value": value} for field, value in VALUES.items()}


def ask(standin: Standin, method: str, path: str, body: Any = None) -> Any:
    """The decoded answer of any status."""
    connection = http.client.HTTPConnection("127.0.0.1", standin.port, timeout=10)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        return json.loads(connection.getresponse().read() or b"null")
    finally:
        connection.close()


def token_of(standin: Standin, **more: Any) -> str:
    return str(ask(standin, "POST", STABLE, {**ACCOUNT, **more})["access_token"])


def send(standin: Standin, token: str, openid: str = WANG, **more: Any) -> int:
    body = {"touser": openid, "template_id": NOTICE, "data": DATA} | more
    return int(ask(standin, "POST", f"{SEND}?access_token={token}", body)["errcode"])


# -- people and codes


def test_people_are_shown_without_what_identifies_them(standin: Standin) -> None:
    wang, li, zhao = ask(standin, "GET", "/sandbox/people")["people"]
    assert (wang["id"], wang["name"], wang["description"], wang["household_code"]) == (
        "wang",
        "王秀兰",
        "居民",
        "A1B2C3D4E5",
    )
    assert (li["description"], li["has_phone"], zhao["shoe_size"]) == ("村干部", False, 43)
    assert not {"phone", "openid", "unionid"} & {*wang, *li, *zhao}


def test_a_people_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps({"people": PEOPLE, "note": "x"}), "utf-8")
    with serve(people=file) as standin:
        assert standin.platform.openid("wang") == WANG


def test_a_code_over_http_is_for_one_login(standin: Standin) -> None:
    code = ask(standin, "GET", "/sandbox/code?person=wang")["code"]
    path = f"{LOGIN}?appid={DEMO_APPID}&secret={DEMO_SECRET}&js_code={code}&grant_type=authorization_code"
    first, second = ask(standin, "GET", path), ask(standin, "GET", path)
    assert first["openid"] == WANG
    assert first["session_key"]
    assert second["errcode"] == 40163


def test_a_code_lives_five_minutes(standin: Standin) -> None:
    code = standin.platform.login_code("wang")
    standin.platform.codes[code].made -= 301
    assert standin.platform.spend_code(code, "login") == (40029, "")


def test_only_somebody_with_a_phone_has_a_phone_code(standin: Standin) -> None:
    assert ask(standin, "GET", "/sandbox/phone-code?person=wang")["code"]
    assert ask(standin, "GET", "/sandbox/phone-code?person=zhao")["code"]
    assert ask(standin, "GET", "/sandbox/phone-code?person=li")["error"] == "NoSuchPerson"
    assert ask(standin, "GET", "/sandbox/code?person=nobody")["error"] == "NoSuchPerson"


# -- tokens


def test_the_stable_token_stays_the_same_until_it_is_forced(standin: Standin) -> None:
    first = token_of(standin)
    assert token_of(standin) == first
    forced = token_of(standin, force_refresh=True)
    assert forced != first
    assert token_of(standin, force_refresh=True) == forced  # within 30 s
    assert send(standin, first) == 42001


def test_each_ordinary_token_is_new_and_the_one_before_still_lives(standin: Standin) -> None:
    path = f"/cgi-bin/token?grant_type=client_credential&appid={DEMO_APPID}&secret={DEMO_SECRET}"
    first, second = (ask(standin, "GET", path)["access_token"] for _ in range(2))
    assert first != second
    assert (send(standin, first), send(standin, second)) == (43101, 43101)


@pytest.mark.parametrize(("token", "errcode"), [("", 41001), ("made-up", 40001)])
def test_a_missing_token_and_a_made_up_one_differ(standin: Standin, token: str, errcode: int) -> None:
    assert send(standin, token) == errcode


# -- sends and grants


def test_a_grant_of_zero_is_a_refusal(standin: Standin) -> None:
    order = {"person": "wang", "template_id": NOTICE}
    assert ask(standin, "POST", "/sandbox/grant", {**order, "count": 3})["count"] == 3
    assert send(standin, token_of(standin)) == 0
    assert ask(standin, "GET", "/sandbox/grants")["grants"][0]["count"] == 2
    assert ask(standin, "POST", "/sandbox/grant", {**order, "count": 0})["count"] == 0
    assert send(standin, token_of(standin)) == 43101


@pytest.mark.parametrize(
    ("different", "errcode"),
    [
        ({"touser": "nobody"}, 40003),
        ({"template_id": "none"}, 40037),
        ({"page": "/pages/index"}, 41030),
        ({"data": DATA | {"thing1": {"value": "一" * 21}}}, 47003),
        ({"data": DATA | {"thing1": {"value": ""}}}, 47003),
        ({"data": {}}, 47003),
    ],
)
def test_a_wrong_send_is_refused_and_costs_no_grant(
    standin: Standin, different: dict[str, Any], errcode: int
) -> None:
    standin.platform.grant("wang", NOTICE)
    assert send(standin, token_of(standin), **different) == errcode
    assert standin.platform.balance("wang", NOTICE) == 1


def test_two_sends_to_one_person_at_a_time_are_refused(standin: Standin) -> None:
    token = token_of(standin)
    for person in ("wang", "li"):
        standin.platform.grant(person, NOTICE, 2)
    standin.fault("latency", ms=200)
    assert sorted(race(2, lambda _: send(standin, token)).values) in ([0, 43108], [43108, 43108])
    assert race(2, lambda number: send(standin, token, (WANG, "o-li")[number])).values == [0, 0]


def test_what_its_caller_did_not_live_to_say_is_no_call(standin: Standin) -> None:
    """A process that is killed may have sent the head of a request and none or half of its body."""
    token = token_of(standin)
    head = f"POST {SEND}?access_token={token} HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n"
    for begun in ("", '{"touser": "'):
        with socket.create_connection(("127.0.0.1", standin.port), timeout=10) as cut:
            cut.sendall((head + begun).encode())
            cut.shutdown(socket.SHUT_WR)
            assert cut.recv(100) == b"", "answered"
    assert standin.calls(SEND) == []


def test_what_a_person_received_can_be_read_on_its_phone(standin: Standin) -> None:
    standin.platform.grant("wang", NOTICE)
    send(standin, token_of(standin))
    (message,) = ask(standin, "GET", "/sandbox/messages?person=wang")["messages"]
    assert message["title"] == "通知公告提醒"
    assert {"label": "通知标题", "value": "停电通知"} in message["fields"]
    assert ask(standin, "GET", "/sandbox/messages?person=li")["messages"] == []


def token_of_the_official_account(standin: Standin) -> str:
    account = {"grant_type": "client_credential", "appid": DEMO_OA_APPID, "secret": DEMO_OA_SECRET}
    return str(ask(standin, "POST", "/cgi-bin/stable_token", account)["access_token"])


def test_a_mass_send_is_once_a_day_and_deduplicated(standin: Standin) -> None:
    path = f"/cgi-bin/message/mass/sendall?access_token={token_of_the_official_account(standin)}"
    first = ask(standin, "POST", path, {"clientmsgid": "c1"})
    again = ask(standin, "POST", path, {"clientmsgid": "c1"})
    other = ask(standin, "POST", path, {"clientmsgid": "c2"})
    assert (first["errcode"], again["errcode"], other["errcode"]) == (0, 45065, 45028)
    assert again["msg_id"] == first["msg_id"]


def test_a_template_message_is_a_service_accounts_and_takes_twenty_characters_a_field(
    standin: Standin,
) -> None:
    path = f"/cgi-bin/message/template/send?access_token={token_of_the_official_account(standin)}"
    follower = standin.platform.oa_openid("wang")
    body = {"touser": follower, "template_id": "t", "data": {"first": {"value": "一" * 20}}}
    assert ask(standin, "POST", path, body)["errcode"] == 48001
    standin.platform.official_account = "service"
    try:
        assert ask(standin, "POST", path, body)["errcode"] == 0
        assert ask(standin, "POST", path, {**body, "touser": WANG})["errcode"] == 40003
        body["data"] = {"first": {"value": "一" * 21}}
        assert ask(standin, "POST", path, body)["errcode"] == 47003
    finally:
        standin.platform.official_account = "subscription"


def test_a_token_of_the_one_account_is_none_of_the_other(standin: Standin) -> None:
    official = token_of_the_official_account(standin)
    assert official != token_of(standin)
    assert send(standin, official) == 40001
    path = f"/cgi-bin/message/mass/sendall?access_token={token_of(standin)}"
    assert ask(standin, "POST", path, {})["errcode"] == 40001
    wrong = {"grant_type": "client_credential", "appid": DEMO_OA_APPID, "secret": "x"}
    assert ask(standin, "POST", "/cgi-bin/stable_token", wrong)["errcode"] == 40125


def test_a_token_can_be_forced_twenty_times_a_day(standin: Standin) -> None:
    forced = set()
    for _ in range(20):
        standin.platform.tokens[DEMO_APPID].a_moment_passes(31)
        forced.add(token_of(standin, force_refresh=True))
    assert len(forced) == 20
    standin.platform.tokens[DEMO_APPID].a_moment_passes(31)
    account = {"grant_type": "client_credential", "appid": DEMO_APPID, "secret": DEMO_SECRET}
    refused = ask(standin, "POST", "/cgi-bin/stable_token", {**account, "force_refresh": True})
    assert refused["errcode"] == 45009
    assert token_of(standin) in forced


@pytest.mark.parametrize("moment", ["29:99", "2022年13月45日 12:00", "2022年2月30日", "24:00"])
def test_a_time_that_no_clock_shows_is_refused(standin: Standin, moment: str) -> None:
    standin.platform.grant("wang", NOTICE)
    assert send(standin, token_of(standin), data=DATA | {"time3": {"value": moment}}) == 47003


def test_a_page_that_the_mini_program_does_not_have_is_refused() -> None:
    pages = ROOT / "miniprogram" / "src" / "pages.json"
    with serve(people=PEOPLE, pages=pages, now=clock.now) as standin:
        standin.platform.grant("wang", NOTICE, 2)
        assert send(standin, token_of(standin), page="no/such/page") == 41030
        assert send(standin, token_of(standin), page="pages/inbox/index?id=1") == 0
        path = f"/wxa/getwxacodeunlimit?access_token={token_of(standin)}"
        body = {"scene": "a", "page": "no/such/page"}
        assert ask(standin, "POST", path, body)["errcode"] == 41030


def test_a_sealed_push_of_the_official_account_is_sealed_for_it(standin: Standin) -> None:
    for official, appid in ((True, DEMO_OA_APPID), (False, DEMO_APPID)):
        push = standin.prepare(person="wang", mode="safe", text="x", official=official)
        assert push.appid == appid
        message = open_callback(settings_for(standin), push.query, push.body, push.content_type, appid=appid)
        assert message.openid == (standin.platform.oa_openid("wang") if official else WANG)


# -- faults, journal, load


def test_a_fault_is_played_after_as_many_calls_and_as_often_as_ordered(standin: Standin) -> None:
    standin.platform.grant("wang", NOTICE, 9)
    ask(standin, "POST", "/sandbox/faults", {"fault": "45009", "after": 2, "times": 2, "path": SEND})
    token = token_of(standin)
    assert [send(standin, token) for _ in range(5)] == [0, 0, 45009, 45009, 0]


def test_an_unknown_fault_is_refused(standin: Standin) -> None:
    assert ask(standin, "POST", "/sandbox/faults", {"fault": "nonsense"})["error"] == "UnknownFault"
    assert ask(standin, "POST", "/sandbox/faults", {})["error"] == "BadOrder"


def test_a_false_43101_empties_the_platforms_grant(standin: Standin) -> None:
    standin.platform.grant("wang", NOTICE, 2)
    standin.fault("43101")
    token = token_of(standin)
    assert [send(standin, token), send(standin, token)] == [43101, 43101]


def test_the_journal_tells_order_and_overlap_and_no_secret(standin: Standin) -> None:
    code = standin.platform.phone_code("wang")
    token = token_of(standin)
    ask(standin, "POST", f"/wxa/business/getuserphonenumber?access_token={token}", {"code": code})
    journal = ask(standin, "GET", "/sandbox/journal")
    assert [call["path"] for call in journal["calls"]] == [STABLE, "/wxa/business/getuserphonenumber"]
    assert [call["n"] < call["done"] for call in journal["calls"]] == [True, True]
    shown = json.dumps(journal)
    assert not any(secret in shown for secret in (code, token, DEMO_SECRET, PHONE))
    assert ask(standin, "GET", f"/sandbox/journal?since={journal['last']}")["calls"] == []


def test_sixty_four_calls_at_once_are_all_answered(standin: Standin) -> None:
    standin.fault("latency", ms=20)
    outcome = race(64, lambda _: token_of(standin))
    assert outcome.errors == []
    assert len(set(outcome.values)) == 1
    assert len(standin.calls(STABLE)) == 64


def test_a_reset_forgets_all_but_the_people(standin: Standin) -> None:
    token = token_of(standin)
    standin.platform.grant("wang", NOTICE)
    standin.fault("502", times=0)
    assert ask(standin, "POST", "/sandbox/reset")["reset"] is True
    assert standin.calls() == []
    assert send(standin, token) == 40001
    assert ask(standin, "GET", "/sandbox/grants")["grants"] == []
    assert len(ask(standin, "GET", "/sandbox/people")["people"]) == 3


# -- pushes


@pytest.fixture
def product() -> Iterator[str]:
    """A callback address that opens what comes and answers texts."""

    class Callback(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query))["echostr"])

        def do_POST(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            message = open_callback(settings_for(), query, body, self.headers["Content-Type"])
            self._answer(reply_text(settings_for(), message, f"收到：{message.text}"))

        def _answer(self, text: str) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/callback"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_push_over_http_brings_the_reply_back(standin: Standin, product: str, mode: str, form: str) -> None:
    order = {"person": "wang", "text": "炉子不着", "mode": mode, "format": form, "times": 2, "url": product}
    answers = ask(standin, "POST", "/sandbox/push", order)["answers"]
    assert [(answer["status"], answer["reply"]) for answer in answers] == [(200, "收到：炉子不着")] * 2


def test_the_echo_is_tried_as_at_registration(standin: Standin, product: str) -> None:
    (answer,) = ask(standin, "POST", "/sandbox/push", {"kind": "echo", "url": product})["answers"]
    assert answer["echoed"] is True


def test_a_push_that_lacks_something_says_what(standin: Standin) -> None:
    assert (
        ask(standin, "POST", "/sandbox/push", {"text": "x", "url": "http://127.0.0.1:9"})["error"]
        == "BadPush"
    )
    assert ask(standin, "POST", "/sandbox/push", {"person": "wang"})["error"] == "BadPush"
    assert ask(standin, "POST", "/sandbox/push", {"person": "wang", "colour": "red"})["error"] == "BadOrder"


def test_pushes_are_dated_by_the_demos_day() -> None:
    with serve(people=PEOPLE, now=lambda: datetime(2022, 9, 15, tzinfo=UTC)) as standin:
        assert standin.prepare(person="wang").query["timestamp"] == "1663200000"


# -- as a program


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text(json.dumps({"people": PEOPLE}), "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "scripts.wechat_standin", "--port", str(port), "--people", str(people)]
    child: Child = start(
        "stand-in",
        command,
        log=tmp_path / "log",
        env={"CLOCK_SHIFT_DAYS": "-1", "CLOCK_SHIFT_MINUTES": "-1"},
        cwd=ROOT,
    )
    try:
        wait_until(lambda: listens(port), [child], seconds=30, what="the stand-in")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        stop([child])
    assert child.process.returncode == 0
    assert "3 people" in child.last_lines()


# -- what pages in a browser ask for


def headers_of(standin: Standin, method: str, path: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", standin.port, timeout=10)
    try:
        connection.request(method, path, headers={"Origin": "http://127.0.0.1:8000"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/people",
        "/sandbox/code?person=wang",
        "/sandbox/phone-code?person=wang",
        "/sandbox/oauth-code?person=wang",
        "/sandbox/grants",
    ],
)
def test_the_demo_s_pages_may_ask_what_a_phone_would_tell(standin: Standin, path: str) -> None:
    status, headers = headers_of(standin, "GET", path)
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    status, headers = headers_of(standin, "OPTIONS", path)
    assert status == 204 and "Content-Type" in headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "path",
    ["/sandbox/journal", "/sandbox/messages", "/sandbox/faults", "/sandbox/reset", LOGIN, STABLE, "/healthz"],
)
def test_pages_of_other_addresses_read_nothing_else(standin: Standin, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        status, headers = headers_of(standin, method, path)
        assert not [name for name in headers if name.startswith("access-control")], path
        assert method == "GET" or status == 405


# -- the official account's page


def authorize(standin: Standin, **different: str) -> tuple[int, dict[str, str]]:
    asked = {
        "appid": DEMO_OA_APPID,
        "redirect_uri": "http://127.0.0.1:8000/pages/login/index?a=1",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc123",
    }
    return headers_of(standin, "GET", f"/connect/oauth2/authorize?{urlencode(asked | different)}")


def test_the_page_of_login_asks_who_one_is_and_sends_back_with_a_code(standin: Standin) -> None:
    status, headers = authorize(standin)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    status, headers = authorize(standin, person="wang")
    back = urlsplit(headers["location"])
    brought = dict(parse_qsl(back.query))
    assert status == 302 and (back.path, brought["a"], brought["state"]) == (
        "/pages/login/index",
        "1",
        "abc123",
    )
    account = f"appid={DEMO_OA_APPID}&secret={DEMO_OA_SECRET}&grant_type=authorization_code"
    path = f"/sns/oauth2/access_token?{account}&code={brought['code']}"
    first, second = ask(standin, "GET", path), ask(standin, "GET", path)
    assert first["openid"] == f"oa-{WANG}", "another openid than in the mini-program"
    assert second["errcode"] == 40163


@pytest.mark.parametrize(
    "wrong",
    [
        {"appid": DEMO_APPID},
        {"scope": "snsapi_userinfo"},
        {"response_type": "token"},
        {"redirect_uri": "/pages/login/index"},
        {"state": "a.b"},
        {"state": "a" * 129},
        {"person": "nobody"},
    ],
)
def test_the_page_of_login_refuses_what_the_platform_would(standin: Standin, wrong: dict[str, str]) -> None:
    assert authorize(standin, **wrong)[0] == 400
