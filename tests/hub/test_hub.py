"""Models that go to the hub and come back, by the hub's own client and a server that speaks its routes."""

import errno
import hashlib
import json
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from huggingface_hub import ModelCard, constants

import ganlab
from ganlab import checkpoints
from ganlab import hub as our_hub
from ganlab.access import actions
from ganlab.checkpoints import MAX_FILE_BYTES
from ganlab.cli import main
from ganlab.hub import card as hub_card
from ganlab.hub import client as hub_client
from ganlab.hub import pushing
from tests.access.test_actions import OPEN
from tests.hub_server import READS, WRITES, Hub, Repo

# of the hub's own client, with the HTTP library that it has here
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw bytes:DeprecationWarning")


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", WRITES)


def shared(hub: Hub, file: Path, name: str = "tiny.safetensors", **more: object) -> Repo:
    """A repository with a checkpoint in it, as anybody may have made it."""
    hub.repos["models/owner/faces"] = Repo({name: file.read_bytes(), "README.md": b"hello"}, **more)  # type: ignore[arg-type]
    return hub.repos["models/owner/faces"]


def test_a_model_goes_to_the_hub_and_comes_back_the_same(
    hub: Hub, token: None, checkpoints_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = checkpoints_folder / "tiny.safetensors"
    assert main(["push", "tiny", "owner/digits", "--licence", "mit"]) == 0
    assert f"{hub.url}/owner/digits" in capsys.readouterr().out
    pushed = hub.repos["models/owner/digits"].files
    assert hashlib.sha256(pushed["tiny.safetensors"]).digest() == hashlib.sha256(file.read_bytes()).digest()
    model = ganlab.load("hf://owner/digits")
    assert np.array_equal(model.sample(3, seed=5), ganlab.load(file).sample(3, seed=5))
    assert model.name == "tiny"
    for address in ("owner/digits@main", "owner/digits@main/tiny.safetensors", "owner/digits/tiny.safetensors"):
        assert np.array_equal(ganlab.load(f"hf://{address}").sample(1), model.sample(1))
    assert main(["push", "tiny", "owner/digits"]) == 0, "a card of ours may be written over"


def test_the_card_has_what_the_hub_reads(hub: Hub, token: None, checkpoint_file: Path) -> None:
    our_hub.push(checkpoint_file, "owner/digits", name="tiny", licence="cc-by-4.0")
    text = hub.repos["models/owner/digits"].files["README.md"].decode()
    assert hub.validated == [text]
    front = yaml.safe_load(text.split("---")[1])
    card = checkpoints.read_card(checkpoint_file)
    assert front["license"] == "cc-by-4.0"
    assert front["library_name"] == "ganlab"
    assert front["pipeline_tag"] == "unconditional-image-generation"
    assert "gan" in front["tags"]
    (index,) = front["model-index"]
    (result,) = index["results"]
    told = {metric["type"]: metric["value"] for metric in result["metrics"]}
    assert told["frechet_pixels"] == pytest.approx(card.metrics["frechet_pixels"], rel=1e-5)
    assert result["dataset"]["type"] == "digits"
    parsed = ModelCard(text)
    assert {one.metric_type: one.metric_value for one in parsed.data.eval_results} == told
    assert 'ganlab.load("hf://owner/digits")' in text


@pytest.mark.parametrize(
    ("token_", "message"),
    [
        ("", r"does not accept the token: log in by `hf auth login`"),
        ("hf_stale", r"does not accept the token: log in by `hf auth login`"),
        ("hf_schl\u00fcssel", r"holds letters that no token has: log in by `hf auth login`"),
        (READS, "may not write to owner/digits: make one that may"),
    ],
)
def test_a_token_that_does_not_do_is_said(
    hub: Hub, checkpoint_file: Path, monkeypatch: pytest.MonkeyPatch, token_: str, message: str
) -> None:
    if token_:
        monkeypatch.setenv("HF_TOKEN", token_)
    with pytest.raises(ValueError, match=message):
        our_hub.push(checkpoint_file, "owner/digits")
    assert not hub.repos


def test_a_card_of_somebody_else_stays_until_it_may_go(hub: Hub, token: None, checkpoint_file: Path) -> None:
    repo = shared(hub, checkpoint_file)
    with pytest.raises(ValueError, match=r"README.md that ganlab did not write; .*--replace"):
        our_hub.push(checkpoint_file, "owner/faces")
    assert repo.files["README.md"] == b"hello"
    our_hub.push(checkpoint_file, "owner/faces", replace=True)
    assert b"library_name: ganlab" in repo.files["README.md"]


def test_a_card_without_end_is_not_even_downloaded(hub: Hub, token: None, checkpoint_file: Path) -> None:
    ours = b"---\nlibrary_name: ganlab\n---\n"
    repo = shared(hub, checkpoint_file)
    repo.files["README.md"] = ours + b"x" * (pushing.MOST_CARD_BYTES + 1)
    with pytest.raises(ValueError, match=r"README.md that ganlab did not write"):
        our_hub.push(checkpoint_file, "owner/faces")
    assert not any("resolve" in asked for asked in hub.asked)
    repo.sizes["README.md"] = 10  # a server that says less than it sends
    repo.files["README.md"] = b"x" * (pushing.MOST_CARD_BYTES + 1) + b"\n" + ours
    with pytest.raises(ValueError, match=r"README.md that ganlab did not write"):
        our_hub.push(checkpoint_file, "owner/faces")
    assert len(repo.files["README.md"]) > pushing.MOST_CARD_BYTES


def test_what_is_no_checkpoint_is_not_pushed(
    hub: Hub, token: None, truncated_file: Path, checkpoint_file: Path
) -> None:
    with pytest.raises(ValueError, match="damaged or cut short"):
        our_hub.push(truncated_file, "owner/digits")
    for repo, licence, message in (
        ("digits", "mit", "write hf://OWNER/NAME"),
        ("owner/digits@v1", "mit", "names more than a repository"),
        ("owner/../x", "mit", "write hf://OWNER/NAME"),
        ("owner/digits", "MIT", r"'MIT' is no licence of the hub, did you mean 'mit'\? choose from mit, apache-2.0"),
    ):
        with pytest.raises(ValueError, match=message):
            our_hub.push(checkpoint_file, repo, licence=licence)
    assert not hub.asked


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("hf://owner/nobody", r"no model owner/nobody on the hub, or it is private: .*hf auth login"),
        ("hf://owner/faces@v9", "owner/faces has no such revision"),
        ("hf://owner/faces/other.safetensors", r"has no file other.safetensors; it has README.md, tiny.safetensors"),
        ("hf://owner/faces/README.md", "is not a .safetensors file; other formats can run code"),
        ("hf://owner", "write hf://OWNER/NAME"),
        ("hf://owner/faces/../../etc/passwd.safetensors", "write hf://OWNER/NAME"),
        ("hf://datasets/owner/faces", "has no file|no model datasets/owner|write hf://OWNER/NAME"),
    ],
)
def test_what_is_not_there_is_said(hub: Hub, checkpoint_file: Path, address: str, message: str) -> None:
    shared(hub, checkpoint_file)
    with pytest.raises(ValueError, match=message):
        ganlab.load(address)


