"""What the platform pushed is answered in time and taken, though the database is busy or away, or the power goes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.db import Database
from backend.doorstep.conversation.models import ConversationEntry, HeardPush
from backend.doorstep.pushes import LATER, Push, Pushes
from backend.wechat import Wechat
from scripts.wechat_standin import DEMO_AES_KEY, DEMO_APPID, DEMO_CALLBACK_TOKEN
from scripts.wechat_standin.push import Push as Order
from scripts.wechat_standin.push import prepare
from scripts.wechat_standin.state import Platform
from tests.builders.product import settings_on
from tests.harness.served import Served

NOWHERE = {
    "sqlite": "sqlite:////proc/nowhere.db",
    "postgresql": "postgresql://nobody@127.0.0.1:9/none",
}
WORDS = "炉子冒烟，电话13812345678"


@pytest.fixture
def client(db: Database, database_url: str, tmp_path: Path) -> Wechat:
    return Wechat(settings_on(database_url, tmp_path).wechat, db)


def a_push(words: str = WORDS, **order: Any) -> Push:
    sent = prepare(Platform(now=clock.now), Order(openid="o-somebody", text=words, **order))
    return Push(DEMO_APPID, sent.query, sent.body, sent.content_type, clock.now())


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def said(db: Database) -> list[str]:
    """What people wrote, as it stands in their threads."""
    with db.reading() as session:
        lines = select(ConversationEntry.text).where(ConversationEntry.who == "household")
        return list(session.scalars(lines.order_by(ConversationEntry.id)))


def heard(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(HeardPush)) or 0


def wait_for(what: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1_000):
        if what():
            return
        pause.wait(0.02)
    raise AssertionError("not within 20 s")


def test_duty_16_words_answered_while_the_database_was_busy_outlive_the_process_that_answered(
    db: Database, serve: Callable[..., Served]
) -> None:
    served = serve(worker=False, web_processes=1)
    folder = served.data_dir / "pushes"
    order = {"url": f"{served.base_url}/api/wechat/callback", "openid": "o-somebody", "text": WORDS}
    with db.writing() as session:
        busy = "LOCK TABLE callback_messages IN ACCESS EXCLUSIVE MODE"
        session.execute(
            text(busy if db.dialect == "postgresql" else "SELECT 1")
        )  # SQLite has one writer anyway
        answers = served.stand_in_client().post("/sandbox/push", order).expect(200)["answers"]
        assert answers[0]["reply"] == LATER and answers[0]["ms"] < 2_000
        served.kill_web()
        assert len(kept(folder)) == 1
    assert heard(db) == 0
    served.start_web()
    wait_for(lambda: not kept(folder))
    assert said(db) == [WORDS]
    served.stand_in_client().post("/sandbox/push", {**order, "text": "谢谢"}).expect(200)
    assert said(db) == [WORDS, "谢谢"]


def test_words_heard_while_the_database_was_away_are_sealed_on_the_disk_and_taken_once(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder, push = tmp_path / "pushes", a_push()
    with closing(Database(NOWHERE[db.dialect])) as away:
        message, reply = Pushes(away, client, folder).reply(push)
    assert (message.text, reply) == (WORDS, LATER)
    (file,) = kept(folder)
    for word in (WORDS.encode(), b"13812345678", b"o-somebody", push.query["signature"].encode()):
        assert word not in file.read_bytes()
    later = Pushes(db, client, folder)
    assert later.take_up() == 0 and kept(folder) == []
    assert (said(db), heard(db)) == ([WORDS], 1)
    assert later.reply(push)[1] != LATER, "the platform sends it again: it is given the stored answer"
    assert (said(db), heard(db)) == ([WORDS], 1)


def test_what_waits_is_looked_at_again_while_the_database_is_away(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder = tmp_path / "pushes"
    with closing(Database(NOWHERE[db.dialect])) as away:
        pushes = Pushes(away, client, folder)
        pushes.reply(a_push("第一句"))
        pushes.reply(a_push("第二句"))
        assert pushes.take_up() == 1, "it stops at the first one: the others would wait as long"
    assert len(kept(folder)) == 2
    Pushes(db, client, folder).take_up_soon()
    wait_for(lambda: not kept(folder))
    assert said(db) == ["第一句", "第二句"]


def test_an_event_that_waits_is_a_success_to_the_platform(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    with closing(Database(NOWHERE[db.dialect])) as away:
        push = a_push("", kind="event", event="subscribe_msg_sent_event")
        assert Pushes(away, client, tmp_path / "pushes").reply(push)[1] is None
    assert len(kept(tmp_path / "pushes")) == 1


def test_what_can_never_be_taken_is_set_aside_and_does_not_stop_the_others(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder = tmp_path / "pushes"
    with closing(Database(NOWHERE[db.dialect])) as away:
        pushes = Pushes(away, client, folder)
        pushes.reply(a_push("先到"))
        client.settings = replace(client.settings, callback_token="another")
        foreign = prepare(
            Platform(now=clock.now, callback_token="another"), Order(openid="o-somebody", text="后到")
        )
        pushes.reply(Push(DEMO_APPID, foreign.query, foreign.body, foreign.content_type, clock.now()))
    later = Pushes(db, client, folder)
    assert later.take_up() == 0
    assert said(db) == ["后到"]
    assert [file.suffix for file in kept(folder)] == [".aside"]
    assert later.take_up() == 0 and len(kept(folder)) == 1


def test_a_sealed_push_waits_as_it_came(db: Database, client: Wechat, tmp_path: Path) -> None:
    platform = Platform(now=clock.now, callback_token=DEMO_CALLBACK_TOKEN, callback_aes_key=DEMO_AES_KEY)
    sent = prepare(platform, Order(openid="o-somebody", text=WORDS, mode="safe", format="json"))
    push = Push(DEMO_APPID, sent.query, sent.body, sent.content_type, clock.now())
    assert Push.unsealed(push.sealed()) == push
    assert Push.unsealed(push.sealed()).opened(client.settings).text == WORDS
