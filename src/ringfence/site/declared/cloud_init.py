# SPDX-License-Identifier: Apache-2.0
"""First-boot instructions for cloud-init, as they are written."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .form import Form
from .path import PathBeside
from .text import DocumentText


class CloudInitForm(Form):
    """Seed of cloud-init's NoCloud data source. Either 'user_data' or 'user_data_file'."""

    user_data: DocumentText | None = Field(None, description="The whole document; begins with '#cloud-config'.")
    user_data_file: PathBeside | None = Field(None, description="File that holds it, beside the site file.")
    network_config: bool = Field(default=True, description="Also tell the guest its addresses.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        self.one_of("user_data", "user_data_file")
        return self
