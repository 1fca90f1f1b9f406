"""The tablet app has the rule book of today."""

from tests.clients.manifest import FILE, fresh


def test_the_tablet_app_carries_the_manifest_of_today() -> None:
    assert FILE.read_text("utf-8") == fresh(), "make fix writes it anew"
