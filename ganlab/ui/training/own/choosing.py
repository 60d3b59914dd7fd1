"""What will become of the pictures, under choices that can be changed, and the button that makes the dataset."""

import re
import unicodedata
from pathlib import PurePath

import streamlit as st

from ganlab.data import adding, sources
from ganlab.data.adding import Colour, Crop, Report, Settings, Size
from ganlab.data.adding.settings import SIZES
from ganlab.data.sources import Labels
from ganlab.data.sources.collection import TEST
from ganlab.explore import pictures
from ganlab.file_versions import FileVersion, version
from ganlab.foreign import shortened
from ganlab.jobs import additions
from ganlab.jobs.additions import Addition, Looked, Wish
from ganlab.ui import messages
from ganlab.ui.clicks import clicked
from ganlab.ui.markdown import escaped
from ganlab.ui.training.own import choices, opened, report

COLUMNS = 8  # of the preview
COLOURS: dict[Colour, str] = {"auto": "As the pictures are", "grey": "Grey", "rgb": "Colour"}
CROPS: dict[Crop, str] = {"centre": "The middle square", "squeeze": "All of it, squeezed", "pad": "All of it, on white"}
LABELS = {"auto": "As they come", "none": "None"}
MOST_HELD_OUT = 50  # percent


def show(addition: Addition) -> None:
    """Choices and preview beside each other, then the report, and the name."""
    try:
        now = version(addition.status)
        found = _looked(addition, now)
    except (ValueError, OSError) as error:
        st.error(messages.told(error), icon=":material/block:")
        st.button(
            "Look again", key="look_again", icon=":material/refresh:", on_click=opened.look_again, args=(addition,)
        )
        return
    first = _first(addition, found)
    if not found.survey.findings["usable"].any():  # no choice would change that
        report.show_obstacles(adding.report(found.survey, _labels(addition, now, "none"), first.settings))
        return
    left, right = st.columns([1, 1.6], gap="medium")
    with left:
        size, crop, colour = _choose_shape(first.settings)
        try:
            wanted = _choose_labels(addition, now, first.labels)
            labels = _labels(addition, now, wanted)
            share = _choose_share(labels, first.settings.test_share)
            settings = Settings(size=size, crop=crop, colour=colour, test_share=share)
            told = adding.report(found.survey, labels, settings)
        except ValueError as error:
            st.error(escaped(str(error)), icon=":material/block:")
            return
    with right:
        _preview(found, settings, told)
    report.show(told, settings, labelled=wanted != "none")
    _make(addition, told, first.model_copy(update={"settings": settings, "labels": wanted}))


def proposed_name(title: str) -> str:
    """A name that a dataset may have, after the file or folder that it comes from."""
    plain = unicodedata.normalize("NFKD", PurePath(title).name.lower())
    stem = re.sub(r"(\.(zip|tar|tgz|gz|bz2|xz|npz|csv|tsv|parquet|json|jsonl))+$", "", plain)
    letters = re.sub(r"[^a-z0-9.]+", "-", stem.encode("ascii", "ignore").decode()).strip("-.")[:50].strip("-.")
    base = letters or "pictures"
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if not complaint(name))


def complaint(name: str) -> str:
    """Why no new dataset can be called so; empty when one can."""
    try:
        adding.check_new(name)
    except ValueError as error:
        return str(error)
    return ""


@st.cache_resource(max_entries=4, show_spinner="Reading examples")
def _looked(addition: Addition, version: FileVersion) -> Looked:
    return additions.looked(addition)


@st.cache_resource(max_entries=16, show_spinner="Reading labels")
def _labels(addition: Addition, version: FileVersion, wanted: str) -> Labels:
    return sources.labels_of(_looked(addition, version).survey.collection, wanted)


def _first(addition: Addition, found: Looked) -> Wish:
    """What the choices begin with: what was chosen before, where a packing was cancelled or failed."""
    if before := additions.read_wish(addition):
        return before
    usable = found.survey.findings[found.survey.findings["usable"]]
    sides = [min(int(one["width"]), int(one["height"])) for one in usable[:1000]]
    settings = Settings(size=adding.proposed_size(sides))
    return Wish(name=proposed_name(additions.title_of(addition)), settings=settings)


