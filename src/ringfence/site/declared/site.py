# SPDX-License-Identifier: Apache-2.0
"""The whole file, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .asset import AssetForm
from .conduit import ConduitForm
from .exception import ExceptionForm
from .form import EmptyAllowed, Form, NoneAllowed
from .host import HostForm
from .image import ImageAny
from .profile import ProfileForm
from .service import ServiceAny
from .text import Line, Name, Text
from .uplink import UplinkForm
from .workload import WorkloadForm
from .zone import ZoneForm


class AboutForm(Form):
    """Name and owner of the site."""

    name: Name = Field(description="Its name: part of the names of everything that is made.", examples=["plant"])
    owner: Line = Field(description="Who answers for it.", examples=["Plant operations"])
    description: Text = Field("", description="What it is for.")


class VerifyForm(Form):
    """What 'ringfence verify' may do to the plant that runs."""

    canaries: bool = Field(
        default=False,
        description="Let it send a few packets from a spare address of each zone, to see that they reach nobody.",
        examples=[True],
    )


class SiteForm(Form):
    """A site file of Ringfence: everything one owner declares."""

    ringfence: Literal[1] = Field(description="Version of this form of file.", examples=[1])
    site: AboutForm = Field(description="Name and owner.", examples=[{"name": "plant", "owner": "Plant operations"}])
    hosts: dict[Name, Annotated[HostForm, EmptyAllowed]] = Field(
        description="Servers that run workloads, by name.", examples=[{"server1": {}}], min_length=1
    )
    zones: Annotated[dict[Name, ZoneForm], EmptyAllowed] = Field({}, description="Zones, by name.")
    assets: Annotated[dict[Name, AssetForm], EmptyAllowed] = Field({}, description="Assets, by name.")
    uplinks: Annotated[dict[Name, UplinkForm], EmptyAllowed] = Field({}, description="Uplinks, by name.")
    services: Annotated[dict[Name, ServiceAny], EmptyAllowed] = Field(
        {}, description="Services of the site's own, by name; the built-in ones are there without."
    )
    profiles: Annotated[dict[Name, Annotated[ProfileForm, EmptyAllowed]], EmptyAllowed] = Field(
        {}, description="Profiles of the site's own, by name; the built-in ones are there without."
    )
    images: Annotated[dict[Name, ImageAny], EmptyAllowed] = Field({}, description="Images, by name.")
    workloads: Annotated[dict[Name, WorkloadForm], EmptyAllowed] = Field({}, description="Workloads, by name.")
    conduits: Annotated[dict[Name, ConduitForm], EmptyAllowed] = Field({}, description="Conduits, by name.")
    exceptions: Annotated[list[ExceptionForm], NoneAllowed] = Field([], description="Accepted findings.")
    verify: Annotated[VerifyForm, EmptyAllowed] = Field(
        default_factory=VerifyForm, description="What 'ringfence verify' may do to the plant that runs."
    )
