# SPDX-License-Identifier: Apache-2.0
"""Tests that kill processes; see README.md."""
