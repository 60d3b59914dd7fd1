"""Pages that need no server: whole, safe whatever a model is called, and nothing lost where one cannot be written."""

import base64
import gzip
import hashlib
import io
import json
import re
import subprocess
import tomllib
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
import yaml

from ganlab import browser_runtime, checkpoints, folders, web
from ganlab.cli import main
from ganlab.data import catalogue
from ganlab.recipes import RECIPES
from ganlab.share import content, site, space, theme
from tests.tiny_vae import train_vae
from tests.untrained import save_untrained

ODD = "\"><script>alert('1')</script>&amp; ]]> \N{SNOWMAN}"
WITHOUT = "the ONNX runtime is not here: make app, or npm ci"
installed = pytest.mark.skipif(
    not browser_runtime.is_here(), reason="the ONNX runtime is not here: make app, or npm ci"
)


class Elements(HTMLParser):
    """Start tags with their attributes and the text up to the next tag, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside = False
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1][2].append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        """What stands in the elements of that tag that have those attributes."""
        return ["".join(text) for name, own, text in self.found if name == tag and attributes.items() <= own.items()]


def data_of(page: str) -> dict[str, Any]:
    (text,) = Elements(page).texts("script", id="data")
    told: dict[str, Any] = json.loads(text)
    return told


def policy_of(page: str) -> dict[str, str]:
    (meta,) = [own for tag, own, _ in Elements(page).found if own.get("http-equiv") == "Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in str(meta["content"]).split(";"))


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Path:
    return train_vae(tmp_path_factory.mktemp("vae"), latent_size=5)


@pytest.fixture(scope="module")
def written(checkpoint_file: Path, vae: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a page with a GAN, twice, and a VAE whose latent is another."""
    if not browser_runtime.is_here():
        pytest.skip(WITHOUT)
    folder = tmp_path_factory.mktemp("site") / "new" / "page"
    site.write(content.gather([("one", checkpoint_file), (ODD, checkpoint_file), ("vae", vae)]), folder)
    return folder


def test_all_that_the_page_names_lies_beside_it(written: Path) -> None:
    index = (written / "index.html").read_text(encoding="utf-8")
    elements = Elements(index)
    named = [str(own[name]) for _, own, _ in elements.found for name in ("src", "href") if name in own]
    told = data_of(index)
    named += [*told["files"].values(), *(model["address"] for s in told["stages"] for model in s["explore"]["models"])]
    for name in [name for name in named if not name.startswith("data:")]:
        assert (written / name).is_file(), name
        assert not name.startswith("/"), "it would not be found below a path"
    for module in (written / "web").rglob("*.js"):
        code = module.read_text(encoding="utf-8")
        for path in re.findall(r'from "(\..+?)"', code):
            assert (module.parent / path).is_file(), f"{module} imports {path}"
    assert not [path for path in written.rglob("*") if path.name.startswith(".") or path.name.endswith(".part")]


def test_models_of_one_latent_share_a_stage_and_others_have_their_own(written: Path) -> None:
    stages = data_of((written / "index.html").read_text(encoding="utf-8"))["stages"]
    assert [[model["title"] for model in stage["explore"]["models"]] for stage in stages] == [["one", ODD], ["vae"]]


def test_the_nets_draw_what_torch_draws(written: Path, checkpoint_file: Path, vae: Path) -> None:
    stages = data_of((written / "index.html").read_text(encoding="utf-8"))["stages"]
    for path, stage in zip((checkpoint_file, vae), stages, strict=True):
        model, told = checkpoints.load(path), stage["explore"]
        pool = np.frombuffer(base64.b64decode(told["pool"]["latents"]), np.float32).reshape(-1, told["dim"])
        seeds = told["pool"]["seeds"]
        assert np.array_equal(pool, model.latent.from_seeds(seeds).numpy())
        session = onnxruntime.InferenceSession(written / told["models"][0]["address"])
        drawn = session.run(None, {"latent": pool[:4]})[0]
        with torch.inference_mode():
            expected = model.nets["generator"](torch.from_numpy(pool[:4].copy())).numpy()
        assert np.abs(drawn - expected).max() <= 2 / 255


