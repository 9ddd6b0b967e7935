"""The web application: settings, database, keys, WeChat and every capability's routes, put together."""

from __future__ import annotations

import logging
from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, render_template, request, send_from_directory
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from backend import health, logs, messaging, starting, wiring
from backend.core import audit, clock, crypto
from backend.core.db import Database
from backend.core.http import DEFAULT_POLICY, attach_database, attach_kept_requests, make_api
from backend.core.keeping import Keeping
from backend.core.spool import Spool
from backend.core.storage import FolderStorage
from backend.doorstep import h5
from backend.doorstep.pushes import Pushes
from backend.identity import open_to_all
from backend.programme import KnownHotline, programmes
from backend.registry.actions.doors import Printing
from backend.settings import Settings
from backend.wechat import Wechat

log = logging.getLogger("backend.app")

VERSION = "0.1.0"
AWAITED_AT_ONCE = 2  # of a process's four threads: the others answer whoever needs no word of the platform's
_HTTPS_FOR = (
    "max-age=31536000"  # a year; of this host alone, as the others of its domain are not ours to promise
)
_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
_HERE = Path(__file__).resolve().parent


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from given settings, or from the environment: then it ends the process, with words, where
    that or the database does not fit."""
    if settings is None:
        settings = starting.settings_or_exit("the product")
    app = Flask(
        "backend",
        static_folder=str(_HERE / "doorstep" / "static"),
        static_url_path="/door-static",  # /static belongs to the mini-program's browser build
        template_folder=str(_HERE / "doorstep" / "templates"),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    if settings.trusted_proxies:
        # Rate limits count people, not the proxy in front of them.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's way
    stand_on(app, settings)
    logs.log_requests(app)
    _insist_on_https(app, always=settings.mode == "production")
    api = make_api(app, "Clean heating for rural homes", VERSION)
    for blueprint in wiring.BLUEPRINTS:
        if blueprint.url_prefix:
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    health.register(app)
    _serve_document(app, api.spec.to_dict())
    _begin(app)
    return app


def _begin(app: Flask) -> None:
    """What a process does at its start, and not each application that stands on other settings."""
    audit.go_on_after_what_stands(app.extensions["backend.database"])
    _learn_the_hotline(app)
    app.extensions["backend.spool"].prepare()
    app.extensions["backend.pushes"].take_up_soon()
    app.extensions["backend.kept_requests"].take_up_soon()


def _learn_the_hotline(app: Flask) -> None:
    """While the database answers: it is told when it does not."""
    try:
        with app.extensions["backend.database"].reading() as session:
            known = next(iter(programmes(session)), None)
    except SQLAlchemyError:
        log.warning("the hotline's number stays as it was known last", exc_info=True)
        return
    if known is not None:
        app.extensions["backend.hotline"].remember(known.hotline.number)


def _insist_on_https(app: Flask, *, always: bool) -> None:
    """Browsers that came by https, themselves or to a proxy that we trust, never come by http again. Production is
    reached by https alone (settings see to it), also where what ends TLS does not say so."""

    @app.after_request
    def insist(response: Response) -> Response:
        if always or request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", _HTTPS_FOR)
        return response


def stand_on(app: Flask, settings: Settings, database: Database | None = None) -> None:
    """Give this process and an application all that settings decide but the routes: clock, keys, database, WeChat, …

    ``database``: that of the settings where it is open already. What the application stood on before, if anything, is
    whoever calls' to close.
    """
    clock.configure(settings.clock_shift)
    crypto.configure(settings.key_ring)
    wiring.wire()
    messaging.configure(settings.wechat.appid, settings.wechat.templates)
    app.config.update(
        DEMO=settings.is_demo,
        SANDBOX_URL=settings.sandbox_url,
        PUBLIC_BASE_URL=settings.public_base_url,
        WECHAT_VERIFICATION_FILES=settings.verification_files,
    )
    database = database or Database(settings.database_url, waits=settings.database_waits)
    attach_database(app, database)
    client = app.extensions["backend.wechat"] = Wechat(
        settings.wechat, database, awaited_at_once=AWAITED_AT_ONCE
    )
    spool = app.extensions["backend.spool"] = Spool(settings.data_dir / "spool", settings.spool_megabytes)
    app.extensions["backend.pushes"] = Pushes(database, client, Keeping(settings.push_dir, spool))
    attach_kept_requests(app, Keeping(settings.danger_dir, spool, first=True))
    app.extensions["backend.hotline"] = KnownHotline(settings.data_dir / "hotline")
    app.extensions["backend.storage"] = FolderStorage(settings.photo_dir)
    app.extensions["backend.printing"] = Printing(settings.public_base_url, settings.font_dir)
    h5.keep_build(app.extensions, settings.h5_dir)


def _serve_document(app: Flask, document: dict[str, object]) -> None:
    text = app.json.dumps(document, ensure_ascii=False, sort_keys=True)

    @app.get("/api/openapi.json")
    @open_to_all
    def openapi_document() -> Response:
        return Response(text, content_type="application/json")

    @app.get("/api/docs")
    @open_to_all
    def docs() -> Response:
        response = Response(render_template("docs.html"))
        # What draws the description sets styles on elements.
        response.headers["Content-Security-Policy"] = f"{DEFAULT_POLICY}; style-src 'self' 'unsafe-inline'"
        return response

    @app.get("/api/docs/<path:name>")
    @open_to_all
    def docs_file(name: str) -> Response:
        return send_from_directory(_SWAGGER, name)
