"""What stands beside the text of a lesson: each shows something live, and says what has been done with it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st
from torch import Tensor

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.explore import curves, library, pictures, points
from ganlab.explore.curves import Curves
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.lessons import Deed
from ganlab.playground.failures import FAILURES
from ganlab.ui import cache, charts, live
from ganlab.ui.lessons.game import game
from ganlab.ui.lessons.measuring import measuring
from ganlab.ui.lessons.through_encoder import show_through_encoder
from ganlab.ui.live import Apart, Handles, Settled

WIDTH, PAIR_WIDTH = 336, 448  # pixels
CHART_HEIGHT = 420
SHEET_COLUMNS = 8
SHOWN = ("step", "discriminator/loss", "generator/loss", "discriminator/real", "generator/fake")
STEPS_SEEN = "lesson_steps_seen"


def two_numbers() -> Deed:
    """The plane of a model that reads two numbers."""
    return _deed_of(*_stage("two_numbers", shipped("mnist-vae-28-2d"), Point(3), Handles(directions=2)))


def one_game() -> Deed:
    """A game that ends well."""
    return game("lesson_game", [("", {})])


def collapse_and_cure() -> Deed:
    """A game that collapses, and one of the same start that does not."""
    failure = FAILURES["collapse"]
    games = [("As it goes wrong", failure.settings), ("Cured", failure.cured("paired"))]
    return game("lesson_collapse", games, cure="Cure it")


def codes() -> Deed:
    """An InfoGAN whose buttons do not say what they were measured to draw."""
    handles = Handles(directions=0, reach=2, codes={})
    return _deed_of(*_stage("codes", shipped("mnist-infogan-64"), Point(4), handles))


def labels() -> Deed:
    """A conditional GAN of faces."""
    return _deed_of(*_stage("labels", shipped("faces-acgan-64"), Point(29), Handles(directions=0)))


def vae_and_gan() -> Deed:
    """Two models whose names are not told, and a picture of the second on its way through the first."""
    vae, gan = shipped("mnist-vae-28"), shipped("mnist-dcgan-28")
    start, key = Point(0), _key("vae_and_gan")
    settled = live.explore(
        [vae],
        key=key,
        handles=Handles(directions=0),
        captions=["A"],
        start=start,
        width=PAIR_WIDTH,
        apart=Apart([gan], ["B"]),
    )
    other = (settled.point.seed + 1) % points.MAX_SEED  # a picture of B would tell which of the two is which
    show_through_encoder(vae, gan, other)
    return _deed_of(settled, start, cache.checkpoint(vae.path))


def curves_and_pictures() -> Deed:
    """The curves of the run that made a model, and what it drew at a step."""
    model = shipped("mnist-dcgan-28")
    recipe, sheets = cache.checkpoint(model.path).card.recipe, checkpoints.read_sheets(model.path)
    if sheets is None or len(sheets.steps) < 2:
        raise ValueError(f"{model.id} carries no pictures of its training; get the file again")
    steps = tuple(int(step) for step in sheets.steps)
    step = st.select_slider("Look at step", steps, key="lesson_step", format_func=lambda one: f"{one:,}")
    seen: frozenset[int] = st.session_state.get(STEPS_SEEN, frozenset()) | {step}
    st.session_state[STEPS_SEEN] = seen
    sheet = pictures.data_url(_sheet(sheets.images[steps.index(step)]))
    st.image(sheet, width=WIDTH, caption=f"Drawn at step {step:,} of {steps[-1]:,}")
    run = curves.of_checkpoint(model.path, recipe)
    figure = charts.curve_figure(
        {model.id: Curves(columns={name: run.columns[name] for name in SHOWN if name in run.columns})},
        smoothing=0.01,
        dark=st.context.theme.type == "dark",
        height=CHART_HEIGHT,
        colour_by="quantity",
    )
    figure.add_vline(step, line={"width": 2, "dash": "dot"})
    st.plotly_chart(figure, key="lesson_curves", config={"displayModeBar": False}, alt="Curves of a training run")
    return Deed(seen=seen & frozenset(steps), steps=steps)


def measuring_two() -> Deed:
    """A good model and one that leaves digits out."""
    return Deed(pictures=measuring([shipped("mnist-dcgan-28"), shipped("mnist-vae-28-2d")]))


LIVE: dict[str, Callable[[], Deed]] = {
    "two_numbers": two_numbers,
    "one_game": one_game,
    "curves_and_pictures": curves_and_pictures,
    "collapse_and_cure": collapse_and_cure,
    "codes": codes,
    "labels": labels,
    "vae_and_gan": vae_and_gan,
    "measuring": measuring_two,
}
"""By the names that lessons call them. A ValueError says what is missing."""


def shipped(name: str) -> Model:
    """A model that comes along. ValueError where the folder of models lacks it."""
    known = {model.id: model for model in library.models()}
    if name not in known:
        raise ValueError(f"this lesson shows {name}, which comes along with ganlab and is not in the folder of models")
    return known[name]


def _key(name: str) -> str:
    """Under what a stage is in the address and in the session."""
    return f"lesson_{name}"


def _stage(name: str, model: Model, start: Point, handles: Handles) -> tuple[Settled, Point, Checkpoint]:
    settled = live.explore([model], key=_key(name), handles=handles, start=start, width=WIDTH)
    return settled, start, cache.checkpoint(model.path)


def _deed_of(settled: Settled, start: Point, loaded: Checkpoint) -> Deed:
    begun = points.latents(loaded.latent, [replace(start, seed=settled.point.seed)])[0]
    return Deed(
        distance=float((settled.latent - begun).norm()),
        seed_changed=settled.point.seed != start.seed,
        held=dict(settled.point.fixed),
    )


def _sheet(images: Tensor) -> Pixels:
    """Pictures [N, C, H, W] as one."""
    laid = pictures.atlas(images.permute(0, 2, 3, 1).contiguous().numpy(), SHEET_COLUMNS, gap=1)
    return pictures.enlarge(laid, 3)
