"""Train the recipes of failures and keep them small in `failures/`: `make failures`, about two minutes a core."""

import shutil
import tempfile
from pathlib import Path

from ganlab import runs
from ganlab.execute import execute
from ganlab.jobs.examples import keep
from ganlab.recipes.failures import FAILURES

FOLDER = Path(__file__).parents[1] / "failures"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for recipe in FAILURES:
            folder = runs.create(Path(place) / recipe.name, recipe, device="cpu")
            for _ in execute(folder):
                pass
            shutil.rmtree(FOLDER / recipe.name, ignore_errors=True)
            keep(folder, FOLDER)
            print(recipe.name, [finding.kind for finding in runs.read_status(folder).findings])


if __name__ == "__main__":
    main()
