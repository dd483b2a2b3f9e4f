"""How far off a share may be that was counted among few. Pure."""

from math import sqrt

Z95 = 1.959964
"""Standard deviations on either side of a mean that 95 % of a normal distribution lie within."""


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95 % interval of a share, 0..1, after Wilson (1927): it holds for few, and at 0 and 1 too.

    Of weighted answers `whole` is their effective number. Of none the share may be anything.

    >>> [round(end, 3) for end in wilson(0, 20)]
    [0.0, 0.161]
    """
    if whole <= 0:
        return 0.0, 1.0
    share, z2 = part / whole, Z95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z95 * sqrt(share * (1 - share) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return max(0.0, middle - half), min(1.0, middle + half)
