# SPDX-License-Identifier: Apache-2.0
"""One file per layer; each defines ``LAYER``. Adding a layer is adding a file here, and nothing else."""
