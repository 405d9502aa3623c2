# SPDX-License-Identifier: Apache-2.0
"""Reads YAML 1.2 with the place of every value, in bounded time and memory, from bytes nobody has checked.

libyaml's events are taken rather than its composer: the composer recurses without a limit, knows YAML 1.1's scalars
only and is several times slower. Rules:

- at most ``SIZE_LIMIT`` bytes, ``NODE_LIMIT`` keys and values, ``DEPTH_LIMIT`` levels, ``PROBLEM_LIMIT`` problems;
- UTF-8 without NUL; a byte-order mark of UTF-8 at the very beginning is passed over; any line ends;
- one document; no anchors, aliases, tags, directives or merge keys;
- keys are strings and unique; scalars follow the core schema (``scalar.py``).
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Callable
from typing import Any, cast

import yaml
from yaml import events
from yaml._yaml import CParser

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.marks import Mark
from ringfence.base.units import MiB

from .codes import Code
from .scalar import Scalar, resolve
from .tree import Broken, Path, Tree, Value, pack

SIZE_LIMIT = 16 * MiB
NODE_LIMIT = 600_000
DEPTH_LIMIT = 32
PROBLEM_LIMIT = 100

_UTF16_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHOWN = 40
_BROKEN = Broken()
Node = events.ScalarEvent | events.SequenceStartEvent | events.MappingStartEvent


def parse(text: bytes, file: str) -> tuple[Tree | None, tuple[Diagnostic, ...]]:
    """Return the tree of a file and everything that is wrong with it as YAML; no tree where nothing can be read."""
    refusal = _unreadable(text, file)
    if refusal is not None:
        return None, (refusal,)
    reader = _Reader(file)
    try:
        reader.read(text.removeprefix(codecs.BOM_UTF8))
    except _Stop as stop:
        return None, (*reader.problems, stop.diagnostic)
    return reader.tree(), tuple(reader.problems)


def _unreadable(text: bytes, file: str) -> Diagnostic | None:
    if len(text) > SIZE_LIMIT:
        problem = f"The file has {len(text) // MiB} MiB; at most {SIZE_LIMIT // MiB} MiB are read."
        return _diagnostic(Code.TOO_LARGE, Mark(file, 1, 1), problem, "Check that this is the site file.")
    if text.startswith(_UTF16_32):
        problem = "The file is written in UTF-16 or UTF-32."
        return _diagnostic(Code.ENCODING, Mark(file, 1, 1), problem, "Save it as UTF-8.")
    try:
        text.decode()
    except UnicodeDecodeError as error:
        problem = f"The byte 0x{text[error.start]:02x} is not text in UTF-8."
        return _diagnostic(Code.ENCODING, _place(text, error.start, file), problem, "Save the file as UTF-8.")
    if (nul := text.find(b"\0")) >= 0:
        problem = "The file holds a NUL byte, which no text has."
        return _diagnostic(
            Code.ENCODING, _place(text, nul, file), problem, "Remove it, or check that this is the site file."
        )
    return None


def _place(text: bytes, at: int, file: str) -> Mark:
    """Line and column of a byte whose predecessors are UTF-8."""
    lines = re.split("\r\n|\r|\n", text[:at].decode(errors="replace"))
    return Mark(file, len(lines), len(lines[-1]) + 1)


def _diagnostic(code: Code, where: Mark, problem: str, fix: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, "site", problem, fix, where)


class _Stop(Exception):
    """Nothing more can be read."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__()
        self.diagnostic = diagnostic


class _Frame:
    """A mapping or list that is being read. ``key`` is the key whose value comes next."""

    __slots__ = ("is_key", "key", "key_at", "places", "value")

    def __init__(self, value: dict[str, Value] | list[Value], *, is_key: bool) -> None:
        self.value = value
        self.places = array("q")
        self.key: str | Broken | None = None
        self.key_at = 0
        self.is_key = is_key


def _start(event: events.Event) -> int:
    mark = cast("yaml.Mark", event.start_mark)  # the parser always gives one
    return pack(mark.line, mark.column)


