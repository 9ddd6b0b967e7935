"""The wire's shape of background jobs, and the answer to a request that became one."""

from __future__ import annotations

import json

from flask import Response
from marshmallow import fields

from backend.background.queries import JobView
from backend.core.http import Identifier, Instant, Schema


class JobErrorSchema(Schema):
    code = fields.String(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)
    next = fields.String(required=True)


class JobSchema(Schema):
    id = Identifier(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "What is done, in Chinese"})
    area_code = fields.String(required=True)
    state = fields.String(
        required=True, metadata={"description": "waiting, running, done, failed or cancelled"}
    )
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, metadata={"description": "0 as long as it is not known"})
    words = fields.String(required=True, metadata={"description": "Progress in Chinese"})
    cancel_asked = fields.Boolean(required=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    result_type = fields.String(required=True, allow_none=True)
    result_name = fields.String(required=True, allow_none=True)
    result_bytes = fields.Integer(required=True, allow_none=True)
    asked_at = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    kept_until = Instant(required=True, allow_none=True)
    url = fields.String(required=True, metadata={"description": "Where it is followed; the header Location"})


def accepted(job: JobView) -> Response:
    """202: the job, and in ``Location`` where it is followed."""
    text = json.dumps(JobSchema().dump(job), ensure_ascii=False)
    return Response(text, 202, content_type="application/json", headers={"Location": job.url})
