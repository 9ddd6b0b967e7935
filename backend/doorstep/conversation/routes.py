"""The conversation over HTTP: the resident's thread, its cards, and the cadre's answer."""

from __future__ import annotations

from typing import Any

from flask import request

from backend.core.errors import NotFound
from backend.core.http import (
    NotKept,
    Page,
    PagingSchema,
    after,
    blueprint,
    db,
    idempotent,
    limited,
    page_schema,
    refuses,
)
from backend.doorstep.conversation import actions, queries
from backend.doorstep.conversation.actions.hearing import thread_of
from backend.doorstep.conversation.errors import CardClosed, DoneAlready
from backend.doorstep.conversation.kept import words_of_danger_are_kept
from backend.doorstep.conversation.models import APP
from backend.doorstep.conversation.rules import DANGER_CARD, speaks_of_danger
from backend.doorstep.conversation.schemas import (
    CadreAnswerSchema,
    ConfirmedCardSchema,
    ConversationEntrySchema,
    ExchangeSchema,
    KeptWordsSchema,
    SaidSchema,
    ThreadQuerySchema,
)
from backend.identity import actor, permit
from backend.messaging import with_templates_to_ask

blp = blueprint("conversation", "One thread between a household and the service")


def _key() -> str:
    return request.headers["Idempotency-Key"]  # @idempotent has seen to it


def _speaks_of_danger(body: dict[str, Any]) -> bool:
    return speaks_of_danger(body["text"])


def _answers_a_danger(body: dict[str, Any]) -> bool:
    """Whether the last question was if a danger shall be reported."""
    household_id = thread_of(db(), actor(), body["household_id"])
    return household_id is not None and (
        queries.last_question(db(), household_id, actor().person_id).asks == DANGER_CARD
    )


@blp.route("/conversation", methods=["GET"])
@permit("conversation.use")
@blp.arguments(ThreadQuerySchema, location="query")
@blp.response(200, page_schema(ConversationEntrySchema))
@refuses(NotFound)
def see_my_thread(query: dict[str, Any]) -> Page[queries.EntryView]:
    """One's own thread, the newest first: of the household named, else of the one spoken of last."""
    household_id = thread_of(db(), actor(), query["household_id"])
    person_id, cursor = actor().person_id, after(query["cursor"])
    return queries.thread(db(), household_id, person_id, after=cursor, limit=query["limit"])


@blp.route("/conversation", methods=["POST"])
@words_of_danger_are_kept
@permit("conversation.use")
@idempotent
@blp.arguments(SaidSchema)
@blp.response(201, ExchangeSchema)
@blp.alt_response(202, schema=KeptWordsSchema, description="Of danger, while the database is away: kept")
@limited("conversation", 120, 60, passes=_speaks_of_danger, heard_beyond=_answers_a_danger)
@refuses(NotFound, NotKept)
def say(body: dict[str, Any]) -> actions.Exchange:
    """Write something; the answer comes with it. What changes something ends in a card to confirm."""
    return actions.hear(db(), actor(), channel=APP, key=_key(), **body)


@blp.route("/conversation/cards/<string:card_id>/confirmation", methods=["POST"])
@permit("conversation.use", scope="card")
@idempotent
@blp.response(200, ConfirmedCardSchema)
@refuses(CardClosed)
def confirm_card(card_id: str) -> dict[str, Any]:
    """Do what the card says, once; what the action refuses is said in the thread, and the card stays open."""
    exchange = actions.confirm_card(db(), actor(), card_id=card_id, key=_key())
    return with_templates_to_ask(db(), actor(), exchange, actions.leads_to(exchange.reply.card))


@blp.route("/conversation/cards/<string:card_id>/dismissal", methods=["POST"])
@permit("conversation.use", scope="card")
@idempotent
@blp.response(200, ExchangeSchema)
@refuses(DoneAlready)
def dismiss_card(card_id: str) -> actions.Exchange:
    """Put the card away without doing anything."""
    return actions.dismiss_card(db(), actor(), card_id=card_id, key=_key())


@blp.route("/households/<string:household_id>/conversation", methods=["GET"])
@permit("conversation.see", scope="household")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(ConversationEntrySchema))
def see_thread_of_household(query: dict[str, Any], household_id: str) -> Page[queries.EntryView]:
    """A household's thread, the newest first, for itself and for whoever answers it."""
    cursor = after(query["cursor"])
    return queries.thread(db(), household_id, actor().person_id, after=cursor, limit=query["limit"])


@blp.route("/households/<string:household_id>/conversation", methods=["POST"])
@permit("conversation.answer", scope="household")
@idempotent
@blp.arguments(CadreAnswerSchema)
@blp.response(201, ConversationEntrySchema)
def answer_household(body: dict[str, Any], household_id: str) -> queries.EntryView:
    """Answer in a household's thread, marked as the cadre's word; the household is told."""
    return actions.answer_household(db(), actor(), household_id=household_id, text=body["text"], key=_key())
