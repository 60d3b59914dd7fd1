"""Figures of the reports, and of others, that stand in more than one place or are too long for a template."""

from typing import NamedTuple

COUNTED_BY_HAND = (12, 14, 3, 9, 5, 3, 15, 17, 11, 11)
"""Digits 0 to 9 among 100 pictures, report D."""

CODE_TABLE = (4, 2, 8, 5, 9, 6, 1, 0, 3, 7)
"""The digit that each value of c1 stood for, report C."""


class Published(NamedTuple):
    """A result on i-CLEVR's test list that others published."""

    what: str
    test: str
    how: str


PUBLISHED_SCENES = (
    Published("chance", "0.104", "sum of k squared over 24 times the number of labels"),
    Published("concatenating cDCGANs", "0.44 to 0.76", "eight public course repositories"),
    Published("WGAN-GP variants", "0.71 to 0.86", "four public course repositories"),
    Published("spectral norm, projection, hinge", "0.79 / 0.82", "test / new test list, AuwoFu"),
    Published("with a multi-label auxiliary loss", "0.83 to 0.85", "leo27945875, tim-pan"),
    Published("diffusion", "0.93 to 0.98", "three public course repositories"),
)
