"""What Reconstruct works out from a dataset, kept between reruns and shared by all visitors."""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data import Pack, catalogue
from ganlab.explore import encodings as explore_encodings
from ganlab.explore import library, reconstruct
from ganlab.explore.encodings import Encodings
from ganlab.file_versions import FileVersion, version
from ganlab.metrics.mixtures import fit_mixture
from ganlab.mixture import Mixture
from ganlab.ui import cache
from ganlab.ui.markdown import code, escaped
from ganlab.ui.packing import at_its_size, pack_button, pack_if_asked, takes, usable_pack

Versions = tuple[FileVersion, ...]  # of the model, and of what is known of its dataset

SEED = 0  # of the choice of training images, and of the mixture's first guess


def has_dataset(loaded: Checkpoint) -> bool:
    """Whether `dataset` would give one."""
    return not library.without_pictures(loaded.card) and catalogue.is_packed(
        loaded.card.data.name, loaded.card.data.size
    )


def dataset(loaded: Checkpoint, main: DeltaGenerator) -> Pack | None:
    """The model's dataset; None, with the way to get it in `main`, when it is not packed here or damaged."""
    name, size = loaded.card.data.name, loaded.card.data.size
    if missing := library.without_pictures(loaded.card):
        main.info(f"This view needs real images, and {escaped(missing)}.", icon=":material/info:")
        return None
    if not catalogue.is_packed(name, size):
        with main:
            _offer(name, size)
        return None
    with main:
        return usable_pack(name, size)


def with_test_images(loaded: Checkpoint, main: DeltaGenerator) -> Pack | None:
    """As `dataset`, for what needs test images; None, with the reason in `main`, when it has none."""
    pack = dataset(loaded, main)
    if pack is not None and pack.train == len(pack.images):
        main.info(
            f"This view needs test images, and the pack of {code(pack.spec.name)} has none. Delete the pack and pack "
            "the dataset again: some of the training images are then held out.",
            icon=":material/info:",
        )
        return None
    return pack


def encodings(path: Path, pack: Pack) -> Encodings:
    """Up to 5,000 training images as the model's encoder sees them."""
    return _encodings(str(path), _versions(path, pack), pack)


def mixture(path: Path, pack: Pack, components: int) -> Mixture:
    """A mixture of Gaussians fitted to those."""
    return _mixture(str(path), _versions(path, pack), components, pack)


def test_error(path: Path, pack: Pack, *, measure: bool) -> float | None:
    """The error over the whole test split; None when nobody has measured it and `measure` is not set."""
    known = _test_error(str(path), _versions(path, pack))
    if not known and measure:
        with st.spinner(f"Encoding and decoding {counted(len(pack.images) - pack.train, 'test image')}"):
            known.append(reconstruct.test_error(cache.checkpoint(path), pack))
    return known[0] if known else None


def _versions(path: Path, pack: Pack) -> Versions:
    return version(path), *cache.dataset_versions(pack.spec.name, pack.spec.size)


def _offer(name: str, size: int) -> None:
    missing = f"the images of the dataset {code(name)}, which is not packed{at_its_size(name, size)} here yet"
    st.markdown(f"This needs {missing}. {takes(name, size)}")
    pack_button(name, size)
    pack_if_asked(name, size)


@st.cache_resource(max_entries=8, show_spinner="Encoding training images")
def _encodings(path: str, versions: Versions, _pack: Pack) -> Encodings:
    return explore_encodings.encodings(cache.checkpoint(Path(path)), _pack, seed=SEED)


@st.cache_resource(max_entries=32, show_spinner="Fitting the mixture")
def _mixture(path: str, versions: Versions, components: int, _pack: Pack) -> Mixture:
    latents = _encodings(path, versions, _pack).latents
    return fit_mixture(latents, components=components, seed=SEED)


@st.cache_resource(max_entries=64, show_spinner=False)
def _test_error(path: str, versions: Versions) -> list[float]:
    """Empty until `test_error` has measured it."""
    return []
