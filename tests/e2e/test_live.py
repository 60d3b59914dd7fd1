"""The live stage under a real pointer: it redraws without the server, and the server hears of it once."""

import os
import re
import time
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from ganlab import checkpoints
from ganlab.data import catalogue
from ganlab.explore import axes, points
from ganlab.recipes import RECIPES
from tests.untrained import save_untrained

from .conftest import Server
from .steps import (
    COUNT,
    Settle,
    in_address,
    installed,
    open_live,
    page_without_the_runtime,
    pixels,
    press,
    settle_and_draw,
    wait_until_drawn,
)

pytestmark = pytest.mark.e2e


SLIDER, PAD = ".stage input[type=range]", ".stage .pad"


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


def canvas(page: Page, index: int = 0) -> Locator:
    """The stage's picture by its `index`-th model."""
    return page.locator(".stage canvas").nth(index)


@installed
def test_dragging_redraws_without_the_server_and_release_tells_it_once(
    server: Server, page: Page, settle: Settle
) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&seed=5&count=1"), settle)
    go = press(page.locator(SLIDER).first)
    page.wait_for_timeout(300)
    page.evaluate("sent = 0; frames_log.length = 0")
    seen = set()
    for step in range(20):
        go(0.5 + 0.4 * step / 20)
        page.wait_for_timeout(30)
        seen.add(pixels(canvas(page)).tobytes())
    assert len(seen) > 10
    assert page.evaluate("frames_log.length") >= 15
    page.wait_for_timeout(500)
    assert page.evaluate("sent") == 0
    page.mouse.up()
    expect(page).to_have_url(re.compile("live=5(;|%3B)z~1"))
    settle_and_draw(page, settle)
    assert page.evaluate("sent") == 1
    waits = sorted(waited for _, waited in page.evaluate("frames_log"))
    assert waits[len(waits) // 2] < 100  # 2 ms on an idle machine


@installed
def test_dragging_draws_at_least_20_frames_a_second(server: Server, page: Page, settle: Settle) -> None:
    """60 on an idle machine, see `make bench`; the bound leaves room for slow ones."""
    if os.getloadavg()[0] > (os.cpu_count() or 1):
        pytest.skip(f"the machine is busy: a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    open_live(page, server.address("sample?model=mnist-dcgan-28&count=1"), settle)
    go = press(page.locator(SLIDER).first)
    page.wait_for_timeout(300)
    page.evaluate("frames_log.length = 0")
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < 2:
        go(0.5 + 0.4 * (abs(passed % 1 - 0.5) * 4 - 1))  # a triangle: the hand never rests
    drawn = [at for at, _ in page.evaluate("frames_log")]
    page.mouse.up()
    settle(page)
    assert (len(drawn) - 1) / (drawn[-1] - drawn[0]) * 1000 >= 20


@installed
def test_the_browser_draws_what_the_server_draws(server: Server, page: Page, settle: Settle) -> None:
    live = "7;z~1=2.000;z~3=-1.500"
    for name in ("mnist-dcgan-28", "mnist-dcgan-32", "mnist-dcgan-64", "mnist-mlp-28"):
        open_live(page, server.address(f"sample?model={name}&count=1&live={live}"), settle)
        model = checkpoints.load(server.checkpoints / f"{name}.safetensors")
        u = axes.place(model.latent, points.parse(live)[0], axes.axes(model))
        expected = model.images(u.unsqueeze(0))[0].numpy()
        assert np.abs(pixels(canvas(page)).astype(int) - expected).max() <= 2, name
        assert expected.std() > 20


@installed
def test_a_picture_of_128_px_is_drawn_in_the_browser(server: Server, page: Page, settle: Settle) -> None:
    """Of nets that were never trained: they draw as fast and as exactly."""
    made = RECIPES["faces-gan-128"]
    spec = replace(catalogue.describe(made.dataset).spec, size=made.image_size)
    path = server.checkpoints / "large.safetensors"
    model = save_untrained(path, made.family, made.config, spec)
    try:
        live = "7;z~1=2.000"
        open_live(page, server.address(f"sample?model=large&count=1&live={live}"), settle)
        u = axes.place(model.latent, points.parse(live)[0], axes.axes(model))
        expected = model.images(u.unsqueeze(0))[0].numpy()
        drawn = pixels(canvas(page)).astype(int)
        assert drawn.shape == expected.shape == (128, 128, 3)
        assert np.abs(drawn - expected).max() <= 2
        assert expected.std() > 20
    finally:
        path.unlink()


@installed
def test_the_address_brings_the_picture_back(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&count=1"), settle)
    before = pixels(canvas(page))
    page.get_by_role("button", name="Randomise").click()
    expect(page).to_have_url(re.compile("live="))
    settle(page)
    after = pixels(canvas(page))
    assert not np.array_equal(before, after)
    page.reload()
    wait_until_drawn(page, settle)
    assert np.array_equal(pixels(canvas(page)), after)


@installed
def test_keys_nudge_and_randomise(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&count=1"), settle)
    slider = page.locator(".stage input[type=range]").first
    slider.focus()
    before = float(slider.input_value())
    page.evaluate("sent = 0")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(before + 0.05, abs=0.011)
    page.wait_for_timeout(1500)
    assert page.evaluate("sent") == 1  # five presses, one run
    picture = pixels(canvas(page))
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)
    assert not np.array_equal(pixels(canvas(page)), picture)


@installed
def test_the_same_button_works_again_after_a_tile_moved_the_stage(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("codes?model=mnist-cgan-28&seed=5"), settle)
    button = page.locator(".stage .group").get_by_role("button", name="2", exact=True)
    for act, digit in ((button, 2), (page.locator(".tile").nth(7), 7), (button, 2)):
        act.click()
        expect(page).to_have_url(re.compile(f"live=5(;|%3B)[^&]*(=|%3D){digit}(&|$)"))
        settle_and_draw(page, settle)
        expect(button).to_have_attribute("aria-pressed", "true" if digit == 2 else "false")


@installed
def test_a_factor_written_out_whole_is_left_by_randomise_and_put_back_axis_by_axis(
    server: Server, page: Page, settle: Settle
) -> None:
    model = checkpoints.load(server.checkpoints / "mnist-dcgan-28.safetensors")
    own = [float(model.latent.from_seeds([6])[0] @ axis.direction) for axis in axes.axes(model)]
    open_live(page, server.address("sample?model=mnist-dcgan-28&count=1&live=6;z=0.25"), settle)
    sliders = page.locator(SLIDER)
    before = float(sliders.nth(1).input_value())
    page.get_by_role("button", name="Direction 1", exact=True).click()
    assert float(sliders.nth(0).input_value()) == pytest.approx(own[0], abs=0.011)
    assert float(sliders.nth(1).input_value()) == pytest.approx(before, abs=0.011)
    expect(page.get_by_role("button", name="Direction 1", exact=True)).to_be_disabled()
    settle_and_draw(page, settle)
    picture = pixels(canvas(page))
    page.get_by_role("button", name="Randomise").click()
    expect(page).to_have_url(re.compile(r"live=\d+(&|$)"))
    settle_and_draw(page, settle)
    assert not np.array_equal(pixels(canvas(page)), picture)


@installed
def test_a_click_on_the_picture_gives_it_the_arrow_keys(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&count=1"), settle)
    expect(
        page.get_by_text("Click the picture: arrow keys move the point of the pad, space randomises")
    ).to_be_visible()
    sliders = page.locator(SLIDER)
    before = [float(sliders.nth(i).input_value()) for i in range(3)]
    canvas(page).click()
    page.evaluate("sent = 0")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    after = [float(sliders.nth(i).input_value()) for i in range(3)]
    moved = [one - other for one, other in zip(after, before, strict=True)]
    assert moved == pytest.approx([0.24, -0.12, 0], abs=0.011)
    page.wait_for_timeout(1500)
    assert page.evaluate("sent") == 1
    sliders.first.focus()  # a slider keeps its own keys
    page.keyboard.press("ArrowUp")
    assert float(sliders.first.input_value()) == pytest.approx(after[0] + 0.01, abs=0.006)


@installed
def test_keys_move_and_throw_the_point_of_the_square(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("interpolate?model=mnist-dcgan-28&view=square&spot=0.5,0.5"), settle)
    expect(page.get_by_text("arrow keys move the point, space puts it anywhere")).to_be_visible()
    canvas(page).click()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("spot=0.5(,|%2C)0.52"))
    settle_and_draw(page, settle)
    picture = pixels(canvas(page))
    page.evaluate("sent = 0")
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)
    assert not np.array_equal(pixels(canvas(page)), picture)
    assert page.evaluate("sent") == 1


@installed
def test_an_arrow_key_moves_a_walk_by_a_fiftieth(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("interpolate?model=mnist-dcgan-28&time=1"), settle)
    canvas(page).click()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("time=1.02(&|$)"))
    page.get_by_label("time", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("time=0.98(&|$)"))
    page.get_by_role("button", name="Play", exact=True).wait_for()


@installed
def test_the_pad_moves_two_directions_at_once(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&count=1"), settle)
    go = press(page.locator(PAD))
    go(0.75, 0.25)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"z~1(=|%3D)1\.5.*z~2(=|%3D)1\.5"))


