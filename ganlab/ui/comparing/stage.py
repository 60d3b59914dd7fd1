"""The live stage of the Compare page: one latent or one seed, drawn by several entries or by snapshots of a run."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from ganlab.checkpoints import Card
from ganlab.explore import library, same_latent
from ganlab.explore.comparison import Entry
from ganlab.explore.library import Model
from ganlab.latents import Latent
from ganlab.ui import cache, live, messages
from ganlab.ui.companions import Row, drawable, early
from ganlab.ui.comparing.controls import first_value
from ganlab.ui.keeping import in_browser
from ganlab.ui.markdown import escaped
from ganlab.ui.one_of import one_of

STAGE, LEADER, TRAINING, LIVE = "stage", "leader", "training", "live"
DIRECTIONS = 6
MOST = 8  # entries; each is a net to send to the browser and to run for each picture


class Able(NamedTuple):
    """An entry that can draw."""

    model: Model
    name: str
    latent: Latent


@st.fragment
def show_stage(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """A switch, and while it is on, the stage: entries of one latent move together, the others draw their own."""
    st.subheader("Live, side by side", anchor=False)
    first_value(STAGE, False)
    if not st.toggle(
        "Move one latent, and watch all of them",
        key=STAGE,
        bind="query-params",
        help="Loads the models and draws them in your browser while you move a slider.",
    ):
        st.query_params.pop(LIVE, None)
        return
    in_browser()
    able = _able(entries, names)
    if not able:
        st.info("None of these has a model to draw with yet.", icon=":material/hourglass_empty:")
        return
    together, others = _choose_group(able)
    row = drawable(_row(together[:MOST]))
    if not row.models:
        return
    leader, name = row.models[0], row.captions[0]
    row = drawable(_with_training(row))
    apart = drawable(_row(others[: max(0, MOST - len(together))]))
    if len(able) > MOST:
        st.caption(f"The first {MOST} of {len(able)} are shown.")
    try:
        settled = live.explore(
            row.models,
            handles=live.Handles(directions=DIRECTIONS),
            captions=row.captions,
            leader=leader,
            key=LIVE,
            apart=live.Apart(apart.models, apart.captions),
        )
    except ValueError as error:
        st.warning(messages.told(error), icon=":material/broken_image:")
        return
    live.below(settled, f" · controls of {name}" if len(row.models) + len(apart.models) > 1 else "")


def _row(some: Sequence[Able]) -> Row:
    return Row([one.model for one in some], [one.name for one in some])


def _able(entries: Sequence[Entry], names: Sequence[str]) -> list[Able]:
    """Those that can draw; of the others the page says that they cannot."""
    found, missing = [], []
    for entry, name in zip(entries, names, strict=True):
        model = entry.source.model
        card = cache.card(model) if model else None
        if model and isinstance(card, Card):
            found.append(Able(model, name, card.latent))
        else:
            without = "a study keeps no weights" if entry.source.result else "no snapshot yet"
            missing.append(f"**{escaped(name)}** ({'its file cannot be read' if model else without})")
    if missing:
        st.caption(f"Without a model to draw with: {', '.join(missing)}.")
    return found


def _choose_group(able: Sequence[Able]) -> tuple[list[Able], list[Able]]:
    """Those that move together, at first the largest group, and the others, which draw latents of their own.

    Where there is a choice, the visitor makes it.
    """
    groups = [[able[i] for i in group] for group in same_latent.groups([one.latent.structure for one in able])]
    if len(groups) == 1:
        return groups[0], []
    leaders = list(library.shown_names([group[0].model.id for group in groups]).values())
    most = leaders[groups.index(max(groups, key=len))]
    first_value(LEADER, most)
    leader = one_of(
        "Move all that share the latent of",
        leaders,
        most,
        key=LEADER,
        help="Models follow one hand when they read the same vector of numbers, labels and attributes.",
    )
    shown = groups[leaders.index(leader)]
    others = [one for one in able if one.latent.structure != shown[0].latent.structure]
    names = escaped(", ".join(one.name for one in others))
    reasons = [
        f"**{escaped(one.name)}**: {escaped(same_latent.difference(one.latent, shown[0].latent))}." for one in others
    ]
    st.caption(
        f":material/casino: On latents of their own, for they read others: {names}. They draw the same seed: the "
        "sliders leave them as they are, Randomise changes all.",
        help="\n\n".join(reasons),
    )
    return shown, others


def _with_training(row: Row) -> Row:
    """The row, with snapshots of one of its runs before it when the visitor asks for them."""
    names = library.shown_names([model.id for model in row.models])
    runs = {names[model.id]: snapshots for model in row.models if (snapshots := early(model)).models}
    if not runs:
        return row
    first_value(TRAINING, None)
    chosen = st.pills("With snapshots of", list(runs), format_func=escaped, key=TRAINING, bind="query-params")
    if chosen not in runs:
        return row
    before = runs[chosen]
    return Row([*before.models, *row.models], [*before.captions, *row.captions])
