"""What is pushed to us: who, when, what; and what happens to what is not from the platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.core import clock
from backend.wechat import (
    BadlySigned,
    CallbackMessage,
    CallbackRefused,
    StaleCallback,
    UnreadableCallback,
    WechatSettings,
    echo,
    open_callback,
    reply_text,
)
from scripts.wechat_standin import Standin
from scripts.wechat_standin.envelope import signature
from scripts.wechat_standin.push import _reply
from tests.wechat.builders import WANG, settings_for

pytestmark = pytest.mark.only_on("sqlite", "seals and signatures; no database is asked")

SETTINGS = settings_for()
WAYS = [(mode, form) for mode in ("plain", "safe") for form in ("xml", "json")]
BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><xml><MsgType>&c;</MsgType></xml>'


def opened(standin: Standin, settings: WechatSettings = SETTINGS, **order: Any) -> CallbackMessage:
    prepared = standin.prepare(**({"person": "wang"} | order))
    return open_callback(settings, prepared.query, prepared.body, prepared.content_type)


@pytest.mark.parametrize(("mode", "form"), WAYS)
def test_duty_16_a_text_arrives_plain_and_safe_in_xml_and_in_json(
    standin: Standin, mode: str, form: str
) -> None:
    message = opened(standin, text="屋里<冷> & 炉子不着]]>", msgid="77", mode=mode, format=form)
    assert (message.kind, message.openid, message.msgid) == ("text", WANG, "77")
    assert message.text == "屋里<冷> & 炉子不着]]>"
    assert message.safe is (mode == "safe")
    assert message.created is not None
    assert abs(clock.now() - message.created) < timedelta(seconds=10)
    assert "炉子" not in repr(message)


@pytest.mark.parametrize(("mode", "form"), WAYS)
@pytest.mark.parametrize("count", [1, 3])
def test_consents_arrive_whether_one_or_several(standin: Standin, mode: str, form: str, count: int) -> None:
    entries = [
        {"TemplateId": f"t{n}", "SubscribeStatusString": "accept" if n else "reject", "PopupScene": "0"}
        for n in range(count)
    ]
    message = opened(
        standin, kind="event", event="subscribe_msg_popup_event", list=entries, mode=mode, format=form
    )
    assert (message.kind, message.event) == ("event", "subscribe_msg_popup_event")
    assert [(c.template_id, c.accepted) for c in message.consents] == [(f"t{n}", n > 0) for n in range(count)]


@pytest.mark.parametrize(("mode", "form"), WAYS)
def test_the_fate_of_a_message_arrives_under_its_id(standin: Standin, mode: str, form: str) -> None:
    entry = {"TemplateId": "t", "MsgID": "1700827132819554304", "ErrorCode": "0", "ErrorStatus": "success"}
    message = opened(
        standin, kind="event", event="subscribe_msg_sent_event", list=[entry], mode=mode, format=form
    )
    (report,) = message.reports
    assert (report.msgid, report.error_code, report.error_status) == ("1700827132819554304", 0, "success")


def test_a_change_in_the_settings_is_a_refusal(standin: Standin) -> None:
    entry = {"TemplateId": "t", "SubscribeStatusString": "reject"}
    message = opened(standin, kind="event", event="subscribe_msg_change_event", list=[entry], format="json")
    assert [consent.accepted for consent in message.consents] == [False]


@pytest.mark.parametrize(("errcode", "suggest"), [(0, "pass"), (0, "risky"), (-1008, None)])
def test_the_verdict_on_a_picture_arrives_under_its_trace_id(
    standin: Standin, errcode: int, suggest: str | None
) -> None:
    fields = {"trace_id": "tr", "errcode": errcode, "result": {"suggest": suggest or "pass", "label": 100}}
    message = opened(standin, kind="event", event="wxa_media_check", fields=fields, format="json")
    assert message.media is not None
    assert (message.media.trace_id, message.media.suggest) == ("tr", suggest)


@pytest.mark.parametrize(
    ("kind", "event"), [("event", "brand_new_event"), ("image", ""), ("miniprogrampage", "")]
)
def test_duty_16_what_is_unknown_is_no_error(standin: Standin, kind: str, event: str) -> None:
    message = opened(standin, kind=kind, event=event)
    assert message.kind == ("event" if kind == "event" else "other")
    assert message.text is None


def test_duty_16_a_repetition_has_the_same_key_and_another_push_has_not(standin: Standin) -> None:
    consent: dict[str, Any] = {"kind": "event", "event": "subscribe_msg_popup_event"}
    one = [{"TemplateId": "t", "SubscribeStatusString": "accept"}]
    prepared = standin.prepare(person="wang", list=one, mode="safe", **consent)
    twice = {open_callback(SETTINGS, prepared.query, prepared.body).key for _ in range(2)}
    other = opened(standin, list=[*one, {"TemplateId": "u", "SubscribeStatusString": "accept"}], **consent)
    assert len(twice) == 1
    assert other.key not in twice
    assert opened(standin, msgid="5").key == opened(standin, msgid="5", mode="safe", format="json").key
    assert opened(standin, msgid="5").key != opened(standin, msgid="6").key


# -- who is not the platform


@pytest.mark.parametrize(("mode", "form"), WAYS)
def test_duty_16_a_bad_signature_is_refused(standin: Standin, mode: str, form: str) -> None:
    with pytest.raises(BadlySigned):
        opened(standin, mode=mode, format=form, bad_signature=True)


@pytest.mark.parametrize(("mode", "form"), WAYS)
def test_duty_16_an_old_push_is_refused(standin: Standin, mode: str, form: str) -> None:
    with pytest.raises(StaleCallback):
        opened(standin, mode=mode, format=form, stale=True)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"<xml>", b"\xff\xfe", b"[]", b"{}" * 40_000, BOMB, b'{"a":' * 9_000]
)
def test_duty_16_nothing_is_parsed_before_the_signature_is_checked(standin: Standin, body: bytes) -> None:
    forged = standin.prepare(person="wang", bad_signature=True)
    signed = standin.prepare(person="wang")
    with pytest.raises(BadlySigned):
        open_callback(SETTINGS, forged.query, body)
    with pytest.raises(UnreadableCallback):
        open_callback(SETTINGS, signed.query, body)


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_a_push_without_its_marks_is_refused(standin: Standin, missing: str) -> None:
    prepared = standin.prepare(person="wang")
    del prepared.query[missing]
    with pytest.raises(CallbackRefused):
        open_callback(SETTINGS, prepared.query, prepared.body)


def test_without_a_token_of_our_own_nobody_is_believed() -> None:
    query = {"timestamp": str(int(clock.now().timestamp())), "nonce": "1"}
    query["signature"] = signature("", query["timestamp"], query["nonce"])
    with pytest.raises(BadlySigned):
        echo(settings_for(callback_token=""), query)


def test_duty_16_a_sealed_body_cannot_be_exchanged_for_another(standin: Standin) -> None:
    one = standin.prepare(person="wang", mode="safe", text="一")
    other = standin.prepare(person="wang", mode="safe", text="二")
    with pytest.raises(BadlySigned):
        open_callback(SETTINGS, one.query, other.body)


def test_a_sealed_push_cannot_be_answered_for_in_plain(standin: Standin) -> None:
    sealed = standin.prepare(person="wang", mode="safe")
    plain = standin.prepare(person="wang")
    with pytest.raises(BadlySigned):
        open_callback(SETTINGS, sealed.query, plain.body)
    with pytest.raises(BadlySigned):
        opened(standin, settings_for(callback_safe_only=True))


def test_a_push_sealed_for_another_account_is_refused(standin: Standin) -> None:
    with pytest.raises(BadlySigned):
        opened(standin, settings_for(appid="wx-somebody-else"), mode="safe")


def test_a_push_sealed_with_another_key_is_unreadable(standin: Standin) -> None:
    with pytest.raises(CallbackRefused):
        opened(standin, settings_for(callback_aes_key="k" * 43), mode="safe")


def test_the_clock_of_the_demo_decides_what_is_old(standin: Standin) -> None:
    with clock.pinned(datetime(2022, 9, 15, 8, tzinfo=UTC)):
        prepared = standin.prepare(person="wang")
        message = open_callback(SETTINGS, prepared.query, prepared.body)
    assert message.created == datetime(2022, 9, 15, 8, tzinfo=UTC)
    with pytest.raises(StaleCallback):
        open_callback(SETTINGS, prepared.query, prepared.body)


NOW = datetime(2022, 9, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_duty_16_what_was_signed_within_five_minutes_is_fresh(standin: Standin, seconds: int) -> None:
    with clock.pinned(NOW + timedelta(seconds=seconds)):
        asked, pushed = standin.prepare(kind="echo"), standin.prepare(person="wang", mode="safe")
    with clock.pinned(NOW):
        assert echo(SETTINGS, asked.query) == asked.query["echostr"]
        assert open_callback(SETTINGS, pushed.query, pushed.body).openid == WANG


@pytest.mark.parametrize("seconds", [-301, 301, -365 * 86_400, 365 * 86_400])
def test_duty_16_what_was_signed_before_or_will_be_after_five_minutes_is_refused(
    standin: Standin, seconds: int
) -> None:
    with clock.pinned(NOW + timedelta(seconds=seconds)):
        asked, pushed = standin.prepare(kind="echo"), standin.prepare(person="wang", mode="safe")
    with clock.pinned(NOW):
        with pytest.raises(StaleCallback):
            echo(SETTINGS, asked.query)
        with pytest.raises(StaleCallback):
            open_callback(SETTINGS, pushed.query, pushed.body)


# -- what we answer


def test_the_echo_is_given_to_the_platform_only(standin: Standin) -> None:
    prepared = standin.prepare(kind="echo")
    assert echo(SETTINGS, prepared.query) == prepared.query["echostr"]
    with pytest.raises(BadlySigned):
        echo(SETTINGS, standin.prepare(kind="echo", bad_signature=True).query)
    with pytest.raises(StaleCallback):
        echo(SETTINGS, standin.prepare(kind="echo", stale=True).query)


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_a_reply_is_read_by_the_platform_as_it_was_written(standin: Standin, mode: str) -> None:
    words = "已登记，请保持通风。]]><MsgType>x</MsgType> & <b>"
    answer = reply_text(SETTINGS, opened(standin, mode=mode), words)
    assert ("<Encrypt>" in answer) is (mode == "safe")
    assert _reply(standin.platform, answer, standin.platform.appid) == words
