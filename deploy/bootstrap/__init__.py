# SPDX-License-Identifier: Apache-2.0
"""The launcher behind ./toancanh: standard library only, since it runs before any package is installed."""