class _Reader:
    """Builds values from events without recursion."""

    def __init__(self, file: str) -> None:
        self.problems: list[Diagnostic] = []
        self._file = file
        self._root: Value = None
        self._root_at = 0
        self._documents = 0
        self._nodes = 0
        self._stack: list[_Frame] = []
        self._places: dict[int, array[int]] = {}
        self._dropped: list[Value] = []
        self._act: dict[type[events.Event], Callable[[Any], None]] = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._mapping,
            events.SequenceStartEvent: self._sequence,
            events.MappingEndEvent: self._end,
            events.SequenceEndEvent: self._end,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._document,
        }

    def tree(self) -> Tree:
        return Tree(self._root, self._file, self._root_at, self._places)

    def read(self, text: bytes) -> None:
        parser = CParser(text)
        try:
            while (event := parser.get_event()) is not None:
                if act := self._act.get(type(event)):
                    act(event)
        except yaml.MarkedYAMLError as error:
            raise _Stop(self._syntax(error)) from error
        except yaml.reader.ReaderError as error:
            raise _Stop(self._unprintable(error, text)) from error
        if self._documents == 0:
            fix = "Begin it with 'ringfence: 1'; 'ringfence init' writes a first one."
            raise _Stop(_diagnostic(Code.DOCUMENTS, Mark(self._file, 1, 1), "The file is empty.", fix))

    def _syntax(self, error: yaml.MarkedYAMLError) -> Diagnostic:
        mark = error.problem_mark or error.context_mark
        where = Mark(self._file, mark.line + 1, mark.column + 1) if mark else Mark(self._file, 1, 1)
        said = error.problem or "it cannot be read"
        if error.context and error.context_mark and error.context_mark.line != where.line - 1:
            said += f" {error.context} that begins in line {error.context_mark.line + 1}"
        fix = "Check the indentation, colons, brackets and quotes of this line and of the one before."
        if "'\\t'" in said or "tab" in said:
            fix = "Indent with spaces, never with tabs."
        return _diagnostic(Code.SYNTAX, where, f"This is not YAML: {said}.", fix)

    def _unprintable(self, error: yaml.reader.ReaderError, text: bytes) -> Diagnostic:
        where = _place(text, min(error.position, len(text)), self._file)
        code = error.character if isinstance(error.character, int) else ord(error.character[:1] or b"?")
        problem = f"The character U+{code:04X} may not stand in YAML."
        return _diagnostic(Code.TEXT, where, problem, "Remove it.")

    def _tell(self, code: Code, event: events.Event, problem: str, fix: str) -> None:
        line, column = divmod(_start(event), pack(1, 0))
        where = Mark(self._file, line + 1, column + 1)
        self.problems.append(_diagnostic(code, where, problem, fix))
        if len(self.problems) > PROBLEM_LIMIT:
            problem = f"There are more than {PROBLEM_LIMIT} problems; reading ends here."
            raise _Stop(_diagnostic(Code.MORE, where, problem, "Mend these first."))

    # --- events ---------------------------------------------------------------------------------------------

    def _document(self, event: events.DocumentStartEvent) -> None:
        self._documents += 1
        if event.version not in {None, (1, 2)} or event.tags:
            self._tell(Code.TAG, event, "YAML directives are not used.", "Remove the lines that begin with '%'.")
        if self._documents > 1:
            self._tell(Code.DOCUMENTS, event, "A second YAML document begins here.", "Keep one, without '---'.")
            raise _Stop(self.problems.pop())

    def _scalar(self, event: events.ScalarEvent) -> None:
        self._judge(event)
        plain = event.implicit[0]
        value: Scalar = resolve(event.value) if plain else event.value
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            self._key(frame, value, event)
        else:
            self._put(value, _start(event))

    def _mapping(self, event: events.MappingStartEvent) -> None:
        self._open({}, event)

    def _sequence(self, event: events.SequenceStartEvent) -> None:
        self._open([], event)

    def _alias(self, event: events.AliasEvent) -> None:
        said = str(event.anchor)[:_SHOWN]
        self._tell(Code.ALIAS, event, f"The alias '*{said}' is not followed.", "Write the value out here.")
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            frame.key = _BROKEN
        else:
            self._put(_BROKEN, _start(event))

    def _judge(self, event: Node) -> None:
        """Count a node; refuse anchors and tags."""
        self._nodes += 1
        if self._nodes > NODE_LIMIT:
            self._tell(Code.TOO_LARGE, event, f"There are more than {NODE_LIMIT} values.", "Split the site.")
            raise _Stop(self.problems.pop())
        if event.anchor is not None:
            said = event.anchor[:_SHOWN]
            self._tell(Code.ALIAS, event, f"The anchor '&{said}' is not used.", "Remove it.")
        if event.tag is not None:
            said = event.tag.replace("tag:yaml.org,2002:", "!!")[:_SHOWN]
            self._tell(Code.TAG, event, f"The tag '{said}' is not used.", "Remove it; put text in quotes.")

    # --- building -------------------------------------------------------------------------------------------

    def _open(self, value: dict[str, Value] | list[Value], event: Node) -> None:
        self._judge(event)
        if len(self._stack) >= DEPTH_LIMIT:
            problem = f"The file is nested more than {DEPTH_LIMIT} levels deep."
            self._tell(Code.TOO_DEEP, event, problem, "Check the brackets before this place.")
            raise _Stop(self.problems.pop())
        frame = self._stack[-1] if self._stack else None
        is_key = frame is not None and frame.key is None and isinstance(frame.value, dict)
        if is_key:
            self._tell(Code.KEY, event, "A key is a mapping or a list.", "Keys are plain words.")
        else:
            self._put(value, _start(event))
        self._stack.append(_Frame(value, is_key=is_key))

    def _end(self, _event: events.Event) -> None:
        frame = self._stack.pop()
        self._places[id(frame.value)] = frame.places
        if frame.is_key:
            self._dropped.append(frame.value)  # kept alive: places are found by identity
            self._stack[-1].key = _BROKEN

    def _put(self, value: Value, at: int) -> None:
        if not self._stack:
            self._root, self._root_at = value, at
            return
        frame = self._stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            frame.places.extend((at, at))
            return
        if isinstance(frame.key, str):
            frame.value[frame.key] = value
            frame.places.extend((frame.key_at, at))
        else:
            self._dropped.append(value)
        frame.key = None

    def _key(self, frame: _Frame, key: Scalar, event: events.ScalarEvent) -> None:
        frame.key_at = _start(event)
        frame.key = _BROKEN
        said = event.value[:_SHOWN]
        if not isinstance(key, str):
            fix = f"""Write "{said}" in quotes, or give it a name."""
            self._tell(Code.KEY, event, f"The key '{said}' is not a word but a number or truth value.", fix)
        elif key == "<<" and event.implicit[0]:
            self._tell(Code.MERGE_KEY, event, "The merge key '<<' is not used.", "Write the values out here.")
        elif isinstance(frame.value, dict) and key in frame.value:
            first = frame.places[2 * list(frame.value).index(key)] // pack(1, 0) + 1
            problem = f"The key '{said}' stands here a second time; the first is in line {first}."
            self._tell(Code.DUPLICATE_KEY, event, problem, "Keep one of the two.")
        else:
            frame.key = key


__all__ = ["DEPTH_LIMIT", "NODE_LIMIT", "SIZE_LIMIT", "Path", "parse"]
