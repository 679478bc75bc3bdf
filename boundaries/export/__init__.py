# SPDX-License-Identifier: Apache-2.0
"""Files of one version of a set, the same bytes whenever and wherever they are made."""
