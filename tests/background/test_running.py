"""A background job ends once, whatever becomes of its worker; who asked for it follows it and can cancel it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, event, func, select

from backend.background import Again, Work
from backend.background.models import BackgroundJob
from backend.background.running import ATTEMPTS_AT_MOST, OUTAGES_AT_MOST, ROUNDS_AT_MOST
from backend.core.db import DatabaseAway
from backend.core.errors import Refusal
from backend.core.leases import Lease
from backend.identity import actor_for
from backend.identity.actions import end_role
from scripts.children import wait_until
from tests.background.office import Office, Played
from tests.harness.races import race


class NoPaper(Refusal):
    code = "probe.no_paper"
    title = "没有纸"
    next = "请加纸后重新提交。"


def test_a_job_is_done_by_a_worker_and_its_result_fetched(office: Office) -> None:
    job_id = office.asked(number=1)
    waiting = office.shown(job_id)
    assert (waiting["state"], waiting["words"], waiting["result_name"]) == ("waiting", "排队等候", None)
    early = office.client("district").get(f"/api/jobs/{job_id}/result")
    assert (early.status, early.json()["code"]) == (409, "job.not_done")

    assert office.runner(Played()).run_next()
    done = office.shown(job_id)
    assert (done["state"], done["done"], done["total"], done["words"]) == ("done", 3, 3, "已办完")
    assert done["error"] is None and done["started_at"] and done["ended_at"]
    answer = office.client("district").get(f"/api/jobs/{job_id}/result")
    assert (answer.status, answer.body) == (200, b"run 1")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "%E7%BB%93%E6%9E%9C.txt" in answer.headers["content-disposition"]
    assert not office.runner(Played()).run_next()
    with office.db.reading() as session:
        assert session.scalars(select(Lease.name)).all() == []


def test_progress_is_seen_while_the_work_goes_on(office: Office) -> None:
    job_id = office.asked()
    seen: list[tuple[int, int, str]] = []

    def look(_work: Work) -> None:
        def told() -> bool:
            shown = office.shown(job_id)
            seen.append((shown["done"], shown["total"], shown["words"]))
            return seen[-1] == (1, 3, "已办 1/3")

        wait_until(told, [], seconds=30, what="the progress")

    office.runner(Played(at=look)).run_next()
    assert office.shown(job_id)["state"] == "done"


def test_a_job_that_runs_stops_when_it_is_cancelled(office: Office) -> None:
    job_id = office.asked()

    def cancel_and_go_on(work: Work) -> None:
        answer = office.client("district").post(f"/api/jobs/{job_id}/cancellation").expect(200)
        assert (answer["state"], answer["cancel_asked"]) == ("running", True)
        assert work.stopped.wait(30)

    played = Played(at=cancel_and_go_on)
    office.runner(played).run_next()
    assert (played.begun, played.written) == (1, 0)
    assert office.shown(job_id)["state"] == "cancelled"
    again = office.client("district").post(f"/api/jobs/{job_id}/cancellation").expect(200)
    assert again["state"] == "cancelled"
    assert office.storage.files == {}


def test_a_job_that_waits_is_cancelled_at_once_and_never_begun(office: Office) -> None:
    office.storage.put("upload-1", b"a list")
    job_id = office.asked(upload_key="upload-1")
    assert (
        office.client("district").post(f"/api/jobs/{job_id}/cancellation").expect(200)["state"] == "cancelled"
    )
    assert not office.runner(played := Played()).run_next()
    assert played.begun == 0


def test_a_cancellation_that_comes_while_the_outcome_is_written_is_told_that_it_is_too_late(
    office: Office,
) -> None:
    job_id = office.asked()
    office.runner(Played()).run_next()
    late = office.client("district").post(f"/api/jobs/{job_id}/cancellation")
    assert (late.status, late.json()["code"]) == (409, "job.ended")


def test_a_job_of_a_lost_worker_is_begun_anew_once_its_lease_is_out(office: Office) -> None:
    job_id = office.asked()
    lost = Played(at=_dies)
    with pytest.raises(SystemExit):
        office.runner(lost, "lost").run_next()
    assert office.row(job_id).state == "running"
    other = Played()
    assert not office.runner(other, "other").run_next(), "its lease stands"
    office.leases_run_out()
    assert office.runner(other, "other").run_next()
    assert (lost.written, other.written) == (0, 1)
    assert office.shown(job_id)["state"] == "done"


def _dies(_work: Work) -> None:
    raise SystemExit("as if killed: nothing is recorded")


def test_a_worker_that_was_taken_for_lost_writes_nothing(office: Office) -> None:
    job_id = office.asked()
    other = Played()

    slow = Played(at=lambda _work: office.taken_over(other))
    office.runner(slow, "slow").run_next()
    assert (slow.begun, slow.written) == (1, 0)
    assert (other.begun, other.written) == (1, 1)
    assert office.shown(job_id)["state"] == "done"
    with office.db.reading() as session:
        result = session.get_one(BackgroundJob, job_id).result_key
    assert list(office.storage.files) == [result]


def test_a_worker_that_was_taken_for_lost_writes_nothing_into_the_next_ones_work(office: Office) -> None:
    job_id = office.asked()
    go_on = threading.Event()
    slow = Played(late=lambda: assert_set(go_on))
    slow_thread = threading.Thread(target=lambda: office.runner(slow, "slow").run_next())
    slow_thread.start()
    wait_until(lambda: slow.begun == 1, [], seconds=30, what="the slow worker to begin")

    def let_the_slow_one_write(_work: Work) -> None:
        go_on.set()
        slow_thread.join(30)
        assert office.row(job_id).state == "running"

    other = Played(at=let_the_slow_one_write)
    office.taken_over(other)
    assert (slow.written, other.written) == (0, 1)
    assert office.shown(job_id)["state"] == "done"


def assert_set(event: threading.Event) -> None:
    assert event.wait(30)


def test_a_cancellation_between_the_work_and_its_writing_is_heard(office: Office) -> None:
    job_id = office.asked()

    def cancel() -> None:
        office.client("district").post(f"/api/jobs/{job_id}/cancellation").expect(200)

    played = Played(late=cancel)
    office.runner(played).run_next()
    assert (played.begun, played.written) == (1, 0)
    assert office.shown(job_id)["state"] == "cancelled"


def test_of_many_workers_one_does_a_job(office: Office) -> None:
    jobs = [office.asked(number=number) for number in range(3)]
    played = [Played() for _ in range(6)]

    def work(index: int) -> None:
        runner = office.runner(played[index], f"worker-{index}")
        while runner.run_next():
            pass

    result = race(len(played), work)
    assert not result.errors, result.errors
    assert sum(each.written for each in played) == len(jobs)
    assert {office.shown(each)["state"] for each in jobs} == {"done"}


def test_a_worker_that_stops_in_good_order_gives_its_job_back(office: Office) -> None:
    job_id = office.asked()
    stopping = threading.Event()

    def stop(work: Work) -> None:
        stopping.set()
        assert work.stopped.wait(30)

    office.runner(Played(at=stop), "first", stopping).run_next()
    row = office.row(job_id)
    assert (row.state, row.attempts) == ("waiting", 0)
    assert office.runner(Played(), "second").run_next()
    assert office.shown(job_id)["state"] == "done"


def test_a_refusal_in_the_middle_says_why_and_what_to_do(office: Office) -> None:
    office.storage.put("upload-1", b"a list")
    job_id = office.asked(upload_key="upload-1")

    def refuse(_work: Work) -> None:
        raise NoPaper("打印机里没有纸。")

    office.runner(Played(at=refuse)).run_next()
    failed = office.shown(job_id)
    assert failed["state"] == "failed"
    assert failed["error"] == {
        "code": "probe.no_paper",
        "title": "没有纸",
        "detail": "打印机里没有纸。",
        "next": "请加纸后重新提交。",
    }
    assert office.storage.files == {}
    none = office.client("district").get(f"/api/jobs/{job_id}/result").json()
    assert (none["code"], none["detail"]) == ("job.not_done", "打印机里没有纸。")


def ends_the_township_officers_role(office: Office) -> None:
    with office.db.writing() as session:
        above = actor_for(session, office.people["district"].id)
        for role in actor_for(session, office.people["township"].id).roles:
            end_role(session, above, role_id=role.id, reason="调离")


def test_a_job_is_not_begun_for_somebody_whose_role_was_taken(office: Office) -> None:
    office.storage.put("upload-1", b"a list")
    job_id = office.asked("township", upload_key="upload-1")
    ends_the_township_officers_role(office)
    assert office.runner(played := Played()).run_next()
    row = office.row(job_id)
    assert (played.begun, row.state, (row.error or {})["code"]) == (0, "failed", "role.not_permitted")
    assert office.storage.files == {}


@pytest.mark.parametrize("when", ["in the middle", "before it is written"])
def test_a_job_writes_nothing_for_somebody_whose_role_was_taken_meanwhile(office: Office, when: str) -> None:
    job_id = office.asked("township")

    def taken(at: str) -> None:
        if at == when:
            ends_the_township_officers_role(office)

    played = Played(at=lambda _work: taken("in the middle"), late=lambda: taken("before it is written"))
    office.runner(played).run_next()
    row = office.row(job_id)
    assert (played.written, row.state, (row.error or {})["code"]) == (0, "failed", "role.not_permitted")
    assert office.storage.files == {}


def test_what_nobody_expected_ends_the_job_in_words_and_leaves_nothing(office: Office) -> None:
    job_id = office.asked()

    def break_down() -> None:
        raise RuntimeError("nobody expected it")

    office.runner(Played(ending=break_down)).run_next()
    failed = office.shown(job_id)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "job.broken")
    assert job_id in failed["error"]["detail"]
    assert office.storage.files == {}


def test_a_job_that_takes_its_workers_down_is_given_up(office: Office) -> None:
    job_id = office.asked()
    deadly = Played(at=_dies)
    for number in range(ATTEMPTS_AT_MOST):
        with pytest.raises(SystemExit):
            office.runner(deadly, f"worker-{number}").run_next()
        office.leases_run_out()
    office.runner(deadly, "last").run_next()
    assert deadly.begun == ATTEMPTS_AT_MOST
    assert office.shown(job_id)["error"]["code"] == "job.given_up"


def goes_away(*_work: Work) -> None:
    raise DatabaseAway("as a statement in the middle of an outage")


def nothing_happens(*_work: Work) -> None:
    pass


@pytest.mark.parametrize("where", ["at", "late", "ending"])
def test_an_outage_costs_a_job_no_attempt(office: Office, where: str) -> None:
    job_id = office.asked()
    played = Played()
    setattr(played, where, goes_away)
    runner = office.runner(played)
    for number in range(1, ATTEMPTS_AT_MOST + 2):
        assert not runner.run_next()
        assert (played.begun, played.written, office.row(job_id).attempts) == (number, 0, 1)
    setattr(played, where, nothing_happens)
    assert runner.run_next()
    assert (played.written, office.shown(job_id)["state"]) == (1, "done")


def test_a_job_that_brings_the_outages_about_is_not_begun_for_ever(office: Office) -> None:
    job_id = office.asked()
    runner = office.runner(deadly := Played(at=goes_away))
    for _ in range(OUTAGES_AT_MOST + 1):
        runner.run_next()
    assert not runner.run_next(), "it is not given back any more"
    assert deadly.begun == OUTAGES_AT_MOST + 1
    for attempt in range(2, ATTEMPTS_AT_MOST + 1):
        office.leases_run_out()
        with pytest.raises(SystemExit):
            office.runner(Played(at=_dies), f"worker-{attempt}").run_next()
        assert office.row(job_id).attempts == attempt
    office.leases_run_out()
    office.runner(Played(), "last").run_next()
    assert office.shown(job_id)["error"]["code"] == "job.given_up"


def test_a_job_whose_end_was_taken_down_without_an_answer_keeps_its_result(office: Office) -> None:
    job_id = office.asked()
    ending = threading.Event()

    def break_off(connection: Connection) -> None:
        if ending.is_set():
            ending.clear()
            connection.connection.commit()
            raise DatabaseAway("the connection broke")

    runner = office.runner(Played(ending=ending.set))
    event.listen(office.db.engine, "commit", break_off)
    try:
        assert not runner.run_next()
    finally:
        event.remove(office.db.engine, "commit", break_off)
    assert not runner.run_next(), "it is done"
    answer = office.client("district").get(f"/api/jobs/{job_id}/result")
    assert (answer.status, answer.body) == (200, b"run 1")


def test_work_whose_ground_has_shifted_is_done_once_more(office: Office) -> None:
    job_id = office.asked()
    shifts = iter([True, False])

    def shifted() -> None:
        if next(shifts):
            raise Again()

    played = Played(ending=shifted)
    office.runner(played).run_next()
    assert (played.begun, played.written) == (2, 1)
    assert office.shown(job_id)["state"] == "done"


def test_work_is_not_done_again_for_ever(office: Office) -> None:
    job_id = office.asked()

    def always() -> None:
        raise Again()

    played = Played(ending=always)
    office.runner(played).run_next()
    assert (played.begun, played.written) == (ROUNDS_AT_MOST, 0)
    assert office.shown(job_id)["state"] == "failed"


def test_a_kind_that_this_worker_does_not_know_fails_in_words(office: Office) -> None:
    job_id = office.asked()
    office.runner(Played()).kinds.clear()
    runner = office.runner(Played())
    runner.kinds.clear()
    runner.run_next()
    assert office.shown(job_id)["state"] == "failed"


def test_the_table_says_what_states_there_are(office: Office) -> None:
    office.asked()
    with office.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(BackgroundJob)) == 1
