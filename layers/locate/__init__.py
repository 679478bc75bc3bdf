# SPDX-License-Identifier: Apache-2.0
"""Where a record belongs: the ladder from coordinates over devices, pins and names to "unlocated"."""
