"""Everything that a GPU has to answer, as one command: `python3 bench/gpu.py --minutes 8 --out FOLDER`.

Needs CUDA, Python 3.12 and torch, and neither a network nor an installation; `make travel` makes what it takes along.
"""

import runpy
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # as if begun in the checkout: the parts are a package there, as ganlab is
runpy.run_module("bench.gpu_parts", run_name="__main__", alter_sys=True)
