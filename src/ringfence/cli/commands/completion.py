# SPDX-License-Identifier: Apache-2.0
"""``ringfence completion``."""

from __future__ import annotations

import click

from ringfence.cli.command import command


@command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    r"""Print the completion script of a shell.

    \b
    bash: ringfence completion bash > /etc/bash_completion.d/ringfence
    zsh:  ringfence completion zsh  > "${fpath[1]}/_ringfence"
    fish: ringfence completion fish > ~/.config/fish/completions/ringfence.fish
    """
    from click.shell_completion import get_completion_class

    from ringfence.cli.group import ringfence_group
    from ringfence.cli.say import write

    found = get_completion_class(shell)
    if found is not None:
        write(found(ringfence_group, {}, "ringfence", "_RINGFENCE_COMPLETE").source())
