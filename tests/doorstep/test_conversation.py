"""A household talks to the service: menu, cards, dialogues, and what goes to a person."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from backend import identity
from backend.core import clock
from backend.core.db import Database
from backend.core.idempotency import StoredAnswer
from backend.doorstep.conversation.models import ConversationCard, ConversationEntry
from backend.faults.models import Fault, FaultReport
from backend.fuel.models import FuelOrder
from backend.installation.models import Booking
from backend.registry.models import HouseholdTie
from tests.builders.product import (
    AUTUMN,
    AppClient,
    Someone,
    client_of,
    person_with,
    proxy_of,
    resident_of,
    somebody,
)
from tests.builders.rates import spend
from tests.doorstep.talks import Talker, fuel_open, keys, notices_of
from tests.harness.http import Answer
from tests.harness.races import race
from tests.installation.world import World

WINTER = datetime(2022, 12, 1, 4, tzinfo=UTC)


@pytest.fixture
def house(world: World) -> str:
    return world.house("heat_pump")


@pytest.fixture
def talker(world: World, house: str) -> Talker:
    return Talker(world.resident(house))


def count(db: Database, what: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def _signed_in_anew(world: World, person: Someone) -> Talker:
    """The same person when an earlier session has run out."""
    with world.db.writing() as session:
        token = identity.open_session(session, person.id).token
    return Talker(client_of(world.app, replace(person, token=token)))


def test_a_greeting_is_answered_with_the_numbered_menu(talker: Talker, house: str) -> None:
    reply = talker.say("你好")
    assert [(o["key"], o["label"]) for o in reply["options"]] == [
        ("1", "报修"), ("2", "领燃料"), ("3", "预约"), ("4", "查进度"),
    ]  # fmt: skip
    said, answered = talker.thread()
    assert (said["who"], said["text"], said["household_id"]) == ("household", "你好", house)
    assert (answered["who"], answered["text"]) == ("service", reply["text"])


def test_no_heat_ends_in_a_card_and_its_confirmation_opens_the_fault(world: World, talker: Talker) -> None:
    reply = talker.say("家里没暖气，炉子不热")
    card = reply["card"]
    assert (card["kind"], card["title"], card["state"]) == ("fault", "报修：没有暖气", "open")
    assert count(world.db, Fault) == 0, "nothing happens before the yes"
    done = talker.say("是")
    assert "已上报：没有暖气" in done["text"] and done["card"]["state"] == "confirmed"
    with world.db.reading() as session:
        fault = session.scalars(select(Fault)).one()
        told = session.scalars(select(FaultReport)).one()
    assert done["card"]["result"] == {"kind": "fault", "id": fault.id}
    assert (fault.category, told.description, told.via) == ("no_heat", "家里没暖气，炉子不热", "resident")
    again = talker.confirm(card).expect(200)
    assert again["reply"]["text"] == done["text"] and again["entries"] == []
    assert count(world.db, FaultReport) == 1, "a second tap changes nothing"
    assert [entry["who"] for entry in talker.thread()] == ["household", "service"] * 2


def test_eight_taps_at_once_report_once(world: World, talker: Talker) -> None:
    card = talker.say("没暖气")["card"]
    result = race(8, lambda _n: talker.confirm(card))
    assert [answer.status for answer in result.values] == [200] * 8
    assert len({answer.json()["reply"]["text"] for answer in result.values}) == 1
    assert sum(len(answer.json()["entries"]) for answer in result.values) == 1
    assert (count(world.db, Fault), count(world.db, FaultReport)) == (1, 1)


def test_a_card_is_put_away_and_then_does_nothing(world: World, talker: Talker) -> None:
    card = talker.say("漏水")["card"]
    assert talker.say("取消")["text"].startswith("已取消")
    assert talker.confirm(card).expect(409)["code"] == "conversation.card_closed"
    again = talker.say("漏水")["card"]
    assert talker.dismiss(again).expect(200)["reply"]["card"]["state"] == "dismissed"
    talker.dismiss(again).expect(200)
    assert count(world.db, Fault) == 0
    done = talker.say("漏水")["card"]
    talker.confirm(done).expect(200)
    assert talker.dismiss(done).expect(409)["code"] == "conversation.done_already"


def test_a_card_expires_and_a_new_one_replaces_the_old(world: World, talker: Talker) -> None:
    first = talker.say("漏水")["card"]
    second = talker.say("机器坏了")["card"]
    assert talker.confirm(first).expect(409)["code"] == "conversation.card_closed"
    with clock.pinned(AUTUMN + timedelta(minutes=31)):
        assert talker.confirm(second).expect(409)["code"] == "conversation.card_closed"
        assert talker.say("是")["card"] is None
        assert "是哪一种情况" in talker.say("1")["text"], "a bare number is the menu's again"
    assert count(world.db, Fault) == 0


@pytest.mark.parametrize("answer", ["快来人", "1", "查进度"])
def test_carbon_monoxide_gets_advice_first_and_is_reported_by_any_answer(
    world: World, talker: Talker, answer: str
) -> None:
    cadre = person_with(world.db, "village_cadre", area_code=world.county.villages["heat_pump"])
    reply = talker.say("老伴头晕，屋里有煤烟味")
    text = reply["text"]
    assert text.index("打开门窗") < text.index("120") < text.index("上报")
    assert len(notices_of(world.db, cadre, "conversation.danger")) == 1, (
        "the village does not wait for the yes"
    )
    assert "已上报" in talker.say(answer)["text"]
    with world.db.reading() as session:
        fault = session.scalars(select(Fault)).one()
    assert (fault.category, fault.severity) == ("co", "critical")


def test_a_danger_in_the_middle_of_a_dialogue_comes_first(world: World) -> None:
    _house, resident = fuel_open(world)
    talker = Talker(resident)
    assert "要几袋" in talker.say("领颗粒")["text"]
    assert "打开门窗" in talker.say("头晕")["text"]
    worse = talker.say("炉子着火了")
    assert (
        "已上报" in worse["text"]
        and "119" in worse["text"]
        and worse["card"]["title"].startswith("报修：冒烟")
    )
    talker.say("快来")
    with world.db.reading() as session:
        assert set(session.scalars(select(Fault.category))) == {"co", "smoke"}


def test_a_plain_no_leaves_a_danger_unreported_and_repeats_the_advice(world: World, talker: Talker) -> None:
    talker.say("冒烟")
    assert "119" in talker.say("不用")["text"]
    assert count(world.db, Fault) == 0


def test_a_fault_is_told_one_thing_at_a_time_with_a_way_back(world: World, talker: Talker) -> None:
    asked = talker.say("１")
    assert asked["text"] == "是哪一种情况？" and "0" in keys(asked)
    assert talker.say("0")["options"][0]["label"] == "报修"
    talker.say("1")
    assert talker.say("8")["text"].startswith("请用一句话")
    assert talker.say("返回")["text"] == "是哪一种情况？"
    talker.say("8")
    assert talker.say("外墙的管子包棉掉了")["card"]["title"] == "报修：其他"
    talker.say("确认")
    with world.db.reading() as session:
        assert session.scalars(select(FaultReport.description)).one() == "外墙的管子包棉掉了"


def test_fuel_is_ordered_in_words_step_by_step(world: World) -> None:
    house, resident = fuel_open(world)
    talker = Talker(resident)
    asked = talker.say("买燃料")
    assert "3000 公斤（最多 120 袋，每袋 25 公斤）" in asked["text"] and keys(asked) == ["0"]
    assert "不是整袋" in talker.say("30公斤")["text"]
    assert "超过" in talker.say("121")["text"]
    assert "没看懂" in talker.say("多来点")["text"]
    assert "250 公斤" in talker.say("十袋")["text"]
    assert "要几袋" in talker.say("0")["text"], "one step back, not to the start"
    assert keys(talker.say("20")) == ["1", "2", "3", "0"]
    card = talker.say("2")["card"]
    assert card["title"] == "申领燃料 500 公斤（20 袋）" and "9月22日前" in card["body"]
    assert count(world.db, FuelOrder) == 0
    done = talker.say("1")
    assert done["text"].startswith("已申领 500 公斤") and "2500 公斤" in done["text"]
    left = resident.get(f"/api/households/{house}/entitlement").expect(200)
    assert (left["reserved_kg"], left["left_kg"]) == (500, 2500)
    assert "500 公斤待送" in talker.say("燃料还剩多少")["text"]


def test_a_refusal_of_the_action_is_said_in_its_words_and_the_card_stays_open(world: World) -> None:
    house, resident = fuel_open(world)
    talker = Talker(resident)
    talker.say("领100袋颗粒")
    card = talker.say("1")["card"]
    today = clock.today().isoformat()
    elsewhere = {"household_id": house, "kilograms": 2000, "wanted_from": today, "wanted_until": today}
    order = resident.post("/api/fuel-orders", elsewhere).expect(201)
    refused = talker.confirm(card).expect(200)["reply"]
    assert refused["text"].startswith("超出本年度补贴额度。") and "还剩 1000 公斤" in refused["text"]
    assert "第四部分（一）1（5）" in refused["text"] and refused["card"]["state"] == "open"
    assert talker.thread()[-1]["text"] == refused["text"]
    assert count(world.db, FuelOrder) == 1
    resident.post(f"/api/fuel-orders/{order['id']}/cancel", {"reason": "改数量"}).expect(200)
    assert talker.say("是")["text"].startswith("已申领 2500 公斤"), (
        "the same card, once nothing stands against it"
    )


def test_a_house_that_may_not_draw_yet_hears_why_and_its_township_too_in_winter(world: World) -> None:
    person = resident_of(world.db, world.house("biomass"))
    cadre = person_with(world.db, "village_cadre", area_code=world.county.villages["biomass"])
    assert Talker(client_of(world.app, person)).say("2")["text"].startswith("炉具还没有装好")
    assert notices_of(world.db, cadre, "fuel.cold_house") == []
    with clock.pinned(WINTER):
        assert "今晚" in _signed_in_anew(world, person).say("2")["text"]
    assert len(notices_of(world.db, cadre, "fuel.cold_house")) == 1
    assert count(world.db, FuelOrder) == 0


def test_a_visit_is_booked_from_the_open_places(world: World) -> None:
    _house, resident = world.contracted("heat_pump")
    talker = Talker(resident)
    assert "暂时没有空" in talker.say("预约")["text"]
    world.slot("heat_pump", capacity=1)
    offered = talker.say("想约个时间安装")
    assert [o["label"] for o in offered["options"]] == ["9月15日下午（余1）", "返回"]
    card = talker.say("1")["card"]
    assert card["body"].startswith("9月15日下午上门")
    _other, neighbour = world.contracted("heat_pump", 1)
    taken = Talker(neighbour)
    taken.say("预约")
    taken.say("1")
    assert taken.say("1")["text"].startswith("已约好")
    full = talker.say("是")
    assert "约满" in full["text"] and full["card"]["state"] == "open"
    assert count(world.db, Booking) == 1
    assert "已约好9月15日下午" in taken.say("3")["text"]


def test_booking_hears_what_stands_against_it_in_its_own_words(world: World, talker: Talker) -> None:
    assert "确认" in talker.say("预约")["text"]
    assert Talker(world.resident(world.house("district_heat"))).say("3")["card"] is None


def test_a_card_refused_in_winter_is_told_as_its_own_kind_tells_it(world: World) -> None:
    village = world.county.villages["heat_pump"]
    cadre = person_with(world.db, "village_cadre", area_code=village)
    house, resident = world.contracted("heat_pump")
    other, neighbour = world.contracted("heat_pump", 1)
    slot = world.slot("heat_pump", capacity=1, day=date(2022, 12, 2))
    with clock.pinned(WINTER):
        talker, first = (Talker(_later(world, client)) for client in (resident, neighbour))
        talker.say("预约")
        card = talker.say("1")["card"]
        first.client.post("/api/bookings", {"household_id": other, "slot_id": slot}).expect(201)
        refused = talker.confirm(card).expect(200)["reply"]
    assert "约满" in refused["text"] and "电暖器" in refused["text"]
    [told] = notices_of(world.db, cadre, "installation.cold_house")
    assert told.household_id == house
    assert notices_of(world.db, cadre, "fuel.cold_house") == []


def test_a_house_whose_booking_is_closed_in_winter_is_told_of(world: World, talker: Talker) -> None:
    cadre = person_with(world.db, "village_cadre", area_code=world.county.villages["heat_pump"])
    talker.say("预约")
    assert notices_of(world.db, cadre, "installation.cold_house") == []
    with clock.pinned(WINTER):
        assert "电暖器" in Talker(_later(world, talker.client)).say("预约")["text"]
    assert len(notices_of(world.db, cadre, "installation.cold_house")) == 1


def _later(world: World, client: AppClient) -> AppClient:
    """The client of the same person when its session has run out."""
    with clock.pinned(AUTUMN):
        person_id = client.get("/api/me").expect(200)["id"]
    with world.db.writing() as session:
        token = identity.open_session(session, person_id).token
    return AppClient("http://localhost", token=token, app=world.app)


def test_progress_says_where_the_house_stands_and_what_is_next(world: World) -> None:
    house, resident, _booking = world.booked("heat_pump")
    talker = Talker(resident, house)
    said = talker.say("到哪了")["text"]
    assert "已签协议" in said and "9月15日下午" in said and "下一步：等待上门安装" in said
    talker.say("没暖气")
    talker.say("是")
    assert "报修“没有暖气”" in talker.say("4")["text"]


def test_what_is_not_understood_goes_to_the_village_and_its_answer_stands_in_the_thread(
    world: World, talker: Talker, house: str
) -> None:
    village = world.county.villages["heat_pump"]
    cadre = person_with(world.db, "village_cadre", area_code=village, name="王干部")
    assert "转给村干部" in talker.say("隔壁占了我家的院子")["text"]
    talker.say("你们管不管院子")
    told = notices_of(world.db, cadre, "conversation.needs_person")
    assert len(told) == 1 and "院子" not in told[0].body, "the words stay in the thread"
    desk = client_of(world.app, cadre)
    seen = desk.get(f"/api/households/{house}/conversation").expect(200)["items"]
    assert "隔壁占了我家的院子" in [entry["text"] for entry in seen]
    desk.post(f"/api/households/{house}/conversation", {"text": "明天上午我去看。"}).expect(201)
    last = talker.thread()[-1]
    assert (last["who"], last["by_name"], last["text"]) == ("cadre", "王干部", "明天上午我去看。")
    resident = talker.client.get("/api/me").expect(200)["id"]
    with world.db.reading() as session:
        query = text("SELECT count(*) FROM notices WHERE person_id = :id AND topic = 'conversation.answered'")
        assert session.execute(query, {"id": resident}).scalar() == 1
    talker.say("还有一件说不清的事情")
    assert len(notices_of(world.db, cadre, "conversation.needs_person")) == 2, "asked anew after an answer"


def test_only_those_whose_thread_it_is_read_or_answer_it(world: World, talker: Talker, house: str) -> None:
    card = talker.say("没暖气")["card"]
    stranger = Talker(client_of(world.app, somebody(world.db)))
    neighbour = Talker(world.resident(world.house("heat_pump", 1)))
    elsewhere = world.cadre("biomass")
    for other in (stranger, neighbour):
        other.client.get("/api/conversation", household_id=house).expect(404)
        other.client.post("/api/conversation", {"text": "没暖气", "household_id": house}).expect(404)
        other.confirm(card).expect(404)
        other.dismiss(card).expect(404)
    elsewhere.get(f"/api/households/{house}/conversation").expect(404)
    elsewhere.post(f"/api/households/{house}/conversation", {"text": "好"}).expect(404)
    talker.client.post(f"/api/households/{house}/conversation", {"text": "好"}).expect(403)
    assert stranger.thread() == [] and neighbour.thread() == []


def test_a_card_does_nothing_for_who_no_longer_belongs_to_the_house(
    world: World, talker: Talker, house: str
) -> None:
    card = talker.say("没暖气")["card"]
    with world.db.writing() as session:
        session.execute(
            update(HouseholdTie).where(HouseholdTie.household_id == house).values(ended_at=clock.now())
        )
    assert "已不是这一户的人" in talker.confirm(card).expect(200)["reply"]["text"]
    assert count(world.db, Fault) == 0
    assert "户码牌" in talker.say("是")["text"], "the thread of the house is closed to them as well"
    talker.client.get("/api/conversation", household_id=house).expect(404)


def test_neither_a_card_nor_a_message_is_answered_from_memory_to_who_no_longer_belongs_to_the_house(
    world: World, talker: Talker, house: str
) -> None:
    said, key = {"text": "没暖气"}, "key-of-a-message"
    card = talker.client.post("/api/conversation", said, key=key).expect(201)["reply"]["card"]
    done = talker.confirm(card).expect(200)["reply"]["text"]
    assert talker.confirm(card).expect(200)["reply"]["text"] == done
    with world.db.writing() as session:
        session.execute(
            update(HouseholdTie).where(HouseholdTie.household_id == house).values(ended_at=clock.now())
        )
        session.execute(delete(StoredAnswer))  # as after ninety days: the thread itself remembers longer
    refused = talker.confirm(card)
    assert refused.expect(409)["code"] == "conversation.card_closed" and done not in refused.text
    talker.client.post("/api/conversation", said, key=key).expect(404)


def test_two_people_of_one_house_share_the_thread_but_not_the_questions(world: World, house: str) -> None:
    resident = resident_of(world.db, house)
    proxy = proxy_of(world.db, house, resident)
    one, other = Talker(client_of(world.app, resident)), Talker(client_of(world.app, proxy))
    card = one.say("没暖气")["card"]
    assert other.say("1")["text"] == "是哪一种情况？", "the yes was not asked of this one"
    assert len(one.thread()) == len(other.thread()) == 4
    other.confirm(card).expect(404)
    assert "已上报" in one.say("1")["text"]


def test_who_acts_for_several_houses_says_for_which(world: World) -> None:
    first, second = world.house("heat_pump"), world.house("heat_pump", 1)
    person = resident_of(world.db, first)
    neighbour = resident_of(world.db, second)
    with world.db.writing() as session:
        tie = HouseholdTie(household_id=second, person_id=person.id, role="household_proxy", since=AUTUMN)
        tie.proven_by, tie.given_by = "household", neighbour.id
        session.add(tie)
    talker = Talker(client_of(world.app, person))
    assert "5" in keys(talker.say("你好"))
    talker.say("5")
    talker.say("2")
    card = talker.say("没暖气")["card"]
    assert card["household_id"] == second
    assert Talker(talker.client, first).say("没暖气")["card"]["household_id"] == first


def test_somebody_of_no_house_gets_the_advice_the_hotline_and_the_way_to_bind(world: World) -> None:
    person = somebody(world.db)
    talker = Talker(client_of(world.app, person))
    assert "打开门窗" in talker.say("头晕恶心")["text"]
    for words in ("没暖气", "1", "是", "随便说说"):
        reply = talker.say(words)
        assert "户码牌" in reply["text"] and "0349-0000000" in reply["text"] and reply["card"] is None
    with clock.pinned(WINTER):
        later = _signed_in_anew(world, person)
        assert "电暖器" in later.say("没暖气")["text"]
        assert len(later.thread()) == 12


def test_the_same_key_is_the_same_message(world: World, talker: Talker) -> None:
    said = [
        talker.client.post("/api/conversation", {"text": "没暖气"}, key="the-same-key").expect(201)
        for _ in range(2)
    ]
    assert (
        said[0] == said[1]
        and count(world.db, ConversationEntry) == 2
        and count(world.db, ConversationCard) == 1
    )


def test_no_line_of_a_thread_is_ever_changed(world: World, talker: Talker) -> None:
    talker.say("你好")
    for statement in ("UPDATE conversation_entries SET who = 'cadre'", "DELETE FROM conversation_entries"):
        with pytest.raises(DatabaseError, match="append-only"), world.db.writing() as session:
            session.execute(text(statement))


def test_nobodys_words_reach_the_logs_and_the_database_holds_them_sealed(
    world: World, talker: Talker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    talker.say("我家的秘密是红薯窖")
    talker.say("我家的秘密是红薯窖，没暖气")
    talker.say("是")
    assert "红薯窖" not in caplog.text
    with world.db.reading() as session:
        stored = session.execute(text("SELECT text FROM conversation_entries")).scalars().all()
    assert stored and not any("红薯窖" in line for line in stored)


# -- beyond the limit


def test_a_danger_is_heard_from_who_has_written_too_much_and_so_is_the_answer_to_it(
    world: World, talker: Talker
) -> None:
    cadre = person_with(world.db, "village_cadre", area_code=world.county.villages["heat_pump"])
    talker.say("查进度")
    spend(world.db, "conversation", 60)

    def write(text: str) -> Answer:
        return talker.client.post("/api/conversation", {"text": text})

    refused = write("查进度")
    assert refused.status == 429 and int(refused.headers["retry-after"]) > 0
    assert "打开门窗" in write("家里人头晕，报警器响了").expect(201)["reply"]["text"]
    assert len(notices_of(world.db, cadre, "conversation.danger")) == 1
    assert "已上报" in write("是").expect(201)["reply"]["text"]
    assert count(world.db, Fault) == 1
    assert write("是").status == 429, "nothing waits to be reported any more"


def test_who_writes_of_one_danger_again_and_again_fills_no_inbox(world: World, talker: Talker) -> None:
    cadre = person_with(world.db, "village_cadre", area_code=world.county.villages["heat_pump"])
    for _ in range(5):
        talker.dismiss(talker.say("头晕恶心")["card"]).expect(200)
    talker.say("墙上漏电")
    told = notices_of(world.db, cadre, "conversation.danger")
    assert len(told) == 2, "another danger is told of, the same one once in ten minutes"