def _choose_shape(first: Settings) -> tuple[Size, Crop, Colour]:
    size = st.segmented_control(
        "Size", SIZES, default=first.size, required=True, key=choices.SIZE, format_func=lambda side: f"{side} px",
        help="Height and width of the images that the nets see. Half of the pictures have as many pixels as the size "
        "that is proposed. Larger ones train longer: twice the side takes about four times as long.",
    )  # fmt: skip
    crop = st.selectbox(
        "Crop", list(CROPS), list(CROPS).index(first.crop), key=choices.CROP, format_func=CROPS.__getitem__
    )
    colour = st.selectbox(
        "Colour", list(COLOURS), list(COLOURS).index(first.colour), key=choices.COLOUR, format_func=COLOURS.__getitem__
    )
    return size or first.size, crop, colour


def _choose_labels(addition: Addition, now: FileVersion, first: str) -> str:
    """As the pictures come, none, or one of the lists among them; what there is no choice of is not asked."""
    lists = _looked(addition, now).survey.collection.lists
    if not lists and not _labels(addition, now, "auto").columns:
        return "none"
    options = [*LABELS, *lists]
    return st.selectbox(
        "Labels", options, options.index(first) if first in options else 0, key=choices.LABELS,
        format_func=lambda wanted: LABELS.get(wanted, wanted),
        help="With labels a model can be asked for a kind of picture. They come from what the source says, from a list "
        "such as labels.csv, or from folders; or choose one of the lists among the pictures.",
    )  # fmt: skip


def _choose_share(labels: Labels, first: float) -> float:
    """Of the pictures that are held out, where the source has no test pictures."""
    if labels.sides is not None and (labels.sides == TEST).any():
        st.caption("Which pictures are held out is said by the source.")
        return first
    percent = st.slider(
        "Held out for measurements", 0, MOST_HELD_OUT, round(100 * first), 5, format="%d%%", key=choices.HELD_OUT,
        help="Models do not train on these; what they draw is compared with them. They are chosen by what they show, "
        "so that copies stay together.",
    )  # fmt: skip
    return percent / 100


def _preview(found: Looked, settings: Settings, told: Report) -> None:
    images = adding.preview(found.examples, settings, told.channels).transpose(0, 2, 3, 1)
    if not len(images):
        return
    with st.container(key="pixels_preview"):
        st.image(
            pictures.data_url(
                pictures.atlas(images, min(COLUMNS, len(images)), gap=max(1, settings.size // 32), transparent=True)
            ),
            width="stretch",
            alt=f"{len(images)} of the pictures, as the nets will see them",
        )
    st.caption(f"{len(images)} of the pictures as the nets will see them")


def _make(addition: Addition, told: Report, wish: Wish) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of the dataset", wish.name, key=choices.NAME, max_chars=63, width=280).strip()
        called = st.text_input(
            "Title", wish.title, key=choices.TITLE, max_chars=100, width=280, placeholder=shortened(name, 60),
            help="How pages call it; the name when empty.",
        ).strip()  # fmt: skip
        terms = st.text_input(
            "Terms", wish.licence, key=choices.TERMS, max_chars=500, width=280, placeholder="not known",
            help="Who may do what with the pictures, such as CC BY 4.0, which every model of them then says. Under a "
            "free licence a model carries a few of them for comparison.",
        ).strip()  # fmt: skip
    wrong = complaint(name)
    pack_bytes = told.usable * told.channels * wish.settings.size**2
    with st.container(horizontal=True, vertical_alignment="center"):
        barred = bool(wrong or told.obstacles)
        if (
            clicked("Make the dataset", key="make", icon=":material/inventory_2:", type="primary", disabled=barred)
            and not barred
        ):
            opened.pack(addition, wish.model_copy(update={"name": name, "title": called, "licence": terms}), pack_bytes)
            st.rerun()
        st.caption(f"{pack_bytes / 1e6:,.1f} MB on disk")
    if wrong:
        st.markdown(f":red[:small[{escaped(wrong[:1].upper() + wrong[1:])}]]")
