"""Who listens to which event, which scope leads where, which topics there are, which jobs run when.

Used by web, worker and commands alike; logic is nowhere in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time, timedelta
from itertools import takewhile

from sqlalchemy.orm import Session

from backend import (
    background,
    faults,
    fuel,
    identity,
    installation,
    messaging,
    publicity,
    registry,
    supervision,
)
from backend.background import routes as background_routes
from backend.core import audit, events, http, idempotency
from backend.core.db import Database
from backend.core.http import Blueprint, rates
from backend.core.storage import Storage
from backend.doorstep import callback as doorstep_callback
from backend.doorstep import conversation
from backend.doorstep import h5 as doorstep_h5
from backend.doorstep import routes as doorstep_routes
from backend.doorstep.conversation import actions as conversation_actions
from backend.doorstep.conversation import jobs as conversation_jobs
from backend.doorstep.conversation import notices as conversation_notices
from backend.doorstep.conversation import routes as conversation_routes
from backend.doorstep.desk import routes as desk_routes
from backend.doorstep.home import routes as home_routes
from backend.eligibility import routes as eligibility_routes
from backend.faults import jobs as faults_jobs
from backend.faults import notices as faults_notices
from backend.faults import routes as faults_routes
from backend.fuel import notices as fuel_notices
from backend.fuel import routes as fuel_routes
from backend.identity import AccountsJoined, Place, official_account
from backend.identity import routes as identity_routes
from backend.installation import jobs as installation_jobs
from backend.installation import notices as installation_notices
from backend.installation import routes as installation_routes
from backend.messaging import MessageStopped
from backend.messaging import routes as messaging_routes
from backend.programme import routes as programme_routes
from backend.publicity import jobs as publicity_jobs
from backend.publicity import notices as publicity_notices
from backend.publicity import routes as publicity_routes
from backend.registry import HouseholdMerged, PathChanged
from backend.registry import jobs as registry_jobs
from backend.registry import long_jobs as registry_long_jobs
from backend.registry import notices as registry_notices
from backend.registry import routes as registry_routes
from backend.registry.actions.doors import Printing
from backend.settings import Settings
from backend.supervision import routes as supervision_routes

BLUEPRINTS: tuple[Blueprint, ...] = (
    identity_routes.blp,
    official_account.blp,
    background_routes.blp,
    programme_routes.blp,
    registry_routes.blp,
    eligibility_routes.blp,
    supervision_routes.blp,
    installation_routes.blp,
    fuel_routes.blp,
    faults_routes.blp,
    publicity_routes.blp,
    messaging_routes.blp,
    doorstep_routes.blp,
    home_routes.blp,
    desk_routes.blp,
    conversation_routes.blp,
    doorstep_callback.blp,
    doorstep_routes.pages,
    doorstep_h5.pages,
)

TOPICS = (
    *registry_notices.TOPICS,
    *installation_notices.TOPICS,
    *fuel_notices.TOPICS,
    *faults_notices.TOPICS,
    *publicity_notices.TOPICS,
    *conversation_notices.TOPICS,
)

LISTENERS = (
    (AccountsJoined, messaging.follow_joined_accounts),
    (AccountsJoined, background.follow_joined_accounts),
    (MessageStopped, registry.pass_on_by_mouth),
    (http.KeptUnheard, faults.tell_of_unheard),
    (HouseholdMerged, installation.end_with_merged),
    (HouseholdMerged, fuel.follow_merge),
    (HouseholdMerged, faults.follow_merge),
    (PathChanged, installation.end_with_old_path),
    (PathChanged, fuel.follow_path_change),
)

SCOPES = {
    "job": background.place_of_job,
    "import": registry.place_of_import,
    "held_row": registry.place_of_held_row,
    "tie": registry.place_of_tie,
    "notice": messaging.place_of_notice,
    "message": messaging.place_of_message,
    "contract": installation.place_of_contract,
    "slot": installation.place_of_slot,
    "booking": installation.place_of_booking,
    "visit": installation.place_of_visit,
    "installed_item": installation.place_of_installed_item,
    "acceptance": installation.place_of_acceptance,
    "network_stage": installation.place_of_network_stage,
    "fuel_order": fuel.place_of_fuel_order,
    "fuel_batch": fuel.place_of_fuel_batch,
    "fuel_delivery": fuel.place_of_fuel_delivery,
    "fault": faults.place_of_fault,
    "campaign": publicity.place_of_campaign,
    "card": conversation.place_of_card,
}


def place_of_household(session: Session, household_id: str) -> Place | None:
    """A household's place with every company that has a job there."""
    place = registry.place_of_household(session, household_id)
    if place is None:
        return None
    companies = {
        *installation.companies_with_job(session, household_id),
        *fuel.suppliers_of(session, household_id),
    }
    return replace(place, company_ids=tuple(sorted(companies)))


