# SPDX-License-Identifier: Apache-2.0
"""Reads one fact: what is in the way becomes an Unseen with the reason, never an error."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TypeVar

from ringfence.base.errors import RingfenceError
from ringfence.facts.unseen import Unseen

T = TypeVar("T")
_ENDED = {errno.ESRCH, errno.ENOENT}


def seen(what: str, read: Callable[[], T]) -> T | Unseen:
    """Return what ``read`` returns. ``what`` is a noun phrase: "its open files"."""
    try:
        return read()
    except PermissionError:
        return Unseen(f"This user may not read {what}; verify as root.")
    except OSError as error:
        if error.errno in _ENDED:
            return Unseen(f"The kernel shows nothing of {what}.")
        return Unseen(f"The kernel does not tell {what}: {error.strerror or error}.")
    except RingfenceError as error:
        return Unseen(f"{error.problem} That hides {what}.")
    except (ValueError, IndexError, KeyError, UnicodeError, RecursionError) as error:
        return Unseen(f"What was read of {what} makes no sense: {str(error)[:200]}".rstrip(".") + ".")
