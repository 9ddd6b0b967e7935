"""What a merger or a change of path does to a household's fuel, in the same transaction (events of the registry)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import new_id
from backend.core.errors import NotFound
from backend.core.law import DatedValue
from backend.fuel.actions.ledger import (
    About,
    Account,
    close_entitlement,
    locked_account,
    locked_accounts_of,
    move,
    open_entitlement,
    reopen_entitlements,
)
from backend.fuel.actions.orders import release
from backend.fuel.errors import NoLimitYet
from backend.fuel.models import Entitlement, FuelOrder
from backend.fuel.notices import closed_notice
from backend.fuel.queries import limit_on
from backend.fuel.rules import merging
from backend.programme import FuelYear, programme_for
from backend.registry import HouseholdMerged, PathChanged, household, tell_household


def follow_path_change(session: Session, event: PathChanged) -> None:
    """Off a path with subsidised fuel: open orders are released and the entitlement closed (4.1.1.6). Back on: reopened."""
    home = household(session, event.household_id)
    assert home is not None
    plan = programme_for(session, home.area_code, clock.today())
    had, has = plan.path(event.old).subsidised_fuel, plan.path(event.new).subsidised_fuel
    if has and not had:
        reopen_entitlements(session, home.id)
    if not had or has:
        return
    _stand_for_this_year(session, home.id, home.area_code)
    released = 0
    for account in locked_accounts_of(session, (home.id,)):
        released += _release_all(session, account, "改造方式变更")
        close_entitlement(session, account, "path_changed")
    _record(session, "fuel.entitlement_closed", home.id, home.area_code, {"released_kg": released})
    if released:
        body = f"改造方式已变更，补贴燃料额度关闭，没有送到的 {released} 公斤申领已取消。"
        tell_household(session, home.id, closed_notice(home.id, body), f"fuel.closed:{new_id()}")


def follow_merge(session: Session, event: HouseholdMerged) -> None:
    """Two households become one: year by year, what both had drawn is added up; an excess is shown, never hidden.

    The orders of the one that goes are released; of the one that stays, the newest, as far as the limit needs it.
    """
    kept, gone = household(session, event.kept_id), household(session, event.gone_id)
    assert kept is not None and gone is not None
    # An order of the household that goes, in flight at this very moment, must meet a closed entitlement.
    _stand_for_this_year(session, gone.id, gone.area_code)
    for year in _years_of(session, gone.id):
        open_entitlement(session, kept.id, *year)
    accounts = locked_accounts_of(session, (kept.id, gone.id))
    of_kept = {account.fuel_year: account for account in accounts if account.household_id == kept.id}
    released, excess = 0, 0
    for going in accounts:
        if going.household_id != gone.id:
            continue
        released += _release_all(session, going, "并户")
        given, surplus = _join(session, of_kept[going.fuel_year], locked_account(session, going.id), event)
        released, excess = released + given, excess + surplus
    _record(
        session,
        "fuel.entitlements_merged",
        kept.id,
        kept.area_code,
        {"gone": gone.id, "released_kg": released, "excess_kg": excess},
    )
    if released or excess:
        body = f"并户后两户已领数量相加，只有一份额度。取消未送的申领 {released} 公斤，需要的请重新申领。"
        body += f"超出额度 {excess} 公斤，列为应追回。" if excess else ""
        tell_household(session, kept.id, closed_notice(kept.id, body), f"fuel.merged:{gone.id}")


def _join(session: Session, staying: Account, going: Account, event: HouseholdMerged) -> tuple[int, int]:
    """Move what was drawn from one account to the other: (kilograms released to make room, excess shown)."""
    released = 0
    drawn = staying.balance.drawn_kg + going.balance.drawn_kg
    for order in _open_orders(session, staying.id):
        if drawn + staying.balance.reserved_kg <= staying.balance.limit_kg:
            break
        released += release(session, order, staying, "closed", by=None, reason="并户后额度不足", lapses=False)
        staying = locked_account(session, staying.id)
    to_staying, from_going = merging(staying.balance, going.balance)
    move(session, staying, "correct", to_staying, About(None, reason=f"并入 {event.gone_id}"))
    move(session, going, "correct", from_going, About(None, reason=f"并至 {event.kept_id}"))
    close_entitlement(session, going, "merged", merged_into_id=staying.id)
    return released, to_staying.excess_kg


def _years_of(session: Session, household_id: str) -> list[tuple[FuelYear, DatedValue]]:
    rows = session.scalars(
        select(Entitlement)
        .where(Entitlement.household_id == household_id, Entitlement.merged_into_id.is_(None))
        .order_by(Entitlement.id)
    )
    return [
        (FuelYear(r.fuel_year, r.first_day, r.last_day), DatedValue(r.limit_kg, r.limit_clause, r.first_day))
        for r in rows
    ]


def _release_all(session: Session, account: Account, reason: str) -> int:
    released = 0
    for order in _open_orders(session, account.id):
        now = locked_account(session, account.id)
        released += release(session, order, now, "closed", by=None, reason=reason, lapses=False)
    return released


def _open_orders(session: Session, entitlement_id: str) -> list[FuelOrder]:
    """Newest first, under lock; their entitlement is locked already."""
    rows = session.scalars(
        select(FuelOrder)
        .where(FuelOrder.entitlement_id == entitlement_id, FuelOrder.state == "open")
        .order_by(FuelOrder.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _stand_for_this_year(session: Session, household_id: str, area_code: str) -> None:
    on = clock.today()
    try:
        plan = programme_for(session, area_code, on)
        open_entitlement(session, household_id, plan.fuel_year_of(on), limit_on(plan, on))
    except (NoLimitYet, NotFound):
        return  # no limit, no order


def _record(
    session: Session, event: str, household_id: str, area_code: str, facts: dict[str, object]
) -> None:
    audit.record(session, None, event, ("household", household_id), facts, area=area_code)
