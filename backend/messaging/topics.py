"""Which topics there are, and which templates this county's account has: told once at start, by wiring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.messaging.errors import UndefinedTopic
from backend.messaging.notices import TOPICS
from backend.messaging.rules import Topic


@dataclass(frozen=True, slots=True)
class Template:
    """A template as the platform approved it. ``fields``: its field (``thing1``) -> the name of a notice's value.

    Beside a notice's own values there are ``title`` (``subject``), ``body`` (``remark``), ``topic``, ``day`` and ``time``
    (when it was told).
    Without ``fields`` a notice's values are named by the template's fields themselves. ``long_term``: one accept allows
    messages until it is taken back, as the platform approves for some public services; else it allows one.
    """

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    long_term: bool = False

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values by field; a value that the notice does not have is left out, and the platform's rules judge."""
        if not self.fields:
            return dict(values)
        return {name: values[source] for name, source in self.fields.items() if source in values}


@dataclass(frozen=True, slots=True)
class Channel:
    """The mini-program's account and its templates by our name; without templates there is the inbox alone."""

    appid: str = ""
    templates: Mapping[str, Template] = field(default_factory=dict)

    def template_of(self, topic: Topic) -> Template | None:
        return self.templates.get(topic.template) if topic.template else None


_topics: Final[dict[str, Topic]] = {topic.code: topic for topic in TOPICS}
_channel = Channel()
_long_term: frozenset[str] = frozenset()


def define_topic(topic: Topic) -> None:
    """Make a topic known; the same again changes nothing, another one of the same code is a mistake."""
    if _topics.setdefault(topic.code, topic) != topic:
        raise ValueError(f"topic {topic.code} is defined twice, differently")


def define_topics(topics: Iterable[Topic]) -> None:
    for each in topics:
        define_topic(each)


def topic(code: str) -> Topic:
    """The topic of that code; raises UndefinedTopic."""
    try:
        return _topics[code]
    except KeyError:
        raise UndefinedTopic(code) from None


def topic_label(code: str) -> str:
    """A topic's word for people; the code itself for a topic of an earlier version that is gone."""
    known = _topics.get(code)
    return known.label if known else code


def is_urgent(code: str) -> bool:
    """Whether a topic is one of safety; one of an earlier version that is gone is not."""
    known = _topics.get(code)
    return known is not None and known.safety


def configure(appid: str, templates: Mapping[str, Any]) -> None:
    """Tell this process its account and templates: our name -> the platform's id, ``{"id": …, "fields": {…},
    "long_term": …}`` as a county's settings have it, or a Template."""
    global _channel, _long_term
    _channel = Channel(appid, {name: _template(given) for name, given in templates.items()})
    _long_term = frozenset(each.id for each in _channel.templates.values() if each.long_term)


def _template(given: Any) -> Template:
    if isinstance(given, Template):
        return given
    if isinstance(given, Mapping):
        return Template(str(given["id"]), dict(given.get("fields", {})), bool(given.get("long_term", False)))
    return Template(str(given))


def channel() -> Channel:
    return _channel


def is_long_term(template_id: str) -> bool:
    """Whether one accept of this template (the platform's id) allows more than one message."""
    return template_id in _long_term
