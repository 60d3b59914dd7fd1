"""Clusters of images: labels that a GAN without labels makes up for itself before its first step.

An image is described by its edges and colours (`descriptions`), and by where that lies among many centres of k-means.
Centres that share images are neighbours, and spectral clustering (Ng, Jordan and Weiss 2001) joins them: it follows
chains of neighbours, where k-means alone would cut what is long and mix what is close. Of MNIST, 30 such clusters hold
97 % of one digit each; 30 of k-means on pixels 75 %.

Where channels are pictures by themselves (Stacked MNIST), each is sorted by itself, into the same clusters.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlab.counting import counted
from ganlab.devices import without_autocast

CELLS = 7  # of an image, along height and width
DIRECTIONS = 8  # of edges
COMPONENTS = 48
FITTED_IMAGES = 20_000
CENTRES = 2_000
IMAGES_A_CENTRE = 10  # at least, on average
FAR_LINKS = 0.1  # strength of links between all centres, as a share of the mean (Amini et al. 2013)
TRIES = 8  # of k-means on the graph's vectors; the tightest counts
POINTS_AT_ONCE = 2_000  # 16 MB of distances
NEAREST = 3  # centres that an image makes neighbours of each other
COLOUR_WEIGHT = 0.05  # of colours in [-1, 1] beside edges of length 1
SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))


class Clusters(nn.Module):
    """Images [B, C, H, W] in [-1, 1] => their clusters one-hot, float32 [B, count]; all buffers, nothing is learnt.

    `by_channel`: those of each channel, side by side, [B, C * count].
    """

    mean: Tensor  # [P], of the descriptions
    components: Tensor  # [P, D]
    centres: Tensor  # [CENTRES, D]
    cluster: Tensor  # int64 [CENTRES]: of each centre
    shares: Tensor  # [count]: of the training images

    def __init__(self, count: int, channels: int, *, by_channel: bool = False) -> None:
        super().__init__()
        self.by_channel = by_channel
        channels = 1 if by_channel else channels
        numbers = CELLS**2 * (DIRECTIONS + (channels if channels > 1 else 0))
        self.register_buffer("mean", torch.zeros(numbers))
        self.register_buffer("components", torch.zeros(numbers, COMPONENTS))
        self.register_buffer("centres", torch.zeros(CENTRES, COMPONENTS))
        self.register_buffer("cluster", torch.zeros(CENTRES, dtype=torch.int64))
        self.register_buffer("shares", torch.full((count,), 1 / count))

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        with without_autocast(images.device):
            places = (descriptions(self.sorted_pictures(images).float()) - self.mean) @ self.components
            nearest = _nearest(places, self.centres)[:, 0]
        return F.one_hot(self.cluster[nearest], len(self.shares)).float().view(len(images), -1)

    def sorted_pictures(self, images: Tensor) -> Tensor:
        """What is sorted of images [B, C, H, W]: they themselves, or their channels [B * C, 1, H, W]."""
        return images.flatten(0, 1).unsqueeze(1) if self.by_channel else images


def names(count: int) -> tuple[str, ...]:
    """Names of the latent's factors, of so many clusters a picture."""
    return ("cluster",) if count == 1 else tuple(f"cluster{number}" for number in range(1, count + 1))


def most_clusters(images: int) -> int:
    """Into how many clusters so many training images can be sorted; 0 where they are too few for two."""
    found = images // IMAGES_A_CENTRE
    return found if found >= 2 else 0


def too_many(clusters: int, images: int) -> str:
    """Why so many training images make no such number of clusters, and the remedy; empty where they do."""
    if clusters * IMAGES_A_CENTRE <= images:
        return ""
    take = counted(clusters, "cluster takes", "clusters take")
    return (
        f"{take} {clusters * IMAGES_A_CENTRE:,} training images, and there are {images:,}; set clusters to "
        f"{most_clusters(images)} or fewer"
    )


