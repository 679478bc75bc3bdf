# SPDX-License-Identifier: Apache-2.0
"""From the bytes of an upload to units: judged, opened in a confined child process, understood. Pure, no database."""
