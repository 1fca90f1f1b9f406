"""The manifest as the tablet app carries it: `python -m tests.clients.manifest` writes it, a test fails while it is stale."""

import json
from pathlib import Path
from typing import Final

from sync.manifest import manifest

FILE: Final = Path(__file__).parents[2] / "clients/tablet/src/protocol/manifest.json"


def fresh() -> str:
    return json.dumps(manifest(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(fresh(), "utf-8")
