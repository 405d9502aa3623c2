# SPDX-License-Identifier: Apache-2.0
"""The serial console on the person's terminal, until Ctrl-]."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Iterator

import libvirt

from ringfence.base.errors import Refused

from .connection import Connection, is_missing

OPEN_S = 10.0
LEAVE = b"\x1d"
"""Ctrl-], as in telnet and virsh."""
_CHUNK = 4096


def attach(connection: Connection, name: str, source: int | None = None, target: int | None = None) -> None:
    """Copy between the console and the descriptors (standard input and output) until Ctrl-] or the machine's end.

    Raises Refused when the machine does not run or somebody else is attached already.
    """
    stream = connection.call(lambda open_: _opened(open_, name), f"the console of {name}", OPEN_S)
    keys, screen = sys.stdin.fileno() if source is None else source, sys.stdout.fileno() if target is None else target
    ended, wake = os.pipe()
    threading.Thread(target=_show, args=(stream, screen, wake), name=f"console of {name}", daemon=True).start()
    with _raw(keys):
        _type(stream, keys, ended)
    _close(stream)
    os.close(ended)


def _opened(connection: libvirt.virConnect, name: str) -> libvirt.virStream:
    try:
        domain = connection.lookupByName(name)
        if not domain.isActive():
            raise Refused(f"{name} does not run, so it has no console.", "Start it: 'ringfence start'.")
        stream = connection.newStream(0)
        domain.openConsole(None, stream, 0)
    except libvirt.libvirtError as error:
        if is_missing(error):
            raise Refused(f"There is no domain {name}.", "Look at 'ringfence status'.") from error
        if error.get_error_code() == libvirt.VIR_ERR_OPERATION_FAILED:
            raise Refused(
                f"The console of {name} cannot be had: {error}.",
                "Leave the other session with Ctrl-].",
            ) from error
        raise
    return stream


def _show(stream: libvirt.virStream, screen: int, wake: int) -> None:
    """Copy what the guest prints until the stream ends."""
    with contextlib.suppress(libvirt.libvirtError, OSError):
        while chunk := stream.recv(_CHUNK):
            os.write(screen, chunk)
    with contextlib.suppress(OSError):
        os.close(wake)


def _type(stream: libvirt.virStream, keys: int, ended: int) -> None:
    """Copy keys until Ctrl-], the end of input, or the console's end."""
    while True:
        ready = select.select([keys, ended], [], [])[0]
        if ended in ready:
            return
        typed = os.read(keys, _CHUNK)
        before, leave, _ = typed.partition(LEAVE)
        if before:
            stream.send(before)
        if leave or not typed:
            return


@contextlib.contextmanager
def _raw(keys: int) -> Iterator[None]:
    """Hand every key on as it is; the terminal's settings come back whatever happens."""
    if not os.isatty(keys):
        yield
        return
    before = termios.tcgetattr(keys)
    tty.setraw(keys)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSAFLUSH, before)


def _close(stream: libvirt.virStream) -> None:
    with contextlib.suppress(libvirt.libvirtError):
        stream.abort()
