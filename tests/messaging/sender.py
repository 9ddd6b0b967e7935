"""A sender as a process of its own, to be killed: python -m tests.messaging.sender <database> <stand-in> <threads>"""

from __future__ import annotations

import os
import sys

from backend.core.db import Database, new_id
from backend.messaging import recover_lost, send_due
from backend.wechat import Wechat
from tests.harness.day import begin_in_the_morning
from tests.harness.keys import configure_this_process
from tests.harness.loopback import only_loopback
from tests.messaging.builders import configure_channel, settings_for


def main() -> None:
    database_url, standin_url, threads = sys.argv[1:]
    only_loopback()
    begin_in_the_morning(os.environ)
    configure_this_process()
    configure_channel()
    database = Database(database_url)
    client = Wechat(settings_for(standin_url), database)
    while True:
        recover_lost(database)
        if not send_due(database, client, new_id(), threads=int(threads)).claimed:
            return


if __name__ == "__main__":
    main()
