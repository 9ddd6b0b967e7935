from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial

import pytest

from backend.core import clock
from backend.core.db import Database
from scripts.wechat_standin import serve
from tests.api.recorder import Recorder
from tests.api.scene import Scene, scene_on
from tests.builders.product import AUTUMN
from tests.harness.databases import Databases

# 12:00 for people: this morning's places are past, this afternoon's are not.
AFTER_NOON = AUTUMN + timedelta(hours=2)
PEOPLE = [{"id": f"p{n}", "name": f"来客{n}", "phone": f"1360000{n:04d}"} for n in range(50)]

Watched = tuple[Scene, Recorder]


@contextmanager
def _watched_scene(databases: Databases, folders: pytest.TempPathFactory) -> Iterator[Watched]:
    url = databases.fresh()
    db = Database(url)
    with serve(people=PEOPLE, now=clock.now) as standin:
        with clock.pinned(AFTER_NOON):
            scene = scene_on(db, url, folders.mktemp("api"), standin)
        yield scene, Recorder(scene.app)
    db.close()
    databases.drop(url)


@pytest.fixture(scope="package")
def new_scene(
    databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Watched]]:
    """Makes one more county on a database of its own, for whoever leaves it in a mess."""
    return partial(_watched_scene, databases, tmp_path_factory)


@pytest.fixture(scope="package")
def whole_scene(new_scene: Callable[[], AbstractContextManager[Watched]]) -> Iterator[Watched]:
    with new_scene() as made:
        yield made


@pytest.fixture
def recorder(whole_scene: Watched) -> Recorder:
    return whole_scene[1]


@pytest.fixture
def scene(whole_scene: Watched) -> Iterator[Scene]:
    """The county of all these tests, in its autumn. Whatever it answered in a test must stand in the document."""
    scene, recorder = whole_scene
    with clock.pinned(AFTER_NOON):
        scene.forget_rates()
        yield scene
    assert not recorder.take_complaints()
