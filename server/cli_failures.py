"""What people read when a command fails: what happened, and what to do next. No values, no traces."""

import filelock
import sqlalchemy.exc

from schema.values import Refused
from server.database import Unavailable
from server.lookup import UnknownCode
from server.moving import Away
from server.settings import BadSetting

NEXT_STEPS = {
    "CLOCK_BEHIND": "Set this machine's clock, then try again; nothing was lost.",
    "CODE_INVALID": "Make a new one with `lianxin enrol --grid …`.",
    "UNAUTHENTICATED": "The tablet has to be enrolled again with `lianxin enrol --grid …`; its changes are kept.",
    "REVOKED": "If that was a mistake, enrol the tablet again with `lianxin enrol --grid …`.",
    "GAP": "Bring the tablet's earlier upload first, or export again on the tablet.",
    "FORKED": "The tablet renews itself at its next contact and then sends everything again.",
    "PROTOCOL": "Update the tablet's app, or this server.",
    "TOO_LARGE": "Export the tablet's changes in smaller parts.",
    "RETRY": "Try again in a minute.",
}


def explain(error: Exception) -> str:
    """One or two sentences about a failure, for whoever runs the command."""
    if isinstance(error, Away):
        return (
            f"This district moved to {error.to}. Set LIANXIN_DATABASE_URL to that; or, when nothing was written"
            " there, go on here with `lianxin migrate --stay`."
        )
    if isinstance(error, Unavailable | sqlalchemy.exc.SQLAlchemyError):
        reason = error.reason if isinstance(error, Unavailable) else type(error).__name__
        return (
            f"The database cannot be used ({reason}). Check LIANXIN_DATA or LIANXIN_DATABASE_URL, that its folder"
            " may be written or its server runs, and that its disk is not full."
        )
    if isinstance(error, Refused):
        return " ".join(part for part in (str(error), NEXT_STEPS.get(error.code, "")) if part)
    if isinstance(error, UnknownCode):
        return str(error)
    if isinstance(error, BadSetting):
        return f"{error}. Change the variable, or unset it to use the default."
    if isinstance(error, filelock.Timeout):
        return "Another process has been writing to this database for too long. Try again in a minute."
    if isinstance(error, OSError):
        place = f" {error.filename}" if error.filename else ""
        return f"{error.strerror or type(error).__name__}:{place or ' this machine refused it'}."
    return (
        f"Something went wrong that should not ({type(error).__name__}). Nothing half-done was kept."
        " Run `lianxin --debug …` with the same words and show the output to whoever looks after the program."
    )