@torch.no_grad()
def fit_clusters(clusters: Clusters, images: Tensor, rng: torch.Generator) -> None:
    """Find the clusters of `images` (uint8 [N, C, H, W]); the same ones for the same `rng`, a generator of the CPU.

    ValueError for fewer images than that takes.
    """
    count = len(clusters.shares)
    if why := too_many(count, len(images)):
        raise ValueError(why)
    images = clusters.sorted_pictures(images)
    chosen = torch.randperm(len(images), generator=rng)[:FITTED_IMAGES]
    described = torch.cat([descriptions(images[part].float() * (2 / 255) - 1) for part in chosen.split(500)])
    mean = described.mean(0)
    components = torch.linalg.eigh((described - mean).T.cov())[1][:, -COMPONENTS:]
    points = (described - mean) @ components
    centres = _k_means(points, min(CENTRES, len(points) // IMAGES_A_CENTRE), 12, rng)
    near = _nearest(points, centres, NEAREST)
    joined = _largest_first(_joined(near, len(centres), count, rng), near[:, 0], count)
    rest = CENTRES - len(centres)
    found = {
        "mean": mean,
        "components": components,
        "centres": F.pad(centres, (0, 0, 0, rest), value=float(2**20)),  # nothing is near those that there are not
        "cluster": F.pad(joined, (0, rest)),
        "shares": torch.bincount(joined[near[:, 0]], minlength=count) / len(points),
    }
    for name, values in found.items():
        clusters.get_buffer(name).copy_(values)


def descriptions(images: Tensor) -> Tensor:
    """Of images [N, C, H, W] in [-1, 1]: how strong edges of each direction are in each cell (Dalal and Triggs 2005).

    Beside them the mean colour of the cell less its brightness, where there are colours: [N, P].
    """
    grey = images.mean(1, keepdim=True)
    kernel = torch.tensor(SOBEL, device=images.device)
    across, down = F.conv2d(grey, torch.stack([kernel, kernel.T])[:, None], padding=1).unbind(1)
    turns = (torch.atan2(down, across) / (2 * torch.pi) * DIRECTIONS) % DIRECTIONS
    lower = turns.floor()
    strength = (across.square() + down.square()).sqrt()
    edges = strength.new_zeros(len(images), DIRECTIONS, *strength.shape[1:])
    for direction, weight in ((lower, 1 - turns + lower), (lower + 1, turns - lower)):
        edges.scatter_add_(1, (direction.long() % DIRECTIONS)[:, None], (strength * weight)[:, None])
    cells = _in_cells(edges).flatten(1).sqrt()
    cells = cells / cells.norm(dim=1, keepdim=True).clamp_min(1e-6)
    if images.shape[1] == 1:
        return cells
    return torch.cat([cells, _in_cells(images - grey).flatten(1) * COLOUR_WEIGHT], 1)


def _in_cells(maps: Tensor) -> Tensor:
    """Means over cells that overlap their neighbours by half, so that a small shift changes little."""
    height = maps.shape[2]
    cell = height // 4
    stride = (height + 2 * (cell // 4) - cell) // (CELLS - 1)
    padding = ((CELLS - 1) * stride + cell - height + 1) // 2
    return F.avg_pool2d(F.pad(maps, (padding,) * 4), cell, stride)[:, :, :CELLS, :CELLS]


def _k_means(points: Tensor, count: int, rounds: int, rng: torch.Generator) -> Tensor:
    """Centres [count, D] of points [N, D]."""
    centres = points[torch.randperm(len(points), generator=rng)[:count]].clone()
    for _ in range(rounds):
        own = _nearest(points, centres)[:, 0]
        sizes = torch.bincount(own, minlength=count).to(points)[:, None]
        sums = torch.zeros_like(centres).index_add_(0, own, points)
        centres = torch.where(sizes > 0, sums / sizes.clamp_min(1), centres)
    return centres


def _joined(near: Tensor, centres: int, count: int, rng: torch.Generator) -> Tensor:
    """The cluster of each centre, int64 [centres]; `near` [N, NEAREST] names the nearest centres of each image."""
    links = torch.zeros(centres, centres)
    for first in range(NEAREST):
        for second in range(first + 1, NEAREST):
            links.index_put_((near[:, first], near[:, second]), torch.ones(len(near)), accumulate=True)
    links = links + links.T
    links += FAR_LINKS * links.mean()  # else there could be more parts without a link than clusters
    degrees = links.sum(1).clamp_min(1e-6)
    vectors = torch.linalg.eigh(links / (degrees[:, None] * degrees).sqrt())[1][:, -count:]
    places = F.normalize(vectors, dim=1)
    tries = [_k_means(places, count, 40, rng) for _ in range(TRIES)]
    owns = [_nearest(places, found)[:, 0] for found in tries]
    spread = [(places - found[own]).square().sum().item() for found, own in zip(tries, owns, strict=True)]
    return owns[spread.index(min(spread))]


def _largest_first(joined: Tensor, nearest: Tensor, count: int) -> Tensor:
    """The clusters of the centres under other numbers: 0 is that of most images. `nearest` [N] names their centres."""
    order = torch.bincount(joined[nearest], minlength=count).argsort(descending=True, stable=True)
    return order.argsort()[joined]


def _nearest(points: Tensor, centres: Tensor, count: int = 1) -> Tensor:
    """Which of the centres [K, D] are nearest to points [N, D], int64 [N, count]."""
    lengths = centres.square().sum(1)
    parts = [lengths - 2 * part @ centres.T for part in points.split(POINTS_AT_ONCE)]
    return torch.cat([part.topk(count, largest=False).indices for part in parts])
