"""The README's journey, block by block as it stands there: a newcomer's shell against the running product."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from backend.core.db import Database
from tests.harness import ROOT
from tests.harness.day import AUTUMN, at
from tests.harness.served import Served
from tests.journeys.demo import demo_county


def test_the_journey_of_the_readme_plays_as_it_is_written(
    db: Database, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    demo_county(db, tmp_path)
    served = serve(env={**at(AUTUMN), "MODE": "demo"})
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    assert len(blocks) >= 8
    script = "set -euo pipefail\n" + "\n".join(blocks)
    played = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "BASE": served.base_url, "LANG": "C.UTF-8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    assert '"code": "fuel.above_limit"' in played.stdout
    assert (tmp_path / "stickers.pdf").read_bytes().startswith(b"%PDF")
    assert '"state":"closed"' in played.stdout.replace(" ", "")
