# SPDX-License-Identifier: Apache-2.0
"""The guests' images: built from the distribution's packages, booted from their own disks, asked from outside."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from guests.roles.mms.client import Client as MmsClient
from guests.roles.wire.client import READ_HOLDING, READ_INPUT, Client
from tests.integration import guest_machine
from tests.integration.guest_machine import CACHE, REPOSITORY, Machine, build, running, seed

OVMF = Path("/usr/share/OVMF")


@pytest.fixture(scope="module", autouse=True)
def images() -> None:
    build("plc", "nano", "historian", "station", "archive", "ied", "gateway")


def test_a_second_build_does_nothing_and_says_so() -> None:
    began = time.monotonic()
    said = build("plc")
    assert "plc: kept" in said
    # Two seconds on an idle machine; the suite's other guests may be running.
    assert time.monotonic() - began < 10
    assert (CACHE / "plc.qcow2").resolve().stat().st_size < 40 * 1024 * 1024


def test_an_interrupted_build_leaves_no_image_and_the_next_one_is_whole(tmp_path: Path) -> None:
    store = tmp_path / "guests"
    store.mkdir()
    shutil.copytree(CACHE / "packages", store / "packages")
    environment = {**os.environ, "RINGFENCE_CACHE": str(tmp_path)}
    process = subprocess.Popen(
        [REPOSITORY / "guests/build", "nano"], env=environment, stdout=subprocess.PIPE, text=True, process_group=0
    )
    assert process.stdout
    while "Packing" not in (line := process.stdout.readline()):
        assert line, "The build ended before it could be interrupted."
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert list(store.glob(".building.*"))
    assert not list(store.rglob("nano.qcow2"))
    assert "nano: built" in build("nano", cache=tmp_path)
    assert not list(store.glob(".building.*"))
    # Same scripts, same packages: same bytes.
    assert (store / "nano.qcow2").read_bytes() == (CACHE / "nano.qcow2").read_bytes()


def test_a_plc_answers_modbus_and_its_agent_and_shuts_down(tmp_path: Path) -> None:
    seed(tmp_path, "plc-north", "TANK=north\nSETPOINT=700\nIGNORED=$(touch /tmp/evil)\n")
    with running(tmp_path, "plc", 502) as machine:
        machine.wait_until_up()
        assert "RINGFENCE-GUEST-UP plc-north role=plc t=" in machine.console
        with Client("127.0.0.1", machine.port, timeout=30) as client:
            before = client.read_words(READ_INPUT, 0, 7)
            assert client.read_words(READ_HOLDING, 10) == (700,)
            client.write_word(10, 650)
            machine.wait("a second of physics", lambda: client.read_words(READ_INPUT, 0, 7)[6] > before[6] + 1)
            assert client.read_words(READ_INPUT, 0)[0] > before[0]
            assert client.read_words(READ_HOLDING, 10) == (650,)
        assert machine.agent("guest-ping") == {}
        assert machine.run("/bin/sh", "-c", "ls /tmp") == (0, "", "")
        result, addresses, _ = machine.run("/bin/sh", "-c", "ip -6 addr show dev eth0; ip -6 route")
        assert result == 0
        assert "inet6 fd91:0:0:1::10/128" in addresses
        # The router's advertisement gives the way out, and neither an address nor a neighbourhood.
        assert "default via fe80::2" in addresses
        assert "fec0:" not in addresses
        machine.agent("guest-shutdown", answers=False)
        machine.has_ended()


def test_the_power_button_ends_a_guest_that_was_started_by_uefi(tmp_path: Path) -> None:
    shutil.copy(OVMF / "OVMF_VARS_4M.fd", tmp_path / "vars.fd")
    firmware = (
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF}/OVMF_CODE_4M.fd",
        "-drive", f"if=pflash,unit=1,format=raw,file={tmp_path}/vars.fd",
    )  # fmt: skip
    seed(tmp_path, "nano-uefi", "ECHO=1\n")
    with running(tmp_path, "nano", 7, memory=256, extra=firmware) as machine:
        machine.wait_until_up()
        with socket.create_connection(("127.0.0.1", machine.port), timeout=30) as peer:
            peer.sendall(b"hello\n")
            assert peer.recv(100) == b"hello\n"
        # The button works once somebody listens to it, a moment after the guest says that it is up.
        machine.wait("the agent", lambda: machine.agent("guest-ping") == {})
        listening = "ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/input/event"
        machine.wait("listening to the button", lambda: machine.run("/bin/sh", "-c", listening)[0] == 0)
        machine.press_power()
        machine.has_ended()


def test_a_historian_keeps_its_values_over_a_power_cut(tmp_path: Path) -> None:
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", tmp_path / "data.qcow2", "32M"], check=True)
    disk = (
        "-drive", f"if=none,id=data,file={tmp_path}/data.qcow2,format=qcow2",
        "-device", "virtio-blk-pci,drive=data,serial=data",
    )  # fmt: skip
    seed(tmp_path, "historian", "")

    def ask(port: int, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body)
        reply = connection.getresponse()
        answer = reply.status, reply.read()
        connection.close()
        return answer

    with running(tmp_path, "historian", 8086, machine="pc", extra=disk) as machine:
        machine.wait_until_up()
        assert ask(machine.port, "POST", "/write?db=plant", "tank,plc=north level=612i 5")[0] == 204
    with running(tmp_path, "historian", 8086, machine="pc", extra=disk) as machine:
        machine.wait_until_up()
        status, answer = ask(machine.port, "GET", "/query?db=plant&measurement=tank&field=level")
        assert (status, b'"value": 612' in answer) == (200, True)


def test_an_archive_speaks_dicom_with_who_calls_it_by_its_name(tmp_path: Path) -> None:
    seed(tmp_path, "archive", 'AET=ARCHIVE\nPEER_evil=A", "10.0.2.2", 1]@10.0.2.2:104\n')
    with running(tmp_path, "archive", 11112, memory=384) as machine:
        machine.wait_until_up()
        assert "archive: ARCHIVE, DICOM on port 11112, 0 peers" in machine.console
        asked = {
            title: subprocess.run(
                ["echoscu", "--timeout", "30", "--call", title, "127.0.0.1", str(machine.port)], check=False
            ).returncode
            for title in ("ARCHIVE", "OTHER")
        }
        assert asked["ARCHIVE"] == 0
        assert asked["OTHER"] != 0
        assert machine.run("/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8042/statistics")[0] == 0


def asking(machine: Machine) -> MmsClient:
    machine.wait_until_up()
    return MmsClient("127.0.0.1", machine.port, timeout=30)


def test_a_relay_and_a_gateway_answer_mms(tmp_path: Path) -> None:
    for role, seeds in (("ied", "IED=IED7\n"), ("gateway", "IED_IED7=10.0.2.2:102\n")):
        (tmp_path / role).mkdir()
        seed(tmp_path / role, role, seeds)
    with running(tmp_path / "ied", "ied", 102, memory=128) as ied, asking(ied) as client:
        assert client.read("IED7LD0/XCBR1$ST$Pos$stVal") == "on"
    with (
        running(tmp_path / "gateway", "gateway", 102, memory=128) as gateway,
        asking(gateway) as client,
        pytest.raises(LookupError),  # no relay is there
    ):
        client.read("STATIONLD0/IED7$Pos")


def test_the_stations_commands_run_through_its_agent(tmp_path: Path) -> None:
    seed(tmp_path, "station", "ECHO=1\n")
    with running(tmp_path, "station", 7) as machine:
        machine.wait_until_up()
        result, output, error = machine.run("/usr/bin/modbus", "read", "127.0.0.1", "0")
        assert (result, output) == (1, "")
        assert error == "127.0.0.1 port 502 refused the connection: nothing listens there."
        assert machine.run("/usr/bin/modbus", "read", "192.0.2.1", "0", "--timeout", "2")[0] == 1
        assert machine.run("/usr/bin/http", "http://127.0.0.1:1/")[0] == 1
        assert machine.run("/usr/bin/udpsend", "127.0.0.1", "9", "hello")[0] == 0
        assert machine.run("/usr/bin/tcphold", "127.0.0.1")[0] == 2


def test_the_seed_helper_makes_equal_disks_of_equal_folders(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        guest_machine.seed(tmp_path / name, "same", "A=1\n")
    assert (tmp_path / "one/seed.img").read_bytes() == (tmp_path / "two/seed.img").read_bytes()