@installed
def test_one_latent_drives_several_models(server: Server, page: Page, settle: Settle) -> None:
    address = "sample?model=mnist-dcgan-28&other-models=mnist-dcgan-32&other-models=mnist-dcgan-64&count=1"
    open_live(page, server.address(address), settle)
    before = [pixels(canvas(page, i)) for i in range(3)]
    assert [len(picture) for picture in before] == [28, 32, 64]
    go = press(page.locator(SLIDER).first)
    go(0.95)
    page.wait_for_timeout(500)
    assert all(not np.array_equal(pixels(canvas(page, i)), before[i]) for i in range(3))
    page.mouse.up()
    settle(page)


@installed
def test_compare_moves_its_models_together_once_it_is_asked(server: Server, page: Page, settle: Settle) -> None:
    names = ["mnist-dcgan-32", "mnist-dcgan-28"]
    page.add_init_script(COUNT)
    page.goto(server.address(f"compare?curves={','.join(names)}"))
    settle(page)
    expect(page.get_by_text("Live, side by side")).to_be_visible()
    expect(page.locator(".stage")).to_have_count(0)
    page.get_by_text("Move one latent, and watch all of them").click()
    wait_until_drawn(page, settle)
    expect(page).to_have_url(re.compile("stage=true"))
    page.wait_for_timeout(500)
    before = [pixels(canvas(page, i)) for i in range(2)]
    go = press(page.locator(SLIDER).first)
    page.evaluate("sent = 0")
    go(0.95)
    page.wait_for_timeout(500)
    assert all(not np.array_equal(pixels(canvas(page, i)), before[i]) for i in range(2))
    assert page.evaluate("sent") == 0
    page.mouse.up()
    expect(page).to_have_url(re.compile("live=0(;|%3B)z~1"))
    settle_and_draw(page, settle)
    assert page.evaluate("sent") == 1
    live = in_address(page, "live")
    for i, name in enumerate(names):
        model, first = (checkpoints.load(server.checkpoints / f"{stem}.safetensors") for stem in (name, names[0]))
        expected = model.images(axes.place(first.latent, points.parse(live)[0], axes.axes(first)).unsqueeze(0))[0]
        assert np.abs(pixels(canvas(page, i)).astype(int) - expected.numpy()).max() <= 2


