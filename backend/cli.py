"""Commands for whoever runs the product: ``python -m backend.cli COMMAND``."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from alembic import command
from alembic.config import Config

from backend import demo, logs, messaging, starting, wechat, wiring
from backend.app import create_app
from backend.core import audit, clock, crypto
from backend.core.db import Database
from backend.core.errors import Problem
from backend.core.key_checks import WrongKeys, forget_key
from backend.core.storage import FolderStorage
from backend.health import ROOT
from backend.identity import give_role, person, person_of_account
from backend.identity.roles import ADMINISTRATOR
from backend.kept import kept_group
from backend.ownership import UMASK, write_private
from backend.programme import (
    areas_under,
    load_areas,
    load_areas_from_list,
    load_programme,
    preview_areas_from_list,
    the_programme,
)
from backend.registry.actions import checking, committing, lists
from backend.registry.actions.listed_places import places_in
from backend.registry.queries import all_findings
from backend.registry.reading import read_list
from backend.settings import Settings, SettingsError, make_demo_keys, read_settings

DATA = ROOT / "backend" / "programme" / "data"


def _settings() -> Settings:
    settings = read_settings()
    starting.begin(settings)
    clock.configure(settings.clock_shift)
    crypto.configure(settings.key_ring)
    wiring.wire()
    messaging.configure(settings.wechat.appid, settings.wechat.templates)
    return settings


def _show(report: Any) -> None:
    click.echo(json.dumps(report, ensure_ascii=False, indent=2, default=str))


class _Refusing(click.Group):
    """A refusal of the product ends a command with its words, not with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Problem, SettingsError) as refused:
            click.echo(f"{getattr(refused, 'code', 'settings')}: {refused}", err=True)
            for place, messages in getattr(refused, "errors", {}).items():
                click.echo(f"  {place}: {'; '.join(map(str, messages))}", err=True)
            if isinstance(refused, Problem):
                click.echo(refused.next_step, err=True)
            sys.exit(1)


@click.group(cls=_Refusing)
def cli() -> None:
    """Operate the product."""
    os.umask(UMASK)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may lack a character of somebody's name
    logs.configure_logs()


@cli.command("demo-keys")
def demo_keys() -> None:
    """Make keys for the demo (mode 0600) unless they are there."""
    settings = read_settings()
    if settings.mode == "production":
        raise SettingsError("MODE: production keeps its keys in ENCRYPTION_KEYS and LOOKUP_KEY")
    click.echo(str(make_demo_keys(settings.data_dir)))


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this code."""
    settings = read_settings()
    starting.own_files(settings)
    starting.require_utf8(settings)
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = settings.database_url
    command.upgrade(config, "head")
    click.echo("migrated")


@cli.command("load-programme")
@click.argument("file", type=click.Path(exists=True, path_type=Path), default=DATA / "shuocheng-2022.yaml")
def load_programme_command(file: Path) -> None:
    """Load a county's plan for a year; the same file again changes nothing."""
    database = Database(_settings().database_url)
    with database.writing() as session:
        report = load_programme(session, file.read_bytes(), None)
    click.echo(f"{report}")


@cli.command("load-areas")
@click.argument(
    "file", type=click.Path(exists=True, path_type=Path), default=DATA / "shuocheng-2022-areas.csv"
)
def load_areas_command(file: Path) -> None:
    """Load the areas (townships and villages) that a plan covers."""
    database = Database(_settings().database_url)
    with database.writing() as session:
        report = load_areas(session, file.read_bytes(), None)
    click.echo(f"{report}")


@cli.command("areas-from-list")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--commit", is_flag=True, help="Load them; without it they are only shown.")
def areas_from_list_command(file: Path, commit: bool) -> None:
    """Read the areas from a list of households: a preview first, --commit to load."""
    database = Database(_settings().database_url)
    sheet = read_list(file.read_bytes(), file.name)
    with database.writing() as session:
        programme = the_programme(session)
        known = areas_under(session, programme.area_code)
        names = {area.code: area.name for area in known}
        places = places_in(
            sheet, programme, [(names[area.code[:9]], area.name) for area in known if area.level == "village"]
        )
        listed = places.villages
        preview = preview_areas_from_list(session, listed, programme.area_code)
        for area in preview.added:
            click.echo(f"{area.code}  {area.level}  {area.name}  {area.path or ''}  {area.households or ''}")
        for typed, name in places.respelled.items():
            click.echo(f"taken as one: {typed} = {name}")
        for asked in places.questions:
            where = f"{asked.township} " if asked.township else ""
            click.echo(
                f"are these the same? {where}{asked.one} ({asked.rows[0]} rows), {asked.other} ({asked.rows[1]} rows): "
                "if so, write both alike in the list"
            )
        for typed in places.nameless:
            click.echo(f"could be two places, its rows are held: {typed}")
        click.echo(f"{preview.townships} townships, {preview.villages} villages, {preview.households}")
        if commit:
            report = load_areas_from_list(session, listed, programme.area_code, None)
            click.echo(f"added {report.added}, updated {report.updated}")
            for difference in report.differences:
                click.echo(f"differs from the plan: {difference}")
        else:
            click.echo("Nothing was loaded; add --commit to load these areas.")


