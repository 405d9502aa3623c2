# SPDX-License-Identifier: Apache-2.0
"""Checks of a resolved site that need more than one field: what is named, addresses, order.

What is wrong here can never work. What could work but should not is for the rules of the room ``assure``.
"""

from __future__ import annotations

from ringfence.site.declared.site import SiteForm
from ringfence.site.problems import Problems
from ringfence.site.site import Site

from .addresses import check_addresses
from .assets import check_assets
from .conduits import check_conduits
from .conversations import check_conversations
from .identities import check_identities
from .order import check_order
from .references import check_references
from .subnets import check_subnets
from .workloads import check_workloads


def check(site: Site, form: SiteForm, problems: Problems) -> None:
    """Add everything that is wrong with the site to ``problems``."""
    check_references(site, form, problems)
    check_subnets(site, problems)
    check_assets(site, problems)
    check_addresses(site, problems)
    check_identities(site, problems)
    check_order(site, problems)
    check_workloads(site, form, problems)
    check_conduits(form, problems)
    check_conversations(site, problems)
