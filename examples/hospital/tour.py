# SPDX-License-Identifier: Apache-2.0
"""A short tour of radiology, printed from real results: ``python -m examples.hospital.tour``, as root.

``ringfence`` and dcmtk's programs have to be on PATH. Nothing here knows what the answers will be. A stop whose answer
is not what the site file promises ends the tour with exit status 1.
"""

from __future__ import annotations

from examples.hospital.plant import ARCHIVE, Hospital
from examples.outside.lan import Device
from examples.tour import Tour, promise, say, site_beside, stop

TOUR = Tour(site_beside(__file__))
HOSPITAL = Hospital()
WITH_BACK = "    to: workload/archive\n    service: dicom-retrieve\n"
FORWARD_ONLY = WITH_BACK.replace("dicom-retrieve", "dicom-images")
STORE = """  store:
    from: asset/ct-scanner
    to: workload/archive
    service: dicom-images
    reason: Every image is kept.
    owner: Radiology
"""


def build_hospital() -> None:
    """Stop 1: the hospital, without Ringfence."""
    stop(1, "A hospital, simulated: scanner, firewall and reading station in network namespaces")
    HOSPITAL.up()
    HOSPITAL.forget()
    for device in (HOSPITAL.scanner, HOSPITAL.workstation):
        say(f"    {device.run('ip', '-br', '-4', 'address', 'show', 'dev', 'eth0').strip()}   {device.label}")
    say(f"    {HOSPITAL.card}: the card of this host that leads there; it has no address")
    echo(HOSPITAL.scanner, expected=False)


def echo(device: Device, *, expected: bool) -> None:
    """Let a device ask whether the archive speaks DICOM; say and check what came of it."""
    answered = HOSPITAL.echo(device)
    say(f"    {device.label}$ echoscu {ARCHIVE}   ->   {'echoed' if answered else 'no answer'}")
    promise(answered == expected, f"the archive {'answers' if answered else 'does not answer'} the {device.label}")


def bring_up() -> None:
    """Stop 2: the archive joins radiology's own network."""
    stop(2, "The archive gets an address in the scanner's network")
    TOUR.bring_up()


def store() -> None:
    """Stop 3: the scanner sends an image."""
    stop(3, "The scanner sends an image (C-ECHO and C-STORE, through the conduit 'store')")
    echo(HOSPITAL.scanner, expected=True)
    sent = HOSPITAL.store(HOSPITAL.image(1))
    say(f"    ct-scanner$ storescu slice-1.dcm   ->   {'kept' if sent else 'not kept'}")
    promise(sent, "the archive did not take the image")


def move(*, expected: bool) -> None:
    """Let the workstation ask for the study; say and check what came of it."""
    HOSPITAL.forget()
    HOSPITAL.move()
    came = HOSPITAL.has(HOSPITAL.image(1))
    say(f"    workstation$ movescu --study   ->   {'the very same pixels' if came else 'no image came'}")
    promise(came == expected, "the image " + ("came" if came else "did not come"))


def retrieve() -> None:
    """Stop 4: the archive opens an association back."""
    stop(4, "A radiologist asks for it; the archive sends it back (C-MOVE, through the conduit 'read')")
    move(expected=True)


def without_back() -> None:
    """Stop 5: the same without the flow back."""
    stop(5, "Without the flow back the question passes, and the image does not")
    with TOUR.changed(WITH_BACK, FORWARD_ONLY) as changed:
        say("-   service: dicom-retrieve\n+   service: dicom-images")
        TOUR.ringfence("apply", "--yes", site=changed)
        echo(HOSPITAL.workstation, expected=True)
        move(expected=False)


def without_store() -> None:
    """Stop 6: the same without the scanner's conduit."""
    stop(6, "Without its conduit the scanner hears nothing")
    with TOUR.changed(STORE, "") as changed:
        TOUR.ringfence("apply", "--yes", site=changed)
        echo(HOSPITAL.scanner, expected=False)
        move(expected=True)
    say("The site file as it was comes back with one more apply:")
    TOUR.ringfence("apply", "--yes")
    echo(HOSPITAL.scanner, expected=True)


def main() -> None:
    """Walk through all stops."""
    TOUR.walk("archive", (build_hospital, bring_up, store, retrieve, without_back, without_store), "archive")


if __name__ == "__main__":
    main()
