# SPDX-License-Identifier: Apache-2.0
"""Rows in, text out: one module for each format."""
