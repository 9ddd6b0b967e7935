"""What the platform pushed is answered in time and taken, though the database is busy or away, or the power goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.db import Database
from backend.core.keeping import Keeping
from backend.core.spool import Spool
from backend.doorstep.conversation.models import ConversationEntry, HeardPush
from backend.doorstep.kept_pushes import Push
from backend.doorstep.pushes import LATE_AT_MOST, LATER, Pushes
from backend.wechat import CallbackMessage, Wechat
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
    who = {"openid": "o-somebody", **order}
    sent = prepare(Platform(now=clock.now), Order(text=words, **who))
    return Push(DEMO_APPID, sent.query, sent.body, sent.content_type, clock.now())


def pushes_of(database: Database, client: Wechat, folder: Path) -> Pushes:
    return Pushes(database, client, Keeping(folder, Spool(folder.parent / "spool", 1)))


def answered(
    database: Database, client: Wechat, folder: Path, push: Push
) -> tuple[CallbackMessage, str | None]:
    """By a process that ends then, and looks at what waits no more."""
    with closing(pushes_of(database, client, folder)) as pushes:
        return pushes.reply(push)


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
    crowd = [{**order, "openid": f"o-{name}", "text": f"{name}家没暖气"} for name in "ab"]
    with db.writing() as session:
        busy = "LOCK TABLE callback_messages IN ACCESS EXCLUSIVE MODE"
        session.execute(
            text(busy if db.dialect == "postgresql" else "SELECT 1")
        )  # SQLite has one writer anyway
        stand_in = served.stand_in_client()
        sent = [stand_in.post("/sandbox/push", each).expect(200)["answers"][0] for each in (order, *crowd)]
        assert [answer["reply"] for answer in sent] == [LATER] * 3
        assert min(answer["ms"] for answer in sent) < 1_000, "the first pays for its connections"
        served.kill_web()
        assert len(kept(folder)) == 3
    assert heard(db) == 0
    served.start_web()
    wait_for(lambda: not kept(folder))
    assert said(db) == [WORDS, "a家没暖气", "b家没暖气"]
    served.stand_in_client().post("/sandbox/push", {**order, "text": "谢谢"}).expect(200)
    assert said(db)[3:] == ["谢谢"]


def test_words_heard_while_the_database_was_away_are_sealed_on_the_disk_and_taken_once(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder, push = tmp_path / "pushes", a_push()
    with closing(Database(NOWHERE[db.dialect])) as away:
        message, reply = answered(away, client, folder, push)
    assert (message.text, reply) == (WORDS, LATER)
    (file,) = kept(folder)
    for word in (WORDS.encode(), b"13812345678", b"o-somebody", push.query["signature"].encode()):
        assert word not in file.read_bytes()
    later = pushes_of(db, client, folder)
    assert later.take_up() == 0 and kept(folder) == []
    assert (said(db), heard(db)) == ([WORDS], 1)
    assert later.reply(push)[1] != LATER, "the platform sends it again: it is given the stored answer"
    assert (said(db), heard(db)) == ([WORDS], 1)


def test_duty_16_words_answered_in_an_outage_of_an_hour_are_taken_as_fresh_as_they_were_heard(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder = tmp_path / "pushes"
    with closing(Database(NOWHERE[db.dialect])) as away:
        assert answered(away, client, folder, a_push())[1] == LATER
    with clock.pinned(clock.now() + timedelta(hours=1)):
        assert pushes_of(db, client, folder).take_up() == 0
    assert (said(db), heard(db), kept(folder)) == ([WORDS], 1, [])


def test_what_waits_is_looked_at_again_while_the_database_is_away(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder = tmp_path / "pushes"
    with closing(Database(NOWHERE[db.dialect])) as away:
        pushes = pushes_of(away, client, folder)
        pushes.reply(a_push("第一句"))
        pushes.reply(a_push("第二句"))
        assert pushes.take_up() == 1
        pushes.close()
    assert len(kept(folder)) == 2
    pushes_of(db, client, folder).take_up_soon()
    wait_for(lambda: not kept(folder))
    assert said(db) == ["第一句", "第二句"]


def test_an_event_that_waits_is_a_success_to_the_platform(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    with closing(Database(NOWHERE[db.dialect])) as away:
        push = a_push("", kind="event", event="subscribe_msg_sent_event")
        assert answered(away, client, tmp_path / "pushes", push)[1] is None
    assert len(kept(tmp_path / "pushes")) == 1


def test_what_can_never_be_taken_is_set_aside_and_does_not_stop_the_others(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    folder = tmp_path / "pushes"
    with closing(Database(NOWHERE[db.dialect])) as away:
        pushes = pushes_of(away, client, folder)
        pushes.reply(a_push("先到"))
        client.settings = replace(client.settings, callback_token="another")
        foreign = prepare(
            Platform(now=clock.now, callback_token="another"), Order(openid="o-somebody", text="后到")
        )
        pushes.reply(Push(DEMO_APPID, foreign.query, foreign.body, foreign.content_type, clock.now()))
        pushes.close()
    later = pushes_of(db, client, folder)
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


def busy_database(db: Database) -> Any:
    """A transaction that lets nobody take a push until it ends."""
    writing = db.writing()
    session = writing.__enter__()
    busy = "LOCK TABLE callback_messages IN ACCESS EXCLUSIVE MODE"
    session.execute(text(busy if db.dialect == "postgresql" else "SELECT 1"))
    return writing


def test_one_person_s_words_are_taken_in_their_order_while_the_database_is_busy(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    """Each is said after the former was answered, to whichever of two processes; both take up what waits."""
    words = [f"第{number}句" for number in range(6)]
    processes = [pushes_of(db, client, tmp_path / "pushes") for _ in range(2)]
    writing = busy_database(db)
    for number, each in enumerate(words):
        assert processes[number % 2].reply(a_push(each))[1] == LATER
    writing.__exit__(None, None, None)
    wait_for(lambda: not kept(tmp_path / "pushes") and len(said(db)) == len(words))
    assert said(db) == words


def test_while_many_wait_for_the_database_the_next_are_answered_at_once(
    db: Database, client: Wechat, tmp_path: Path
) -> None:
    pushes = pushes_of(db, client, tmp_path / "pushes")
    writing = busy_database(db)
    crowd = [
        threading.Thread(target=pushes.reply, args=(a_push(f"先{number}", openid=f"o-{number}"),))
        for number in range(LATE_AT_MOST)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(20)
    began = time.monotonic()
    answers = [pushes.reply(a_push(f"后{number}", openid=f"p-{number}"))[1] for number in range(20)]
    took = time.monotonic() - began
    writing.__exit__(None, None, None)
    assert answers == [LATER] * 20 and took < 10, "twenty times 0.8 s, had each waited"
    wait_for(lambda: not kept(tmp_path / "pushes"))
    assert len(said(db)) == LATE_AT_MOST + 20