@cli.command("import-list")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--area",
    "area_code",
    default=None,
    help="Area code that the list may speak for; the county's by default.",
)
@click.option("--commit", is_flag=True, help="Take the list in; without it only the findings are shown.")
@click.option(
    "--workbook", type=click.Path(path_type=Path), default=None, help="Write the error workbook here."
)
@click.option("--findings", is_flag=True, help="Print every finding.")
def import_list_command(
    file: Path, area_code: str | None, commit: bool, workbook: Path | None, findings: bool
) -> None:
    """Check a township's list (xlsx, csv), and take it in with --commit."""
    settings = _settings()
    database, storage = Database(settings.database_url), FolderStorage(settings.photo_dir)
    began = time.perf_counter()
    with database.reading() as session:
        area = area_code or the_programme(session).area_code
        judged = checking.judge_list(
            session, storage, raw=file.read_bytes(), filename=file.name, area_code=area
        )
    with database.writing() as session:
        checked = checking.record_check(session, None, judged)
    click.echo(f"read and checked in {time.perf_counter() - began:.2f} s")
    if commit:
        began = time.perf_counter()
        with database.reading() as session:
            ready = committing.make_ready(session, storage, import_id=checked.id)
        with database.writing() as session:
            checked = committing.take_in_list(session, None, ready)
        click.echo(f"taken in in {time.perf_counter() - began:.2f} s")
    _show({"import_id": checked.id, "rows": checked.rows, **checked.counts})
    with database.reading() as session:
        if findings:
            for found in all_findings(session, checked.id):
                click.echo(f"{found.sheet_row},{found.column},{found.code},{found.outcome}")
        if workbook is not None:
            write_private(workbook, lists.error_workbook(session, storage, checked.id))


@cli.command("demo-people")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Write the people as found in the list here."
)
def demo_people_command(file: Path, out: Path | None) -> None:
    """Bring the demo's people in, through ordinary actions; refused in production."""
    settings = _settings()
    if settings.mode == "production":
        raise SettingsError("MODE: production has no demo people")
    database = Database(settings.database_url)
    with database.writing() as session:
        story = json.loads(file.read_text("utf-8"))
        people, left_out = demo.bring_people_in(session, story, settings.wechat.appid)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_private(out, json.dumps(people, ensure_ascii=False, indent=2).encode())
    for each in left_out:
        click.echo(f"left out: {each.id}: {each.why}")
    click.echo(f"{len(people['people'])} people")


@cli.command("create-administrator")
@click.option("--appid", required=True)
@click.option("--openid", required=True, help="The WeChat account of the first administrator.")
@click.option("--area", "area_code", required=True, help="The county's area code.")
def create_administrator(appid: str, openid: str, area_code: str) -> None:
    """Make the first administrator; every other role is given by somebody above it."""
    database = Database(_settings().database_url)
    with database.writing() as session:
        person_id = person_of_account(session, appid, openid)
        give_role(session, person_id, role=ADMINISTRATOR, area_code=area_code, company_id=None, by=None)
    click.echo(person_id)


@cli.command("write-openapi")
@click.argument("file", type=click.Path(path_type=Path), default=ROOT / "backend" / "openapi.json")
def write_openapi(file: Path) -> None:
    """Write the API's document as it is served, for clients and for the test that compares."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"MODE": "test", "DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/none.db"}
        served = create_app(read_settings(env)).test_client().get("/api/openapi.json")
    text = json.dumps(served.get_json(), ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", "utf-8")
    click.echo(str(file))


@cli.command("forget-key")
@click.argument("key_id")
def forget_key_command(key_id: str) -> None:
    """Let ENCRYPTION_KEYS do without a key from now on; refused while anything in the database is sealed under it."""
    settings = _settings()
    if key_id == settings.key_ring.current:
        raise SettingsError(f"ENCRYPTION_KEYS: {key_id!r} is the first one, which seals")
    try:
        with closing(Database(settings.database_url)) as database, database.writing() as session:
            forgotten = forget_key(session, key_id)
    except WrongKeys as needed:
        raise SettingsError(str(needed)) from needed
    click.echo(
        "forgotten; take it out of ENCRYPTION_KEYS now" if forgotten else "the database knows no such key"
    )


@cli.command("resume-template")
@click.argument("template_id")
def resume_template_command(template_id: str) -> None:
    """Send a paused message template's messages again, once the platform is content with it."""
    database = Database(_settings().database_url)
    with database.writing() as session:
        resumed = messaging.resume_template(session, None, template_id)
    click.echo("resumed" if resumed else "this template does not rest")


