# SPDX-License-Identifier: Apache-2.0
"""From a checked draft to a published version and back, and the log of both."""
