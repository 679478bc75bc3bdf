# SPDX-License-Identifier: Apache-2.0
"""Map servers that tell each other of incidents, alerts and metrics: events out, and what keeps them from echoing."""
