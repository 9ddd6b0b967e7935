"""What a call does, and what it says when it could not."""

from __future__ import annotations

import io
import logging
import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from backend.core.db import Database
from backend.wechat import (
    NO_GRANT,
    AnswerLost,
    HighRiskUser,
    NoToken,
    NotReached,
    UnfitValue,
    UnreadableAnswer,
    Wechat,
    WechatBusy,
    WechatCodeUsed,
    WechatError,
    WechatRefused,
    login_on_page,
)
from backend.wechat.client import patiently
from scripts.wechat_standin import (
    DEMO_AES_KEY,
    DEMO_APPID,
    DEMO_CALLBACK_TOKEN,
    DEMO_OA_APPID,
    DEMO_OA_SECRET,
    DEMO_SECRET,
    Standin,
)
from scripts.wechat_standin.state import Platform
from tests.harness.races import race
from tests.wechat.builders import LOGIN, NOTICE, PHONE, PHONE_CALL, SEND, STABLE, VALUES, WANG, settings_for


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that was logged by anybody, at the most talkative level."""
    with caplog.at_level(logging.DEBUG):
        yield lambda: "\n".join([*(record.getMessage() for record in caplog.records), caplog.text])


def current_token(standin: Standin) -> str:
    assert standin.platform.stable is not None
    return standin.platform.stable.value


# -- login and phone


def test_duty_01_login_tells_who_it_is_and_the_session_key_ends_here(
    standin: Standin, wechat: Wechat
) -> None:
    login = wechat.login(standin.platform.login_code("li"))
    assert (login.openid, login.unionid, login.appid) == ("o-li", "u-li", DEMO_APPID)
    assert set(login.__slots__) == {"openid", "unionid", "appid"}


def test_login_fetches_no_access_token(standin: Standin, wechat: Wechat) -> None:
    wechat.login(standin.platform.login_code("wang"))
    assert [call["path"] for call in standin.calls()] == [LOGIN]
    assert "access_token" not in standin.calls(LOGIN)[0]["query"]


def test_duty_02_a_spent_code_is_told_as_such_and_never_tried_again(standin: Standin, wechat: Wechat) -> None:
    code = standin.platform.login_code("wang")
    wechat.login(code)
    with pytest.raises(WechatCodeUsed) as again:
        wechat.login(code)
    assert (again.value.errcode, again.value.status) == (40163, 409)
    assert len(standin.calls(LOGIN)) == 2  # never tried again by itself


def test_duty_02_an_invented_code_is_a_used_one_to_the_person(wechat: Wechat) -> None:
    with pytest.raises(WechatCodeUsed) as refused:
        wechat.login("invented")
    assert refused.value.errcode == 40029
    assert "重新登录" in refused.value.next_step


def test_duty_02_whoever_comes_too_often_is_told_that_it_is_busy_and_their_code_still_serves(
    standin: Standin, wechat: Wechat
) -> None:
    for _ in range(100):
        wechat.login(standin.platform.login_code("wang"))
    code = standin.platform.login_code("wang")
    with pytest.raises(WechatBusy) as refused:
        wechat.login(code)
    assert refused.value.errcode == 45011
    standin.platform.logins.clear()  # a minute passes
    assert wechat.login(code).openid == WANG


def test_duty_02_a_code_found_spent_after_a_busy_answer_is_not_held_against_the_person() -> None:
    """It may have been spent by the very call that the platform called busy."""
    answers = iter([WechatBusy("login", 45011), WechatCodeUsed("login", 40163)])

    def ask() -> None:
        raise next(answers)

    with pytest.raises(WechatBusy) as refused:
        patiently(ask)
    assert refused.value.errcode == 45011


def test_duty_02_a_login_on_a_page_waits_for_a_busy_platform_as_well(
    standin: Standin, connect: Callable[..., Wechat]
) -> None:
    wechat = connect(oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    standin.fault("busy", times=2, path="/sns/oauth2")
    assert login_on_page(wechat, standin.platform.oauth_code("wang")).openid == f"oa-{WANG}"


def test_a_phone_code_logs_nobody_in(standin: Standin, wechat: Wechat) -> None:
    with pytest.raises(WechatCodeUsed):
        wechat.login(standin.platform.phone_code("wang"))


def test_duty_02_a_high_risk_user_is_told_so_in_words_of_its_own(standin: Standin, wechat: Wechat) -> None:
    with pytest.raises(HighRiskUser) as refused:
        wechat.login(standin.platform.login_code("zhao"))
    assert refused.value.status == 403
    assert "风险" in refused.value.detail


def test_duty_04_the_phone_number_comes_from_its_own_code_once(standin: Standin, wechat: Wechat) -> None:
    code = standin.platform.phone_code("wang")
    assert wechat.phone_number(code) == PHONE
    with pytest.raises(WechatCodeUsed):
        wechat.phone_number(code)


@pytest.mark.parametrize("fault", ["wrong_watermark", "no_watermark", "odd_watermark"])
def test_duty_04_refuses_a_phone_number_that_is_not_watermarked_for_this_account(
    standin: Standin, wechat: Wechat, fault: str
) -> None:
    standin.fault(fault)
    with pytest.raises(WechatRefused, match="watermark"):
        wechat.phone_number(standin.platform.phone_code("wang"))


# -- sending


def test_a_send_carries_state_language_page_and_fitted_values(standin: Standin, wechat: Wechat) -> None:
    standin.platform.grant("wang", NOTICE)
    long = VALUES | {"thing4": "很长" * 20}
    outcome = wechat.send_subscribe(
        WANG, NOTICE, long, page="pages/notice/index?id=1", miniprogram_state="trial"
    )
    sent = standin.calls(SEND)[0]["body"]
    assert (sent["page"], sent["miniprogram_state"], sent["lang"]) == (
        "pages/notice/index?id=1",
        "trial",
        "zh_CN",
    )
    assert len(sent["data"]["thing4"]["value"]) == 20
    assert outcome.msgid == standin.platform.messages[0]["msgid"]


def test_duty_12_a_value_that_does_not_fit_never_leaves(standin: Standin, wechat: Wechat) -> None:
    with pytest.raises(UnfitValue):
        wechat.send_subscribe(WANG, NOTICE, VALUES | {"time3": "明天早上"})
    assert standin.calls() == []


def test_one_accept_buys_one_send(standin: Standin, wechat: Wechat) -> None:
    standin.platform.grant("wang", NOTICE)
    wechat.send_subscribe(WANG, NOTICE, VALUES)
    with pytest.raises(WechatRefused) as refused:
        wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert refused.value.errcode == NO_GRANT


def test_duty_12_a_refused_field_is_named_and_not_tried_again(standin: Standin, wechat: Wechat) -> None:
    standin.platform.grant("wang", NOTICE)
    standin.fault("47003")
    with pytest.raises(WechatRefused) as refused:
        wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert refused.value.errcode == 47003
    assert "data.thing1.value" in refused.value.errmsg
    assert len(standin.calls(SEND)) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("busy", WechatBusy),
        ("45011", WechatBusy),
        ("502", WechatBusy),
        ("503", WechatBusy),
        ("500", AnswerLost),
        ("504", AnswerLost),
        ("408", AnswerLost),
        ("524", AnswerLost),
        ("301", NotReached),
        ("403", NotReached),
        ("404", NotReached),
        ("not_json", UnreadableAnswer),
        ("foreign_json", UnreadableAnswer),
        ("drop_before", AnswerLost),
        ("drop_after", AnswerLost),
        ("45009", WechatRefused),
        ("43107", WechatRefused),
    ],
)
def test_each_failure_of_a_send_has_its_kind_and_is_asked_once(
    standin: Standin, wechat: Wechat, fault: str, kind: type[WechatError]
) -> None:
    standin.platform.grant("wang", NOTICE)
    standin.fault(fault, path=SEND)
    with pytest.raises(WechatError) as raised:
        wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert type(raised.value) is kind
    assert raised.value.call == SEND.removeprefix("/")
    assert len(standin.calls(SEND)) == 1


def test_a_dropped_answer_may_hide_a_message_that_was_taken(standin: Standin, wechat: Wechat) -> None:
    standin.platform.grant("wang", NOTICE)
    standin.fault("drop_after", path=SEND)
    with pytest.raises(AnswerLost):
        wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert len(standin.platform.messages) == 1


def test_duty_07_an_answer_that_takes_too_long_is_lost(
    standin: Standin, connect: Callable[..., Wechat]
) -> None:
    wechat = connect(read_timeout=0.2)
    wechat.warm()
    standin.platform.grant("wang", NOTICE)
    standin.fault("hang", path=SEND, ms=600)
    with pytest.raises(AnswerLost):
        wechat.send_subscribe(WANG, NOTICE, VALUES)


AWAITED: list[tuple[str, Callable[[Wechat, Platform], object]]] = [
    (LOGIN, lambda wechat, platform: wechat.login(platform.login_code("wang"))),
    ("/sns/oauth2", lambda wechat, platform: login_on_page(wechat, platform.oauth_code("wang"))),
    (PHONE_CALL, lambda wechat, platform: wechat.phone_number(platform.phone_code("wang"))),
    ("/wxa/getwxacodeunlimit", lambda wechat, _: wechat.unlimited_code("a", "pages/scan/index")),
]
"""What somebody sits and waits for."""


@pytest.mark.parametrize(
    ("path", "call"),
    [
        *AWAITED,
        ("/wxa/msg_sec_check", lambda wechat, _: wechat.check_text(WANG, "好")),
        ("/wxa/media_check_async", lambda wechat, _: wechat.check_media(WANG, "http://127.0.0.1/a.jpg")),
    ],
    ids=["login", "page", "phone", "code", "text", "media"],
)
def test_duty_07_no_call_waits_for_ever(
    standin: Standin, connect: Callable[..., Wechat], path: str, call: Callable[[Wechat, Platform], object]
) -> None:
    wechat = connect(read_timeout=0.2, oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    wechat.warm()
    standin.fault("hang", path=path, ms=600)
    with pytest.raises(AnswerLost):
        call(wechat, standin.platform)


@pytest.mark.parametrize(("path", "call"), AWAITED, ids=["login", "page", "phone", "code"])
def test_duty_07_a_platform_that_hangs_holds_no_more_callers_than_may_wait_for_it(
    standin: Standin, db: Database, path: str, call: Callable[[Wechat, Platform], object]
) -> None:
    settings = settings_for(standin, read_timeout=30, oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    wechat = Wechat(settings, db, awaited_at_once=2)
    wechat.warm()
    standin.fault("hang", times=0, path=path, ms=25_000)
    pause = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        try:
            holders = [pool.submit(call, wechat, standin.platform) for _ in range(2)]
            while len(standin.calls(path)) < 2 and not any(holder.done() for holder in holders):
                pause.wait(0.01)
            others = race(2, lambda _: ended_with(lambda: call(wechat, standin.platform)), seconds=15)
            assert others.values == ["WechatBusy"] * 2
            assert len(standin.calls(path)) == 2, "the platform was not asked"
            assert not any(holder.done() for holder in holders), "nobody waited for those who wait"
        finally:
            standin.platform.faults.reset()
        for holder in holders:
            holder.result(timeout=20)
    call(wechat, standin.platform)  # places are given back
    wechat.close()


def test_duty_07_whoever_was_refused_or_heard_nothing_gives_their_place_back(
    standin: Standin, db: Database
) -> None:
    wechat = Wechat(settings_for(standin, read_timeout=0.3), db, awaited_at_once=1)
    for number in range(3):
        with pytest.raises(WechatCodeUsed):
            wechat.login(f"invented-{number}")
    standin.fault("hang", path=LOGIN, ms=25_000)
    with pytest.raises(AnswerLost):
        wechat.login(standin.platform.login_code("wang"))
    assert wechat.login(standin.platform.login_code("wang")).openid == WANG
    wechat.close()


def ended_with(call: Callable[[], object]) -> str:
    try:
        return type(call()).__name__
    except WechatError as error:
        return type(error).__name__


def test_a_proxy_of_the_machine_does_not_see_our_token(
    standin: Standin, wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    wechat.warm()
    assert len(standin.calls(STABLE)) == 1


def test_duty_07_even_the_token_fetch_times_out_and_then_nothing_was_sent(
    standin: Standin, connect: Callable[..., Wechat]
) -> None:
    standin.fault("hang", path=STABLE, ms=600)
    with pytest.raises(NotReached):
        connect(read_timeout=0.2).send_subscribe(WANG, NOTICE, VALUES)
    assert standin.calls(SEND) == []


@pytest.mark.parametrize(
    "fault", ["drop_after", "not_json", "foreign_json", "504", "404", "403", "45009", "40125", "89503"]
)
def test_without_a_token_nothing_was_sent(standin: Standin, wechat: Wechat, fault: str) -> None:
    standin.fault(fault, path=STABLE)
    with pytest.raises(NoToken):
        wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert standin.calls(SEND) == []


def test_a_refused_connection_means_certainly_not_sent(connect: Callable[..., Wechat]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(NotReached):
            connect(api_base_url=address).login("x")


def test_duty_07_a_platform_that_does_not_take_the_connection_is_not_reached(
    connect: Callable[..., Wechat],
) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # its queue is full from here on
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        address = f"http://127.0.0.1:{full.getsockname()[1]}"
        wechat = connect(api_base_url=address, connect_timeout=0.2, read_timeout=30)
        ended = race(1, lambda _: ended_with(lambda: wechat.login("x")), seconds=15)
    assert ended.values == ["NotReached"]


def test_a_redirect_is_not_followed_with_our_token(standin: Standin, wechat: Wechat) -> None:
    standin.fault("302", path=PHONE_CALL)
    with pytest.raises(NotReached) as refused:
        wechat.phone_number(standin.platform.phone_code("wang"))
    assert (refused.value.errcode, len(standin.calls(PHONE_CALL))) == (302, 1)


# -- codes and checks


def test_a_mini_program_code_is_an_image(wechat: Wechat) -> None:
    image = Image.open(io.BytesIO(wechat.unlimited_code("h=A1B2C3D4E5", "pages/scan/index")))
    assert image.size[0] == image.size[1] > 100


@pytest.mark.parametrize("fault", ["41030", "not_json"])
def test_duty_18_an_error_is_never_returned_as_an_image(standin: Standin, wechat: Wechat, fault: str) -> None:
    standin.fault(fault, path="/wxa/getwxacodeunlimit")
    with pytest.raises((WechatRefused, UnreadableAnswer)):
        wechat.unlimited_code("h=A1B2C3D4E5", "pages/scan/index")


def test_a_code_asks_for_a_checked_path_and_the_released_version(standin: Standin, wechat: Wechat) -> None:
    wechat.unlimited_code("a", "pages/scan/index")
    body = standin.calls("/wxa/getwxacodeunlimit")[0]["body"]
    assert (body["check_path"], body["env_version"]) == (True, "release")


@pytest.mark.parametrize(
    ("text", "suggest"), [("谢谢", "pass"), ("疑似广告", "review"), ("违规内容", "risky")]
)
def test_a_text_is_judged_by_its_suggestion(
    standin: Standin, wechat: Wechat, text: str, suggest: str
) -> None:
    wechat.login(standin.platform.login_code("wang"))
    assert wechat.check_text(WANG, text).suggest == suggest


def test_a_text_of_somebody_inactive_is_not_judged(wechat: Wechat) -> None:
    with pytest.raises(WechatRefused) as refused:
        wechat.check_text(WANG, "谢谢")
    assert refused.value.errcode == 61010


def test_a_picture_is_checked_under_a_trace_id(standin: Standin, wechat: Wechat) -> None:
    wechat.login(standin.platform.login_code("wang"))
    trace_id = wechat.check_media(WANG, "https://example.invalid/p/1")
    assert trace_id in standin.platform.media


# -- what stays silent


@pytest.mark.parametrize(
    "fault",
    [
        *("busy", "502", "not_json", "drop_after", "hang", "40013", "token_expired", "token_rejected"),
        *("47003", "echo"),
    ],
)
def test_duty_08_no_log_and_no_exception_holds_token_secret_code_or_phone(
    standin: Standin, connect: Callable[..., Wechat], said: Callable[[], str], fault: str
) -> None:
    wechat = connect(read_timeout=0.3, oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    code, phone_code = standin.platform.login_code("wang"), standin.platform.phone_code("wang")
    page_code = standin.platform.oauth_code("wang")
    wechat.warm()
    tokens = {current_token(standin)}
    standin.fault(fault, times=0, path="/", ms=500)
    shown = []
    for call in (
        lambda: wechat.login(code),
        lambda: login_on_page(wechat, page_code),
        lambda: wechat.phone_number(phone_code),
        lambda: wechat.send_subscribe(WANG, NOTICE, VALUES | {"thing4": PHONE}),
        lambda: wechat.unlimited_code("abc", "pages/index"),
    ):
        try:
            call()
        except WechatError as error:
            assert error.__cause__ is None
            assert error.__context__ is None
            shown += [str(error), repr(error), repr(vars(error)), error.detail]
    if standin.platform.stable:
        tokens.add(current_token(standin))
    shown.append(said())
    for secret in (code, phone_code, page_code, PHONE, DEMO_SECRET, DEMO_OA_SECRET, "access_token=", *tokens):
        assert not any(secret in text for text in shown), f"{secret[:12]}… is told"


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that stands behind it, as a log with a traceback would show them."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "call",
    [
        lambda wechat, code: wechat.login(code),
        login_on_page,
        lambda wechat, code: wechat.phone_number(code),
        lambda wechat, _: wechat.send_subscribe(WANG, NOTICE, VALUES),
        lambda wechat, _: wechat.unlimited_code("abc", "pages/index"),
    ],
    ids=["login", "page", "phone", "send", "code"],
)
def test_duty_08_a_connection_that_was_refused_tells_nothing_of_what_it_would_have_carried(
    standin: Standin,
    connect: Callable[..., Wechat],
    said: Callable[[], str],
    call: Callable[[Wechat, str], object],
) -> None:
    connect().warm()
    code = standin.platform.login_code("wang")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        wechat = connect(api_base_url=address, oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
        with pytest.raises(NotReached) as raised:
            call(wechat, code)
    shown = [said(), raised.value.detail]
    for error in chain(raised.value):
        shown += [str(error), repr(error), repr(vars(error))]
    for secret in (code, current_token(standin), DEMO_SECRET, DEMO_OA_SECRET, "?"):
        assert not any(secret in text for text in shown), f"{secret[:12]}… is told"


@pytest.mark.parametrize("refused_before", [False, True])
@pytest.mark.parametrize(
    ("path", "kind", "call"),
    [
        (LOGIN, "login", lambda wechat, code: wechat.login(code)),
        ("/sns/oauth2", "oauth", login_on_page),
        (PHONE_CALL, "phone", lambda wechat, code: wechat.phone_number(code)),
    ],
    ids=["login", "page", "phone"],
)
def test_duty_08_what_the_platform_repeats_of_a_call_is_kept_without_code_token_and_secret(
    standin: Standin,
    connect: Callable[..., Wechat],
    said: Callable[[], str],
    path: str,
    kind: str,
    call: Callable[[Wechat, str], object],
    refused_before: bool,
) -> None:
    wechat = connect(oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    wechat.warm()
    code, tokens = getattr(standin.platform, f"{kind}_code")("wang"), {current_token(standin)}
    if refused_before:
        standin.fault("token_expired", path=path)
    standin.fault("echo", path=path)
    with pytest.raises(WechatRefused) as raised:
        call(wechat, code)
    tokens.add(current_token(standin))
    assert raised.value.errcode == 47003 and "***" in raised.value.errmsg
    shown = [said(), str(raised.value), repr(raised.value), repr(vars(raised.value))]
    for secret in (code, DEMO_SECRET, DEMO_OA_SECRET, *tokens):
        assert not any(secret in text for text in shown), f"{secret[:12]}… is told"


@pytest.mark.parametrize(
    "call",
    [
        lambda wechat, platform: wechat.login(platform.login_code("li")),
        lambda wechat, platform: login_on_page(wechat, platform.oauth_code("li")),
    ],
    ids=["login", "page"],
)
def test_duty_01_a_login_that_names_nobody_ends_here_with_all_that_came_with_it(
    standin: Standin,
    connect: Callable[..., Wechat],
    said: Callable[[], str],
    call: Callable[[Wechat, Platform], object],
) -> None:
    wechat = connect(oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    standin.fault("no_openid")
    with pytest.raises(UnreadableAnswer) as raised:
        call(wechat, standin.platform)
    shown = [said(), raised.value.detail]
    for error in chain(raised.value):
        shown += [str(error), repr(error), repr(vars(error))]
    for secret in (*standin.platform.session_keys, "session_key", "u-li", "page-"):
        assert not any(secret in text for text in shown), f"{secret[:12]}… is told"


def test_duty_08_settings_and_a_held_token_show_nothing_secret(
    standin: Standin, connect: Callable[..., Wechat]
) -> None:
    wechat = connect(oa_appid=DEMO_OA_APPID, oa_secret=DEMO_OA_SECRET)
    wechat.warm()
    held = wechat._client.tokens.current()
    assert held.token == current_token(standin)
    shown = [text for each in (wechat.settings, held) for text in (repr(each), str(each), f"{each}")]
    for secret in (DEMO_SECRET, DEMO_OA_SECRET, DEMO_CALLBACK_TOKEN, DEMO_AES_KEY, held.token):
        assert not any(secret in text for text in shown), f"{secret[:12]}… is told"


def test_what_the_platform_says_is_kept_without_what_we_told_it(standin: Standin, wechat: Wechat) -> None:
    wechat.warm()
    token = current_token(standin)
    response = wechat._client._http.get(standin.url + "/healthz", timeout=1)
    response._content = f'{{"errcode": 47003, "errmsg": "bad {token} code=abc {PHONE} rid: 1"}}'.encode()
    _, failure = wechat._client._judged("x", response, (token,), False)
    assert failure is not None
    assert failure.errmsg == "bad *** code=*** *** rid: 1"


def test_an_error_survives_a_journey_between_processes() -> None:
    error = pickle.loads(pickle.dumps(WechatRefused("call", 47003, "bad field")))  # noqa: S301  # our own bytes
    assert (type(error), error.call, error.errcode, error.errmsg) == (
        WechatRefused,
        "call",
        47003,
        "bad field",
    )
