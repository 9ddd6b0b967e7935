"""Long work beside danger, as the product runs: jobs of the running worker, and places that never hold every thread."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import func, select, update

from backend.background.models import BackgroundJob
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.core.leases import Lease, wall_clock
from backend.faults.models import FaultReport
from backend.registry.models import Household, ListImport
from scripts.children import wait_until
from tests.builders.product import DISTRICT, County, code_of, person_with, small_county
from tests.builders.township_lists import csv_file, id_number, typed
from tests.harness.databases import Databases, Filling, Stocked
from tests.harness.http import Answer, Client
from tests.harness.served import Served
from tests.harness.served import serve as start_serving
from tests.registry.world import line_in
from tests.sizes import SIZES

HOUSES = max(SIZES.households, 2_500)  # sheets for seconds of an idle machine: progress is told once a second
AT_ONCE = 600  # of one village: many, and still no job
PATIENCE_SECONDS = 120.0


@dataclass
class Product:
    """The product with its worker, and a county whose stickers take a while."""

    db: Database
    county: County
    served: Served


def a_county(db: Database) -> County:
    return small_county(db, 2, biomass=HOUSES)


def a_large_village(db: Database) -> County:
    return small_county(db, 2, biomass=AT_ONCE)


@pytest.fixture(scope="module")
def one_product(
    databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    url = databases.fresh()
    db = Database(url)
    county = a_county(db)
    served = start_serving(url, tmp_path_factory.mktemp("product"), stand_in=False)
    yield Product(db, county, served)
    served.stop()
    db.close()
    databases.drop(url)


@pytest.fixture
def product(one_product: Product) -> Iterator[Product]:
    """One product for all tests of jobs. On failure the ends of its logs are shown."""
    yield one_product
    print(one_product.served.logs())


@pytest.fixture
def officer(product: Product) -> Client:
    return product.served.client(person_with(product.db, "district_officer", area_code=DISTRICT).token)


def shown(officer: Client, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = officer.get(f"/api/jobs/{job_id}").expect(200)
    return found


def awaited(
    officer: Client, product: Product, job_id: str, reached: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The job once it is as the question wants it."""
    seen: list[dict[str, Any]] = []

    def there() -> bool:
        seen.append(shown(officer, job_id))
        return reached(seen[-1])

    wait_until(
        there, product.served.running, seconds=PATIENCE_SECONDS, what=f"the job, last seen as {seen[-1:]}"
    )
    return seen[-1]


def ended(job: dict[str, Any]) -> bool:
    return job["state"] in ("done", "failed", "cancelled")


def begun(job: dict[str, Any]) -> bool:
    assert not ended(job), job
    return bool(job["state"] == "running")


def in_the_middle(job: dict[str, Any]) -> bool:
    assert not ended(job), job
    return 0 < job["done"] < job["total"]


