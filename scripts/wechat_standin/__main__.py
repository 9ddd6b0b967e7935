"""python -m scripts.wechat_standin --port 8091 --people scripts/demo/people.json"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

from scripts.wechat_standin.server import serve
from scripts.wechat_standin.state import (
    DEMO_AES_KEY,
    DEMO_APPID,
    DEMO_CALLBACK_TOKEN,
    DEMO_OA_APPID,
    DEMO_OA_SECRET,
    DEMO_SECRET,
)

PAGES = Path(__file__).resolve().parents[2] / "miniprogram" / "src" / "pages.json"


def main() -> None:
    os.umask(0o077)  # who people are and what they were told is nobody's but its owner's
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m scripts.wechat_standin", description="WeChat's stand-in")
    parser.add_argument("--port", type=int, default=8091, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="leave it on loopback but inside a container")
    parser.add_argument("--people", help="JSON file of the demo's people")
    parser.add_argument(
        "--pages", default=str(PAGES) if PAGES.exists() else None, help="the pages.json of its pages"
    )
    parser.add_argument("--appid", default=env("WECHAT_APPID") or DEMO_APPID)
    product = env("PUBLIC_BASE_URL")
    usual = f"{product.rstrip('/')}/api/wechat/callback" if product else None
    parser.add_argument("--callback-url", default=env("WECHAT_CALLBACK_URL") or usual, help="where pushes go")
    parser.add_argument("--official-account", choices=("subscription", "service"), default="subscription")
    chosen = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    # Secrets come from the environment: an argument is there for every process to read.
    with serve(
        chosen.port,
        chosen.people,
        host=chosen.host,
        appid=chosen.appid,
        secret=env("WECHAT_SECRET") or DEMO_SECRET,
        callback_url=chosen.callback_url,
        callback_token=env("WECHAT_CALLBACK_TOKEN") or DEMO_CALLBACK_TOKEN,
        callback_aes_key=env("WECHAT_CALLBACK_AES_KEY") or DEMO_AES_KEY,
        official_account=chosen.official_account,
        oa_appid=env("WECHAT_OA_APPID") or DEMO_OA_APPID,
        oa_secret=env("WECHAT_OA_SECRET") or DEMO_OA_SECRET,
        pages=chosen.pages,
    ) as standin:
        print(f"wechat stand-in: {standin.url}, {len(standin.platform.people)} people", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
