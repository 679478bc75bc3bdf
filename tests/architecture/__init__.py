# SPDX-License-Identifier: Apache-2.0
"""The rules of the house, as tests: names, sizes, packaging, deployment files."""
