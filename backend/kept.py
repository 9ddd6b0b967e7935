"""Commands for what was kept while the database was away: ``python -m backend.cli kept …``."""

from __future__ import annotations

import json
from contextlib import closing

import click

from backend import starting
from backend.app import create_app
from backend.core import crypto
from backend.core.http import KeptRequest, KeptRequests
from backend.core.keeping import Keeping
from backend.core.spool import Spool
from backend.settings import Settings, read_settings


@click.group("kept")
def kept_group() -> None:
    """Look at reports of danger that were kept while the database was away, and have those set aside tried again."""


def _waiting(settings: Settings) -> Keeping:
    crypto.configure(settings.key_ring)
    return Keeping(
        settings.danger_dir, Spool(settings.data_dir / "spool", settings.spool_megabytes), first=True
    )


def _in_short(state: str, name: str, sealed: bytes) -> str:
    try:
        kept = KeptRequest.unsealed(sealed)
    except Exception:  # sealed under a key that is gone, torn, or of another release
        return f"{name}  {state}  cannot be read"
    return f"{name}  {state}  {kept.heard_at:%Y-%m-%dT%H:%MZ}  {kept.method} {kept.path}"


@kept_group.command("list")
def list_kept_command() -> None:
    """List what waits and what was set aside, the oldest first; without what was written."""
    waiting = _waiting(read_settings())
    for name in waiting.names():
        click.echo(_in_short("waits", name, waiting.get(name)))
    for name in waiting.set_aside_names():
        click.echo(_in_short("aside", name, waiting.get_aside(name)))


@kept_group.command("show")
@click.argument("name")
def show_kept_command(name: str) -> None:
    """Show one report as it came, without its session."""
    waiting = _waiting(read_settings())
    try:
        sealed = waiting.get_aside(name) if name in waiting.set_aside_names() else waiting.get(name)
    except FileNotFoundError as error:
        raise click.ClickException(f"nothing is kept under {name}") from error
    kept = KeptRequest.unsealed(sealed)
    shown = {"heard_at": kept.heard_at.isoformat(), "path": kept.path, "key": kept.key, "body": kept.body}
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


@kept_group.command("retry")
@click.argument("names", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="All that was set aside.")
def retry_kept_command(names: tuple[str, ...], all_of_them: bool) -> None:
    """Play what was set aside once more, each through its own route; what is refused again is set aside again."""
    settings = read_settings()
    starting.begin(settings)
    waiting = _waiting(settings)
    wanted = waiting.set_aside_names() if all_of_them else list(names)
    for name in wanted:
        try:
            waiting.take_back(name)
        except FileNotFoundError as error:
            raise click.ClickException(f"nothing was set aside under {name}") from error
    app = create_app(settings)
    played: KeptRequests = app.extensions["backend.kept_requests"]
    with (
        closing(app.extensions["backend.database"]),
        closing(app.extensions["backend.wechat"]),
        closing(played),
    ):
        played.take_up()
    left = {*waiting.names(), *waiting.set_aside_names()}
    click.echo(f"{sum(name not in left for name in wanted)} of {len(wanted)} were taken")
