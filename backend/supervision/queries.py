"""Reads of companies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.supervision.models import Company, CompanyKind


@dataclass(frozen=True, slots=True)
class CompanyView:
    """A company, where it works and what it does."""

    id: str
    name: str
    area_code: str
    kinds: tuple[str, ...]

    def works_in(self, area_code: str) -> bool:
        return area_code.startswith(self.area_code)


def _kinds(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    rows = session.execute(
        select(CompanyKind.company_id, CompanyKind.kind)
        .where(CompanyKind.company_id.in_(tuple(ids)))
        .order_by(CompanyKind.company_id, CompanyKind.kind)
    )
    found: dict[str, tuple[str, ...]] = {}
    for company_id, kind in rows:
        found[company_id] = (*found.get(company_id, ()), kind)
    return found


def company(session: Session, company_id: str) -> CompanyView | None:
    row = session.get(Company, company_id)
    if row is None:
        return None
    return CompanyView(row.id, row.name, row.area_code, _kinds(session, [row.id]).get(row.id, ()))


def company_name(session: Session, company_id: str) -> str:
    """What a company is called; its id where it is not on record."""
    return session.scalar(select(Company.name).where(Company.id == company_id)) or company_id


def area_of_company(session: Session, company_id: str) -> str | None:
    """Where a company works; None if it is not on record."""
    return session.scalar(select(Company.area_code).where(Company.id == company_id))


def companies(session: Session, *, kind: str | None = None, after: str, limit: int) -> Page[CompanyView]:
    """All companies by id, or those of one kind."""
    query = select(Company).where(Company.id > after)
    if kind is not None:
        query = query.join(CompanyKind, CompanyKind.company_id == Company.id).where(CompanyKind.kind == kind)
    rows = session.scalars(query.order_by(Company.id).limit(limit + 1)).all()
    kinds = _kinds(session, [row.id for row in rows])
    return page_of(
        rows,
        limit,
        lambda row: row.id,
        lambda row: CompanyView(row.id, row.name, row.area_code, kinds.get(row.id, ())),
    )
