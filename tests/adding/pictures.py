"""Small pictures that tests put into sources."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganlab.data import adding, sources
from ganlab.data.adding import Plan, Report, Settings, Survey
from ganlab.data.packs import Pack, load_pack
from ganlab.data.sources import Labels


def noise(seed: int, width: int = 40, height: int = 40) -> Image.Image:
    """A colour picture like no other."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files below the folder, by their paths."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def several(count: int, where: str = "", start: int = 0) -> dict[str, bytes]:
    """So many different pictures by their paths."""
    return {f"{where}{number}.png": encoded(noise(start + number)) for number in range(count)}


class Looked(NamedTuple):
    """What a page knows before it packs."""

    survey: Survey
    labels: Labels
    report: Report


def look(source: Path | str, labels: str = "auto", settings: Settings | None = None) -> Looked:
    """The survey of a source, without anything kept."""
    collection = sources.open_source(str(source))
    found = sources.labels_from(collection, labels)
    survey = adding.survey(collection, None)
    return Looked(survey, found, adding.report(survey, found, settings or Settings()))


def planned(source: Path | str, name: str = "mine", labels: str = "auto", **settings: object) -> Plan:
    chosen = Settings.model_validate(settings)
    looked = look(source, labels, chosen)
    return adding.plan(looked.survey, looked.labels, chosen, name)


def packed(source: Path | str, name: str = "mine", labels: str = "auto", **settings: object) -> Pack:
    """The pack that the source becomes."""
    return load_pack(adding.add(planned(source, name, labels, **settings)))


def as_pillow(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """A square picture as Pillow makes it smaller, uint8 [C, size, size]."""
    pixels = np.asarray(image.resize((size, size), Image.Resampling.BICUBIC))
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
