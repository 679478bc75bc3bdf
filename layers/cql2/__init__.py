# SPDX-License-Identifier: Apache-2.0
"""The one filter language: OGC CQL2 (21-065r2), parsed once, evaluated as SQL, over columns and over one row.

Rules that the standard leaves to the implementation, the same in all three evaluators:

- **Truth** is three-valued as in SQL; a filter selects the rows for which it is TRUE. A property that is missing, null
  or of another type than declared is NULL.
- **Numbers** are double precision. Arithmetic takes operands of magnitude 1e-150 to 1e150: smaller ones count as 0,
  beyond it is NULL, so that nothing overflows. Division by zero, ``0 ^ -1`` and roots of negatives are NULL.
  ``a div b`` is ``trunc(a / b)``, ``a % b`` is ``a - b * (a div b)``.
  A unary minus binds closer than ``^``, which does not chain.
- **Text** literals are brought to NFC; stored text is compared as it is stored (the ingest door stores NFC), in code
  point order, which is the byte order of UTF-8. A backslash is itself, but before a quote: ``\\'`` is a quote, and
  backslashes that stand before a quote or the closing quote are doubled.
- ``CASEI`` lowers the letters of ASCII, Latin-1 and Vietnamese; ``ACCENTI`` drops U+0300..U+036F from the NFD form and
  writes đ as d, so that hòa, hoà and hoa are one. See ``folding``.
- **Time**: a ``DATE`` is the whole UTC day, so ``x = DATE(..)`` is "on that day", and exactly one of ``<``, ``=``
  and ``>`` holds. Intervals are closed, as in the standard; a bound that is a NULL property makes a NULL.
- **Space**: EPSG:4326 in lon, lat order. The predicates are those of GEOS; a stored area that
  is not valid and a stored GEOMETRYCOLLECTION meet nothing (the ingest door takes neither).
- **Arrays** are literal lists of scalars, compared as sets; one NULL in them makes a NULL. No layer has array fields.
"""
