"""What can go wrong between a tablet and the hub, as types; a caller goes by the type and its code.

Nothing here carries what a person wrote: codes, paths and numbers only.
"""

from typing import Any


class Unreachable(Exception):
    """No answer that can be used: the network, a time-out, a five-hundred, half an answer. Try again later."""


class Unanswered(Unreachable):
    """Something was answered, and it is of no use: the way is there, so another question may fare better."""


class Refused(Exception):
    """The hub answered with a code (DESIGN.md 6) and details such as `expected`, `oldest`, `newest`."""

    def __init__(self, code: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.details = details or {}

    def number(self, name: str) -> int | None:
        """A detail that is a whole number, or None where it is missing or something else."""
        value = self.details.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class NotRecorded(Exception):
    """A change that was not kept, with a code and the path of what is wrong; never a value."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} at {path}: nothing was recorded")
        self.code = code
        self.path = path


class NotKept(Exception):
    """The file could not take it: a full disk, or a broken one. Nothing of that step was kept."""


class Erased(Exception):
    """This tablet was revoked and has erased itself; it can only be enrolled anew."""


class InUse(Exception):
    """Another process has this tablet's file open; there is one connection to it at a time."""


class Busy(Exception):
    """A meeting with the hub is under way; there is one at a time."""


class BadFile(Exception):
    """A file from a stick that is not what it should be: broken, foreign, or not for this tablet."""
