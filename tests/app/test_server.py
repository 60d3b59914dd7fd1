"""A warm start, and what must not be imported before it."""

import math
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ganlab.families import FAMILIES
from ganlab.ui import cache

draw = cache.images
ROOT = Path(__file__).parents[2]


def run(code: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip()


def test_the_server_answers_before_torch_is_there():
    assert run("import sys, ganlab.ui.server; print('torch' in sys.modules)") == "False"


def test_no_page_waits_for_a_package_that_its_first_picture_can_do_without():
    """scikit-learn takes a second to import, pandas .3 s: they come where they are used."""
    code = """
import ast, importlib, sys
from pathlib import Path
pages = sorted(Path("pages").glob("*.py"))
for page in pages:
    for node in ast.parse(page.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            importlib.import_module(node.module)
    found = [name for name in ("sklearn", "pandas", "scipy.stats", "pyarrow", "onnx") if name in sys.modules]
    if found:
        sys.exit(f"{page} imports {found}")
print(len(pages))
"""
    assert int(run(code)) == len(list((ROOT / "pages").glob("*.py"))) > 0


def test_what_components_are_told_is_not_searched_for_tables(open_page, checkpoints_folder, monkeypatch):
    """Streamlit imports pandas for that."""
    monkeypatch.setattr("streamlit.components.v2.bidi_component.serialization.is_dataframe_like", None)
    app = open_page("sample", model="tiny")
    assert not app.exception
    assert app.get("bidi_component")


def test_opening_a_model_does_not_import_the_compiler():
    """It would take a second; every family's shipped model is opened, as each draws its initial weights its own way."""
    code = """
import sys
from pathlib import Path
from ganlab import checkpoints
families = set()
for path in sorted(Path("checkpoints").glob("*.safetensors")):
    model = checkpoints.load(path)
    families.add(model.card.recipe.family)
    drawn = len(model.images(model.latent.from_seeds([0])))
    if drawn != 1 or "torch._dynamo" in sys.modules:
        sys.exit(f"{path} has imported the compiler")
print(*sorted(families))
"""
    assert run(code).split() == sorted(FAMILIES)


def test_the_warm_start_keeps_covers_and_pages_ready(checkpoints_folder, monkeypatch):
    from ganlab.explore import library
    from ganlab.ui import server
    from ganlab.ui.visits import Visits

    cache._cover.clear()
    server.warm_up(Visits(), patience_seconds=0)
    monkeypatch.setattr("ganlab.checkpoints.load", None)  # whoever still has to load fails
    assert cache.cover(library.find("tiny"))[1:4] == b"PNG"


def test_the_warm_start_imports_what_other_pages_need():
    code = """
import sys
from ganlab.ui.server import warm_up
from ganlab.ui.visits import Visits
before = "ganlab.ui.training.jobs_panel" in sys.modules
warm_up(Visits(), patience_seconds=0)
print(before, "ganlab.ui.training.jobs_panel" in sys.modules)
"""
    assert run(code).splitlines()[-1] == "False True"


def test_a_visitor_who_is_there_draws_his_covers_himself(checkpoints_folder, monkeypatch):
    from ganlab.explore import library
    from ganlab.ui import server
    from ganlab.ui.visits import Visits

    monkeypatch.setattr(server, "QUIET_SECONDS", 0.01)
    visits = Visits()
    cache._cover.clear()
    cache._checkpoint.clear()
    with visits.visit():
        pass
    server.warm_up(visits)
    monkeypatch.setattr("ganlab.checkpoints.load", None)
    with pytest.raises(TypeError):
        cache.cover(library.find("tiny"))


def test_a_check_of_health_does_not_put_off_the_warm_start(monkeypatch):
    """Proxies ask for the document every few seconds, and see no page made of it: no moment is then quiet."""
    from ganlab.ui import assets, server
    from ganlab.ui.visits import Visits
    from tests.ui.test_assets import get

    monkeypatch.setattr(assets, "VISITS", visits := Visits())
    for name, seconds in {"QUIET_SECONDS": 30, "MOST_QUIET_SECONDS": 0.1, "STEP_SECONDS": 0.001}.items():
        monkeypatch.setattr(server, name, seconds, raising=False)
    assert get("/").status == 200
    warm_start = threading.Thread(target=server.warm_up, args=(visits, 0), daemon=True)
    warm_start.start()
    warm_start.join(20)
    assert not warm_start.is_alive()
    assert visits.quiet_seconds() < 30


def test_a_server_is_quiet_when_no_page_is_being_made():
    from ganlab.ui.visits import Visits

    visits = Visits()
    assert visits.quiet_seconds() == math.inf
    with visits.visit():
        with pytest.raises(ZeroDivisionError), visits.visit():
            1 / 0  # noqa: B018
        assert visits.quiet_seconds() == 0
    assert 0 <= visits.quiet_seconds() < 5


def test_a_server_is_not_quiet_when_a_browser_has_asked_for_a_page(monkeypatch):
    """The page's script runs a second later: the next visitor's fell together with the imports of the warm start."""
    from ganlab.ui import assets
    from ganlab.ui.visits import Visits
    from tests.ui.test_assets import get

    monkeypatch.setattr(assets, "VISITS", visits := Visits())
    assert get(assets.module_address("elements.js")).status == 200
    assert visits.quiet_seconds() == math.inf
    assert get("/sample").status == 200
    assert 0 <= visits.quiet_seconds() < 5
    assert not visits.begun.is_set()


def test_fragments_of_pages_count_as_visits(open_page, checkpoints_folder, monkeypatch):
    """They run without the router, which counts the whole script."""
    from ganlab.ui import shell
    from ganlab.ui.visits import VISITS, Visits

    seen = []
    monkeypatch.setattr(shell, "VISITS", Visits())
    monkeypatch.setattr(cache, "images", lambda *arguments: seen.append(VISITS.quiet_seconds()) or draw(*arguments))
    assert not open_page("sample", model="tiny").exception
    assert set(seen) == {0}
    assert VISITS.quiet_seconds() > 0


def test_a_visitors_thread_draws_without_helpers(checkpoints_folder):
    """A thread of its own begins with as many torch threads as were set last, and starts them at its first product."""
    before, seen = torch.get_num_threads(), []

    def visit():
        cache.checkpoint(checkpoints_folder / "tiny.safetensors")
        seen.append(torch.get_num_threads())

    torch.set_num_threads(2)
    thread = threading.Thread(target=visit)
    thread.start()
    thread.join()
    torch.set_num_threads(before)
    assert seen == [1]


def test_a_file_that_has_gone_is_told_in_words():
    def page():
        from pathlib import Path

        from ganlab import checkpoints
        from ganlab.ui.server import tell_of_error

        try:
            checkpoints.load(Path("gone.safetensors"))
        except ValueError as error:
            tell_of_error(error)

    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    assert app.error[0].value.replace("\\", "").startswith("gone.safetensors is not there")


def test_the_app_carries_our_headers_routes_and_words_for_errors():
    code = """
import app
from ganlab.ui.server import tell_of_error
found = [one.kwargs["headers"]["X-Frame-Options"] for one in app.app._user_middleware if "headers" in one.kwargs]
print(found, app.app._on_script_error is tell_of_error, len(app.app._user_routes) > 3)
"""
    assert run(code).splitlines()[-1] == "['SAMEORIGIN'] True True"
