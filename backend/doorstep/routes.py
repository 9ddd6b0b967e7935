"""The door over HTTP: scans, the page a sticker opens, photos, what a client must know first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from backend.core import clock, storage
from backend.core.db import DATABASE_AWAY, hurried
from backend.core.errors import NotFound, Problem
from backend.core.http import (
    MEGABYTE,
    blueprint,
    db,
    idempotent,
    limited,
    refuses,
    takes_a_place,
    takes_files,
)
from backend.core.http.kept import TRIED_SECONDS
from backend.core.storage import NotAPhoto, PhotoTooLarge, PhotoView, Storage, StorageAway
from backend.doorstep import actions, rules
from backend.doorstep.h5 import door_address, h5_page, the_build
from backend.doorstep.schemas import (
    ClientSettingsSchema,
    PhotoSchema,
    ScanAnswerSchema,
    ScanRequestSchema,
)
from backend.faults import safety_advice
from backend.identity import actor, actor_or_none, open_to_all, permit, person_signed_in, place_of, shown_by
from backend.identity.rules import standing
from backend.programme import NoProgramme, programme_for, programmes, the_programme
from backend.registry import StickerReplaced, StickerRevoked, UnknownCode, household_of_code
from backend.registry.rules import household_code

View = TypeVar("View", bound=Callable[..., Any])
Answer = tuple[str, int]
Shown = Answer | AnyResponse

blp = blueprint("doorstep", "Scans, photos, what a client must know first")
pages = blueprint("pages", "Pages for people without the mini-program", url_prefix="")


# A day without signal is sent at once: forty houses with ten photos each, and some of them twice.
PHOTOS_A_PERSON: Final = 1_000
PHOTOS_AN_ADDRESS: Final = 300
WITHIN_SECONDS: Final = 3600


def _storage() -> Storage:
    found: Storage = current_app.extensions["backend.storage"]
    return found


@blp.route("/scans", methods=["POST"])
@open_to_all(recognise=True)
@idempotent
@blp.arguments(ScanRequestSchema)
@blp.response(201, ScanAnswerSchema)
@limited("scan", 120, 60, at_a_network=1200)  # a report of danger needs the code alone, and no scan before it
@refuses(UnknownCode, StickerReplaced, StickerRevoked)
def scan(body: dict[str, Any]) -> actions.ScanAnswer:
    """Read the code at a door; the answer depends on who reads it, signed in or not."""
    answer = actions.answer_scan(db(), actor_or_none(), **body)
    if answer.household is not None:
        shown_by("household.see", "household", answer.household.id)
    return answer


@blp.route("/client-settings", methods=["GET"])
@open_to_all
@blp.response(200, ClientSettingsSchema)
@refuses(NoProgramme)
def client_settings() -> dict[str, Any]:
    """The day it is, the hotline and, in the demo only, where the stand-in answers."""
    programme = the_programme(db())
    current_app.extensions["backend.hotline"].remember(programme.hotline.number)
    return {
        "today": clock.today(),
        "programme": programme.title,
        "hotline": programme.hotline.number,
        "demo": current_app.config["DEMO"],
        "sandbox_url": current_app.config["SANDBOX_URL"],
        "official_account": current_app.extensions["backend.wechat"].settings.logs_in_on_pages,
    }


def _decoded_first(view: Callable[[], PhotoView]) -> Callable[[], PhotoView]:
    """Decode and store the picture before the transaction begins: it takes long, and holds no lock."""

    @wraps(view)
    def wrapper() -> PhotoView:
        try:
            upload = request.files.get("file")
        except OSError as error:  # what is larger than half a megabyte waits in a temporary file
            raise StorageAway("服务器暂时收不下照片，这张照片没有存上。") from error
        if upload is None:
            raise NotAPhoto("没有收到照片，请在 file 一栏选择照片。")
        g.clean_photo = storage.clean_photo(_storage(), upload.stream)
        upload.stream.seek(0)  # the idempotency key looks at it again
        return view()

    return wrapper


def _counted_by_who_sends(view: View) -> View:
    """A person may send a long day's backlog; phones that nobody is signed in on share their address, and its number.

    Counted before the picture is decoded and stored, as these are what the limit protects.
    """
    by_person = limited("photo", PHOTOS_A_PERSON, WITHIN_SECONDS, per=lambda: str(g.sends_photo))(view)
    by_address = limited("photo-unknown", PHOTOS_AN_ADDRESS, WITHIN_SECONDS)(view)

    @wraps(by_person)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        g.sends_photo = person_signed_in()
        return (by_person if g.sends_photo else by_address)(*args, **kwargs)

    return wrapper  # type: ignore[return-value]  # wraps keeps the signature


@blp.route("/photos", methods=["POST"])
@takes_a_place("photos")
@_counted_by_who_sends
@takes_files(33 * MEGABYTE)
@_decoded_first
@open_to_all(recognise=True, forgive=True)
@idempotent
@blp.response(201, PhotoSchema)
@refuses(NotAPhoto, PhotoTooLarge, StorageAway)
def send_photo() -> PhotoView:
    """Send a photo (form field ``file``, at most 32 MB); its id then goes into the JSON of what it belongs to."""
    caller = actor_or_none()
    return storage.keep_photo(db(), g.clean_photo, caller.person_id if caller else None)


@blp.route("/photos/<string:photo_id>", methods=["GET"])
@permit("me.see")
@blp.response(200, content_type="image/jpeg")
@refuses(NotFound)
def show_photo(photo_id: str) -> Response:
    """A photo, for its uploader and for whoever may see what it belongs to."""
    found = storage.photo(db(), photo_id)
    if found is None or not _may_see(found):
        raise NotFound("没有这张照片，或您不能查看。")
    return Response(storage.photo_bytes(db(), _storage(), photo_id), content_type="image/jpeg")


def _may_see(photo: PhotoView) -> bool:
    caller = actor()
    if photo.uploaded_by == caller.person_id:
        return True
    act = rules.READ_BY.get(photo.about_kind or "")
    if act is None or photo.about_kind is None or photo.about_id is None:
        return False
    place = place_of(db(), photo.about_kind, photo.about_id)
    return place is not None and standing(act, caller, place) == "yes"


def _shown_in_words(view: Callable[[str], Shown]) -> Callable[[str], Shown]:
    """Whoever stands at a door with a browser is told in words on the page, whatever the refusal."""

    @wraps(view)
    def wrapper(code: str) -> Shown:
        try:
            with hurried(TRIED_SECONDS):
                return view(code)
        except DATABASE_AWAY:
            return redirect(door_address(code)) if the_build() else _page_without_database(code)
        except Problem as problem:
            hotline = next((each.hotline for each in programmes(db())), None)
            # Danger may be reported by an old sticker too; where no house is known there is nothing to report for.
            old = code if isinstance(problem, StickerReplaced | StickerRevoked) else None
            shown = _sticker_page(problem=problem, code=None, reported_as=old, hotline=hotline)
            return shown, problem.status

    return wrapper


def _page_without_database(code: str) -> Answer:
    """Danger is reported here all the same; whose the code is turns out when the report is played."""
    number = current_app.extensions["backend.hotline"].number
    hotline = {"number": number, "hours": "系统正在抢修，报告会先收下"} if number else None
    try:
        good = household_code.check(code)
    except household_code.MistypedCode:
        problem = UnknownCode("户码读错了：请核对十位字符，最后一位是校验位。")
        return _sticker_page(problem=problem, code=None, reported_as=None, hotline=hotline), problem.status
    return _sticker_page(problem=None, code=good, reported_as=good, hotline=hotline), 200


def _sticker_page(**shown: Any) -> str:
    steps = {category: safety_advice(category) for category in ("co", "smoke")}
    return render_template("sticker.html", steps=steps, **shown)


# The two pages that take danger have no limit: a carrier's phones share one address, and a page that only reads must open
# when nothing can be counted. One guess in 76 million finds a code, and shows what everybody at the door sees.
@pages.route("/q/<string:code>", methods=["GET"])
@_shown_in_words
@open_to_all
def sticker_opened(code: str) -> Shown:
    """What any scanner outside WeChat opens: the mini-program in the browser where it is built, else the plain page."""
    # Whether the code is anybody's is not told here: the page asks for it as for every scan.
    return redirect(door_address(code)) if the_build() else _plain_page(code)


@pages.route("/q/<string:code>/plain", methods=["GET"])
@_shown_in_words
@open_to_all
def plain_sticker_page(code: str) -> Shown:
    """The page that needs next to nothing of a browser: the emergency report and the hotline, nobody's data."""
    return _plain_page(code)


