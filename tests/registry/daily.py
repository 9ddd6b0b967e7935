"""A worker process that runs the daily jobs once, as of a pinned moment: to be killed by a test."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from backend.core import clock
from backend.worker import Worker
from tests.builders.product import settings_on, wired
from tests.harness.keys import configure_this_process


def main() -> None:
    database_url, data_dir, moment = sys.argv[1:]
    configure_this_process()
    wired()
    worker = Worker(settings_on(database_url, Path(data_dir)))
    with clock.pinned(datetime.fromisoformat(moment)):
        worker.lead()
        worker.run_daily()


if __name__ == "__main__":
    main()
