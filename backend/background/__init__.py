"""Background jobs: work too long for a request. A request leaves a row, a worker does it, the asker fetches the result.

A capability defines its kinds (``Kind``) and exports them to ``wiring.py``; its route calls ``ask`` and answers
``accepted(job)``, a 202. Whoever asked follows the job, cancels it and fetches its result below ``/api/jobs``, as long as
the role that was needed is held.
"""

from backend.background.actions import ask, follow_joined_accounts, forget_old
from backend.background.errors import TooManyOpen
from backend.background.queries import JobView, place_of_job
from backend.background.running import Runner
from backend.background.schemas import JobSchema, accepted
from backend.background.work import Again, Ending, Kind, Result, Work

__all__ = [
    "Again", "Ending", "JobSchema", "JobView", "Kind", "Result", "Runner", "TooManyOpen", "Work", "accepted", "ask",
    "follow_joined_accounts", "forget_old", "place_of_job",
]  # fmt: skip
