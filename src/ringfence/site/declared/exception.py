# SPDX-License-Identifier: Apache-2.0
"""An accepted finding, as it is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ringfence.site.codes import Code

from .described import called
from .form import Form
from .quantity import Day
from .text import Line, matching

_RULE = r"[A-Z][A-Z0-9-]{0,60}"
_SUBJECT = r"[a-z][a-z0-9-]*(/[a-z0-9][a-z0-9.-]*)*"


class ExceptionForm(Form):
    """Silences a finding about one thing until it expires."""

    rule: Annotated[
        str,
        matching(_RULE, Code.NAME, "the id of the rule as 'ringfence check' prints it"),
        called("rule", _RULE),
    ] = Field(description="Id of the rule, as 'ringfence check' prints it.", examples=["RF-CON-003"])
    subject: Annotated[
        str,
        matching(_SUBJECT, Code.NAME, "the subject as 'ringfence check' prints it, such as 'conduit/remote'"),
        called("address", _SUBJECT),
    ] = Field(description="What the finding is about, as 'ringfence check' prints it.", examples=["conduit/set-up"])
    reason: Line = Field(description="Why it is accepted.", examples=["The tool speaks to the controller directly."])
    owner: Line = Field(description="Who accepts it.", examples=["Control room"])
    expires: Day = Field(description="Last day on which it is accepted (UTC).", examples=["2030-12-31"])
