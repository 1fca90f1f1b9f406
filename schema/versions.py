"""The versions of the schema: a line for each change that takes away or narrows what somebody may be asking for.

What is added needs none. What is to go is deprecated first, with what to ask for instead, and goes with a new line.
"""

from typing import Final

VERSIONS: Final[dict[int, str]] = {
    1: "What front-end teams build on.",
}

VERSION: Final = max(VERSIONS)
