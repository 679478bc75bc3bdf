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


class CrosswalkNotFound(NotFound):
    """Nothing connects two sets of units."""

    default_code = "crosswalk_not_found"


class FiguresInvalid(BadBody):
    """Figures that cannot be moved from one set to another as they were sent."""

    default_code = "figures_invalid"


class CodesUnknown(FiguresInvalid):
    """Codes that the set does not have."""

    default_code = "codes_unknown"


class AnotherPeriod(FiguresInvalid):
    """The codes are those of another set."""

    default_code = "codes_of_another_period"


class WeightMissing(FiguresInvalid):
    """A unit must be split, and the weight that was asked for does not say how."""

    default_code = "weight_missing"
