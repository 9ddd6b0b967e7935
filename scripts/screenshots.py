"""A picture of every page of the mini-program in both looks, and all of them on one sheet: `make screenshots`.

    python -m scripts.screenshots [FOLDER]      var/screenshots unless told

The pictures are taken by the tests that look at every page (tests/miniprogram/test_every_page.py), against the whole product
running on a small made-up county.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

from scripts.setup import has_browser

ROOT = Path(__file__).resolve().parent.parent
TESTS = "tests/miniprogram/test_every_page.py"
COLUMNS, WIDTH, GAP = 10, 260, 14


def contact_sheet(pictures: list[Path], sheet: Path) -> None:
    """All pictures side by side, in order of their names."""
    small = []
    for path in pictures:
        with Image.open(path) as whole_size:
            height = whole_size.height * WIDTH // whole_size.width
            small.append(whole_size.convert("RGB").resize((WIDTH, height)))
    high = max(picture.height for picture in small)
    rows = -(-len(small) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * (WIDTH + GAP) + GAP, rows * (high + GAP) + GAP), "#d9cdbf")
    for number, picture in enumerate(small):
        row, column = divmod(number, COLUMNS)
        whole.paste(picture, (GAP + column * (WIDTH + GAP), GAP + row * (high + GAP)))
    whole.save(sheet)


def main() -> int:
    if not has_browser():
        print("screenshots: Chromium with a Chinese font is needed", file=sys.stderr)
        return 1
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "screenshots").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    env = {**os.environ, "SCREENSHOTS": str(folder), "TEST_DATABASE": "sqlite"}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS], cwd=ROOT, env=env
    )
    pictures = sorted(path for path in folder.glob("*.png") if not path.name.startswith("test_"))
    if pictures:
        contact_sheet(pictures, folder / "sheet.png")
        print(f"{len(pictures)} pictures in {folder}, all of them in sheet.png")
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
