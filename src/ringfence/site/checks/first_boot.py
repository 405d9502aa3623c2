# SPDX-License-Identifier: Apache-2.0
"""First-boot instructions: read where they are in a file of their own, and looked at as cloud-init would."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from ringfence.base.errors import RingfenceError
from ringfence.site.codes import Code
from ringfence.site.declared.refusal import show
from ringfence.site.declared.site import SiteForm
from ringfence.site.problems import Problems
from ringfence.site.tree import Path

# What cloud-init tells documents by (its documentation: "User-data formats"); ours is for the project's own guests.
_BEGINNINGS = (
    "#cloud-config",
    "#!",
    "#include",
    "#cloud-boothook",
    "#part-handler",
    "#upstart-job",
    "## template: jinja",
    "content-type:",
    "mime-version:",
    "#ringfence-nano",
)
_BEGINNING = max(map(len, _BEGINNINGS))
_LIMIT = 1 << 20


def user_data(form: SiteForm, problems: Problems, base: str, read: Callable[[str], bytes] | None) -> dict[str, str]:
    """Return first-boot instructions by workload; ``base`` is the site file's folder."""
    found = {}
    for name, workload in form.workloads.items():
        seed = workload.cloud_init
        if seed is None:
            continue
        path: Path = ("workloads", name, "cloud_init", "user_data")
        text = seed.user_data
        if seed.user_data_file is not None:
            path = (*path[:-1], "user_data_file")
            text = _read(posixpath.join(base, seed.user_data_file), path, problems, read)
        if text is not None:
            _judge(text, path, problems)
            found[name] = text
    return found


def _read(file: str, path: Path, problems: Problems, read: Callable[[str], bytes] | None) -> str | None:
    try:
        content = read(file) if read is not None else None
    except (OSError, RingfenceError) as error:
        why = getattr(error, "strerror", None) or str(error)
        problems.add(Code.FILE, path, f"The file {show(file)} cannot be read: {why}.", "Put it beside the site file.")
        return None
    if content is None:
        problems.add(Code.FILE, path, "No other files are read here.", "Write the text under 'user_data: |'.")
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        problems.add(Code.FILE, path, f"The file {show(file)} is not text in UTF-8.", "Save it as UTF-8.")
        return None


def _judge(text: str, path: Path, problems: Problems) -> None:
    if len(text) > _LIMIT:
        problem = f"The first-boot instructions have {len(text)} characters; at most {_LIMIT} may stand here."
        problems.add(Code.RANGE, path, problem, "Let them fetch what they need.")
    if not text[:_BEGINNING].lower().startswith(_BEGINNINGS):
        said = show(text.partition("\n")[0])
        problem = f"The first-boot instructions begin with {said}, which cloud-init does not know."
        problems.add(Code.CLOUD_INIT, path, problem, "Make '#cloud-config' their first line.")
