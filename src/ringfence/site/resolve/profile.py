# SPDX-License-Identifier: Apache-2.0
"""Resolves profiles and lays what a workload says over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ringfence.site.declared.profile import HardwareForm, ProfileForm
from ringfence.site.profile import DEFAULT, PROFILES, Profile

from .device import devices


def profiles(forms: Mapping[str, ProfileForm]) -> dict[str, Profile]:
    """Return the built-in profiles overlaid with the site's own."""
    return {**PROFILES, **{name: _profile(name, form) for name, form in forms.items()}}


def _profile(name: str, form: ProfileForm) -> Profile:
    base = replace(hardware(form, PROFILES[DEFAULT]), name=name, description=form.description)
    return replace(base, bus=form.bus or base.bus, nic=form.nic or base.nic)


def hardware(form: HardwareForm, default: Profile) -> Profile:
    """Return ``default`` with everything that the form says otherwise."""
    return replace(
        default,
        vcpus=default.vcpus if form.vcpus is None else form.vcpus,
        memory_mib=default.memory_mib if form.memory is None else form.memory,
        chipset=form.chipset or default.chipset,
        firmware=form.firmware or default.firmware,
        tpm=default.tpm if form.tpm is None else form.tpm,
        clock=form.clock or default.clock,
        display=form.display or default.display,
        devices=default.devices if form.devices is None else devices(form.devices),
        realtime=default.realtime if form.realtime is None else form.realtime,
    )
