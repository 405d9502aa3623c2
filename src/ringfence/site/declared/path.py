# SPDX-License-Identifier: Apache-2.0
"""Paths as they are written. Nothing is looked up: a path is only text here."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from ringfence.site.codes import Code

from .described import called
from .refusal import refuse, show

_LONGEST = 4000  # PATH_MAX of linux/limits.h is 4096
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _path(text: str) -> str:
    if not text.isprintable() or not text or len(text) > _LONGEST or text != text.strip():
        raise refuse(Code.ADDRESS, f"{show(text)} is not a path.", "Write the path of a file.")
    if _URL.match(text):
        fix = "Download it, look at its checksum, and give the path of the file."
        raise refuse(Code.ADDRESS, f"{show(text)} is an address in a network.", fix)
    if text.startswith("~"):
        raise refuse(Code.ADDRESS, f"{show(text)} begins with '~', which is not replaced.", "Write it out.")
    return text


def _absolute(text: str) -> str:
    if not _path(text).startswith("/") or {"..", "."} & set(text.split("/")):
        fix = "Begin it with '/' and leave out '.' and '..'."
        raise refuse(Code.ADDRESS, f"{show(text)} is not an absolute path.", fix)
    return text.rstrip("/") or "/"


def _beside(text: str) -> str:
    if _path(text).startswith("/") or ".." in text.split("/"):
        fix = "Put the file beside the site file, and give its name."
        raise refuse(Code.ADDRESS, f"{show(text)} does not lie in the site file's folder.", fix)
    return text


AnyPath = Annotated[str, AfterValidator(_path), called("path", minLength=1)]
"""Absolute, or relative to the site file's folder."""
AbsolutePath = Annotated[str, AfterValidator(_absolute), called("absolute path", "/.*")]
PathBeside = Annotated[str, AfterValidator(_beside), called("file name", "[^/~].*")]
"""In or below the site file's folder."""
