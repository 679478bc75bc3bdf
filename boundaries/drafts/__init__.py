# SPDX-License-Identifier: Apache-2.0
"""Drafts: from a file that was sent to a version that may be published, with questions, findings and changes."""
