# SPDX-License-Identifier: Apache-2.0
"""What a layer is, where its features come from, and how they are asked for.

A layer is a value: one file in ``layers/catalog`` declares it and everything else is derived from it.
"""
