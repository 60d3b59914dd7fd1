"""A small ray caster: spheres, cubes and upright cylinders of matt colours on a grey floor under one lamp.

World axes: x and y on the floor, z up, one unit about 6 pixels at the middle of a 64-pixel picture. The camera
stands still, so that its rays are computed once.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab.data.object_sets import Form

Floats = NDArray[np.floating[Any]]  # float32, but for what numpy widens on the way

CAMERA = (7.36, -6.93, 4.96)
TARGET = (0.35, -0.33, 0.1)  # puts an object at the origin a little above the middle of the picture
HALF_WIDTH, HALF_HEIGHT = 0.457, 0.343  # of the view at distance 1; a 4:3 picture squeezed into a square
AMBIENT, DIFFUSE = 0.62, 0.5
FLOOR = np.array([122, 121, 118], np.float32)  # grey values under full ambient light
SHADOW, CONTACT = 0.3, 0.35  # share of light that a cast shadow and the foot of an object take away
HALF_SIZES: dict[Form, float] = {"cube": 0.55, "sphere": 0.66, "cylinder": 0.62}


@dataclass(frozen=True, kw_only=True, slots=True)
class Solid:
    """A body standing on the floor at (x, y)."""

    form: Form
    colour: tuple[int, int, int]  # grey values, 0 to 255
    x: float
    y: float
    turn: float = 0.0  # radians about the upright axis; only a cube shows it

    @property
    def half(self) -> float:
        return HALF_SIZES[self.form]


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp far above the floor, and a brighter patch on the floor."""

    x: float
    y: float
    z: float
    glow_x: float
    glow_y: float


class Hits(NamedTuple):
    """Where rays meet a solid; the normal means something only where the distance is finite."""

    distance: Floats  # [...], in lengths of the ray's direction; inf where it misses
    normal: Floats  # [..., 3]


class Picture(NamedTuple):
    pixels: NDArray[np.uint8]  # [size, size, 3]
    visible: list[float]  # share of each solid's outline that no other solid hides, 0 when out of the picture


class Camera:
    """Draws scenes of `size` x `size` pixels, with four rays a pixel."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rays = 2 * size
        self.eye = np.array(CAMERA, np.float32)
        forward = np.array(TARGET) - CAMERA
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0, 0, 1))
        right /= np.linalg.norm(right)
        self.axes = np.stack([right, np.cross(right, forward), forward]).astype(np.float32)  # right, up, forward

    @cached_property
    def directions(self) -> Floats:
        """Unit vectors [rays, rays, 3], row by row from the top left."""
        steps = (np.arange(self.rays, dtype=np.float32) + 0.5) / self.rays * 2 - 1
        x, y = np.meshgrid(steps * HALF_WIDTH, -steps * HALF_HEIGHT)
        rays = np.stack([x, y, np.ones_like(x)], -1) @ self.axes
        return (rays / np.linalg.norm(rays, axis=-1, keepdims=True)).astype(np.float32)

    @cached_property
    def floor(self) -> Floats:
        """Where each ray meets the floor, [rays, rays, 3]; every one does."""
        return self.eye - self.directions * (self.eye[2] / self.directions[..., 2:])

    def project(self, points: Floats) -> Floats:
        """World points [..., 3] => columns and rows of rays [..., 2]."""
        x, y, z = np.moveaxis((points - self.eye) @ self.axes.T, -1, 0)
        places = np.stack([x / z / HALF_WIDTH, -y / z / HALF_HEIGHT], -1)
        return (places + 1) / 2 * self.rays

    def draw(self, solids: list[Solid], lamp: Lamp) -> Picture:
        """The scene, and how much of each solid can be seen in it."""
        light = self._floor_light(lamp)
        for solid in solids:
            self._shade_floor(light, solid, lamp)
        colours = FLOOR * light[..., None]
        nearest = np.full((self.rays, self.rays), np.inf, np.float32)
        owner = np.full((self.rays, self.rays), -1)
        outlines = []
        for index, solid in enumerate(solids):
            window = self._window(solid, reach=0)
            hits = intersect(solid, self.eye, self.directions[window])
            front = hits.distance < nearest[window]
            nearest[window][front] = hits.distance[front]
            owner[window][front] = index
            colours[window][front] = _lit(solid, self._points(window, hits)[front], hits.normal[front], lamp)
            outlines.append(int(np.isfinite(hits.distance).sum()))
        pixels = colours.reshape(self.size, 2, self.size, 2, 3).mean((1, 3))
        visible = [float((owner == index).sum()) / max(count, 1) for index, count in enumerate(outlines)]
        return Picture(pixels.round().clip(0, 255).astype(np.uint8), visible)

    def _points(self, window: tuple[slice, slice], hits: Hits) -> Floats:
        distance = np.where(np.isfinite(hits.distance), hits.distance, 0)
        return self.eye + self.directions[window] * distance[..., None]

    def _floor_light(self, lamp: Lamp) -> Floats:
        """Brightness of the empty floor, [rays, rays]: the ambient light and a glow that fades with the distance."""
        squares = (self.floor[..., 0] - lamp.glow_x) ** 2 + (self.floor[..., 1] - lamp.glow_y) ** 2
        return 0.88 + 0.42 / (1 + squares / 14)

    def _shade_floor(self, light: Floats, solid: Solid, lamp: Lamp) -> None:
        """Darken the floor, in place, at the foot of a solid and where it stands before the lamp."""
        window = self._window(solid, reach=1.5)
        floor = self.floor[window]
        squares = (floor[..., 0] - solid.x) ** 2 + (floor[..., 1] - solid.y) ** 2
        contact = CONTACT * np.exp(-squares / (1.3 * solid.half**2))
        to_lamp = np.array([lamp.x, lamp.y, lamp.z], np.float32) - floor
        shadowed = np.isfinite(intersect(solid, floor, to_lamp).distance)
        light[window] *= (1 - contact) * (1 - SHADOW * shadowed)

    def _window(self, solid: Solid, *, reach: float) -> tuple[slice, slice]:
        """The part of the picture that holds the solid and the floor up to `reach` units around it."""
        half = solid.half * 1.45 + reach
        corners = [
            (solid.x + i * half, solid.y + j * half, z) for i in (-1, 1) for j in (-1, 1) for z in (0, 2 * solid.half)
        ]
        places = self.project(np.array(corners, np.float32))
        low = np.floor(places.min(0)).clip(0, self.rays).astype(int)
        high = np.ceil(places.max(0)).clip(0, self.rays).astype(int)
        return slice(low[1], high[1]), slice(low[0], high[0])


def intersect(solid: Solid, origins: Floats, directions: Floats) -> Hits:
    """The first meeting of each ray with the solid's outside; origins broadcast against directions [..., 3]."""
    centre = np.array([solid.x, solid.y, solid.half], np.float32)
    start = np.broadcast_to(origins - centre, directions.shape)
    if solid.form == "sphere":
        return _sphere(start, directions, solid.half)
    if solid.form == "cylinder":
        return _cylinder(start, directions, solid.half)
    return _cube(start, directions, solid.half, solid.turn)


