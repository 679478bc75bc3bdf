# SPDX-License-Identifier: Apache-2.0
"""The change report of a draft or a publication: facts from the database, then one HTML file or one PDF of them."""
