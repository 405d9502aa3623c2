# SPDX-License-Identifier: Apache-2.0
"""Every command with its summary, so that ``--help`` imports none of them. A test compares the summaries."""

from __future__ import annotations

SECTIONS: dict[str, dict[str, str]] = {
    "Design a site": {
        "init": "Look at this host and write a site file to start from.",
        "check": "Hold the site file against the design rules.",
        "rules": "List the design rules, or explain one.",
        "schema": "Print the JSON Schema of site files, for editors.",
        "picture": "Draw the zones, workloads and conduits as SVG.",
    },
    "Change the plant": {
        "plan": "Show what apply would change, and what it costs.",
        "apply": "Make the plant what the site file says.",
        "revert": "Go back to an earlier revision.",
        "destroy": "Take the whole site away.",
    },
    "Run the plant": {
        "status": "Show how every workload is.",
        "drift": "Show what was changed behind Ringfence's back.",
        "prove": "Prove that nothing else can flow than what was declared.",
        "verify": "Prove that what runs is what was declared, and nothing else.",
        "flows": "Show who talks to whom now, and by which conduit.",
        "trace": "Follow a packet through the rules, and say where it stops.",
        "map": "Draw the plant as it is now, or the ways of an intruder.",
        "learn": "Watch who talks in a zone, and propose conduits.",
        "revisions": "List what was applied, when and by whom.",
        "start": "Start workloads.",
        "stop": "Stop workloads.",
        "restart": "Stop workloads and start them again.",
        "console": "Attach this terminal to a workload's serial console.",
        "grant": "Open a dormant conduit for a time.",
        "close": "Close a granted conduit before its time.",
    },
    "In an emergency": {
        "island": "Cut a zone from everything outside, at once.",
        "cut": "Cut a conduit, or all that is said with an asset, at once.",
        "hold": "Let nothing happen by itself.",
        "release": "Open again what an island, a cut or a hold closed.",
    },
    "Set up": {
        "boot-files": "Write the files that start the plant without Ringfence.",
        "completion": "Print the completion script of a shell.",
    },
}
"""Commands by section, in the order in which help shows them."""

SUMMARIES: dict[str, str] = {name: text for held in SECTIONS.values() for name, text in held.items()}


def module_of(command: str) -> str:
    """Return the module that holds a command under its own name."""
    return f"ringfence.cli.commands.{command.replace('-', '_')}"
