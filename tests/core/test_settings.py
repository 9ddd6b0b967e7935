"""The environment, read once: what contradicts itself stops the process with the name of the variable."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from backend.settings import SettingsError, make_demo_keys, read_settings
from scripts.wechat_standin import DEMO_AES_KEY, DEMO_APPID, DEMO_CALLBACK_TOKEN, DEMO_SECRET
from tests.harness import ROOT
from tests.harness.keys import TEST_KEYS
from tests.harness.races import race

pytestmark = pytest.mark.only_on("sqlite", "the environment and a folder; no database is asked")

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "MODE": "production",
    "DATABASE_URL": "postgresql://heating:pass-of-the-database@db/heating",
    "PUBLIC_BASE_URL": "https://qunuan.shuocheng.gov.cn",
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_SECRET": "secret-of-the-platform",
    "WECHAT_CALLBACK_TOKEN": "token-of-the-callback",
    "WECHAT_CALLBACK_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    **TEST_KEYS,
}


def test_production_starts_with_what_it_needs(tmp_path: Path) -> None:
    settings = read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path)})
    assert settings.mode == "production" and not settings.is_demo
    assert settings.sandbox_url is None
    assert settings.clock_shift == timedelta(0)
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize("given", [{}, {"DATABASE_URL": ""}], ids=["absent", "empty"])
def test_production_does_not_choose_a_database_by_itself(tmp_path: Path, given: dict[str, str]) -> None:
    told = {name: value for name, value in PRODUCTION.items() if name != "DATABASE_URL"}
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: missing"):
        read_settings({**told, **given, "DATA_DIR": str(tmp_path)})
    for mode in ("demo", "test"):
        assert read_settings({"MODE": mode, "DATA_DIR": str(tmp_path)}).database_url.startswith("sqlite:")


def test_a_process_that_was_told_nothing_takes_itself_for_production() -> None:
    with pytest.raises(SettingsError):
        read_settings({})


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8091",
        "https://127.0.0.1",
        "https://127.1",
        "https://2130706433",
        "https://0x7f.1",
        "https://0.0.0.0",
        "https://localhost",
        "https://LOCALHOST.",
        "https://wechat.localhost",
        "https://[::1]:8091",
        "https://[::ffff:127.0.0.1]",
        "https://10.0.0.8",
        "https://192.168.1.4:8091",
        "https://172.16.0.1",
        "https://169.254.169.254",
        "https://[fd00::1]",
        "https://stand-in:8091",
        "https://stand-in.local",
        "https://host.docker.internal:8091",
        "https://127.0.0.1.nip.io",
        "https://standin.default.svc.cluster.local",
        "https://notweixin.qq.com",
        "https://api.weixin.qq.com.example.net",
        "https://203.0.114.5",
        "http://api.weixin.qq.com",
        "https://",
    ],
)
def test_production_talks_to_no_stand_in(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="WECHAT_API_BASE_URL"):
        read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path), "WECHAT_API_BASE_URL": address})


@pytest.mark.parametrize(
    ("address", "gateway"),
    [
        ("https://api.weixin.qq.com", ""),
        ("https://api2.weixin.qq.com/", ""),
        ("https://wx.qunuan.shuocheng.gov.cn", "WX.qunuan.shuocheng.gov.cn"),
    ],
)
def test_production_talks_to_the_platform_or_a_gateway_named_on_purpose(
    tmp_path: Path, address: str, gateway: str
) -> None:
    here = {**PRODUCTION, "DATA_DIR": str(tmp_path), "WECHAT_API_BASE_URL": address}
    assert read_settings({**here, "WECHAT_GATEWAY": gateway}).wechat.api_base_url == address.rstrip("/")
    with pytest.raises(SettingsError, match="WECHAT_API_BASE_URL"):
        read_settings(
            {**here, "WECHAT_API_BASE_URL": "https://127.0.0.1:8091", "WECHAT_GATEWAY": "127.0.0.1"}
        )


def test_production_takes_sealed_pushes_only(tmp_path: Path) -> None:
    """The plain signature does not cover the body."""
    assert read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path)}).wechat.callback_safe_only
    assert not read_settings(
        {**PRODUCTION, "MODE": "test", "DATA_DIR": str(tmp_path)}
    ).wechat.callback_safe_only


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WECHAT_APPID", DEMO_APPID),
        ("WECHAT_SECRET", DEMO_SECRET),
        ("WECHAT_CALLBACK_TOKEN", DEMO_CALLBACK_TOKEN),
        ("WECHAT_CALLBACK_AES_KEY", DEMO_AES_KEY),
    ],
)
def test_production_does_not_start_with_what_everybody_knows_of_the_demo(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path), name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLOCK_SHIFT_DAYS", "-1160"),
        ("CLOCK_SHIFT_DAYS", "1"),
        ("CLOCK_SHIFT_DAYS", "a day"),
        ("CLOCK_SHIFT_MINUTES", "-1"),
        ("TRUSTED_PROXIES", "-1"),
        ("CLOCK_SHIFT_MINUTES", "0.5"),
        ("PUBLIC_BASE_URL", ""),
        ("PUBLIC_BASE_URL", "http://qunuan.shuocheng.gov.cn"),
        ("PUBLIC_BASE_URL", "https://127.0.0.1:8000"),
        ("WECHAT_APPID", ""),
        ("WECHAT_SECRET", ""),
        ("WECHAT_CALLBACK_TOKEN", ""),
        ("WECHAT_CALLBACK_AES_KEY", ""),
        ("ENCRYPTION_KEYS", ""),
        ("LOOKUP_KEY", ""),
        ("ENCRYPTION_KEYS", "a=short"),
        ("ENCRYPTION_KEYS", "a=" + base64.b64encode(b"16 bytes exactly").decode()),
        ("ENCRYPTION_KEYS", "a=!!!"),
        ("LOOKUP_KEY", base64.b64encode(b"short").decode()),
        ("DATABASE_URL", "not an address"),
        ("WECHAT_TEMPLATES", "{"),
        ("WECHAT_TEMPLATES", "[]"),
        ("WECHAT_TEMPLATES", '{"visit": 7}'),
        ("WECHAT_TEMPLATES", '{"visit": {"fields": {}}}'),
        ("WECHAT_TEMPLATES", '{"visit": {"id": "t1", "fields": {"thing1": 1}}}'),
        ("WECHAT_TEMPLATES", '{"visit": {"id": "t1", "long_term": "yes"}}'),
        ("WECHAT_TEMPLATES", '{"visit": {"id": "t1", "longterm": true}}'),
        ("WECHAT_CALLBACK_AES_KEY", "too short"),
        ("MODE", "staging"),
    ],
)
def test_what_does_not_make_a_running_product_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name.removesuffix("_CALLBACK_AES_KEY")) as refused:
        read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path), name: value})
    assert "secret-of-the-platform" not in str(refused.value)
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize("mode", ["demo", "test"])
@pytest.mark.parametrize("absent", ["ENCRYPTION_KEYS", "LOOKUP_KEY"])
def test_half_of_the_keys_are_no_keys(tmp_path: Path, mode: str, absent: str) -> None:
    env = {name: value for name, value in {**TEST_KEYS, "MODE": mode}.items() if name != absent}
    with pytest.raises(SettingsError, match=absent):
        read_settings({**env, "DATA_DIR": str(tmp_path)})


def test_the_first_key_of_several_seals(tmp_path: Path) -> None:
    other = base64.b64encode(b"o" * 32).decode()
    env = {**PRODUCTION, "DATA_DIR": str(tmp_path), "ENCRYPTION_KEYS": f"2023={KEY}, 2022={other}"}
    ring = read_settings(env).key_ring
    assert (ring.current, dict(ring.keys)) == ("2023", {"2023": b"k" * 32, "2022": b"o" * 32})


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    shown = repr(read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path)}))
    for secret in ("pass-of-the-database", "secret-of-the-platform", "token-of-the-callback", "\\x01"):
        assert secret not in shown


def test_a_demo_lives_in_the_plan_s_autumn_beside_its_stand_in(tmp_path: Path) -> None:
    env = {
        "MODE": "demo",
        "DATA_DIR": str(tmp_path),
        "CLOCK_SHIFT_DAYS": "-1160",
        "CLOCK_SHIFT_MINUTES": "-61",
    }
    settings = read_settings({**env, "WECHAT_API_BASE_URL": "http://127.0.0.1:8091"})
    assert settings.clock_shift == timedelta(days=-1160, minutes=-61)
    assert settings.sandbox_url == "http://127.0.0.1:8091"
    assert read_settings(env).sandbox_url is None


# -- the demo's keys


def test_a_demo_s_keys_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    path = make_demo_keys(tmp_path / "var")
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert make_demo_keys(tmp_path / "var").read_bytes() == before
    assert os.listdir(tmp_path / "var") == ["keys.json"]
    first, second = (read_settings({"MODE": "demo", "DATA_DIR": str(tmp_path / "var")}) for _ in "ab")
    assert first.key_ring == second.key_ring


def test_many_threads_that_start_at_once_end_with_one_set_of_keys(tmp_path: Path) -> None:
    result = race(16, lambda _index: make_demo_keys(tmp_path).read_bytes())
    assert not result.errors
    assert len(set(result.values)) == 1
    assert os.listdir(tmp_path) == ["keys.json"]


def test_processes_that_start_at_once_end_with_one_set_of_keys(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from backend.settings import make_demo_keys\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"print(make_demo_keys(pathlib.Path({str(tmp_path)!r})).read_text(), flush=True)\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [json.loads(process.communicate(timeout=60)[0]) for process in started]
    assert all(keys == said[0] for keys in said)
    assert os.listdir(tmp_path) == ["keys.json"]


@pytest.mark.parametrize("seconds", ["0", "601", "-1", "soon"])
def test_a_body_has_a_deadline_within_reason(tmp_path: Path, seconds: str) -> None:
    with pytest.raises(SettingsError, match="BODY_SECONDS"):
        read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path), "BODY_SECONDS": seconds})
    assert read_settings({**PRODUCTION, "DATA_DIR": str(tmp_path)}).body_seconds == 60
