# SPDX-License-Identifier: Apache-2.0
"""A connection to libvirt that never waits for ever.

Each piece of work runs in a thread of its own; when it is not done by its deadline the caller goes on without it and
the connection is given up (libvirt lets one client have five open calls), to be opened anew at the next call. The
threads are daemons: a call that hangs does not keep the program from ending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import libvirt

from ringfence.base.errors import DeadlinePassed, Refused

T = TypeVar("T")
Work = Callable[[libvirt.virConnect], T]
SYSTEM = "qemu:///system"


class _Outcome(Generic[T]):
    """What became of a piece of work. ``value`` is there once it is done without an error."""

    value: T

    def __init__(self) -> None:
        self.done = threading.Event()
        self.error: BaseException | None = None


class Connection:
    """Opens libvirt late and lazily. Safe to use from several threads."""

    def __init__(self, uri: str = SYSTEM, opener: Callable[[str], libvirt.virConnect] | None = None) -> None:
        self._uri = uri
        self._opener = opener or _opened
        self._lock = threading.Lock()
        self._open: libvirt.virConnect | None = None

    def call(self, work: Work[T], what: str, seconds: float) -> T:
        """Do ``work`` with the connection. ``what`` is a noun phrase: "the start of scada".

        Raises DeadlinePassed when it is not done after ``seconds`` (its outcome is unknown), Refused with libvirt's
        words when libvirt will not.
        """
        outcome: _Outcome[T] = _Outcome()
        threading.Thread(target=self._work, args=(work, outcome), name=f"libvirt: {what}", daemon=True).start()
        if not outcome.done.wait(seconds):
            self.drop()
            raise DeadlinePassed(
                f"libvirt did not answer within {seconds:.0f} seconds about {what}.",
                "Look at 'ringfence status'; the outcome is not known until it is observed.",
            )
        if outcome.error is not None:
            raise self._told(outcome.error, what) from outcome.error
        return outcome.value

    def drop(self) -> None:
        """Give the connection up without closing it: another thread may still wait in it."""
        with self._lock:
            self._open = None

    def _work(self, work: Work[T], outcome: _Outcome[T]) -> None:
        try:
            outcome.value = work(self._connection())
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            outcome.error = error
        outcome.done.set()

    def _connection(self) -> libvirt.virConnect:
        """Return a living connection; opening happens outside the lock, so that a hung daemon holds nobody else."""
        with self._lock:
            known = self._open
        if known is not None and known.isAlive():
            return known
        fresh = self._opener(self._uri)
        with self._lock:
            self._open = fresh
        return fresh

    def _told(self, error: BaseException, what: str) -> BaseException:
        if not isinstance(error, libvirt.libvirtError):
            return error
        return Refused(f"libvirt refused {what}; it said: {error}.", "Mend what it names and apply again.")


def _opened(uri: str) -> libvirt.virConnect:
    libvirt.registerErrorHandler(_quiet, None)
    try:
        return libvirt.open(uri)
    except libvirt.libvirtError as error:
        raise Refused(
            f"libvirt does not answer at {uri}: {error}.",
            "Start it: 'systemctl start libvirtd', or 'scripts/setup.sh'.",
        ) from error


def _quiet(_context: object, _error: object) -> None:
    """Errors are raised and told once; libvirt's own handler would print them as well."""


def is_missing(error: BaseException) -> bool:
    """Tell whether libvirt says that there is no such domain."""
    return isinstance(error, libvirt.libvirtError) and error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN
