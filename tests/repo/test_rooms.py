# SPDX-License-Identifier: Apache-2.0
"""What each room may import: import-linter keeps the layers, this keeps the table to the letter."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import grimp

PARTS = {"compile.document", "compile.scope", "compile.part"}
TYPES_OF_THE_SITE = {"site.image", "site.probe"}
EVERYTHING_BELOW_APP = {
    *("base", "site", "facts", "observe", "placement", "compile", "plan", "proof", "assure", "vault"),
    *("watch", "trust", "messages", "ports", "engine", "drivers"),
}
MAY_IMPORT: dict[str, set[str]] = {
    "base": set(),
    "site": {"base"},
    "facts": {"base"},
    "placement": {"base", "site", "facts"},
    "compile": {"base", "site", "facts", "placement"},
    "plan": {"base", "compile"},
    "observe": {"base", "facts", *PARTS},
    "proof": {"base", *PARTS},
    "assure": {"base", "site", "facts", "placement", "compile"},
    "vault": {"base"},
    "watch": {"base", "facts"},
    "trust": {"base"},
    "messages": {"base"},
    "ports": {"base", "facts", "plan", *PARTS, *TYPES_OF_THE_SITE},
    "engine": {"base", "plan", "ports", *PARTS},
    "drivers": {"base", "facts", "ports", "observe", "compile", "plan", *TYPES_OF_THE_SITE},
    "app": EVERYTHING_BELOW_APP,
    "cli": {"base", "messages", "app"},
    "daemon": {"base", "messages", "app"},
    "web": {"base", "messages"},
}
PURE = (
    "base",
    "site",
    "facts",
    "placement",
    "compile",
    "plan",
    "observe",
    "proof",
    "assure",
    "vault",
    "watch",
    "trust",
)
# Rooms whose one content is types that other rooms' tests exercise.
TYPES_ONLY = {"ports"}


def _imports(path: Path, package: Path) -> set[str]:
    """The modules that a file imports, absolute ones by their full name, relative ones resolved."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            here = ("ringfence", *path.relative_to(package).parts[:-1])
            base = here[: len(here) + 1 - node.level] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def _permitted(room: str, imported: str) -> bool:
    target = imported.removeprefix("ringfence.")
    return any(target == name or target.startswith(f"{name}.") for name in MAY_IMPORT[room] | {room, "__version__"})


def _rooms(package: Path) -> list[Path]:
    return sorted(path for path in package.iterdir() if path.is_dir() and (path / "__init__.py").exists())


def test_every_room_is_on_the_table(repository: Path) -> None:
    package = repository / "src" / "ringfence"
    assert {room.name for room in _rooms(package)} <= MAY_IMPORT.keys()
    assert {path.name for path in package.glob("*.py")} <= {"__init__.py", "__main__.py"}


def test_rooms_import_what_the_table_says(repository: Path) -> None:
    package = repository / "src" / "ringfence"
    forbidden = [
        f"{path.relative_to(repository)} imports {imported}"
        for room in _rooms(package)
        for path in sorted(room.rglob("*.py"))
        for imported in sorted(_imports(path, package))
        if imported.startswith("ringfence.") and not _permitted(room.name, imported)
    ]
    assert forbidden == []


def _reached(start: str, own: str) -> set[str]:
    """Everything that modules whose names begin with ``start`` import, also through others, but what is their own."""
    graph = grimp.build_graph("ringfence")
    modules = {module for module in graph.modules if module.startswith(start)}
    found = {imported for module in modules for imported in graph.find_upstream_modules(module)}
    return {name for name in found if not name.startswith(own)}


def test_proof_shares_nothing_with_what_it_has_to_catch() -> None:
    reached = _reached("ringfence.proof", "ringfence.proof")
    assert [name for name in sorted(reached) if not _permitted("proof", name)] == []


def test_the_form_of_parts_knows_no_site_and_no_compiler() -> None:
    reached = _reached("ringfence.compile.part", "ringfence.base")
    assert [name for name in sorted(reached) if not _permitted("proof", name)] == []


def test_pydantic_is_private_to_the_site(repository: Path) -> None:
    package = repository / "src" / "ringfence"
    users = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        if any(name.split(".")[0] == "pydantic" for name in _imports(path, package))
    }
    assert users <= {"site", "messages"}


def test_pure_rooms_do_not_silence_the_ban_on_the_world(repository: Path) -> None:
    package = repository / "src" / "ringfence"
    silenced = [str(path) for room in PURE for path in (package / room).rglob("*.py") if "TID251" in path.read_text()]
    assert silenced == []


def test_every_room_has_tests(repository: Path) -> None:
    with_code = {
        room.name
        for room in _rooms(repository / "src" / "ringfence")
        if any(path.name != "__init__.py" for path in room.rglob("*.py"))
    }
    tests = repository / "tests"
    tested = {part for path in tests.rglob("test_*.py") for part in path.relative_to(tests).parts}
    assert with_code - TYPES_ONLY - tested == set()


def test_imports_are_of_the_standard_library_or_locked(repository: Path) -> None:
    package = repository / "src" / "ringfence"
    allowed = {
        "ringfence",
        "click",
        "lxml",
        "pydantic",
        "pydantic_core",
        "pymodbus",
        "pyroute2",
        "yaml",
        "rich",
        "libvirt",
    }
    foreign = {
        f"{path.relative_to(repository)} imports {imported}"
        for path in package.rglob("*.py")
        for imported in _imports(path, package)
        if (top := imported.split(".")[0]) not in allowed and top not in sys.stdlib_module_names
    }
    assert foreign == set()
