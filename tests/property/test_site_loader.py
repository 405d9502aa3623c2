# SPDX-License-Identifier: Apache-2.0
"""Laws of the loader: no bytes make it fail, and the order of keys says nothing."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ringfence.site.loader import load
from ringfence.site.schema import json_schema
from ringfence.site.yaml12 import DEPTH_LIMIT, NODE_LIMIT, SIZE_LIMIT, parse

ROOT = Path(__file__).resolve().parents[2]
WHOLE = (ROOT / "tests/golden/site/good-whole-model/site.yaml").read_bytes()
WATERWORKS = (ROOT / "examples/waterworks/site.yaml").read_bytes()
SEED = b"#cloud-config\n"
PIECES = [
    *(b"null", b"[]", b"{}", b"- ", b": ", b"\n", b"  ", b"&a ", b"*a", b"!!x ", b"|\n", b'"', b"'", b"#", b"\t"),
    *(b"\xff", b"\0", b"\xef\xbb\xbf", b"\r\n", b"\xc2\x85", b"1e999", b"9" * 60, b".nan", b"true", b"~", b"<<: "),
    *(b"workload/", b"zone: ", b"10.1.1.11", b"fd00:1::", b"..", b"<a>&amp;", b"\\u0000", b"%", b"---\n", b"? "),
]


def said(text: bytes) -> None:
    """Load, and hold what comes back against what load promises."""
    site, problems = load(text, "site.yaml", "/srv/site", lambda _: SEED)
    assert (site is None) == bool(problems)
    for found in problems:
        assert found.where is not None
        assert str(found)
        assert found.subject.isprintable()


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(text: bytes) -> None:
    said(text)


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    said(text.encode(errors="surrogatepass"))


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 12)), min_size=1, max_size=6))
def test_no_change_of_a_good_file_makes_it_fail(changes: list[tuple[float, bytes, int]]) -> None:
    text = WHOLE
    for where, piece, removed in changes:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + removed :]
    said(text)


def tree_of(text: bytes) -> Any:
    tree, _ = parse(text, "site.yaml")
    assert tree is not None
    return tree.value


def written(value: Any) -> bytes:
    """Answer a value as JSON, which YAML reads, but for its escapes of rare characters: those are YAML's."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(one if " " <= one <= "~" else f"\\U{ord(one):08x}" for one in text).encode()


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a tree."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(path for step, held in inside for path in paths(held, (*before, step)))]


SCHEMA = Draft202012Validator(json_schema())
PATHS = paths(tree_of(WHOLE))[1:]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=8), held, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK, st.sampled_from("=-+")), min_size=1, max_size=4))
def test_no_value_in_the_place_of_another_makes_it_fail(changes: list[tuple[tuple[Any, ...], Any, str]]) -> None:
    top = tree_of(WHOLE)
    for path, junk, how in changes:
        change(top, path, junk, how)
    text = written(top)
    said(text)
    if load(text, "site.yaml", "/srv/site", lambda _: SEED)[0] is not None:
        assert SCHEMA.is_valid(tree_of(text)), "the schema refuses what the loader takes"


def change(top: Any, path: tuple[Any, ...], junk: Any, how: str) -> None:
    """Put junk in the place of a value, take it out, or put junk beside it; earlier changes may be in the way."""
    node = top
    try:
        for step in path[:-1]:
            node = node[step]
        node[path[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if isinstance(node, str):
        return
    if how == "-":
        del node[path[-1]]
    elif how == "+" and isinstance(node, dict):
        node["extra"] = junk
    else:
        node[path[-1]] = junk


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(held, chance) for held in value] if isinstance(value, list) else value


@pytest.mark.parametrize("text", [WHOLE, WATERWORKS], ids=["whole-model", "waterworks"])
@given(chance=st.randoms(use_true_random=False))
def test_order_of_keys_never_changes_the_site(text: bytes, chance: random.Random) -> None:
    expected, _ = load(text, "site.yaml", "/srv/site", lambda _: SEED)
    assert expected is not None
    other = written(shuffled(tree_of(text), chance))
    found, problems = load(other, "site.yaml", "/srv/site", lambda _: SEED)
    assert found is not None, problems
    assert [one.rule for one in found.exceptions] == [one.rule for one in expected.exceptions]
    for field in expected.__slots__:
        if field not in {"exceptions", "marks"}:
            assert getattr(found, field) == getattr(expected, field)
            if isinstance(getattr(found, field), dict):
                assert list(getattr(found, field)) == sorted(getattr(found, field))


HEAD = b"ringfence: 1\nsite: {name: a, owner: o}\nhosts: {a: }\n"
ZONES = b"zones:\n" + b"".join(
    b"  z%d: {level: 1, sl_t: 1, ipv4: %d.%d.%d.0/24}\n" % (n, 1 + n // 65536, n // 256 % 256, n % 256)
    for n in range(6_000)
)
BOMBS = {
    "flow lists": b"[" * 3_000_000,
    "block lists": b"- " * 3_000_000,
    "mappings": b"{a: " * 1_000_000,
    "complex keys": b"? " * 1_000_000,
    "lists in lines": b"a: [\n" * 1_000_000,
    "aliases": b"a: &a [x,x]\n" + b"".join(b"b%d: &b%d [*a,*a]\n" % (n, n) for n in range(50_000)),
    "many values": b"- a\n" * (NODE_LIMIT + 10),
    "many duplicates": b"{" + b"".join(b"k%d: 1, " % n for n in range(200_000)) + b"k0: 1, " * 100_000 + b"}",
    "one long word": b"a" * (10 << 20),
    "one long text": b'site: "' + b"\\u0041" * 1_700_000 + b'"',
    "ten million bytes of unknown keys": b"ringfence: 1\n" + b"".join(b"k%d: 1\n" % n for n in range(100_000)),
    "too many bytes": b"a" * (SIZE_LIMIT + 1),
    "many zones that overlap": HEAD + ZONES + ZONES.replace(b"zones:\n", b"").replace(b"  z", b"  y"),
    "many dangling names": HEAD
    + b"conduits:\n"
    + b"".join(
        b"  c%d: {from: workload/abcdefg%d, to: zone/hijkl%d, service: modbsu%d, reason: r, owner: o}\n" % (n, n, n, n)
        for n in range(6_000)
    ),
    "one long chain": HEAD
    + b"zones: {z: {level: 1, sl_t: 1, ipv4: 10.0.0.0/8}}\nworkloads:\n"
    + b"".join(
        b"  w%d: {zone: z, disks: [{name: a, size: 1 GiB}], after: [w%d, w0]}\n" % (n, n + 1) for n in range(6_000)
    ),
    "many broken workloads": HEAD
    + b"workloads:\n"
    + b"".join(
        b"  w%d: {zone: 5, disks: [{name: 1, size: 3, x: y}], aftr: w0, probes: {tcp: x}}\n" % n for n in range(6_000)
    ),
}


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda name: name.replace(" ", "-"))
def test_bombs_are_refused_in_bounded_time(bomb: str) -> None:
    started = time.monotonic()
    site, problems = load(BOMBS[bomb], "site.yaml")
    assert site is None
    assert 0 < len(problems) <= 1001
    assert time.monotonic() - started < 30


def test_depth_is_allowed_up_to_the_limit() -> None:
    deep = b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT
    assert parse(deep, "x")[0] is not None
    assert parse(b"[" + deep + b"]", "x")[0] is None