@installed
def test_a_vae_beside_a_gan_draws_its_own_latent_of_the_same_seed(server: Server, page: Page, settle: Settle) -> None:
    names = ["mnist-dcgan-28", "mnist-vae-28"]
    open_live(page, server.address(f"compare?curves={','.join(names)}&stage=true"), settle)
    before = [pixels(canvas(page, i)) for i in range(2)]
    page.locator(SLIDER).first.press("End")
    page.wait_for_timeout(500)
    assert not np.array_equal(pixels(canvas(page, 0)), before[0])
    assert np.array_equal(pixels(canvas(page, 1)), before[1])  # the sliders are not its own
    page.get_by_role("button", name="Randomise").click()
    expect(page).to_have_url(re.compile("live=[1-9]"))
    settle_and_draw(page, settle)
    (point,) = points.parse(in_address(page, "live"))
    for i, name in enumerate(names):
        model = checkpoints.load(server.checkpoints / f"{name}.safetensors")
        expected = model.images(model.latent.from_seeds([point.seed]))[0]
        assert np.abs(pixels(canvas(page, i)).astype(int) - expected.numpy()).max() <= 2


@installed
def test_a_long_list_of_labels_is_chosen_from(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("sample?model=faces-gan-64&count=1&live=5"), settle)
    expect(page.locator(".stage .group")).to_have_count(0)  # a hundred buttons would push the sliders away
    page.locator(".stage").get_by_label("cluster", exact=True).select_option("7")
    expect(page).to_have_url(re.compile(r"live=5(;|%3B)cluster(=|%3D)7"))
    settle_and_draw(page, settle)
    model = checkpoints.load(server.checkpoints / "faces-gan-64.safetensors")
    expected = model.images(points.latents(model.latent, points.parse(in_address(page, "live"))))[0]
    assert np.abs(pixels(canvas(page)).astype(int) - expected.numpy()).max() <= 2


