# SPDX-License-Identifier: Apache-2.0
"""A folder of the pool, held open: every file is reached through its descriptor by a plain name, never by a path.

A symbolic link anywhere below the pool is refused (O_NOFOLLOW, RESOLVE_NO_SYMLINKS in spirit), so that nobody who can
write to one place makes root write to another.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Self

from ringfence.base.errors import Refused
from ringfence.observe.qcow2 import HEADER_BYTES
from ringfence.observe.volumes import FileFact

FOLDER_MODE = 0o711
"""Workloads' users pass through to files they know by name and cannot list."""
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,200}", re.ASCII)
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NEW = ".new-"
"""Prefix of files that are being made; they are nobody's and are overwritten at the next attempt."""

USELESS = ".nvram"
"""A UEFI variable store that libvirt left (``virsh undefine --keep-nvram``) is nothing without its disk."""


class Folder:
    """An open folder. Use it in a ``with``; ``path`` is only for messages and for what libvirt is told."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def names(self) -> list[str]:
        """Return the names of finished files, sorted."""
        return sorted(name for name in os.listdir(self.descriptor) if not name.startswith("."))  # noqa: PTH208 - pathlib knows no descriptors

    def open(self, name: str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
        """Open a regular file. Raises FileNotFoundError, and Refused for anything that is no regular file."""
        checked(name.removeprefix(NEW))
        try:
            descriptor = os.open(
                name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, mode, dir_fd=self.descriptor
            )
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise Refused(
                f"{self.path}/{name} cannot be opened: {error.strerror}.", "Look at what stands there."
            ) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Refused(f"{self.path}/{name} is no regular file.", "Remove it and apply again.")
        return descriptor

    def fact(self, name: str, most: int = HEADER_BYTES) -> FileFact | None:
        """Return what is known about a file with its first ``most`` bytes; None when it is not there."""
        try:
            descriptor = self.open(name)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            mode = stat.S_IMODE(found.st_mode)
            return FileFact(f"{self.path}/{name}", found.st_uid, mode, found.st_size, file.read(most))

    def own(self, name: str, uid: int, mode: int) -> None:
        """Give a file its owner (group root) and permission bits."""
        descriptor = self.open(name)
        try:
            os.fchown(descriptor, uid, 0)
            os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)

    def put(self, name: str, *, replace: bool) -> None:
        """Give the finished new file its name, durably. Raises FileExistsError unless it may ``replace``."""
        new = f"{NEW}{checked(name)}"
        descriptor = self.open(new)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if replace:
            os.rename(new, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
        else:
            os.link(new, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
            os.unlink(new, dir_fd=self.descriptor)
        os.fsync(self.descriptor)

    def new(self, name: str) -> int:
        """Begin a file under its unfinished name, writable and empty; what an earlier attempt left is overwritten."""
        self.forget(name)
        return self.open(f"{NEW}{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL)

    def forget(self, name: str) -> None:
        """Remove the unfinished file, if there is one."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{NEW}{checked(name)}", dir_fd=self.descriptor)

    def drop(self, name: str) -> None:
        """Remove a file, finished or not; one already gone is fine."""
        self.forget(name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.descriptor)


def checked(name: str) -> str:
    """Return a plain file name. Raises Refused for anything else."""
    if _NAME.fullmatch(name) is None or ".." in name:
        raise Refused("A file's name is not one that Ringfence gives.", "Report this: names are checked before.")
    return name


@contextlib.contextmanager
def opened(pool: str, folder: str, *, make: bool) -> Iterator[Folder | None]:
    """Open ``folder`` below ``pool`` link by link; None when it is not there and is not to be made."""
    descriptor = _open_pool(pool, make=make)
    if descriptor is None:
        yield None
        return
    for name in PurePosixPath(folder).relative_to(pool).parts:
        below = _open_below(descriptor, checked(name), make=make)
        os.close(descriptor)
        if below is None:
            yield None
            return
        descriptor = below
    with Folder(folder, descriptor) as found:
        yield found


def _open_pool(pool: str, *, make: bool) -> int | None:
    if make:
        os.makedirs(pool, FOLDER_MODE, exist_ok=True)  # noqa: PTH103 - the other calls here are by descriptor
    try:
        descriptor = os.open(pool, _OPEN_FOLDER)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(
            f"The pool {pool} cannot be opened: {error.strerror}.", "Choose another pool in the site."
        ) from error
    return _trusted(descriptor, pool)


def _open_below(descriptor: int, name: str, *, make: bool) -> int | None:
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, FOLDER_MODE, dir_fd=descriptor)
            os.fsync(descriptor)
    try:
        below = os.open(name, _OPEN_FOLDER, dir_fd=descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(
            f"The folder {name} of the pool cannot be opened: {error.strerror}.", "Look at what stands there."
        ) from error
    return _trusted(below, name)


def _trusted(descriptor: int, shown: str) -> int:
    """Refuse folders that others than their owner, root or us, may write to."""
    found = os.fstat(descriptor)
    if found.st_uid in {0, os.geteuid()} and not stat.S_IMODE(found.st_mode) & 0o022:
        return descriptor
    os.close(descriptor)
    raise Refused(
        f"The folder {shown} can be written to by others than root.",
        f"Mend it: 'chown root:root' and 'chmod 0711' {shown}.",
    )


def tidy(pool: str, *folders: str) -> None:
    """Remove folders, innermost first, that hold nothing any more but what is unfinished or useless; others stay."""
    for folder in folders:
        with opened(pool, folder, make=False) as found:
            if found is None or not all(name.endswith(USELESS) for name in found.names()):
                continue
            for name in os.listdir(found.descriptor):  # noqa: PTH208 - pathlib knows no descriptors
                if name.startswith(NEW) or name.endswith(USELESS):
                    os.unlink(name, dir_fd=found.descriptor)
        with contextlib.suppress(OSError):
            os.rmdir(folder)  # noqa: PTH106 - refused by the kernel for a link or a folder in use
