"""`python -m backend.serving`: the web server, the only way in which it is started."""

from __future__ import annotations

import argparse
import gc
import os
import sys

from backend.ownership import UMASK
from backend.serving.application import serving
from backend.serving.slots import serve
from backend.settings import SettingsError, read_settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.serving", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--processes", type=int, default=2, help="web processes, each with four threads")
    given = parser.parse_args()
    os.umask(UMASK)
    try:
        read_settings()
    except SettingsError as error:
        sys.exit(f"the product cannot start: {error}")
    gc.freeze()  # what is imported by now is shared with the processes that are forked from here
    serve(given.host, given.port, given.processes, serving)


if __name__ == "__main__":
    main()