def test_the_stickers_of_a_district_are_made_by_the_worker_while_others_are_served(
    product: Product, officer: Client
) -> None:
    asked = officer.post(f"/api/areas/{DISTRICT}/stickers")
    assert asked.status == 202
    job_id = asked.headers["location"].removeprefix("/api/jobs/")
    middle = awaited(officer, product, job_id, in_the_middle)
    assert middle["words"] == f"已排版 {middle['done']}/{middle['total']} 张"
    done = awaited(officer, product, job_id, ended)
    assert done["state"] == "done", done
    pdf = officer.get(f"/api/jobs/{job_id}/result")
    document = pypdfium2.PdfDocument(pdf.body)
    assert len(document) == done["total"] == -(-sum(map(len, product.county.households.values())) // 10)
    document.close()


def test_a_job_that_is_cancelled_stops_within_seconds(product: Product, officer: Client) -> None:
    job_id = officer.post(f"/api/areas/{DISTRICT}/stickers").expect(202)["id"]
    awaited(officer, product, job_id, begun)
    officer.post(f"/api/jobs/{job_id}/cancellation").expect(200)
    assert awaited(officer, product, job_id, ended)["state"] == "cancelled"
    assert officer.get(f"/api/jobs/{job_id}/result").status == 409


def test_a_worker_killed_in_the_middle_of_a_job_costs_time_and_nothing_else(
    product: Product, officer: Client
) -> None:
    job_id = officer.post(f"/api/areas/{DISTRICT}/stickers").expect(202)["id"]
    awaited(officer, product, job_id, begun)
    product.served.kill_worker()
    assert shown(officer, job_id)["state"] == "running"
    lease_runs_out(product.db, job_id)
    product.served.start_worker()
    assert awaited(officer, product, job_id, ended)["state"] == "done"
    assert officer.get(f"/api/jobs/{job_id}/result").body.startswith(b"%PDF")
    with product.db.reading() as session:
        assert session.get_one(BackgroundJob, job_id).attempts == 2
        made = session.scalars(select(AuditEntry).where(AuditEntry.event == "sticker.sheets_made")).all()
    assert [each.facts["job_id"] for each in made].count(job_id) == 1


def lease_runs_out(db: Database, job_id: str) -> None:
    with db.writing() as session:
        ending = update(Lease).where(Lease.name == f"job:{job_id}")
        session.execute(ending.values(until=wall_clock() - timedelta(seconds=1)))


@pytest.mark.parametrize("kill", [False, True], ids=["worker lives", "worker killed"])
def test_a_long_list_is_checked_and_taken_in_once(product: Product, officer: Client, kill: bool) -> None:
    rows = 5_001
    raw = long_list(product.db, product.county, rows, first=20_000 if kill else 2)
    sent = officer.upload("/api/imports", {"file": ("long.csv", raw)}, {"area_code": DISTRICT})
    job_id = sent.expect(202)["id"]
    checked = awaited(officer, product, job_id, ended)
    assert (checked["state"], checked["total"]) == ("done", rows), checked
    import_id = officer.get(f"/api/jobs/{job_id}/result").expect(200)["id"]

    job_id = officer.post(f"/api/imports/{import_id}/commit").expect(202)["id"]
    if kill:
        awaited(officer, product, job_id, lambda job: job["state"] == "running")
        product.served.kill_worker()
        lease_runs_out(product.db, job_id)
        product.served.start_worker()
    taken = awaited(officer, product, job_id, ended)
    assert taken["state"] == "done", taken
    assert officer.get(f"/api/jobs/{job_id}/result").expect(200)["counts"]["taken"]["added"] == rows
    with product.db.reading() as session:
        assert session.scalar(select(func.count()).where(Household.import_id == import_id)) == rows
        assert session.get_one(ListImport, import_id).state == "committed"
        commits = select(func.count()).where(
            AuditEntry.event == "list.committed", AuditEntry.about_id == import_id
        )
        assert session.scalar(commits) == 1


def long_list(db: Database, county: County, rows: int, first: int) -> bytes:
    village = county.villages["biomass"]
    one = line_in(db, village, 2)
    lines = [
        typed(
            one._replace(
                serial=n,
                id_number=id_number(order=100_000 + n),
                phone=f"137{n:08d}",
                police_no=f"新户{n}",
                address=f"新{n}号",
                courtyard=f"新{n}",
            )
        )
        for n in range(first, first + rows)
    ]
    return csv_file(*lines)


# Places


@pytest.fixture
def filling() -> Filling:
    return a_large_village


class Crowd:
    """Clients that ask for expensive work over and over, until the test has what it wants."""

    def __init__(self, ask: list[Callable[[], Answer]]) -> None:
        self.met: Counter[str] = Counter()
        self.waits: set[str] = set()
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._go, args=(each,)) for each in ask]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def _go(self, ask: Callable[[], Answer]) -> None:
        while not self.over.is_set():
            try:
                answer = ask()
            except OSError:  # refused before its body was read, and cut off while it was still sending
                self.met["cut off"] += 1
                continue
            is_problem = "problem" in answer.headers.get("content-type", "")
            with self._lock:
                self.met[
                    f"{answer.status} {answer.json()['code']}" if is_problem else str(answer.status)
                ] += 1
                if answer.status == 503:
                    self.waits.add(answer.headers.get("retry-after", "none"))
            if answer.status == 503:
                self.over.wait(0.05)


def large_photo() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()


def test_a_danger_report_is_answered_while_every_place_is_taken(
    serve: Callable[..., Served], db: Database, stocked: Stocked
) -> None:
    county: County = stocked.made
    served = serve(stand_in=False, worker=False)
    village = county.villages["biomass"]
    cadre = served.client(person_with(db, "village_cadre", area_code=village).token)
    township = served.client(person_with(db, "township_officer", area_code=village[:9]).token)
    photo = large_photo()
    stickers = lambda: cadre.get(f"/api/areas/{village}/stickers.pdf")  # noqa: E731  # a name for the list below
    photos = lambda: township.upload("/api/photos", {"file": ("a.jpg", photo)})  # noqa: E731
    codes = [code_of(db, house) for house in county.households["biomass"][:5]]
    slowest = 0.0
    with Crowd([stickers] * 8 + [photos] * 4) as crowd:
        wait_until(
            lambda: crowd.met["503 http.no_place"] > 20,
            served.running,
            seconds=PATIENCE_SECONDS,
            what="the places to be taken",
        )
        for code in codes:
            began = time.monotonic()
            stranger = served.client()
            assert stranger.get("/healthz").status == 200
            body = {"household_code": code, "category": "co", "phone": "13900001234"}
            assert stranger.post("/api/fault-reports", body).status == 201
            slowest = max(slowest, time.monotonic() - began)
        still = crowd.met["503 http.no_place"]
        wait_until(
            lambda: crowd.met["503 http.no_place"] > still,
            served.running,
            seconds=PATIENCE_SECONDS,
            what="one more refusal: the places were taken all along",
        )
    print(f"{dict(crowd.met)}; the slowest healthz and report together took {slowest:.2f} s")
    assert crowd.met["200"] + crowd.met["201"] > 0, "those who had a place were served"
    assert set(crowd.met) <= {"200", "201", "503 http.no_place", "429 too_many", "cut off"}
    assert crowd.waits <= {"3", "15"}
    assert slowest < 15
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FaultReport)) == len(codes)
