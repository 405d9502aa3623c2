# SPDX-License-Identifier: Apache-2.0
"""An image, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ringfence.site.codes import Code

from .described import called, text
from .form import Form, Spelled
from .path import AnyPath
from .text import Text, matching

_SHA256 = "[0-9a-f]{64}"
Digest = Annotated[
    str,
    matching(_SHA256, Code.IDENTITY, "64 hexadecimal digits in lower case, as 'sha256sum FILE' prints them"),
    called("64 hexadecimal digits", _SHA256),
]


class ImageForm(Form):
    """A read-only disk that workloads start from."""

    description: Text = Field("", description="What is in it and where it comes from.")
    source: AnyPath = Field(
        description="Path of the file: absolute, or relative to the site file's folder.", examples=["cloud.qcow2"]
    )
    format: Literal["qcow2", "raw"] = Field("qcow2", description="Format of the file.")
    sha256: Digest | None = Field(None, description="What 'sha256sum' prints for it: pins the content.")


def _spell_image(value: object) -> object:
    return {"source": value} if isinstance(value, str) else value


ImageAny = Annotated[ImageForm, Spelled(_spell_image, text("path", minLength=1))]
