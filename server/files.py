"""Files that must survive a power cut: written whole or not at all, appended durably, named in their order."""

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

PREFIX: Final = "lianxin"
OWN: Final = 0o600
"""They hold what residents said: for whoever runs the hub alone."""


COPY_MS: Final = 30 * 86_400_000
"""How long a copy from before an upgrade is kept: nothing erases in it what must go."""


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can look into; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """A new file, durably there when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWN), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Another content for a file: whoever reads sees the old one or the new one."""
    beside = path.with_name(f"{path.name}.new")
    write_whole(beside, data)
    beside.replace(path)
    flush_folder(path.parent)


def append(path: Path, line: bytes) -> None:
    """Append one line to a file that is there, durably, or leave the file as it was; raises OSError."""
    with os.fdopen(os.open(path, os.O_RDWR), "r+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        data = line if file.read(1) in {b"", b"\n"} else b"\n" + line
        try:
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise


def flush(path: Path) -> None:
    """Have a file that somebody else wrote durably on the disk, and readable by its owner alone."""
    path.chmod(OWN)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Have the names in a folder durably on the disk, where a folder can be opened."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def let_go_of_old(database: Path, now: int) -> None:
    """Delete copies from before an upgrade of this database that have served their time."""
    for path in database.parent.glob(f"{database.name}.before-*"):
        if path.stat().st_mtime * 1000 < now - COPY_MS:
            path.unlink()


# Names


def new_stem(folder: Path, hub: str, now: int) -> str:
    """A name that sorts after all that this hub has in the folder, and says when it was given."""
    last = max((_number(path) for path in of_hub(folder, hub)), default=0)
    at = datetime.fromtimestamp(now / 1000, UTC)
    return f"{_prefix(hub)}{last + 1:06d}-{at:%Y%m%dT%H%M%SZ}"


def moment_of(path: Path) -> int:
    """When a file's name was given, in milliseconds since 1970."""
    stamp = path.name.split("-")[3].partition(".")[0]
    return int(datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%SZ%z").timestamp()) * 1000


def of_hub(folder: Path, hub: str, suffix: str = "") -> Iterator[Path]:
    """The files of a hub in a folder, in the order of their names."""
    prefix = _prefix(hub)
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        if name.startswith(prefix) and name.endswith(suffix):
            yield folder / name


def _prefix(hub: str) -> str:
    return f"{PREFIX}-{hub.replace('-', '')[-12:]}-"


def _number(path: Path) -> int:
    number = path.name.split("-")[2]
    return int(number) if number.isdecimal() else 0
