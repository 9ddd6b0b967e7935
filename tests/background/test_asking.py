"""A job is its asker's, while the role holds that was needed; it is kept for a week."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from backend.background import follow_joined_accounts, forget_old
from backend.background.models import BackgroundJob
from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.storage import FolderStorage
from backend.identity import AccountsJoined, actor_for
from backend.identity.actions import end_role
from backend.wiring import daily_jobs
from tests.background.office import Office, Played
from tests.builders.product import AUTUMN, give_role_to, person_with


def test_a_role_that_was_ended_sees_nothing_of_what_it_asked_for(office: Office) -> None:
    job_id = office.asked("township")
    office.runner(Played()).run_next()
    client = office.client("township")
    client.get(f"/api/jobs/{job_id}/result").expect(200)
    with office.db.writing() as session:
        above = actor_for(session, office.people["district"].id)
        for role in actor_for(session, office.people["township"].id).roles:
            end_role(session, above, role_id=role.id, reason="调离")
    for path in ("", "/result"):
        assert client.get(f"/api/jobs/{job_id}{path}").status == 404
    assert client.post(f"/api/jobs/{job_id}/cancellation").status == 404
    assert client.get("/api/jobs").expect(200)["items"] == []


def test_the_same_role_for_another_area_is_not_the_role_that_was_needed(office: Office) -> None:
    job_id = office.asked("township")
    elsewhere = office.county.villages["solar_plus"][:9]
    give_role_to(office.db, office.people["township"], "township_officer", area_code=elsewhere)
    with office.db.writing() as session:
        above = actor_for(session, office.people["district"].id)
        for role in actor_for(session, office.people["township"].id).roles:
            if role.area_code != elsewhere:
                end_role(session, above, role_id=role.id, reason="调离")
    assert office.client("township").get(f"/api/jobs/{job_id}").status == 404
    assert office.client("township").get("/api/jobs").expect(200)["items"] == []


def test_nobody_sees_what_another_of_the_same_office_asked_for(office: Office) -> None:
    job_id = office.asked("district")
    other = person_with(office.db, "district_officer", area_code=office.county.district)
    office.people["other"] = other
    assert office.client("other").get(f"/api/jobs/{job_id}").status == 404
    assert office.client("other").get("/api/jobs").expect(200)["items"] == []


def test_the_list_shows_ones_own_the_newest_first_page_by_page(office: Office) -> None:
    jobs = [office.asked(number=number) for number in range(4)]
    office.asked("township")
    seen, cursor = [], None
    while True:
        page = office.client("district").get("/api/jobs", limit=3, cursor=cursor).expect(200)
        seen += [each["id"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == jobs[::-1]


def test_the_same_question_is_one_job_while_it_is_open(office: Office) -> None:
    first = office.asked(number=1)
    assert office.asked(number=1) == first
    assert office.asked(number=2) != first
    assert office.asked("township", number=1) != first
    office.client("district").post(f"/api/jobs/{first}/cancellation").expect(200)
    assert office.asked(number=1) != first


def test_one_person_cannot_fill_the_queue(office: Office) -> None:
    district = office.client("district")
    path = f"/api/areas/{office.county.district}/stickers"
    for number in range(5):
        last = office.asked(number=number)
    refused = district.post(path)
    assert (refused.status, refused.json()["code"]) == (409, "job.too_many_open")
    district.post(f"/api/jobs/{last}/cancellation").expect(200)
    district.post(path).expect(202)


def test_a_job_and_its_file_are_gone_after_a_week(office: Office) -> None:
    job_id = office.asked()
    office.runner(Played()).run_next()
    client = office.client("district")
    assert client.get(f"/api/jobs/{job_id}").expect(200)["kept_until"] == "2022-09-22T02:00:00.000Z"
    with clock.pinned(AUTUMN + timedelta(days=7) - timedelta(seconds=1)):
        assert forget_old(office.db, office.storage) == 0
        client.get(f"/api/jobs/{job_id}/result").expect(200)
    with clock.pinned(AUTUMN + timedelta(days=7)):
        gone = client.get(f"/api/jobs/{job_id}/result")
        assert (gone.status, gone.json()["code"]) == (404, "job.result_gone")
        assert forget_old(office.db, office.storage) == 1
        assert client.get(f"/api/jobs/{job_id}").status == 404
    assert office.storage.files == {}
    with office.db.reading() as session:
        assert session.scalars(select(BackgroundJob)).all() == []


def test_a_job_that_nobody_did_is_not_forgotten(office: Office) -> None:
    job_id = office.asked()
    with clock.pinned(AUTUMN + timedelta(days=30)):
        assert forget_old(office.db, office.storage) == 0
    assert office.row(job_id).state == "waiting"


def test_forgetting_is_among_the_days_jobs(office: Office, tmp_path: Path) -> None:
    office.asked()
    office.runner(Played()).run_next()
    (forget,) = [each for each in daily_jobs(FolderStorage(tmp_path)) if each.name == "background.forget_old"]
    with clock.pinned(AUTUMN + timedelta(days=8)):
        assert forget.run(office.db) == 1


def test_who_asked_and_who_cancelled_is_on_record(office: Office) -> None:
    job_id = office.asked(number=7)
    office.client("district").post(f"/api/jobs/{job_id}/cancellation").expect(200)
    with office.db.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.about_id == job_id).order_by(AuditEntry.id)
        ).all()
    assert [(each.event, each.by) for each in entries] == [
        ("job.asked", office.people["district"].id),
        ("job.cancelled", office.people["district"].id),
    ]
    assert entries[0].facts == {"kind": "test.played", "number": 7}


def test_a_job_follows_its_human_to_the_other_account(office: Office) -> None:
    job_id = office.asked("township")
    joined = person_with(office.db, "township_officer", area_code=office.county.township("biomass"))
    office.people["joined"] = joined
    with office.db.writing() as session:
        follow_joined_accounts(session, AccountsJoined(office.people["township"].id, joined.id))
    assert office.shown(job_id, "joined")["id"] == job_id
