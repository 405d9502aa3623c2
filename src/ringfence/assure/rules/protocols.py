# SPDX-License-Identifier: Apache-2.0
"""Rules about what is spoken over a conduit."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.opening import DMZ, Opening
from ringfence.assure.rule import Found, rule
from ringfence.assure.wellknown import CLEARTEXT_COPY, CLEARTEXT_LOGIN, MESSAGES, PLUMBING
from ringfence.base.diagnostics import Severity
from ringfence.site.zone import Zone

CONTROL = 2.0
"""Highest Purdue level of a control zone: supervision (2), control (1), process (0)."""

PLANT = 3.0
"""Highest Purdue level of the control system itself."""


def _named(opening: Opening) -> tuple[str, str]:
    """Return subject and the beginning of a sentence."""
    name = opening.conduit.name
    return f"conduit/{name}", f"Conduit '{name}' lets service '{opening.service.name}'"


def _at_most(zones: tuple[Zone, ...], level: float) -> Zone | None:
    return min((zone for zone in zones if zone.level <= level), key=lambda zone: zone.level, default=None)


@rule(
    "RF-CON-020",
    Severity.HIGH,
    "IEC 62443-3-3 SR 1.13",
    "IEC 62443-3-3 SR 4.1",
    "NIST SP 800-82r3",
    "NIST SP 800-53r5 AC-17",
    fix="Use an encrypted service such as ssh, or RDP inside a TLS gateway, and declare it as encrypted.",
)
def cleartext_remote_access(ground: Ground) -> Iterator[Found]:
    """Remote access into a control zone is not encrypted.

    Whoever is on the way reads the password, and can take the session over while a person steers the
    process with it.
    """
    for opening in ground.openings:
        zone = _at_most(opening.answerer_zones, CONTROL)
        if zone is not None and opening.service.remote_access and not opening.service.encrypted:
            subject, said = _named(opening)
            yield Found(subject, f"{said} steer machines in zone '{zone.name}' (level {zone.level:g}) unencrypted.")


@rule(
    "RF-CON-021",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 4.1",
    "IEC 62443-3-3 SR 3.1",
    "NIST SP 800-82r3",
    fix="Use a service that encrypts, such as https or MQTT over TLS, or put a gateway into the DMZ.",
)
def cleartext_out_of_plant(ground: Ground) -> Iterator[Found]:
    """A protocol without encryption crosses the plant's boundary.

    At level 3.5 and above, people without business in the plant share the wire; they can read and change
    what passes. Names and time (dns, dhcp, ntp) and ping are left out: they carry no values and no
    commands.
    """
    for opening in ground.openings:
        if opening.service.encrypted or not opening.flow.ports or opening.uses("udp", PLUMBING):
            continue
        zones = (*opening.opener_zones, *opening.answerer_zones)
        lower, upper = _at_most(zones, PLANT), max(zones, key=lambda zone: zone.level)
        if lower is not None and upper.level >= DMZ:
            subject, said = _named(opening)
            yield Found(subject, f"{said} cross unencrypted between zones '{lower.name}' and '{upper.name}'.")


@rule(
    "RF-CON-022",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 1.5",
    "IEC 62443-3-3 SR 7.7",
    "NIST SP 800-82r3",
    fix="Use ssh, sftp or https instead.",
)
def cleartext_login(ground: Ground) -> Iterator[Found]:
    """A protocol that sends passwords readably, or asks for none, is used.

    Telnet, ftp, tftp and the BSD r-commands show the password to everybody on the way, or need none.
    """
    for opening in ground.openings:
        if opening.uses("tcp", CLEARTEXT_LOGIN) or opening.uses("udp", CLEARTEXT_COPY):
            subject, said = _named(opening)
            yield Found(subject, f"{said} pass, which is telnet, ftp, tftp or an r-command by its port.")


@rule(
    "RF-CON-023",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.3",
    "NIST SP 800-82r3",
    fix="Send alarms through a relay in the DMZ that takes nothing back, and read mail elsewhere.",
)
def messages_in_plant(ground: Ground) -> Iterator[Found]:
    """Mail or chat is spoken with a zone of the plant.

    Messages from people outside are the usual way in for an intruder. Control systems neither need nor
    should take them.
    """
    for opening in ground.openings:
        zone = _at_most((*opening.opener_zones, *opening.answerer_zones), PLANT)
        if zone is not None and opening.uses("tcp", MESSAGES):
            subject, said = _named(opening)
            yield Found(
                subject,
                f"{said} pass, which is mail or chat by its port, with zone '{zone.name}' (level {zone.level:g}).",
            )


@rule(
    "RF-CON-024",
    Severity.LOW,
    "IEC 62443-3-3 SR 1.13",
    "IEC 62443-3-3 SR 2.6",
    "NIST SP 800-53r5 AC-17",
    fix="Write 'dormant: true' and grant it when somebody works, or give it an expiry.",
)
def standing_remote_access(ground: Ground) -> Iterator[Found]:
    """Remote access from the DMZ or the enterprise into the plant is always open.

    Remote work is needed now and then; a way in that stands open day and night serves mostly those who were
    not asked.
    """
    for opening in ground.openings:
        outside = any(zone.level >= DMZ for zone in opening.opener_zones)
        standing = not opening.conduit.dormant and opening.conduit.expires is None
        zone = _at_most(opening.answerer_zones, PLANT)
        if opening.service.remote_access and outside and standing and zone is not None:
            subject, said = _named(opening)
            yield Found(
                subject,
                f"{said} into zone '{zone.name}' (level {zone.level:g}) at all times, without expiry.",
            )
