# SPDX-License-Identifier: Apache-2.0
"""Failures of administrative units."""

from geo.errors import BadBody, NotFound


class UnitSetInvalid(BadBody):
    """A set of units that cannot be published; nothing was changed."""

    default_code = "unit_set_invalid"


class UnitNotFound(NotFound):
    """There is no such set, or no such unit in it."""

    default_code = "unit_not_found"
