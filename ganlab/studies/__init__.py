"""Studies: sets of recipes that are trained, measured and compared together."""

from ganlab.choices import instead
from ganlab.studies.digits import (
    SEEDS,
    SIZES,
    SIZES_REPLICA,
    STABILITY,
    STABILITY_CUT,
    STABILITY_CUT_REPLICA,
    STABILITY_REPLICA,
)
from ganlab.studies.points import POINTS, POINTS_CUT
from ganlab.studies.results import SHOWN, digits_appear, read_results, results_files, results_path, studies_folder
from ganlab.studies.running import Progress, run, run_folder, unfinished
from ganlab.studies.study import Point, Study

__all__ = [
    "SHOWN",
    "STUDIES",
    "Point",
    "Progress",
    "Study",
    "digits_appear",
    "read_results",
    "results_files",
    "results_path",
    "run",
    "run_folder",
    "studies_folder",
    "study",
    "unfinished",
]

STUDIES: dict[str, Study] = {
    "sizes": SIZES,
    "sizes-replica": SIZES_REPLICA,
    "stability": STABILITY,
    "stability-replica": STABILITY_REPLICA,
    "stability-cut": STABILITY_CUT,
    "stability-cut-replica": STABILITY_CUT_REPLICA,
    "seeds": SEEDS,
    "points": POINTS,
    "points-cut": POINTS_CUT,
}


def study(name: str) -> Study:
    """The study called `name`; ValueError lists them when there is none."""
    if name not in STUDIES:
        raise ValueError(f"there is no study {name!r}{instead(name, STUDIES)}")
    return STUDIES[name]
