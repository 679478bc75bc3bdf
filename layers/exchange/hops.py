# SPDX-License-Identifier: Apache-2.0
"""What keeps servers that tell each other from echoing. Pure.

Two brokers that subscribed to each other sent 2,196 notifications for one entity (FIWARE/context.Orion-LD, 907). Here
an unchanged revision is never passed on, and the trail of a record ends a ring even where revisions differ.
"""

from layers.connectors.base import Found

MOST_HOPS = 4
# The source that a record of another server has here.
SOURCE_PREFIX = "ioc-"


def is_echo(found: Found, instance: str) -> bool:
    """Whether the record comes back to where it was before, or has come too far."""
    if found.origin is None:
        return False
    hops = found.origin.hops
    return instance in hops or found.origin.source == f"{SOURCE_PREFIX}{instance}" or len(hops) > MOST_HOPS