def test_a_page_says_what_is_known_of_its_models(written: Path, checkpoint_file: Path) -> None:
    index = (written / "index.html").read_text(encoding="utf-8")
    card = checkpoints.read_card(checkpoint_file)
    headings = Elements(index).texts("h2")
    assert headings == ["one", ODD, "vae"]
    assert index.count(f"Learnt from {card.origin.title}") == 3
    assert "Its encoder, which reads pictures, is not on this page" in index
    assert index.count("<svg") >= 2
    assert len(list((written / "nets").iterdir())) == 2, "generators alone, and the same one once"


@pytest.mark.parametrize("form", ["folder", "file"])
def test_names_of_others_are_text_and_nothing_else(written: Path, checkpoint_file: Path, form: str) -> None:
    shared = content.gather([(ODD, checkpoint_file)], ODD)
    page = (written / "index.html").read_text(encoding="utf-8") if form == "folder" else site.single(shared)
    elements = Elements(page)
    kinds = [own.get("type") for tag, own, _ in elements.found if tag == "script"]
    assert kinds.count("module") == 1
    assert set(kinds) <= {"module", "application/json", "application/gzip", "text/plain"}
    assert "alert('1')" not in "".join(elements.texts("script", type="module"))
    if form == "file":
        assert elements.texts("title")[0] == ODD


@installed
def test_one_file_has_all_inside_and_its_policy_lets_nothing_else_in(checkpoint_file: Path) -> None:
    page = site.single(content.gather([("one", checkpoint_file)]))
    elements, policy = Elements(page), policy_of(page)
    assert not [own for _, own, _ in elements.found if "src" in own]
    (style,), (script,) = elements.texts("style"), elements.texts("script", type="module")
    for code, directive in ((style, "style-src"), (script, "script-src")):
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[directive]
    assert policy["default-src"] == "'none'"
    assert not [source for sources in policy.values() for source in sources.split() if source.startswith("http")]
    assert "unsafe-inline" not in page
    assert "'unsafe-eval'" not in page
    inside = {str(own["data-file"]): "".join(text) for _, own, text in elements.found if "data-file" in own}
    for name, path in zip(browser_runtime.FILES, browser_runtime.contents(), strict=True):
        assert gzip.decompress(base64.b64decode(inside[name])) == Path(path).read_bytes()
    assert len(inside) == 3
    modules = json.loads(elements.texts("script", id="modules")[0])
    assert {name: one["code"] for name, one in modules.items()} == {name: web.text(name) for name in modules}
    assert len(page) < 8e6, "the runtime takes 5 MB of it"


@installed
def test_a_zip_has_the_same_files(checkpoint_file: Path, tmp_path: Path) -> None:
    shared = content.gather([("one", checkpoint_file)])
    site.write(shared, tmp_path / "page")
    with zipfile.ZipFile(io.BytesIO(site.archive(shared))) as whole:
        whole.extractall(tmp_path / "out")
    assert subprocess.run(["diff", "-r", tmp_path / "page", tmp_path / "out" / "page"]).returncode == 0


@installed
def test_a_space_has_a_card_that_its_host_can_read(checkpoint_file: Path, tmp_path: Path) -> None:
    title = 'Mine: "a" # b\\'
    site.write(content.gather([(ODD, checkpoint_file)], title), tmp_path / "page", for_space=True)
    readme = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    _, front, body = readme.split("---\n", 2)
    known = yaml.safe_load(front)
    assert known["title"] == title
    assert known["sdk"] == "static"
    assert (tmp_path / "page" / known["app_file"]).is_file()
    assert "<script>" not in body
    large = [
        line.split()[0] for line in (tmp_path / "page" / ".gitattributes").read_text(encoding="utf-8").splitlines()
    ]
    assert large == list(space.LARGE)


