"""Tell people, keep their consents, let templates rest."""

from backend.messaging.actions.consents import (
    ConsentAnswer,
    follow_joined_accounts,
    hear,
    report_consents,
)
from backend.messaging.actions.retrying import retry_message
from backend.messaging.actions.telling import SUBSCRIBE, SUBSCRIBE_AGAIN, notify, notify_role, read_notice
from backend.messaging.actions.templates import pause_template, resume_template

__all__ = [
    "SUBSCRIBE", "SUBSCRIBE_AGAIN", "ConsentAnswer", "follow_joined_accounts", "hear", "notify", "notify_role", "pause_template", "read_notice",
    "report_consents", "resume_template", "retry_message",
]  # fmt: skip
