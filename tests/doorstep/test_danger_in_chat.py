"""Who writes of a danger and then taps nothing is not left alone: it goes up until somebody hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.db import Database
from backend.doorstep.conversation.jobs import watch_dangers
from backend.messaging import MessageStopped, ledger
from backend.registry import pass_on_by_mouth
from scripts.wechat_standin import DEMO_APPID
from tests.builders.product import AUTUMN, Someone, give_role_to, person_with, resident_of
from tests.doorstep.talks import Talker, notices_of
from tests.installation.world import World

DANGER = "conversation.danger"


@pytest.fixture
def talker(world: World) -> Talker:
    return Talker(world.resident(world.house("heat_pump")))


def somebody_over(world: World, role: str, digits: int, *, allows: bool = True) -> Someone:
    """An officer or a cadre of the house's place, who allowed messages or did not."""
    person = person_with(world.db, role, area_code=world.county.villages["heat_pump"][:digits])
    if allows:
        with world.db.writing() as session:
            for _ in range(4):
                ledger.add_grant(
                    session, ledger.Account(DEMO_APPID, person.openid, "demo-tmpl-notice"), person.id
                )
    return person


def heard(db: Database, *people: Someone) -> list[int]:
    return [len(notices_of(db, person, DANGER)) for person in people]


def test_danger_in_words_goes_to_the_cadre_and_no_further_where_a_message_reaches_them(
    world: World, talker: Talker
) -> None:
    cadre, township = (
        somebody_over(world, "village_cadre", 12),
        somebody_over(world, "township_officer", 9),
    )
    talker.say("屋里有煤烟味，头晕恶心")
    assert heard(world.db, cadre, township) == [1, 0]


def test_danger_in_words_goes_up_at_once_where_no_cadre_is_sent_a_message(
    world: World, talker: Talker
) -> None:
    """A cadre who allowed no message may look at the inbox tomorrow."""
    cadre = somebody_over(world, "village_cadre", 12, allows=False)
    township = somebody_over(world, "township_officer", 9)
    district = somebody_over(world, "district_officer", 6)
    talker.say("头晕恶心")
    assert heard(world.db, cadre, township, district) == [1, 1, 0]


def test_danger_in_words_reaches_the_district_where_nobody_else_is(world: World, talker: Talker) -> None:
    district = somebody_over(world, "district_officer", 6, allows=False)
    talker.say("头晕恶心")
    assert heard(world.db, district) == [1]


def test_danger_that_stays_unanswered_climbs_to_the_township_once(world: World, talker: Talker) -> None:
    cadre, township = (
        somebody_over(world, "village_cadre", 12),
        somebody_over(world, "township_officer", 9),
    )
    talker.say("头晕恶心")
    for minutes, told in ((4, 0), (6, 1), (7, 1), (60, 1)):
        with clock.pinned(AUTUMN + timedelta(minutes=minutes)):
            watch_dangers(world.db)
        assert heard(world.db, cadre, township) == [1, told], minutes


@pytest.mark.parametrize("answer", ["不用", "是"])
def test_danger_that_was_answered_does_not_climb(world: World, talker: Talker, answer: str) -> None:
    somebody_over(world, "village_cadre", 12)
    township = somebody_over(world, "township_officer", 9)
    talker.say("头晕恶心")
    talker.say(answer)
    with clock.pinned(AUTUMN + timedelta(minutes=6)):
        watch_dangers(world.db)
    assert heard(world.db, township) == [0]


def test_what_does_not_reach_a_cadre_goes_to_the_township_and_from_there_to_the_district(
    world: World,
) -> None:
    house = world.house("heat_pump")
    cadre = somebody_over(world, "village_cadre", 12)
    township, district = (
        somebody_over(world, "township_officer", 9),
        somebody_over(world, "district_officer", 6),
    )
    for person, above in ((cadre, township), (township, district)):
        stopped = MessageStopped(person.id, house, "danger", "险情", "请马上看人。", "conversation.danger")
        for _repeated in range(2):
            with world.db.writing() as session:
                pass_on_by_mouth(session, stopped)
        (notice,) = notices_of(world.db, above, "relay.now")
        assert "险情" in notice.body
    assert notices_of(world.db, cadre, "relay.now") == []


def test_a_cadre_who_lives_in_the_house_is_no_end_of_the_way(world: World) -> None:
    """Neither is the cadre asked to tell the own house, nor does a relay that stops come back to where it stopped."""
    house = world.house("heat_pump")
    cadre = resident_of(world.db, house)
    give_role_to(world.db, cadre, "village_cadre", area_code=world.county.villages["heat_pump"])
    township = somebody_over(world, "township_officer", 9)
    stopped = MessageStopped(cadre.id, house, "danger", "险情", "请马上看人。", "fuel.recalled")
    with world.db.writing() as session:
        pass_on_by_mouth(session, stopped)
    assert notices_of(world.db, cadre, "relay.now") == []
    (told,) = notices_of(world.db, township, "relay.now")
    with world.db.writing() as session:
        pass_on_by_mouth(
            session, MessageStopped(cadre.id, house, "relay:danger", told.title, told.body, "relay.now")
        )
    assert notices_of(world.db, cadre, "relay.now") == []
    assert len(notices_of(world.db, township, "relay.now")) == 2
