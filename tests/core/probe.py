"""A small application of routes that no capability has, so that core is proven where no capability happens to lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import logs
from backend.core import audit
from backend.core.audit import AuditEntry
from backend.core.db import Database, new_id
from backend.core.errors import Refusal
from backend.core.http import (
    AreaCode,
    Choice,
    Count,
    Day,
    Fen,
    Guesses,
    Identifier,
    Instant,
    Kilograms,
    Measure,
    Page,
    PagingSchema,
    Schema,
    Text,
    Truth,
    WholeNumber,
    after,
    attach_database,
    blueprint,
    caller,
    db,
    idempotent,
    limited,
    limited_guesses,
    make_api,
    page_of,
    page_schema,
    reads,
    refuses,
    takes_files,
    takes_raw,
)
from backend.identity import open_to_all

LIMIT = 3
FILE_LIMIT = 2 * 1024 * 1024


class TooHeavy(Refusal):
    code = "probe.too_heavy"
    title = "太重"
    next = "请减少。"
    clause = "4.1.1.5"


class ShapesSchema(Schema):
    text = Text(10)
    blank = Text(10, allow_blank=True)
    lines = Text(20, lines=True)
    identifier = Identifier()
    area = AreaCode()
    whole = WholeNumber()
    kilograms = Kilograms()
    fen = Fen()
    count = Count(0, 9)
    measure = Measure("0", "100")
    truth = Truth()
    choice = Choice(["one", "two"])
    day = Day()
    instant = Instant()
    nullable = Text(10, allow_none=True)
    inner = fields.Nested(lambda: InnerSchema())
    many = fields.List(Kilograms())


class InnerSchema(Schema):
    needed = Text(10, required=True)


class EchoSchema(Schema):
    echo = fields.Raw()


class OrderSchema(Schema):
    kilograms = Kilograms(required=True)
    note = Text(200)


class OrderedSchema(Schema):
    id = fields.String(required=True)
    by = fields.String(required=True)
    note = fields.String(allow_none=True)


class ItemSchema(Schema):
    id = fields.String(required=True)


@dataclass(frozen=True, slots=True)
class Item:
    id: str


blp = blueprint("probe", "Routes of the tests")


@blp.route("/shapes", methods=["POST"])
@open_to_all
@reads
@blp.arguments(ShapesSchema)
@blp.response(200, EchoSchema)
def shapes(body: dict[str, Any]) -> dict[str, Any]:
    return {"echo": {name: str(value) for name, value in body.items()}}


def _write_down_spent(session: Session, body: dict[str, Any]) -> None:
    audit.record(session, None, "probe.spent", ("probe", body["note"]))


@blp.route("/orders", methods=["POST"])
@open_to_all(recognise=True)
@idempotent
@blp.arguments(OrderSchema)
@blp.response(201, OrderedSchema)
@refuses(TooHeavy)
def order(body: dict[str, Any]) -> dict[str, Any]:
    made = new_id()
    audit.record(db(), None, "probe.ordered", ("probe", made), {"kilograms": body["kilograms"]})
    db().flush()
    if body["kilograms"] > 500:
        raise TooHeavy("超过 500 公斤。", facts={"left_kg": 500})
    return {"id": made, "by": caller(), "note": body.get("note")}


@blp.route("/other-orders", methods=["POST"])
@open_to_all(recognise=True)
@idempotent
@blp.arguments(OrderSchema)
@blp.response(201, OrderedSchema)
def other_order(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": new_id(), "by": caller(), "note": body.get("note")}


@blp.route("/secrets", methods=["POST"])
@open_to_all
@idempotent(secret=True)
@blp.arguments(OrderSchema)
@blp.response(201, EchoSchema)
def secret(body: dict[str, Any]) -> dict[str, Any]:
    audit.record(db(), None, "probe.secret", ("probe", new_id()))
    return {"echo": "the-one-secret-of-this-test"}


@blp.route("/crashes", methods=["POST"])
@open_to_all
@idempotent
@blp.arguments(OrderSchema)
@blp.response(201, EchoSchema)
def crash(body: dict[str, Any]) -> dict[str, Any]:
    audit.record(db(), None, "probe.crash", ("probe", new_id()))
    db().flush()
    raise RuntimeError(f"nobody expected {body['note']}")


@blp.route("/forgetful", methods=["POST"])
@open_to_all
@blp.arguments(OrderSchema)
@blp.response(201, EchoSchema)
def forgetful(body: dict[str, Any]) -> dict[str, Any]:
    """A write whose author forgot to say who ends the transaction."""
    audit.record(db(), None, "probe.forgotten", ("probe", new_id()))
    db().flush()
    return {"echo": None}


@blp.route("/limited", methods=["POST"])
@open_to_all
@limited("probe", LIMIT, 10**9, per=lambda: request.headers.get("X-Who", "?"))
@reads
@blp.response(200, EchoSchema)
def limited_route() -> dict[str, Any]:
    return {"echo": "ok"}


@blp.route("/counted", methods=["POST"])
@open_to_all
@idempotent
@blp.arguments(OrderSchema)
@blp.response(201, EchoSchema)
@limited("counted", LIMIT, 10**9, passes=lambda body: body.get("note") == "danger")
@refuses(TooHeavy)
def counted(body: dict[str, Any]) -> dict[str, Any]:
    if body["kilograms"] > 500:
        raise TooHeavy()
    return {"echo": "ok"}


@blp.route("/guesses", methods=["POST"])
@open_to_all
@idempotent
@blp.arguments(OrderSchema)
@blp.response(201, EchoSchema)
@limited_guesses(
    TooHeavy,
    Guesses("guess", LIMIT, 10**9, per=lambda body: body.get("note"), spent=_write_down_spent),
)
@refuses(TooHeavy)
def guess(body: dict[str, Any]) -> dict[str, Any]:
    audit.record(db(), None, "probe.guessed", ("probe", new_id()))
    if body["kilograms"] > 500:
        raise TooHeavy()
    return {"echo": "right"}


@blp.route("/pages", methods=["GET"])
@open_to_all
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(ItemSchema))
def pages(query: dict[str, Any]) -> Page[Item]:
    found = db().scalars(
        select(AuditEntry.id)
        .where(AuditEntry.id > after(query["cursor"]))
        .order_by(AuditEntry.id)
        .limit(query["limit"] + 1)
    )
    return page_of(found.all(), query["limit"], lambda row: row, Item)


@blp.route("/things/<string:thing_id>", methods=["GET"])
@open_to_all
@blp.response(200, EchoSchema)
def thing(thing_id: str) -> dict[str, Any]:
    return {"echo": thing_id}


@blp.route("/files", methods=["POST"])
@open_to_all
@takes_files(FILE_LIMIT)
@idempotent
@blp.response(201, EchoSchema)
def files() -> dict[str, Any]:
    return {"echo": {name: len(each.stream.read()) for name, each in request.files.items()}}


@blp.route("/raw", methods=["POST"])
@open_to_all
@takes_raw(64)
@reads
@blp.response(200, EchoSchema)
def raw() -> dict[str, Any]:
    return {"echo": request.get_data().decode("latin-1")}


def probe_app(database: Database) -> Flask:
    app = Flask("probe")
    attach_database(app, database)
    logs.log_requests(app)
    make_api(app, "Probe", "1").register_blueprint(blp)
    return app
