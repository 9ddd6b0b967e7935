"""Follow one's own background jobs, cancel them, fetch their results."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, current_app

from backend.background import actions, queries
from backend.background.errors import Ended, NotDone, ResultGone
from backend.background.schemas import JobSchema
from backend.core.http import Page, PagingSchema, after, blueprint, db, idempotent, page_schema, refuses
from backend.core.storage import Storage
from backend.identity import actor, permit

blp = blueprint("background", "Work that takes longer than a request: its progress and its result")


@blp.route("/jobs", methods=["GET"])
@permit("job.see")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(JobSchema))
def list_jobs(query: dict[str, Any]) -> Page[queries.JobView]:
    """One's own jobs, the newest first."""
    return queries.jobs(db(), actor(), before=after(query["cursor"]), limit=query["limit"])


@blp.route("/jobs/<string:job_id>", methods=["GET"])
@permit("job.see", scope="job")
@blp.response(200, JobSchema)
def show_job(job_id: str) -> queries.JobView:
    """How far a job is, or how it ended."""
    return queries.job(db(), actor(), job_id)


@blp.route("/jobs/<string:job_id>/cancellation", methods=["POST"])
@permit("job.cancel", scope="job")
@idempotent
@blp.response(200, JobSchema)
@refuses(Ended)
def cancel_job(job_id: str) -> queries.JobView:
    """Cancel a job; one that runs stops within seconds."""
    return actions.cancel(db(), actor(), job_id)


@blp.route("/jobs/<string:job_id>/result", methods=["GET"])
@permit("job.see", scope="job")
@blp.response(200, content_type="application/octet-stream")
@refuses(NotDone, ResultGone)
def job_result(job_id: str) -> Response:
    """What a job made, as a file; kept for a week."""
    found = queries.result_of(db(), actor(), job_id)
    storage: Storage = current_app.extensions["backend.storage"]
    try:
        content = storage.get(found.key)
    except FileNotFoundError as gone:
        raise ResultGone("结果文件已不在。") from gone
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}"}
    return Response(content, content_type=found.content_type, headers=headers)
