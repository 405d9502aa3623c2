# SPDX-License-Identifier: Apache-2.0
"""A guest under QEMU alone, without libvirt: its own disk, a seed, user networking, agent and console."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("RINGFENCE_CACHE", "/var/cache/ringfence")) / "guests"
PATIENCE = 120.0
"""Seconds for a guest to come up on a busy machine without KVM; about 5 when it is alone."""
PROMPTS = 2
"""Before the command and after it."""
MAC = "52:54:00:00:00:01"
NETWORK = f"""version: 2
ethernets:
  port0:
    match: {{macaddress: "{MAC}"}}
    dhcp4: true
    accept-ra: true
    addresses:
      - "fd91:0:0:1::10/128"
"""


def build(*roles: str, cache: Path | None = None) -> str:
    """Build images and answer what was said."""
    environment = {**os.environ, **({"RINGFENCE_CACHE": str(cache)} if cache else {})}
    command = [str(REPOSITORY / "guests/build"), *roles]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=True).stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def seed(folder: Path, name: str, user_data: str) -> Path:
    """Make a seed disk with the project's own helper."""
    files = folder / "seed"
    files.mkdir()
    (files / "meta-data").write_text(f"instance-id: 6f0d2c6e-0000-4000-8000-000000000001\nlocal-hostname: {name}\n")
    (files / "user-data").write_text(f"#ringfence-nano\n{user_data}")
    (files / "network-config").write_text(NETWORK)
    subprocess.run([REPOSITORY / "guests/seed", files, folder / "seed.img"], check=True, timeout=20)
    return folder / "seed.img"


@dataclass
class Machine:
    """A running guest. ``port`` on 127.0.0.1 leads to the guest's."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def console(self) -> str:
        return (self.folder / "console").read_text(errors="replace")

    def wait(self, what: str, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, f"QEMU ended. {self.console}"
            assert time.monotonic() < end, f"{what} did not happen. {self.console}"
            time.sleep(0.1)

    def wait_until_up(self) -> None:
        self.wait("RINGFENCE-GUEST-UP", lambda: "RINGFENCE-GUEST-UP" in self.console)

    def has_ended(self) -> None:
        self.process.wait(timeout=PATIENCE)

    def press_power(self) -> None:
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(str(self.folder / "monitor"))
            monitor.settimeout(PATIENCE)
            monitor.sendall(b"system_powerdown\n")
            # A monitor that is left before it has shown its next prompt forgets the command.
            heard = b""
            while heard.count(b"(qemu)") < PROMPTS and (part := monitor.recv(4096)):
                heard += part

    def agent(self, command: str, *, answers: bool = True, **arguments: object) -> Any:
        """Ask the guest agent; answer its return value."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.folder / "agent"))
            connection.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
            return json.loads(connection.makefile().readline())["return"] if answers else None

    def run(self, path: str, *arguments: str) -> tuple[int, str, str]:
        """Run a program in the guest through its agent: result, output, errors."""
        pid = self.agent("guest-exec", path=path, arg=list(arguments), **{"capture-output": True})["pid"]
        status: dict[str, Any] = {"exited": False}
        end = time.monotonic() + PATIENCE
        while not status["exited"] and time.monotonic() < end:
            time.sleep(0.1)
            status = self.agent("guest-exec-status", pid=pid)
        texts = [b64decode(status.get(key, "")).decode().strip() for key in ("out-data", "err-data")]
        return status["exitcode"], texts[0], texts[1]


def command(folder: Path, image: Path, guest_port: int, port: int, machine: str, memory: int) -> list[str]:
    overlay = folder / "disk.qcow2"
    if not overlay.exists():
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-b", image, "-F", "qcow2", overlay], check=True, timeout=20
        )
    parts = f"""qemu-system-x86_64 -accel tcg -machine {machine} -m {memory} -nodefaults -no-user-config -display none
        -drive if=none,id=disk,file={overlay},format=qcow2 -device virtio-blk-pci,drive=disk,bootindex=1
        -drive if=none,id=seed,file={folder}/seed.img,format=raw,readonly=on -device virtio-blk-pci,drive=seed
        -netdev user,id=net,ipv4=on,ipv6=on,hostfwd=tcp:127.0.0.1:{port}-:{guest_port}
        -device virtio-net-pci,netdev=net,mac={MAC},romfile=
        -device virtio-serial-pci -chardev socket,path={folder}/agent,server=on,wait=off,id=agent
        -device virtserialport,chardev=agent,name=org.qemu.guest_agent.0
        -chardev socket,path={folder}/monitor,server=on,wait=off,id=monitor -mon monitor,mode=readline
        -serial file:{folder}/console"""
    return parts.split()


@contextmanager
def running(
    folder: Path, role: str, guest_port: int, *, machine: str = "q35", memory: int = 112, extra: tuple[str, ...] = ()
) -> Iterator[Machine]:
    """Run the role's image from its own disk, over ``folder``/seed.img, until the block ends."""
    port = free_port()
    arguments = command(folder, CACHE / f"{role}.qcow2", guest_port, port, machine, memory)
    (folder / "console").write_text("")
    process = subprocess.Popen([*arguments, *extra])
    try:
        yield Machine(process, folder, port)
    finally:
        process.kill()
        process.wait()
