# SPDX-License-Identifier: Apache-2.0
"""Figures of one generation of units on another: facts of the law, overlaps of shapes, and honest arithmetic."""
