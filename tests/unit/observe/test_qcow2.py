# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.base.errors import BadInput
from ringfence.observe.image_info import parse_image_info
from ringfence.observe.qcow2 import HEADER_BYTES, parse_qcow2
from ringfence.observe.seeds import RECORD_BYTES, seal, unseal
from ringfence.observe.volumes import FileFact, volume_parts

QEMU_IMG = pytest.mark.skipif(shutil.which("qemu-img") is None, reason="qemu-img is not installed here")
HEADER = struct.pack(">IIQIIQI", 0x514649FB, 3, 0, 0, 16, 1 << 30, 0).ljust(72, b"\0")
V3 = HEADER + struct.pack(">QQQII", 0, 0, 0, 4, 104)


def test_a_plain_header() -> None:
    found = parse_qcow2(V3)
    assert (found.version, found.virtual_size, found.backing, found.encrypted) == (3, 1 << 30, "", False)


@QEMU_IMG
@pytest.mark.parametrize("compat", ["0.10", "1.1"])
def test_it_reads_what_qemu_writes(tmp_path: Path, compat: str) -> None:
    base, top = tmp_path / "base.raw", tmp_path / "top.qcow2"
    base.write_bytes(bytes(4096))
    options = ["-o", f"compat={compat}", "-F", "raw", "-b", str(base)]
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *options, top, "3M"], check=True)
    with top.open("rb") as file:
        head = file.read(HEADER_BYTES)
    found = parse_qcow2(head)
    assert (found.virtual_size, found.backing, found.backing_format) == (3 << 20, str(base), "raw")
    parts = volume_parts(FileFact("/p", 7, 0o600, 1, head))
    assert parts == {
        "path": "/p",
        "owner": "7",
        "mode": "0600",
        "format": "qcow2",
        "size": "3 MiB",
        "backing": str(base),
        "backing-format": "raw",
    }


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"QFI\xfb",
        b"x" * 512,
        V3[:4] + struct.pack(">I", 4) + V3[8:],
        V3[:8] + struct.pack(">QI", 1 << 40, 10) + V3[20:],
        V3[:100] + struct.pack(">I", 8) + V3[104:],
        V3 + struct.pack(">II", 0xE2792ACA, 1 << 30),
    ],
)
def test_what_is_no_whole_header_is_said_to_be_none(head: bytes) -> None:
    with pytest.raises(BadInput):
        parse_qcow2(head)
    assert volume_parts(FileFact("/p", 0, 0o600, 512, head))["format"] == "damaged"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(more: bytes) -> None:
    for head in (more, V3 + more, b"QFI\xfb" + more):
        try:
            parse_qcow2(head)
        except BadInput:
            continue


def info(**changes: object) -> str:
    return json.dumps({"format": "qcow2", "virtual-size": 1 << 30, "filename": "x", **changes})


def test_a_self_contained_image_is_fine() -> None:
    assert parse_image_info(info()).virtual_size == 1 << 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (info(**{"backing-filename": "/etc/passwd"}), "backing file"),
        (info(**{"format-specific": {"data": {"data-file": "/etc/shadow"}}}), "another file"),
        (info(**{"format-specific": {"data": {"extents": [{}, {}]}}}), "several files"),
        (info(**{"format-specific": {"data": {"corrupt": True}}}), "damaged"),
        (info(encrypted=True), "encrypted"),
        (info(**{"virtual-size": 1 << 62}), "absurd"),
        (info(**{"virtual-size": 0}), "absurd"),
        ("[]", "did not say"),
        ("no json", "did not say"),
        ('{"format": "raw"}', "did not say"),
    ],
)
def test_images_that_reach_elsewhere_are_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_image_info(text)


@given(st.binary(min_size=1, max_size=100), st.text(max_size=100), st.integers(0, 20_000))
def test_a_seed_says_what_it_holds_until_it_is_altered(payload: bytes, body: str, place: int) -> None:
    whole = seal(payload.ljust(512, b"\0"), body, "a" * 64, 512)
    parts, read = unseal(FileFact("/s", 1, 0o400, len(whole), whole))
    assert (parts["content"], parts["sector"], read) == ("a" * 64, "512", body)
    place %= len(whole) - RECORD_BYTES
    altered = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    assert unseal(FileFact("/s", 1, 0o400, len(altered), altered))[0]["content"] == "altered"
