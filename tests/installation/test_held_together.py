"""Two at one house at the same moment: who judges it waits for who changes it, and nobody waits in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from backend.core.db import Database
from backend.core.errors import Refusal
from backend.identity import actor_for
from backend.installation import actions
from backend.installation.errors import BookingOver, KitIncomplete, VisitOpen
from backend.installation.models import Booking
from tests.builders.product import code_of
from tests.installation.world import CHECKED, World


class Call:
    """A call in a thread of its own; what it raised is kept."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self.error: Exception | None = None
        self.value: Any = None
        self._run = run
        self.thread = threading.Thread(target=self._go, daemon=True)
        self.thread.start()

    def _go(self) -> None:
        try:
            self.value = self._run()
        except Exception as error:  # the call's outcome, for the test to judge
            self.error = error

    def ended(self) -> None:
        self.thread.join(60)
        assert not self.thread.is_alive()


def until_waiting(db: Database, calls: list[Call]) -> None:
    """Until every call has ended or waits for a lock; on SQLite whoever writes waits from its first statement."""
    if db.dialect != "postgresql":
        return
    question = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    tick = threading.Event()
    for _ in range(1000):
        with db.reading() as session:
            waiting = session.scalar(question)
        if waiting >= sum(call.thread.is_alive() for call in calls):
            return
        tick.wait(0.01)
    raise AssertionError("nobody waits")


def act(world: World, who: str, run: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
    def call() -> Any:
        with world.db.writing() as session:
            return run(session, actor_for(session, world.people[who].id), **arguments)

    return call


def item_of(world: World, house: str, kind: str) -> str:
    items = world.district.get(f"/api/households/{house}/installation").expect(200)["items"]
    found: str = next(item["id"] for item in items if item["kind"] == kind and not item["removed_at"])
    return found


def removing_meanwhile(world: World, item: str, meanwhile: Callable[[], Any]) -> Call:
    """``meanwhile`` begins after an item is taken away and before that is committed."""
    with world.db.writing() as session:
        remover = actor_for(session, world.people["installer"].id)
        actions.remove_item(session, remover, installed_item_id=item, reason="坏了")
        call = Call(meanwhile)
        until_waiting(world.db, [call])
    call.ended()
    return call


def test_a_house_whose_kit_is_just_being_taken_away_does_not_pass(world: World) -> None:
    house, _ = world.installed("heat_pump")
    accept = act(
        world, "acceptor", actions.record_acceptance, household_id=house, outcome="passed", checklist=CHECKED
    )
    call = removing_meanwhile(world, item_of(world, house, "induction_cooker"), accept)
    assert isinstance(call.error, KitIncomplete)
    assert world.standing(house)["accepted_at"] is None


def test_a_visit_that_ends_while_an_item_is_taken_away_is_partial(world: World) -> None:
    house, _, booking = world.booked("heat_pump")
    visit = world.visit(booking, house)
    world.install(visit, "heat_pump")
    finish = act(world, "second_installer", actions.finish_visit, visit_id=visit)
    call = removing_meanwhile(world, item_of(world, house, "induction_cooker"), finish)
    assert call.error is None and call.value.outcome == "partial"
    assert world.standing(house)["installed_at"] is None


def test_a_new_alarms_test_survives_the_old_alarms_removal(world: World) -> None:
    house, _ = world.installed("biomass")
    old = item_of(world, house, "co_alarm")
    with world.db.writing() as session:
        fitter = actor_for(session, world.people["installer"].id)
        actions.fit_co_alarm(session, fitter, household_id=house, serial="NEW-1", room="卧室", test_beep=True)
        remove = act(world, "second_installer", actions.remove_item, installed_item_id=old, reason="换新")
        call = Call(remove)
        until_waiting(world.db, [call])
    call.ended()
    assert call.error is None
    assert world.standing(house)["co_alarm_tested_at"] is not None


@pytest.mark.parametrize("first", ["begin", "finish"])
def test_ending_a_visit_and_beginning_another_do_not_wait_in_a_circle(world: World, first: str) -> None:
    house, _, booking = world.booked("heat_pump")
    visit = world.visit(booking, house)
    begin = act(
        world,
        "second_installer",
        actions.begin_visit,
        booking_id=booking,
        household_code=code_of(world.db, house),
    )
    finish = act(world, "installer", actions.finish_visit, visit_id=visit)
    calls: list[Call] = []
    with world.db.writing() as session:
        session.get_one(Booking, booking, with_for_update=True)
        for run in (begin, finish) if first == "begin" else (finish, begin):
            calls.append(Call(run))
            until_waiting(world.db, calls)
    for call in calls:
        call.ended()
    errors = [call.error for call in calls if call.error]
    assert len(errors) == 1 and isinstance(errors[0], VisitOpen | BookingOver), errors
    assert all(isinstance(error, Refusal) for error in errors)
