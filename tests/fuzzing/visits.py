"""A model on every page of the app, as a visitor with a deep link finds it."""

import io
import logging
from collections.abc import Mapping
from pathlib import Path

from streamlit.testing.v1 import AppTest

from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.ui.gallery.cards import PER_PAGE
from tests.app.cards import with_numbers

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 60

VISITS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("sample", {}),
    ("interpolate", {}),
    ("interpolate", {"view": "square"}),
    ("interpolate", {"view": "training"}),
    ("codes", {}),
    ("codes", {"view": "Measured"}),
    ("attributes", {}),
    ("attributes", {"view": "What else changes"}),
    ("reconstruct", {"view": "your own"}),
    ("reconstruct", {"view": "samples"}),
    ("reconstruct", {"view": "plane"}),
    ("map", {"layout": "PCA"}),
    ("compare", {}),
)
"""Pages and what their address asks for, beside the model."""


def visit_gallery(models: list[Model]) -> list[str]:
    """Tracebacks of the gallery with all of the models in it, and of the cards that had to be guarded."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger("ganlab.ui.gallery.guard").addHandler(handler)
    try:
        visits = [_open("gallery", {"page": str(page)}) for page in range(1, 2 + len(library.models()) // PER_PAGE)]
        visits = [with_numbers(app, *(model.id for model in models)) for app in visits]
    finally:
        logging.getLogger("ganlab.ui.gallery.guard").removeHandler(handler)
    guarded = [log.getvalue()] if log.getvalue() else []
    shown = {button.key for app in visits for button in app.button}
    missing = [f"no card of {model.id}" for model in models if f"delete-{model.id}" not in shown]
    return [*(trouble for app in visits for trouble in _troubles(app)), *guarded, *missing]


def visit_pages(model: Model) -> list[str]:
    """Tracebacks of all pages but the gallery that were opened with the model."""
    found = []
    for page, asked in VISITS:
        key = "curves" if page == "compare" else "model"
        more = {"costs": "true", "stage": "true"} if page == "compare" else {}
        app = _open(page, {key: model.id, **asked, **more})
        found += [f"{page} {asked}: {told}" for told in _troubles(app)]
    return found


def _open(page: str, address: Mapping[str, str]) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=TIMEOUT_SECONDS)
    for key, value in address.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{page}.py").run()


def _troubles(app: AppTest) -> list[str]:
    return ["\n".join([*error.stack_trace[-6:], f"{error.proto.type}: {error.value[:300]}"]) for error in app.exception]