def test_private_and_gated_models(hub: Hub, checkpoint_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = shared(hub, checkpoint_file, private=True)
    with pytest.raises(ValueError, match="or it is private"):
        ganlab.load("hf://owner/faces")
    monkeypatch.setenv("HF_TOKEN", READS)
    assert ganlab.load("hf://owner/faces").name == "tiny"
    repo.gated = True
    with pytest.raises(ValueError, match="asks for its terms to be accepted on its page"):
        ganlab.load("hf://owner/faces@main/tiny.safetensors")


def test_files_that_are_none_of_ours(hub: Hub, checkpoint_file: Path, pickle_file: Path, tmp_path: Path) -> None:
    repo = shared(hub, pickle_file)
    with pytest.raises(ValueError, match=r"^hf://owner/faces is a pickle"):
        ganlab.load("hf://owner/faces")
    assert not (tmp_path / "ran").exists()
    repo.files["tiny.safetensors"] = checkpoint_file.read_bytes()
    repo.sizes["tiny.safetensors"] = MAX_FILE_BYTES + 1
    with pytest.raises(ValueError, match="checkpoints have at most"):
        ganlab.load("hf://owner/faces")
    assert not hub.asked[-1].endswith("tiny.safetensors"), "it was not downloaded"
    repo.sizes.clear()
    repo.files["more.safetensors"] = b"x"
    with pytest.raises(ValueError, match=r"holds several checkpoints; choose one: hf://owner/faces/more.safetensors"):
        ganlab.load("hf://owner/faces")
    repo.files = {"model.bin": b"x", "README.md": b"y"}
    with pytest.raises(ValueError, match=r"holds no checkpoint .*; it has README.md, model.bin"):
        ganlab.load("hf://owner/faces")


@pytest.mark.parametrize("how", ["no network", "offline mode", "broken hub"])
def test_offline_takes_what_was_downloaded_before_and_says_so(
    hub: Hub,
    checkpoint_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    how: str,
    tmp_path: Path,
) -> None:
    shared(hub, checkpoint_file)
    before = ganlab.load("hf://owner/faces").sample(2)
    if how == "no network":
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{nobody.getsockname()[1]}")
    elif how == "offline mode":
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    else:
        hub.broken = True
    with pytest.warns(UserWarning, match=r"the hub cannot be reached .*as it was downloaded before"):
        again = ganlab.load("hf://owner/faces")
    assert np.array_equal(again.sample(2), before)
    with pytest.raises(
        ValueError, match=r"cannot be reached .*, and hf://owner/others is not among what was downloaded"
    ):
        ganlab.load("hf://owner/others")
    assert main(["sample", "hf://owner/faces", "--n", "2", "--out", str(tmp_path / "x.npz")]) == 0
    assert "as it was downloaded before" in capsys.readouterr().err
    assert np.array_equal(np.load(tmp_path / "x.npz")["images"], before)


@pytest.mark.parametrize("address", ["hub.example", "ftp://hub.example", "http://[::", "http://hub.example:99999"])
def test_an_endpoint_that_is_no_address_is_said(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(ValueError, match=r"HF_ENDPOINT is .*; write https://HOST"):
        ganlab.load("hf://owner/faces")


def test_without_the_package_its_extra_is_named(checkpoint_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install -r requirements\.txt"):
        ganlab.load("hf://owner/faces")
    assert json.dumps(our_hub.is_installed()) == "false"


def test_a_visitor_gets_nothing_by_its_owners_token_and_fills_no_cache(
    hub: Hub, checkpoint_file: Path, checkpoints_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", READS)
    monkeypatch.setenv("GANLAB_HUB", "everybody")
    repo = shared(hub, checkpoint_file, private=True)
    ganlab.load("hf://owner/faces")  # its owner has it in the cache now
    with pytest.raises(ValueError, match="or it is private"):
        actions.take_from_hub(OPEN, "hf://owner/faces", serves_others=True)
    repo.private = False
    before = sorted(Path(constants.HF_HUB_CACHE).rglob("*"))
    model, note = actions.take_from_hub(OPEN, "hf://owner/faces", serves_others=True)
    assert (model.path.read_bytes(), note) == (checkpoint_file.read_bytes(), "")
    assert sorted(Path(constants.HF_HUB_CACHE).rglob("*")) == before


def test_a_full_disk_is_no_matter_of_the_network() -> None:
    with pytest.raises(ValueError, match="the disk is full"), hub_client.in_words("owner/faces"):
        raise OSError(errno.ENOSPC, "No space left on device", "cache/blob")
    with pytest.raises(hub_client.Unreachable), hub_client.in_words("owner/faces"):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")


def test_words_of_others_are_no_mark_up_on_a_card(hub: Hub, token: None, checkpoint_file: Path, tmp_path: Path) -> None:
    model = checkpoints.read_card(checkpoint_file)
    foreign = replace(model, origin=model.origin.model_copy(update={"licence": "<img src=x> [free](http://x) | yes"}))
    text = hub_card.card_text(foreign, "owner/digits", "mit", "0" * 64)
    assert " <img" not in text
    assert "](http" not in text


TITLES = (
    "Faces: mine", '"quoted" and \'single\'', "a --- b", "---", "# no comment", "two\nlines\n---\nlicense: mit",
    "{a: [b", "!!python/object:x", "no", "1e3", "null", "@at `tick`", "\U0001f600 \u4eba\u8138", "a: b: c", "- item",
    "x" * 5_000, "trailing colon:", "%YAML 1.2", "tab\tin it", "\\n",
)  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_any_title_and_name_are_one_value_of_the_cards_head(checkpoint_file: Path, title: str) -> None:
    """The hub's own reader finds what was said, and a card is known as ours whatever is said in it."""
    model = checkpoints.read_card(checkpoint_file)
    origin = model.origin.model_copy(update={"title": title})
    foreign = replace(model, path=Path(f"{title}.safetensors"), origin=origin)
    text = hub_card.card_text(foreign, "owner/digits", "cc-by-4.0", "0" * 64)
    assert hub_card.is_ours(text)
    head = ModelCard(text).data
    shown = " ".join(title.split())
    assert head.license == "cc-by-4.0"
    assert head.model_name == foreign.name
    (name,) = {result.dataset_name for result in head.eval_results}
    assert name == shown or (len(name) <= 100 and "..." in name)
    assert text.splitlines().count("---") == 2, "nothing of others ends the head, or looks like its end"


@pytest.mark.parametrize(
    "text", ["", "---", "---\n", "library_name: ganlab", "---\ntitle: a\n---\nlibrary_name: ganlab\n---\n"]
)
def test_a_card_of_somebody_else_is_none_of_ours(text: str) -> None:
    assert not hub_card.is_ours(text)


@pytest.mark.parametrize("damage", ["cut short", "empty", "bytes flipped"])
def test_a_damaged_file_of_the_cache_is_downloaded_anew(hub: Hub, checkpoint_file: Path, damage: str) -> None:
    """The hub's client takes a file of its cache for what it downloaded; of one that it cannot read it says nothing."""
    shared(hub, checkpoint_file)
    whole = checkpoint_file.read_bytes()
    kept = our_hub.take("hf://owner/faces").path
    flipped = bytearray(whole)
    flipped[-1000] ^= 255  # in the last tensor
    kept.resolve().write_bytes({"cut short": whole[:-1000], "empty": b"", "bytes flipped": bytes(flipped)}[damage])
    again = our_hub.take("hf://owner/faces")
    assert (again.path, again.note) == (kept, "")
    assert again.path.read_bytes() == whole
