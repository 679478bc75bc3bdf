# SPDX-License-Identifier: Apache-2.0
"""Side-by-side runs against peers; ``python -m benchmarks`` or ``./toancanh bench``. See docs/benchmarks.md."""
