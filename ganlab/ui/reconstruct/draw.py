"""One's own picture through the encoder: drawn with the pointer, painted over a test image, or uploaded."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.data import DataSpec
from ganlab.explore import picture_files, pictures, points, reconstruct, snippets
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.ui import address, upload_fields
from ganlab.ui.defaults import renew
from ganlab.ui.downloads import downloads
from ganlab.ui.markdown import escaped
from ganlab.ui.reconstruct import cache as reconstruct_cache
from ganlab.ui.reconstruct.live import board, nets, sent
from ganlab.ui.tray import keep
from ganlab.ui.whole_numbers import whole_number

KEY, ADDRESS = "ink", "drawing"
OPENED = "reconstruct_opened"  # the drawing that the address had when the page was opened
STARTS = ["empty board", "test image", "upload"]
TOO_LONG = (
    "This drawing is too rich for the address, so that a reload loses it: save it as PNG, and open that as upload."
)
THIN, COLOUR = 2.2, {1: "#ffffff", 3: "#c2410c"}  # brush, pixels of the model; by channels
_DRAWING = board("ganlab_drawing", "drawing.js")


class Start(NamedTuple):
    """What is on the board at first."""

    picture: Pixels  # [size, size, channels]
    blank: bool = False
    free: bool = False  # a board of one's own: it goes into the address

    @property
    def id(self) -> str:
        return hashlib.sha256(self.picture.tobytes()).hexdigest()[:12]


def show_own(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """The board with its live reconstruction, and the downloads of what was drawn last."""
    data = loaded.card.data
    with controls:
        start = _choose_start(model, loaded, main)
    if start is None:
        return
    drawn = _drawn(start, data)
    done = reconstruct.reconstruct(loaded, drawn[None])
    point = points.from_vector(loaded.latent, done.latents[0])
    with main:
        if start.free and drawn is not start.picture and address.read(ADDRESS) is None:
            st.caption(TOO_LONG)
        _DRAWING(
            key=KEY,
            data={
                **nets(model, loaded, ("encoder", "generator")),
                "centres": start.free and data.channels == 1,
                "brush": THIN * max(1, data.size / 32),
                "colour": COLOUR[data.channels],
                "start": {
                    "id": start.id,
                    "picture": pictures.data_url(start.picture),
                    "blank": start.blank,
                    "free": start.free,
                },
                "answer": {
                    "reconstruction": pictures.data_url(done.images[0]),
                    "difference": pictures.data_url(done.differences[0]),
                    "words": f"MSE {done.errors[0]:.4f}",
                },
            },
            on_drawn_change=lambda: None,
        )
        st.button("Keep", key="keep", icon=":material/bookmark_add:", on_click=keep, args=(point,))
        downloads(
            "drawing",
            {
                "png": lambda: pictures.png(drawn),
                "npz": lambda: pictures.npz(done.images, originals=done.originals, latents=done.latents.numpy()),
            },
            snippet=snippets.encoded_file(model.path, "drawing.png"),
        )


def _choose_start(model: Model, loaded: Checkpoint, main: DeltaGenerator) -> Start | None:
    """What the visitor begins with; None, with the reason in `main`, when it is not there."""
    data = loaded.card.data
    first = int(data.channels > 1 and reconstruct_cache.has_dataset(loaded))
    renew("begin", STARTS[first], of=model.id)
    begin = st.radio("Begin with", STARTS, index=first, key="begin", bind="query-params")
    if begin != STARTS[0]:
        st.query_params.pop(ADDRESS, None)
        st.session_state.pop(OPENED, None)
    if begin == "test image":
        pack = reconstruct_cache.with_test_images(loaded, main)
        if pack is None:
            return None
        place = whole_number("Test image", 0, len(pack.images) - pack.train - 1, key="image")
        return Start(reconstruct.images_at(loaded, pack, [place])[0])
    if begin == "upload":
        return _uploaded(data, main)
    if not sent(KEY, "drawn"):  # while one draws, the board must not begin anew
        st.session_state[OPENED] = address.read(ADDRESS) or ""
    if opened := st.session_state.get(OPENED):
        try:
            return Start(picture_files.from_text(opened, data), free=True)
        except ValueError as error:
            st.session_state[OPENED] = ""  # told until something is drawn
            main.warning(escaped(str(error)), icon=":material/link_off:")
    return Start(np.zeros((data.size, data.size, data.channels), np.uint8), blank=True, free=True)


def _uploaded(data: DataSpec, main: DeltaGenerator) -> Start | None:
    file = st.file_uploader(
        "Picture",
        type=list(picture_files.SUFFIXES),
        max_upload_size=picture_files.MAX_BYTES // 2**20,
        key="picture",
        help="Its middle square is shrunk to what the model reads. It stays on this computer's app.",
    )
    dark_on_light = data.channels == 1 and st.toggle(
        "Invert", key="invert", bind="query-params", help="For dark writing on light paper."
    )
    if file is None:
        main.info("Choose a picture file under Picture.", icon=":material/add_photo_alternate:")
        return None
    try:
        name = upload_fields.called(file)
        return Start(picture_files.read(file.getvalue(), data, name=name, invert=bool(dark_on_light)))
    except ValueError as error:
        main.error(escaped(str(error)), icon=":material/broken_image:")
        return None


def _drawn(start: Start, data: DataSpec) -> Pixels:
    """What was on the board when the hand last rested; the start before that."""
    picture = _pixels(sent(KEY, "drawn"), start, data)
    if picture is None:
        return start.picture
    if start.free:
        address.write(ADDRESS, picture_files.to_text(picture), default="")
    return picture


def _pixels(said: Mapping[str, Any], start: Start, data: DataSpec) -> Pixels | None:
    """What the browser sent, when it is a picture drawn on this start."""
    text = said.get("pixels")
    if said.get("start") != start.id or not isinstance(text, str):
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) != data.size * data.size * data.channels:
        return None
    return np.frombuffer(content, np.uint8).reshape(data.size, data.size, data.channels).copy()
