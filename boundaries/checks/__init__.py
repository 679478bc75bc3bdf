# SPDX-License-Identifier: Apache-2.0
"""What is wrong with units that were read from an upload, and what can be repaired safely. Pure."""
