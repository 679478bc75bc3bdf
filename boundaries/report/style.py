# SPDX-License-Identifier: Apache-2.0
"""The colours of the maps, the same in the HTML file and in the PDF. Hex, for white paper."""

# Light enough for black names; the order keeps neighbours in the list far apart for colour-blind readers too.
UNIT_COLOURS = ("#cfe3f5", "#f8e6b9", "#d6ebcf", "#e6d9f1", "#f6d8cf", "#cdeae6")
UNCHANGED = "#f4f6f8"
BORDER = "#4d6478"
FAINT_BORDER = "#b3c0cc"
WON = "#0b7a75"
LOST = "#c2470c"
EXCHANGED = "#f0a53a"
OLD_BORDER = "#8a3d06"
UNAGREED = "#b3123f"
