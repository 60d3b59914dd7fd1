"""One training step of a 64-px DCGAN (width 64, batch 64) against a plain float32 loop of the same nets.

The plain loop is what tutorials show: torchvision's MNIST behind a DataLoader, float32, default memory format, the
discriminator's real and fake passes apart, every weight with its gradient, losses read after each step. Both take
turns in one process, so that a busy machine slows both; the ratio is of the medians.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlab import data
from ganlab.data import DataSpec, Pack, Stream
from ganlab.data.torchvision_import import torchvision
from ganlab.devices import choose_device
from ganlab.families import gan
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import start

RECIPE = Recipe(
    name="bench",
    image_size=64,
    batch_size=64,
    config=gan.Config(
        width=64, latent_size=100, adversarial="non-saturating", discriminator_norm="batch", generator_lr=2e-4
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    device = choose_device(options.device)
    pack = data.load("mnist", RECIPE.image_size)
    ours, plain = our_steps(RECIPE, pack, device), plain_steps(RECIPE, pack.spec, device, _torchvision_batches())
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for round_number in range(options.rounds + 2):
        for name, steps in (("ours", ours), ("plain", plain)):
            began = time.perf_counter()
            next(steps)
            if round_number >= 2:  # the first two warm up
                times[name].append(time.perf_counter() - began)
    milliseconds = {name: statistics.median(values) * 1e3 for name, values in times.items()}
    print(
        json.dumps(
            {
                "device": str(device),
                "threads": torch.get_num_threads(),
                "ours_ms": round(milliseconds["ours"], 1),
                "plain_ms": round(milliseconds["plain"], 1),
                "ratio": round(milliseconds["plain"] / milliseconds["ours"], 2),
                "images_per_second": round(64e3 / milliseconds["ours"], 1),
            }
        )
    )


def our_steps(recipe: Recipe, pack: Pack, device: torch.device) -> Iterator[None]:
    """Steps of `ganlab.step`, ended by reading a loss as a report does."""
    run = start(recipe, pack.spec, device)
    stream = Stream(pack, batch_size=recipe.batch_size, seed=0, device=device)
    while True:
        log = train_step(run, stream.batch(run.step))
        log["generator/loss"].item()
        yield


def plain_steps(recipe: Recipe, spec: DataSpec, device: torch.device, batches: Iterable[Tensor]) -> Iterator[None]:
    """Steps of a tutorial's loop on the same nets, for real images [B, C, H, W]."""
    assert isinstance(recipe.config, gan.Config)
    nets = gan.build(recipe.config, spec).to(device)
    generator, discriminator = nets["generator"], nn.Sequential(nets["trunk"], nets["discriminator"])
    optimizers = [torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (discriminator, generator)]
    for real in batches:
        real = real.to(device)
        ones, zeros = torch.ones(len(real), 1, device=device), torch.zeros(len(real), 1, device=device)
        bce: Callable[[Tensor, Tensor], Tensor] = F.binary_cross_entropy_with_logits
        fake = generator(torch.randn(len(real), recipe.config.latent_size, device=device))
        optimizers[0].zero_grad()
        real_loss = bce(discriminator(real), ones)
        real_loss.backward()
        fake_loss = bce(discriminator(fake.detach()), zeros)
        fake_loss.backward()
        optimizers[0].step()
        optimizers[1].zero_grad()
        loss = bce(discriminator(fake), ones)
        loss.backward()
        optimizers[1].step()
        loss.item(), (real_loss + fake_loss).item()
        yield


def _torchvision_batches() -> Iterator[Tensor]:
    transforms = torchvision().transforms
    dataset = torchvision().datasets.MNIST(
        data.data_folder(),
        transform=transforms.Compose(
            [transforms.Resize(64), transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]
        ),
    )
    while True:
        for images, _ in torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True, drop_last=True):
            yield images


if __name__ == "__main__":
    main()
