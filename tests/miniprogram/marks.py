"""Where the journeys in the browser run."""

from __future__ import annotations

import pytest

IN_THE_BROWSER = pytest.mark.only_on("sqlite", "the browser sees no database")