def place_of_person(session: Session, person_id: str) -> Place | None:
    """Where a person belongs: all of their roles and houses lie in it. Nowhere, for somebody without either."""
    if identity.person(session, person_id) is None:
        return None
    known = identity.actor_for(session, person_id)
    houses = [registry.place_of_household(session, tie.household_id) for tie in known.ties]
    codes = [
        *(
            role.area_code or supervision.area_of_company(session, role.company_id or "")
            for role in known.roles
        ),
        *(house.area_code for house in houses if house),
    ]
    shared = zip(*(code for code in codes if code), strict=False)
    return Place(area_code="".join(digits[0] for digits in takewhile(_are_one, shared)) or None)


def _are_one(digits: tuple[str, ...]) -> bool:
    return len(set(digits)) == 1


def wire() -> None:
    """Connect what only meets here; doing it twice changes nothing."""
    identity.learn_ties_from(registry.ties_of_person)
    identity.learn_companies_from(supervision.area_of_company)
    registry.learn_dangers_from(faults.in_danger)
    http.learn_rights_from(identity.rests_on, identity.still_holds)
    messaging.define_topics(TOPICS)
    for kind, listener in LISTENERS:
        events.subscribe(kind, listener)
    identity.define_scope("household", place_of_household)
    identity.define_scope("person", place_of_person)
    for scope, place_of in SCOPES.items():
        identity.define_scope(scope, place_of)


@dataclass(frozen=True, slots=True)
class DailyJob:
    """Runs once each day at or after ``at`` (Asia/Shanghai); a worker that was down makes up for it the same day."""

    name: str
    at: time
    run: Callable[[Database], object]


@dataclass(frozen=True, slots=True)
class SteadyJob:
    """Runs again ``every`` so often, by the leader."""

    name: str
    every: timedelta
    run: Callable[[Database], object]


def _in_one_transaction(action: Callable[[Session], object]) -> Callable[[Database], object]:
    def run(database: Database) -> object:
        with database.writing() as session:
            return action(session)

    return run


DAILY_JOBS = (
    DailyJob("registry.ask_to_confirm", time(9, 0), registry_jobs.ask_to_confirm),
    DailyJob("installation.remind_of_visits", time(17, 0), installation_jobs.remind_of_visits),
    DailyJob("core.forget_old_keys", time(3, 0), _in_one_transaction(idempotency.forget_old)),
    DailyJob(
        "doorstep.forget_old_pushes", time(3, 20), _in_one_transaction(conversation_actions.forget_old_pushes)
    ),
    DailyJob("core.forget_old_rates", time(3, 10), _in_one_transaction(rates.forget_old)),
)


def daily_jobs(storage: Storage) -> tuple[DailyJob, ...]:
    """All that runs once a day, with what removes files."""
    forget = DailyJob(
        "background.forget_old", time(3, 30), lambda database: background.forget_old(database, storage)
    )
    return (*DAILY_JOBS, forget)


def job_kinds(settings: Settings) -> tuple[background.Kind, ...]:
    """What a background job may be."""
    return registry_long_jobs.kinds(Printing(settings.public_base_url, settings.font_dir))


STEADY_JOBS = (
    SteadyJob("core.seal_audit", timedelta(seconds=2), audit.seal_what_is_new),
    SteadyJob("publicity.deliver", timedelta(seconds=2), publicity_jobs.deliver_released),
    SteadyJob("doorstep.watch_dangers", timedelta(seconds=30), conversation_jobs.watch_dangers),
    SteadyJob("faults.climb_overdue", timedelta(minutes=1), faults_jobs.climb_overdue),
    SteadyJob("faults.watch_outages", timedelta(minutes=1), faults_jobs.watch_outages),
    *(SteadyJob(job.name, timedelta(seconds=job.every_seconds), job.run) for job in messaging.JOBS),
)
