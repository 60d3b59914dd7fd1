"""What tests need that not every system has."""

import os
import sys

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals, modes and limits as POSIX has them")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, limits or devices as Linux has them")
