"""What people read of a model of points, on the pages that have cards and tables, in a terminal and from Python."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from ganlab import api
from ganlab.cli import main
from ganlab.data import BUILT_IN
from ganlab.hub.card import card_text
from ganlab.metrics import METRICS
from ganlab.recipes import RECIPES
from ganlab.snapshots import Measured
from tests.app.cards import with_numbers
from tests.untrained import save_untrained

OF_PICTURES = re.compile(r"\b(pictures?|images?|pixels?|px)\b", re.IGNORECASE)
ONLY_PICTURES = {"pictures", "inception", "training"}
"""Needs that no model of points meets."""


def of_pictures(text: str) -> list[str]:
    """The lines that speak of them."""
    return [line for line in text.splitlines() if OF_PICTURES.search(line)]


def words(page: AppTest) -> Iterator[str]:
    """What the elements of a page say, their help included; what is in HTML are scripts and styles."""
    for one in (each for each in (*page.main, *page.sidebar) if each.type != "html"):
        said = getattr(one, "proto", None)
        found = (getattr(said, name, "") for name in ("body", "label", "help", "caption", "placeholder"))
        yield from (text for text in found if isinstance(text, str))


def test_nothing_speaks_of_pictures_where_a_model_makes_points(data_folder, open_page, capsys) -> None:
    recipe = RECIPES["spiral-infogan"]
    path = Path(os.environ["GANLAB_CHECKPOINTS"]) / "points.safetensors"
    save_untrained(path, "infogan", recipe.config, BUILT_IN[recipe.dataset].spec)
    assert main(["evaluate", str(path), "--n", "200", "--write"]) == 0
    assert of_pictures(capsys.readouterr().out.replace(str(path), "")) == []
    model = api.load(path)
    assert of_pictures(model._repr_html_().replace(str(path), "")) == []
    assert of_pictures(api.Measures(Measured(model.card.metrics, model.card.codes), 1)._repr_html_()) == []
    assert of_pictures(card_text(model.card, "owner/points", "mit", "0" * 64)) == []
    for page in (with_numbers(open_page("gallery"), "points"), open_page("compare", curves="points")):
        assert not page.exception
        assert of_pictures("\n".join(words(page))) == []


def test_metrics_of_points_are_told_without_pictures() -> None:
    told = {name: f"{one.title}: {one.text}" for name, one in METRICS.items() if not one.needs & ONLY_PICTURES}
    assert {name: text for name, text in told.items() if of_pictures(text)} == {}
