# SPDX-License-Identifier: Apache-2.0
"""``ringfence schema``."""

from __future__ import annotations

from ringfence.cli.command import command


@command("schema")
def schema() -> None:
    """Print the JSON Schema of site files, for editors.

    With yaml-language-server: write it to a file and begin the site file with
    "# yaml-language-server: $schema=FILE".
    """
    from ringfence.app.schema import schema_text
    from ringfence.cli.say import write

    write(schema_text())