@cli.command("mini-program-code")
@click.argument("page")
@click.argument("scene")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the image here.")
def mini_program_code_command(page: str, scene: str, out: Path) -> None:
    """Make the code of a poster: scanned in WeChat it opens PAGE with SCENE."""
    settings = _settings()
    with (
        closing(Database(settings.database_url)) as database,
        closing(wechat.Wechat(settings.wechat, database)) as client,
    ):
        try:
            image = wechat.mini_program_code(client, FolderStorage(settings.photo_dir), scene, page)
        except wechat.UnfitValue as unfit:
            raise click.BadParameter(str(unfit)) from unfit
    out.write_bytes(image)
    click.echo(f"{out}, {len(image)} bytes")


@cli.group("messages")
def messages_group() -> None:
    """Look at what was sent to people, and have what stopped tried again."""


@messages_group.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(messaging.MESSAGE_STATES),
    help="What failed, if none.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
def list_messages_command(states: tuple[str, ...], limit: int) -> None:
    """List messages by state, newest first; without accounts and telephones."""
    with closing(Database(_settings().database_url)) as database, database.reading() as session:
        page = messaging.messages(session, None, states=states or messaging.STOPPED, limit=limit)
    for each in page.items:
        doubt = f"  doubts {each.doubts}" if each.doubts else ""
        click.echo(
            f"{each.id}  {each.created_at:%Y-%m-%dT%H:%MZ}  {each.state}  {each.reason or '-'}"
            f"  attempts {each.attempts}{doubt}  {each.person_name or '-'}  {each.title}  {each.error or ''}"
        )
    click.echo(f"{len(page.items)} messages{', and more' if page.next else ''}")


@messages_group.command("of")
@click.argument("person_id")
def messages_of_person_command(person_id: str) -> None:
    """A person's whole history: what, when, by which channel, with what proof."""
    told, after = 0, ""
    with closing(Database(_settings().database_url)) as database:
        with database.reading() as session:
            if person(session, person_id) is None:
                raise click.ClickException(f"nobody has the id {person_id}")
        while True:
            with database.reading() as session:
                page = messaging.person_history(session, person_id, after=after, limit=200)
            for each in page.items:
                _show_history(each)
            told += len(page.items)
            if page.next is None:
                break
            after = page.items[-1].notice.id
    click.echo(f"{told} notices")


def _show_history(told: messaging.NoticeHistory) -> None:
    click.echo(f"{told.notice.created_at:%Y-%m-%dT%H:%MZ}  {told.notice.topic}  {told.notice.title}")
    for each in told.outcomes:
        proof = f"  proof {each.proof}" if each.proof else ""
        doubt = f"  doubts {each.doubts}" if each.doubts else ""
        why = f"  {each.reason}" if each.reason else ""
        click.echo(f"    {each.at:%Y-%m-%dT%H:%MZ}  {each.channel}  {each.state}{why}{proof}{doubt}")


@messages_group.command("retry")
@click.argument("message_ids", nargs=-1)
@click.option("--all-of", "state", type=click.Choice(messaging.STOPPED), help="Every message in that state.")
def retry_messages_command(message_ids: tuple[str, ...], state: str | None) -> None:
    """Have stopped messages tried once more; what is unknown may arrive a second time."""
    with closing(Database(_settings().database_url)) as database:
        wanted = (*message_ids, *(_messages_in(database, state) if state else ()))
        tried = sum(_tried_again(database, each) for each in wanted)
    click.echo(f"{tried} messages are tried again")


def _tried_again(database: Database, message_id: str) -> bool:
    try:
        with database.writing() as session:
            messaging.retry_message(session, None, message_id)
    except Problem as refused:
        click.echo(f"{message_id}: {refused.code}: {refused}")
        return False
    return True


def _messages_in(database: Database, state: str) -> list[str]:
    found: list[str] = []
    while True:
        with database.reading() as session:
            page = messaging.messages(session, None, states=[state], after=min(found, default=""), limit=200)
        found += [each.id for each in page.items]
        if page.next is None:
            return found


cli.add_command(kept_group)


@cli.command()
def verify() -> None:
    """Recompute the audit chain; exit status 1 where it is broken."""
    database = Database(_settings().database_url)
    with database.reading() as session:
        report = audit.verify(session)
    click.echo(f"sealed {report.sealed}, unsealed {report.unsealed}, broken at {report.broken_at}")
    sys.exit(1 if report.broken_at is not None else 0)


if __name__ == "__main__":
    cli()
