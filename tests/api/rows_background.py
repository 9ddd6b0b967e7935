from __future__ import annotations

from backend.background.models import DONE, BackgroundJob
from backend.core import clock
from backend.core.storage import FolderStorage
from backend.identity.roles import DISTRICT
from tests.api.scene import Scene
from tests.api.table import ANYBODY, SEES_NOTHING, Asked, row
from tests.builders.product import Someone, person_with


def asked(scene: Scene) -> tuple[Someone, str]:
    """A district officer of one row alone, and the job that was asked for; nobody else's, whatever their role."""
    officer = person_with(scene.db, DISTRICT, area_code=scene.county.district)
    job = scene.client(officer).post(f"/api/areas/{scene.county.district}/stickers").expect(202)
    return officer, str(job["id"])


@row("GET", "/api/jobs", by=ANYBODY, elsewhere=SEES_NOTHING)
def list_jobs(scene: Scene) -> Asked:
    officer, job_id = asked(scene)
    return Asked(token=officer.token, hidden=job_id)


@row("GET", "/api/jobs/<string:job_id>", by=ANYBODY)
def show_job(scene: Scene) -> Asked:
    officer, job_id = asked(scene)
    return Asked(token=officer.token, path={"job_id": job_id})


@row("POST", "/api/jobs/<string:job_id>/cancellation", by=ANYBODY)
def cancel_job(scene: Scene) -> Asked:
    officer, job_id = asked(scene)
    return Asked(token=officer.token, path={"job_id": job_id})


@row("GET", "/api/jobs/<string:job_id>/result", by=ANYBODY)
def job_result(scene: Scene) -> Asked:
    officer, job_id = asked(scene)
    storage: FolderStorage = scene.app.extensions["backend.storage"]
    storage.put(f"job{job_id}-1", b"%PDF-")
    with scene.db.writing() as session:
        done = session.get_one(BackgroundJob, job_id)
        done.state, done.ended_at, done.attempts = DONE, clock.now(), 1
        done.result_key, done.result_type = f"job{job_id}-1", "application/pdf"
        done.result_name, done.result_bytes = "stickers.pdf", 5
    return Asked(token=officer.token, path={"job_id": job_id})
