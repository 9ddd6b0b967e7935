"""Notices to people: the inbox always, a subscribe message where the person allowed it, with a record of each."""

from backend.messaging.actions import (
    ConsentAnswer,
    hear,
    notify,
    notify_role,
    pause_template,
    report_consents,
    resume_template,
)
from backend.messaging.jobs import JOBS, Job, send_until
from backend.messaging.queries import (
    ChannelOutcome,
    GrantView,
    NoticeHistory,
    NoticeView,
    PausedView,
    history_of,
    inbox_of,
    paused_templates,
    place_of_notice,
    templates_to_ask,
)
from backend.messaging.rules import Notice, Topic
from backend.messaging.sending import Sender, SendReport, recover_lost, send_due
from backend.messaging.topics import Template, configure, define_topic, define_topics, topic

__all__ = [
    "JOBS", "ChannelOutcome", "ConsentAnswer", "GrantView", "Job", "Notice", "NoticeHistory", "NoticeView",
    "PausedView", "SendReport", "Sender", "Template", "Topic", "configure", "define_topic", "define_topics", "hear",
    "history_of", "inbox_of", "notify", "notify_role", "pause_template", "paused_templates", "place_of_notice",
    "recover_lost", "report_consents", "resume_template", "send_due", "send_until", "templates_to_ask", "topic",
]  # fmt: skip
