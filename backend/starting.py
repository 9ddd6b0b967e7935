"""What every process of the product does before it works: its files are for the owner alone, and database and keys fit.

Used by the web application, the worker and the commands.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import closing
from typing import Final

from backend import logs
from backend.core.db import DATABASE_AWAY, Database, hurried
from backend.core.encoding import UnfitDatabase
from backend.core.key_checks import WrongKeys, recognise_keys
from backend.ownership import UMASK, keep_to_owner
from backend.settings import Settings, SettingsError, read_settings

log = logging.getLogger("backend.starting")

ASK_AGAIN_SECONDS: Final = 5.0
START_SECONDS: Final = 5.0
"""So long a start waits for the database, by which danger is heard without it."""


def settings_or_exit(who: str) -> Settings:
    """The settings of a process that has begun; where they do not fit, it ends with words instead of a traceback."""
    os.umask(UMASK)
    logs.configure_logs()
    try:
        settings = read_settings()
        begin(settings)
    except SettingsError as error:
        sys.exit(f"{who} cannot start: {error}")
    return settings


def begin(settings: Settings) -> None:
    """Raises SettingsError where the database or the keys are not this product's.

    A database that does not answer keeps nobody from starting: its keys are compared when it does, and a process with
    other keys then ends.
    """
    own_files(settings)
    try:
        _compare(settings)
    except DATABASE_AWAY:
        log.warning("the database does not answer yet; keys are compared when it does")
        threading.Thread(target=_compare_later, args=(settings,), daemon=True, name="keys").start()


def own_files(settings: Settings) -> None:
    """From here on this process makes files for its owner alone; what an older start left open is closed, and told."""
    if told := keep_to_owner(settings.data_dir):
        log.warning(told)


def require_utf8(settings: Settings) -> None:
    """Raises SettingsError for a database that keeps its text otherwise, DATABASE_AWAY for one that does not answer."""
    try:
        with closing(Database(settings.database_url)) as database:
            database.engine.connect().close()
    except UnfitDatabase as unfit:
        raise SettingsError(str(unfit)) from unfit


def _compare(settings: Settings) -> None:
    try:
        with hurried(START_SECONDS), closing(Database(settings.database_url)) as database:
            recognise_keys(database, settings.key_ring)
    except UnfitDatabase as unfit:
        raise SettingsError(str(unfit)) from unfit
    except WrongKeys as wrong:
        raise SettingsError(f"{wrong}. {_what_to_do(settings)}") from wrong


def _what_to_do(settings: Settings) -> str:
    if settings.mode == "production" or os.environ.get("ENCRYPTION_KEYS"):
        return "Give the keys that DATABASE_URL was filled with; a new key is added in front of them, never in their place"
    return (
        f"The keys of this demo are in {settings.data_dir / 'keys.json'}: start with the DATA_DIR that DATABASE_URL was "
        "filled with, or with an empty database"
    )


def _compare_later(settings: Settings) -> None:
    while True:
        time.sleep(ASK_AGAIN_SECONDS)
        try:
            _compare(settings)
        except DATABASE_AWAY:
            continue
        except SettingsError as error:
            log.critical("the product cannot go on: %s", error)
            os._exit(1)
        return
