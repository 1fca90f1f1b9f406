"""A fresh district for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.district import District, World, serving


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    with serving(tmp_path, World()) as made:
        made.load()
        yield made
