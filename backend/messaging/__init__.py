"""Notices to people: the inbox always, a subscribe message where the person allowed it, with a record of each."""

from backend.messaging.actions import (
    ConsentAnswer,
    follow_joined_accounts,
    hear,
    notify,
    notify_role,
    pause_template,
    report_consents,
    resume_template,
    retry_message,
)
from backend.messaging.asking import AskingSchema, with_templates_to_ask
from backend.messaging.events import MessageStopped
from backend.messaging.jobs import JOBS, Job, send_until
from backend.messaging.models import KEY_MAX
from backend.messaging.queries import (
    MESSAGE_STATES,
    STOPPED,
    ChannelOutcome,
    GrantView,
    MessageView,
    NoticeHistory,
    NoticeView,
    PausedView,
    goes_out,
    history_of,
    inbox_of,
    messages,
    paused_templates,
    person_history,
    place_of_message,
    place_of_notice,
    templates_to_ask,
    unread_count,
)
from backend.messaging.rules import Notice, Topic
from backend.messaging.sending import Sender, SendReport, recover_lost, send_due
from backend.messaging.topics import Template, configure, define_topic, define_topics, topic

__all__ = [
    "JOBS", "KEY_MAX", "MESSAGE_STATES", "STOPPED", "AskingSchema", "ChannelOutcome", "ConsentAnswer", "GrantView", "Job", "MessageStopped", "MessageView",
    "Notice", "NoticeHistory", "NoticeView", "PausedView", "SendReport", "Sender", "Template", "Topic",
    "configure", "define_topic", "define_topics", "follow_joined_accounts", "goes_out", "hear", "history_of", "inbox_of", "messages", "notify",
    "notify_role", "pause_template", "paused_templates", "person_history", "place_of_message",
    "place_of_notice", "recover_lost", "report_consents", "resume_template", "retry_message", "send_due",
    "send_until", "templates_to_ask", "topic", "unread_count", "with_templates_to_ask",
]  # fmt: skip