@installed
def test_the_command_and_what_it_refuses(
    checkpoint_file: Path, checkpoints_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*argv: object, code: int = 1) -> str:
        assert main(["publish", *map(str, argv)]) == code
        out, error = capsys.readouterr()
        return out if code == 0 else error

    site_folder, one = tmp_path / "a", tmp_path / "one.html"
    (tmp_path / "empty").mkdir()
    assert "MB" in said("tiny", "--out", tmp_path / "empty", "--space", code=0)
    assert "MB" in said(checkpoint_file, "--single-file", "--out", one, "--title", "My page", code=0)
    assert "<h1>My page</h1>" in one.read_text(encoding="utf-8")

    site_folder.mkdir()
    (site_folder / "mine.txt").write_text("mine", encoding="utf-8")
    before = one.read_bytes()
    assert "is there already, and nothing in it was changed" in said("tiny", "--out", site_folder)
    assert "is there already and was not changed" in said("tiny", "--single-file", "--out", one)
    assert [path.name for path in site_folder.iterdir()] == ["mine.txt"]
    assert one.read_bytes() == before
    assert "there is no checkpoint 'nobody'; choose from tiny" in said("nobody", "--out", tmp_path / "b")
    assert "choose from .html" in said("tiny", "--single-file", "--out", tmp_path / "b")
    assert "a Space is a folder" in said("tiny", "--single-file", "--space", "--out", tmp_path / "b.html")
    for options in ((), ("--single-file",), ("--out", tmp_path / "b")):
        assert "1 to 12 models" in said(*options)
    assert not (tmp_path / "b").exists()


def test_a_folder_to_stand_in_a_link_and_a_long_name_are_written_to(
    checkpoint_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far")
    monkeypatch.chdir(tmp_path / "here")
    for out in (".", tmp_path / "link", tmp_path / ("a" * 250)):
        assert main(["publish", str(checkpoint_file), "--out", str(out)]) == 0
    assert Path("index.html").is_file()  # where the shell still stands
    assert (tmp_path / "far" / "index.html").is_file()
    assert not list(tmp_path.glob(".*"))


def test_without_the_runtime_there_are_words_and_no_folder(
    checkpoint_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_runtime, "FOLDER", tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"the ONNX runtime is not in .*: where npm is installed, `make app` gets it"):
        site.write(content.gather([("one", checkpoint_file)]), tmp_path / "page")
    assert list(tmp_path.glob("*page*")) == []


@installed
def test_a_model_of_128_px(tmp_path: Path) -> None:
    made = RECIPES["faces-gan-128"]
    path = tmp_path / "large.safetensors"
    save_untrained(path, made.family, made.config, replace(catalogue.describe(made.dataset).spec, size=128))
    site.write(content.gather([("large", path)]), tmp_path / "page")
    (stage,) = data_of((tmp_path / "page" / "index.html").read_text(encoding="utf-8"))["stages"]
    assert [(model["width"], model["height"]) for model in stage["explore"]["models"]] == [(128, 128)]


def test_a_damaged_file_is_named(truncated_file: Path) -> None:
    with pytest.raises(ValueError, match=re.escape(str(truncated_file))):
        content.gather([("broken", truncated_file)])


def test_pages_have_the_colours_of_the_app() -> None:
    settings = tomllib.loads((folders.root() / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name, written in (("primaryColor", "--st-primary-color"), ("textColor", "--st-text-color")):
        assert f"{written}: light-dark({settings['light'][name]}, {settings['dark'][name]});" in theme.style(":root")


def test_a_point_is_the_dot_that_python_draws(tmp_path: Path) -> None:
    made = RECIPES["ring-8-gan"]
    save_untrained(tmp_path / "ring.safetensors", made.family, made.config, catalogue.describe(made.dataset).spec)
    (shown,) = content.gather([("ring", tmp_path / "ring.safetensors")]).models
    with torch.no_grad():
        for weight in shown.model.nets["generator"].parameters():
            weight *= 0.1 if weight.ndim > 1 else 1  # so that points lie in what a picture shows
    latents = shown.model.latent.from_seeds(range(64))
    (drawn,) = onnxruntime.InferenceSession(content.net(shown)).run(None, {"latent": latents.numpy()})
    expected = shown.model.images(latents).numpy()[..., 0]
    assert np.abs((drawn[:, 0] + 1) * 127.5 - expected).max() <= 2
    assert expected.any(axis=(1, 2)).all()


def test_many_models_are_counted_where_their_names_are_too_long(checkpoint_file: Path, vae: Path) -> None:
    assert content.gather([("one", checkpoint_file), ("two", vae)]).title == "one, two"
    assert content.gather([("one" * 30, checkpoint_file), ("two" * 30, vae)]).title == "2 models"
