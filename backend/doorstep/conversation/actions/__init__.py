"""Hear what people write, settle their cards, let a cadre answer, take the platform's pushes."""

from backend.doorstep.conversation.actions.answering import answer_household
from backend.doorstep.conversation.actions.entries import Exchange
from backend.doorstep.conversation.actions.hearing import hear
from backend.doorstep.conversation.actions.pushes import forget_old_pushes, take_push
from backend.doorstep.conversation.actions.settling import confirm_card, dismiss_card, leads_to

__all__ = [
    "Exchange", "answer_household", "confirm_card", "dismiss_card", "forget_old_pushes", "hear", "leads_to",
    "take_push",
]  # fmt: skip
