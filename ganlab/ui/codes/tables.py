"""What the codes of a model were measured to do: from the checkpoint's header, or measured when asked."""

from pathlib import Path

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import CategoryCode, Codes, code_of_kind
from ganlab.data import catalogue
from ganlab.explore import code_words, codes, library
from ganlab.explore.capabilities import is_condition, own_codes
from ganlab.explore.library import Model
from ganlab.file_versions import FileVersion, version
from ganlab.ui import cache
from ganlab.ui.markdown import escaped
from ganlab.ui.packing import how_to_get, usable_pack

ASKED = "codes_measure"  # ids of models whose codes this session has asked for
SHARES = ("share", "share under the others")


def measured(model: Model, loaded: Checkpoint) -> Codes:
    """What is known of the model's codes: what its header says, or what this session had measured."""
    if loaded.card.codes or model.id not in st.session_state.get(ASKED, ()):
        return loaded.card.codes
    try:
        data = loaded.card.data
        versions = (version(model.path), *cache.dataset_versions(data.name, data.size))
        return _measure(str(model.path), versions)
    except ValueError:  # of the dataset's file, which `show_tables` tells
        return loaded.card.codes


def show_tables(model: Model, loaded: Checkpoint, known: Codes) -> None:
    """A table for each category, one for the continuous codes; where nothing is known, how to measure it."""
    if not known:
        _offer(model, loaded)
        return
    import pandas as pd  # here, not above: .3 s that a page's pictures need not wait

    for factor in code_words.categories(loaded.latent):
        code = code_of_kind(known, factor.name, CategoryCode)
        if code is None or is_condition(factor.name, loaded.card.data):
            continue
        st.markdown(f"**{escaped(factor.name)}**: {_said_of(code)}")
        st.dataframe(
            pd.DataFrame(code_words.label_rows(factor, code)),
            hide_index=True,
            width="content",
            column_config={
                key: st.column_config.ProgressColumn(key, format="percent", min_value=0.0, max_value=1.0)
                for key in SHARES
            },
        )
    if rows := code_words.code_rows(known):
        st.markdown("**Continuous codes**: the quality of strokes that follows each from -2 to 2, all else equal")
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="content")
        st.caption(
            "rho is Spearman's rank correlation over the sweep: 1 or -1 when the quality only grows or only shrinks. "
            "The effect of the whole sweep is in standard deviations of real data."
        )
    if not any(name in known for name in own_codes(loaded.latent, loaded.card.data)):
        st.caption(
            "The labels of this model are those of its dataset, so there is nothing to find out; "
            "whether it obeys them is on the page Attributes."
        )


def _said_of(code: CategoryCode) -> str:
    """The sentence above a category's table."""
    if code.accuracy is None or code.nmi is None:
        return "what the pictures of each label show, by the classifier of the dataset"
    return (
        f"the recognizer sorts the test split into the classes below with accuracy **{code.accuracy:.1%}** "
        f"(normalised mutual information {code.nmi:.2f}), though it never saw a label"
    )


def _offer(model: Model, loaded: Checkpoint) -> None:
    """A button that measures, where the dataset is here."""
    name, size = loaded.card.data.name, loaded.card.data.size
    if not own_codes(loaded.latent, loaded.card.data):
        st.caption("The labels of this model are those of its dataset: there is nothing to find out.")
        return
    missing = library.without_pictures(loaded.card)
    ready = not missing and catalogue.is_packed(name, size)
    if ready and usable_pack(name, size) is None:
        return
    st.info(
        "Nobody has measured yet what these codes do: the run is not finished, or the file is old."
        + ("" if ready else f" Measuring needs real pictures: {escaped(missing) or how_to_get(name, size)}."),
        icon=":material/straighten:",
    )
    st.button(
        "Measure now",
        key="measure",
        icon=":material/straighten:",
        disabled=not ready,
        on_click=_ask,
        args=(model,),
    )


def _ask(model: Model) -> None:
    st.session_state[ASKED] = {*st.session_state.get(ASKED, ()), model.id}


@st.cache_resource(max_entries=16, show_spinner="Measuring what each code does, up to a minute")
def _measure(path: str, versions: tuple[FileVersion, ...]) -> Codes:
    model = cache.checkpoint(Path(path))
    return codes.measure(model, cache.pack(model.card.data.name, model.card.data.size))
