# SPDX-License-Identifier: Apache-2.0
"""One router a file; plain functions that parse, call one use case, and encode."""
