"""Whether the platform would take what people were told, had they all allowed a message of it."""

from __future__ import annotations

import json
from functools import cache

from sqlalchemy import select

from backend.core.db import Database
from backend.messaging.actions.telling import _payload
from backend.messaging.models import InboxEntry
from backend.messaging.rules import Notice
from backend.messaging.topics import Channel, _template, topic
from backend.wechat import UnfitValue, fit_page, fit_values
from scripts.run import stand_in_templates


@cache
def _channel_of_the_demo() -> Channel:
    given = json.loads(stand_in_templates())
    return Channel("wx", {name: _template(template) for name, template in given.items()})


def unfit_notices(db: Database) -> list[str]:
    """What of all that anybody was told does not fit its template, with the reason.

    With the demo's templates, whatever this process is set up with.
    """
    ours = _channel_of_the_demo()
    wrong: list[str] = []
    with db.reading() as session:
        for entry in session.scalars(select(InboxEntry)):
            about = topic(entry.topic)
            template = ours.template_of(about)
            if template is None:
                continue
            notice = Notice(entry.topic, entry.title, entry.body, page=entry.page, values=entry.shown)
            values = _payload(entry.created_at, entry.created_at, notice, about, template)["values"]
            try:
                fit_values(values)
                if entry.page:
                    fit_page(entry.page)
            except UnfitValue as error:
                wrong.append(f"{entry.topic}: {error} {values}")
            wrong += [f"{entry.topic}: {name} is missing" for name in template.fields if name not in values]
    return wrong