def _plain_page(code: str) -> Answer:
    home = household_of_code(db(), code)
    hotline = programme_for(db(), home.area_code).hotline
    return _sticker_page(problem=None, code=home.code, reported_as=home.code, hotline=hotline), 200


@pages.route("/", methods=["GET"])
@open_to_all
def front_page() -> str | AnyResponse:
    """The mini-program in the browser where it is built, else what this is and whom to call."""
    return h5_page() if the_build() else _landing()


@pages.route("/plain", methods=["GET"])
@open_to_all
def landing_page() -> str:
    """What this is, and whom to call."""
    return _landing()


def _landing() -> str:
    plans = programmes(db())
    return render_template("landing.html", plans=plans, demo=current_app.config["DEMO"], today=clock.today())


@pages.route("/favicon.ico", methods=["GET"])
@open_to_all
def favicon() -> AnyResponse:
    """Browsers ask for it."""
    return redirect("/door-static/icon.svg")


@pages.route("/<string:name>.txt", methods=["GET"])
@open_to_all
def verification_file(name: str) -> Response:
    """What WeChat asks for before it believes that this address is ours; set by whoever runs the product."""
    content = current_app.config["WECHAT_VERIFICATION_FILES"].get(f"{name}.txt")
    if content is None:
        raise NotFound("没有这个文件。")
    return Response(content, content_type="text/plain; charset=utf-8")


@pages.route("/q/<string:name>.txt", methods=["GET"])
@open_to_all
def verification_file_of_stickers(name: str) -> Response:
    """The same below the path that stickers carry, for the rule that opens the mini-program by them."""
    return verification_file(name)
