"""A dataset that was added: its files, and how it goes."""

from pathlib import Path
from typing import NamedTuple

from ganlab import listings
from ganlab.data import catalogue
from ganlab.data.adding.packing import remove_work
from ganlab.data.packs import pack_path, packs_folder


class Added(NamedTuple):
    """A dataset of a user's own, by its name; it may have gone."""

    name: str

    @property
    def path(self) -> Path:
        return pack_path(self.name)

    @property
    def owner(self) -> Path:
        """The file that says whom it belongs to, whether it is there or not."""
        return packs_folder() / f"{self.name}.owner.json"

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size if listings.is_file(self.path) else 0


def added() -> list[Added]:
    """Those that are here, by name."""
    return [Added(name) for name in catalogue.added()]


def remove(dataset: Added) -> None:
    """Remove the pack and what was made of it. ValueError while it is packed, and where there is none."""
    if dataset.name not in catalogue.added():
        raise ValueError(f"there is no dataset {dataset.name} of your own any more")
    remove_work(dataset.name)
    dataset.path.unlink()
    for path in (dataset.owner, catalogue.classifier_path(dataset.name)):
        path.unlink(missing_ok=True)
