# SPDX-License-Identifier: Apache-2.0
"""Simulators: programs that speak to the product from outside, over HTTP only, and share no code with it."""
