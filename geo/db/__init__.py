# SPDX-License-Identifier: Apache-2.0
"""The only door to PostGIS: statements, connections, migrations, the change log and the managed local cluster."""
