# SPDX-License-Identifier: Apache-2.0
"""Failures of administrative units."""

from geo.errors import BadBody, BadParameter, NotFound


class UnitSetInvalid(BadBody):
    """A set of units that cannot be published; nothing was changed."""

    default_code = "unit_set_invalid"


class UnitNotFound(NotFound):
    """There is no such set, or no such unit in it."""

    default_code = "unit_not_found"


class VersionNotFound(NotFound):
    """There is no such version of a set for this reader."""

    default_code = "version_not_found"


class ExportUnsupported(BadParameter):
    """A combination of format, coordinates and encoding that the format has no place for."""

    default_code = "export_unsupported"
