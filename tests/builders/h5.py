"""A few files laid out as the mini-program's browser build, for tests of how it is served."""

from __future__ import annotations

from pathlib import Path

SCRIPT = "assets/index-KQ-HqF7j.js"
STYLES = "assets/uni.1267930a.css"
PICTURE = "static/icon.svg"
PAGE = f"""<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="UTF-8" />
    <title>清洁取暖</title>
    <script type="module" crossorigin src="/{SCRIPT}"></script>
    <link rel="stylesheet" href="/{STYLES}">
  </head>
  <body>
    <div id="app"></div>
  </body>
</html>
"""


def small_build(folder: Path) -> Path:
    """Write them below ``folder``; where they are."""
    build = folder / "h5"
    for name, text in {
        "index.html": PAGE,
        SCRIPT: "document.title = '开了';\n" + "// long enough to be worth shrinking\n" * 100,
        STYLES: "page { color: black }\n",
        PICTURE: '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    }.items():
        (build / name).parent.mkdir(parents=True, exist_ok=True)
        (build / name).write_text(text, "utf-8")
    return build