def _lit(solid: Solid, points: Floats, normals: Floats, lamp: Lamp) -> Floats:
    """Colours [N, 3] of points of a matt solid; what looks down gets less of the ambient light."""
    to_lamp = np.array([lamp.x, lamp.y, lamp.z], np.float32) - points
    to_lamp /= np.linalg.norm(to_lamp, axis=-1, keepdims=True)
    diffuse = (normals * to_lamp).sum(-1).clip(0)
    ambient = AMBIENT * (0.85 + 0.15 * normals[..., 2])
    return np.array(solid.colour, np.float32) * (ambient + DIFFUSE * diffuse)[..., None]


def _sphere(start: Floats, directions: Floats, radius: float) -> Hits:
    a = (directions**2).sum(-1)
    b = (start * directions).sum(-1)
    root = b**2 - a * ((start**2).sum(-1) - radius**2)
    distance = np.where(root > 0, (-b - np.sqrt(root.clip(0))) / a, np.inf)
    distance = np.where(distance > 0, distance, np.inf).astype(np.float32)
    return Hits(distance, (start + directions * _finite(distance)[..., None]) / radius)


def _cylinder(start: Floats, directions: Floats, half: float) -> Hits:
    """Radius and half height are `half`. The bottom cannot be seen, so that only the side and the top count."""
    a = (directions[..., :2] ** 2).sum(-1).clip(1e-12)  # an upright ray meets no side
    b = (start[..., :2] * directions[..., :2]).sum(-1)
    root = b**2 - a * ((start[..., :2] ** 2).sum(-1) - half**2)
    side = np.where(root > 0, (-b - np.sqrt(root.clip(0))) / a, np.inf)
    height = start[..., 2] + directions[..., 2] * _finite(side)
    side = np.where((np.abs(height) <= half) & (side > 0), side, np.inf)
    top = (half - start[..., 2]) / directions[..., 2]
    across = start[..., :2] + directions[..., :2] * top[..., None]
    top = np.where(((across**2).sum(-1) <= half**2) & (top > 0), top, np.inf)
    distance = np.minimum(side, top).astype(np.float32)
    normal = (start + directions * _finite(distance)[..., None]) / half
    normal[..., 2] = 0
    normal[top < side] = (0, 0, 1)
    return Hits(distance, normal)


def _cube(start: Floats, directions: Floats, half: float, turn: float) -> Hits:
    """By slabs: a ray is inside between the last entry and the first exit of the three pairs of faces."""
    cos, sin = np.cos(turn), np.sin(turn)
    rotation = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], np.float32)  # rows times it: into the cube's axes
    begin, heading = start @ rotation, directions @ rotation
    heading = np.where(np.abs(heading) < 1e-9, 1e-9, heading)
    bounds = np.stack([(-half - begin) / heading, (half - begin) / heading])
    entries, exits = bounds.min(0), bounds.max(0)
    entry = entries.max(-1)
    distance = np.where((entry <= exits.min(-1)) & (entry > 0), entry, np.inf).astype(np.float32)
    axis = entries.argmax(-1)[..., None]
    faces = np.zeros_like(heading)
    np.put_along_axis(faces, axis, -np.sign(np.take_along_axis(heading, axis, -1)), -1)
    return Hits(distance, faces @ rotation.T)


def _finite(distance: Floats) -> Floats:
    return np.where(np.isfinite(distance), distance, 0)
