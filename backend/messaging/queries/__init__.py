"""What a person was told, what became of it, and what to ask consent for."""

from backend.messaging.queries.consents import (
    GrantView,
    PausedView,
    grants_of,
    paused_templates,
    templates_to_ask,
)
from backend.messaging.queries.messages import (
    MESSAGE_STATES,
    STOPPED,
    MessageView,
    message,
    messages,
    place_of_message,
)
from backend.messaging.queries.notices import (
    ChannelOutcome,
    NoticeHistory,
    NoticeView,
    goes_out,
    history_of,
    inbox_of,
    notice,
    person_history,
    place_of_notice,
    unread_count,
)

__all__ = [
    "MESSAGE_STATES", "STOPPED", "ChannelOutcome", "GrantView", "MessageView", "NoticeHistory", "NoticeView", "PausedView",
    "goes_out", "grants_of", "history_of", "inbox_of", "message", "messages", "notice", "paused_templates", "person_history",
    "place_of_message", "place_of_notice", "templates_to_ask", "unread_count",
]  # fmt: skip
