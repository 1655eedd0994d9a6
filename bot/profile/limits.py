"""Where numbers end for us: beyond these, engines stop with an error or answer differently."""

import sys

LARGEST = sys.float_info.max
FAR, NEAR = 1e150, 1e-150
"""Beyond these a square is no longer a number, or nothing: some engines stop with an error."""

GREATEST = 1e140
"""Numbers beyond it are left out of sums: the square of a sum would be beyond every number."""
SMALLEST = 1e-7
"""Scores are kept this far from 0 and 1 before a logarithm is taken."""
