"""Somebody who talks to the service, and what the platform pushes for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database
from backend.fuel.actions.supply import assign_supplier
from backend.messaging.models import InboxEntry
from scripts.wechat_standin.push import Prepared, Push, _reply, prepare
from scripts.wechat_standin.state import Platform, load_people
from tests.builders.product import AppClient, Someone, actor_of, company_in
from tests.harness.http import Answer
from tests.installation.world import World


@dataclass
class Talker:
    """One person's side of a thread in the mini-program."""

    client: AppClient
    household_id: str | None = None

    def say(self, text: str) -> Any:
        """What the service answers: {text, options, card}."""
        body = {"text": text, "household_id": self.household_id} if self.household_id else {"text": text}
        return self.client.post("/api/conversation", body).expect(201)["reply"]

    def thread(self) -> list[Any]:
        """The whole thread, the oldest first."""
        found: list[Any] = []
        cursor = None
        while True:
            page = self.client.get(
                "/api/conversation", household_id=self.household_id, cursor=cursor, limit=3
            ).expect(200)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found[::-1]

    def confirm(self, card: Any) -> Answer:
        return self.client.post(f"/api/conversation/cards/{card['id']}/confirmation")

    def dismiss(self, card: Any) -> Answer:
        return self.client.post(f"/api/conversation/cards/{card['id']}/dismissal")


def keys(reply: Any) -> list[str]:
    return [option["key"] for option in reply["options"]]


def fuel_open(world: World) -> tuple[str, AppClient]:
    """A biomass house that may order, in a village with a supplier."""
    house, resident = world.installed("biomass")
    supplier = company_in(world.db, "fuel-co", "fuel_supplier")
    district = actor_of(world.db, world.people["district"])
    with world.db.writing() as session:
        assign_supplier(session, district, company_id=supplier, area_code=world.county.district, grade="I级")
    return house, resident


def notices_of(db: Database, person: Someone, topic: str) -> list[InboxEntry]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(InboxEntry)
                .where(InboxEntry.person_id == person.id, InboxEntry.topic == topic)
                .order_by(InboxEntry.id)
            )
        )


@dataclass
class Pushed:
    """How a push was answered; ``reply``: the text of a passive reply, opened where it came sealed."""

    status: int
    body: str
    reply: str | None


@dataclass
class Account:
    """The platform's side: pushes go to the application without a socket."""

    app: Flask
    platform: Platform
    address: str = "/api/wechat/callback"

    def send(self, prepared: Prepared) -> Pushed:
        answer = AppClient("http://localhost", app=self.app).request(
            prepared.method,
            self.address,
            query=prepared.query,
            body=prepared.body,
            headers={"Content-Type": prepared.content_type} if prepared.content_type else {},
        )
        return Pushed(answer.status, answer.text, _reply(self.platform, answer.text, prepared.appid))

    def push(self, **order: Any) -> Pushed:
        return self.send(prepare(self.platform, Push(**order)))

    def text(self, openid: str, text: str, **order: Any) -> Pushed:
        return self.push(openid=openid, text=text, **order)


def account_of(app: Flask, **different: Any) -> Account:
    return Account(app, Platform(people=load_people([]), now=clock.now, **different))
