# SPDX-License-Identifier: Apache-2.0
"""HTTP, command line and wiring; nothing else. The only package that knows the web framework and the environment."""
