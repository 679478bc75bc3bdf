# SPDX-License-Identifier: Apache-2.0
"""One file per protocol: from the bytes of a connected system to records of layers. Pure: no network, no database."""
