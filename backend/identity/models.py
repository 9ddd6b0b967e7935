"""People, their accounts and sessions, the roles they hold and the invitations to them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.crypto import EncryptedText
from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id


class Person(Base):
    __tablename__ = "people"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    name: Mapped[str | None] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(EncryptedText("person.phone"))
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    phone_code_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the platform's code that brought the number: with it again, the answer that was lost is given again."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WechatAccount(Base):
    """A user is (appid, openid); a person has one in the mini-program and perhaps one in the official account."""

    __tablename__ = "wechat_accounts"

    appid: Mapped[str] = mapped_column(String(32), primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    unionid: Mapped[str | None] = mapped_column(String(64), index=True)
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"), index=True)


class LoginSession(Base):
    """A token of ours; only its hash is kept."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RoleGrant(Base):
    """A role given to a person; ending it keeps the row."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint("(area_code IS NULL) <> (company_id IS NULL)", name="area_or_company"),
        Index(
            "uq_role_grants_standing",
            "person_id",
            "role",
            text("coalesce(area_code, '')"),
            text("coalesce(company_id, '')"),
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(32), index=True)
    area_code: Mapped[str | None] = mapped_column(AreaCodeColumn, index=True)
    company_id: Mapped[str | None] = mapped_column(String(64), index=True)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    given_by: Mapped[str | None] = mapped_column(IdColumn)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(IdColumn)


class Invitation(Base):
    """An offer of a role, accepted by whoever brings its code; only the code's hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("code_hash"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    code_hash: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    area_code: Mapped[str | None] = mapped_column(AreaCodeColumn)
    company_id: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(40))
    until: Mapped[date | None] = mapped_column(Date)
    given_by: Mapped[str] = mapped_column(IdColumn)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_by: Mapped[str | None] = mapped_column(IdColumn)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
