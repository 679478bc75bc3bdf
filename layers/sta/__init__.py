# SPDX-License-Identifier: Apache-2.0
"""OGC SensorThings API 1.1 (18-088) over our sensors and observations: addresses, query options, entities, reading."""
