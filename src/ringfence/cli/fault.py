# SPDX-License-Identifier: Apache-2.0
"""A fault of Ringfence itself: the person reads a sentence, the traceback goes to a file."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from ringfence.base.errors import RingfenceError

STATE_VARIABLE, STATE = "RINGFENCE_STATE", "/var/lib/ringfence"


def fault(error: BaseException) -> RingfenceError:
    """Return what to tell about an exception that nobody foresaw, after its traceback was written down."""
    path = _write(error)
    said = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}" if str(error) else type(error).__name__
    where = f"The details are in {path}. " if path else "The details could not be written; see RINGFENCE_DEBUG=1. "
    step = "Please report them. Whatever was applied still stands: look at 'ringfence status'."
    return RingfenceError(f"Ringfence met a fault of its own ({said}).", where + step)


def _write(error: BaseException) -> Path | None:
    text = "".join([_head(), *traceback.format_exception(error)])
    name = f"fault-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    for folder in (Path(os.environ.get(STATE_VARIABLE, STATE)), Path(tempfile.gettempdir())):
        if folder.is_dir():
            path = folder / (name if folder.name == "ringfence" else f"ringfence-{name}")
            try:
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                    stream.write(text)
            except OSError:
                continue
            return path
    return None


def _head() -> str:
    import ringfence

    return f"ringfence {ringfence.__version__}, Python {sys.version.split()[0]}\n{' '.join(sys.argv)}\n\n"
