# SPDX-License-Identifier: Apache-2.0
"""The package's own migrations."""
