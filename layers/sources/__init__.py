# SPDX-License-Identifier: Apache-2.0
"""The common road of everything that is connected: message, redaction, parse, place, store, dead letter, replay."""
