"""Folders of pictures, read part by part."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ganlab import listings
from ganlab.counting import counted
from ganlab.data.making import PART, Part, Progress
from ganlab.data.pictures import open_picture

REPORTED_EVERY = 500  # pictures
MOST_AT_ONCE = 8  # pictures in memory, each of up to 50 million pixels


def read_images(
    paths: Sequence[Path], conditions: Tensor, size: int, progress: Progress, *, crop: int = 0
) -> Iterator[Part]:
    """The pictures of any kind that `open_picture` reads, uint8 [n, 3, size, size] a part, with `conditions` [N, D].

    `crop` is the side, in pixels, of the square that is cut from the middle first; without it the whole picture
    is squeezed into the square. No more than a part and a few pictures are in memory at once. Raises
    ValueError naming the picture that cannot be read.
    """
    with ThreadPoolExecutor(min(MOST_AT_ONCE, os.cpu_count() or 1)) as pool:  # Pillow decodes without Python's lock
        for start in range(0, len(paths), PART):
            some = paths[start : start + PART]
            images = np.empty((len(some), 3, size, size), np.uint8)
            for place, pixels in enumerate(pool.map(lambda path: _pixels(path, size, crop), some)):
                images[place] = pixels.transpose(2, 0, 1)
                if place % REPORTED_EVERY == 0:
                    done = start + place
                    progress(done / len(paths), f"reading pictures: {done:,} of {len(paths):,}")
            yield Part(torch.from_numpy(images), conditions[start : start + PART])


def found(stems: Sequence[str], folder: Path, named_in: Path) -> list[Path]:
    """The picture of each stem in `folder`.

    ValueError says how many of those that `named_in` names are missing, or which are there twice.
    """
    files = _files_by_stem(folder)
    if missing := [stem for stem in stems if stem not in files]:
        raise ValueError(
            f"{named_in} names {counted(len(stems), 'picture')}, of which {counted(len(missing), 'is', 'are')} not in "
            f"{folder} (the first: {missing[0]}); copy what is missing there, or take its name out"
        )
    if twice := [files[stem] for stem in stems if len(files[stem]) > 1]:
        first, second = twice[0][:2]
        raise ValueError(f"{first} and {second.name} have one name; remove the one that is not the dataset's")
    return [files[stem][0] for stem in stems]


def _files_by_stem(folder: Path) -> dict[str, list[Path]]:
    """By their names without suffix, which datasets' own lists do not always tell right."""
    if not listings.is_folder(folder):
        raise ValueError(f"{folder} is not there; put the dataset's pictures into it")
    found: dict[str, list[Path]] = defaultdict(list)
    for path in listings.files(folder):
        found[path.stem].append(path)
    return found


def _pixels(path: Path, size: int, crop: int) -> np.ndarray:
    """uint8 [size, size, 3]."""
    rgb = open_picture(path).convert("RGB")
    if crop:
        left, top = (rgb.width - crop) // 2, (rgb.height - crop) // 2
        if left < 0 or top < 0:
            raise ValueError(f"{path} has {rgb.width}x{rgb.height} pixels; at least {crop}x{crop} are needed")
        rgb = rgb.crop((left, top, left + crop, top + crop))
    if rgb.size != (size, size):
        rgb = rgb.resize((size, size), Image.Resampling.BILINEAR)
    return np.array(rgb)
