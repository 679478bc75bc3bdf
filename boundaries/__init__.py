# SPDX-License-Identifier: Apache-2.0
"""Administrative units: sets, versions, lineage, lookup, generalisation. Knows no layer."""
