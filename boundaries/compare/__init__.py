# SPDX-License-Identifier: Apache-2.0
"""A draft beside the published version: what changes, where units came from, and a part merged into the whole."""
