# SPDX-License-Identifier: Apache-2.0
"""What the checks hold their measures against; each number with its reason.

Lengths and areas are taken in the plane of VN-2000 / TM-3 106-30 (EPSG:9213), which is 0.01 % smaller than the spheroid
in the province.
"""

# Pieces below this are rounding: one step of the sixth decimal along one edge.
REPORT_M2 = 1.0
# An overlap, a gap or a piece outside that blocks.
ERROR_M2 = 1_000.0
# 2A/P is the width of a strip exactly; narrower gaps are slivers, and only strips so narrow are repaired.
SLIVER_WIDTH_M = 20.0
# An outer border that stays within this of the published one was not redrawn: six decimals are 0.1 m.
BORDER_TOLERANCE_M = 0.5
# A strip narrower than this is one line with other vertices, not land: a straight edge of 1 km bends by 8 mm between
# VN-2000 and degrees where only one side has a vertex in the middle.
SAME_LINE_M = 0.01
# Two lines that are the same line for a survey: what snapping moves at most.
EDGE_TOLERANCE_M = 0.1
# Holes of the published set up to here are its own pinholes, larger ones are land of somebody else.
PARENT_HOLE_M2 = 10_000.0

# A spike goes out and comes back on the same line.
SPIKE_WIDTH_M = 0.01
SPIKE_LENGTH_M = 1.0

# A lost datum moves everything by 224 m with a spread of 0.02 m; a redrawn set has no common vector.
SHIFT_M = 20.0
SHIFT_SPREAD_M = 1.0
SHIFT_UNITS = 3
SHIFT_SHARE = 0.8
DATUM_MATCH_M = 5.0

# Largest change of the total area that a better survey explains.
AREA_CHANGE = 0.005
# A centre that moved further, or a shape that covers less than half of its old ground, is another place.
MOVED_M = 500.0
MOVED_SHARE = 0.5

# One code of another period may be a slip, two are a habit.
PERIOD_UNITS = 2

NAME_LENGTH = 100
# Further findings of one code are counted in a last one.
FINDINGS_PER_CODE = 200
# Points that one finding marks on the map.
SHOWN_POINTS = 500
