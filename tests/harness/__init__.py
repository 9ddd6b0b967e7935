"""What tests stand on: databases, the served product, races, the browser. Nothing here knows the programme."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared" / "data"

# Made once for all tests of this person on this machine: twelve seconds that no test is about.
FONT_DIR = Path(tempfile.gettempdir()) / f"heating-fonts-{os.getuid()}"