@installed
def test_a_walk_plays_by_itself_and_stops_with_one_message(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("interpolate?model=mnist-dcgan-28"), settle)
    page.evaluate("sent = 0; frames_log.length = 0")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("frames_log.length > 20")
    assert page.evaluate("sent") == 0
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page).to_have_url(re.compile("time="))
    settle_and_draw(page, settle)
    assert page.evaluate("sent") == 1


@installed
def test_a_corner_of_the_square_is_that_latent(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("interpolate?model=mnist-dcgan-28&view=square&keys=1%202%203%204"), settle)
    go = press(page.locator(PAD))
    go(-0.5, -0.5)  # beyond the upper left corner
    page.mouse.up()
    expect(page).to_have_url(re.compile("spot=0(,|%2C)1"))
    settle(page)
    model = checkpoints.load(server.checkpoints / "mnist-dcgan-28.safetensors")
    expected = model.images(model.latent.from_seeds([1]))[0].numpy()
    assert np.abs(pixels(canvas(page)).astype(int) - expected).max() <= 2


def test_without_the_runtime_the_server_draws_and_says_so(server: Server, browser, settle: Settle) -> None:
    with page_without_the_runtime(browser) as page:
        page.add_init_script(COUNT)
        page.goto(server.address("sample?model=mnist-dcgan-28&count=1"))
        settle(page)
        expect(page.get_by_text("Drawn by the server, each time you let go")).to_be_visible(timeout=30_000)
        before = pixels(canvas(page))
        assert before.std() > 20
        go = press(page.locator(SLIDER).first)
        go(0.95)
        page.mouse.up()
        expect(page).to_have_url(re.compile("z~1"))
        settle_and_draw(page, settle)
        after = pixels(canvas(page))
        assert not np.array_equal(after, before)
        model = checkpoints.load(server.checkpoints / "mnist-dcgan-28.safetensors")
        live = in_address(page, "live")
        u = axes.place(model.latent, points.parse(live)[0], axes.axes(model))
        assert np.array_equal(after, model.images(u.unsqueeze(0))[0].numpy().repeat(3, axis=2))
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_without_the_runtime_a_walk_says_why_it_cannot_play(server: Server, browser, settle: Settle) -> None:
    with page_without_the_runtime(browser) as page:
        page.add_init_script(COUNT)
        page.goto(server.address("interpolate?model=mnist-dcgan-28"))
        settle(page)
        expect(page.get_by_text("so that it cannot play: the ONNX runtime could not be loaded")).to_be_visible(
            timeout=30_000
        )
        play = page.get_by_role("button", name="Play", exact=True)
        expect(play).to_be_disabled()
        expect(play).to_have_attribute("title", re.compile("^Only the browser can play"))
        before = pixels(canvas(page))
        canvas(page).click()
        page.keyboard.press("Space")
        page.wait_for_timeout(500)
        expect(play).to_have_text("Play")
        assert np.array_equal(pixels(canvas(page)), before)
        press(page.get_by_label("time", exact=True), 0.1)(0.6)
        page.mouse.up()  # the server draws what was scrubbed to
        expect(page).to_have_url(re.compile("time="))
        settle_and_draw(page, settle)
        assert not np.array_equal(pixels(canvas(page)), before)


def test_k_keeps_the_picture_on_the_stage_from_the_first_moment(page: Page, server: Server, settle: Settle) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&seed=5"), settle)
    page.keyboard.press("k")
    expect(page.get_by_text("Kept: 1 in all")).to_be_visible()
    page.locator(".stage canvas").first.click()
    page.keyboard.press(" ")  # another picture
    settle_and_draw(page, settle)
    page.keyboard.press("k")
    expect(page.get_by_text("Kept: 2 in all")).to_be_visible()
    for field in (page.get_by_label("First seed in the grid"), page.locator(".words select").first):
        before = page.evaluate("sent")
        field.press("k")
        settle_and_draw(page, settle)
        assert page.evaluate("sent") == before, "a letter in a field keeps nothing"
