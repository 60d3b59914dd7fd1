"""Checkpoint files changed in ways that strangers change them, by accident or on purpose; a seed gives a file."""

import copy
import json
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

SIZES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4,
    "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8, "C64": 8, "F4": 1, "F6_E2M3": 1, "F8_E8M0": 1, "NONSENSE": 4,
}  # fmt: skip
"""Bytes of a value by the name of its type."""

TORCH = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64, "I64": torch.int64}

TEXTS = (
    "", " ", "z", "c1", "any", "__", "a__b", "z~1", "z.1", "a+b", "a*0.5", "a;b=c", "\x00", "\x1b[31mred",
    "a\nb", "a\r\n\r\n# b", "\ud800", "\udfff tail", "\u202eabc", "\u200f", "\u2028",
    "[x](http://e.x) ![](http://e.x/i.png)", "<script>alert(1)</script>",
    "**b** | $x$ | :red[x]", "../../etc/passwd", "0.5", "NaN", "e\u0301", "\U0001f600", "x" * 5_000, "\u202e" * 70_000,
)  # fmt: skip
NUMBERS = (
    0,
    -0.0,
    1,
    -1,
    2,
    0.5,
    7.25,
    10**6,
    10**15,
    10**30,
    -(10**30),
    1e308,
    5e-324,
    float("inf"),
    float("-inf"),
    float("nan"),
)
LEAVES: tuple[Any, ...] = (None, True, False, [], {}, [None], {"": None}, [[]], list(range(2_000)), *TEXTS, *NUMBERS)
NO_JSON = ("", "{", "[" * 60_000, '{"a":' * 60_000, "9" * 6_000, "NaN", "\ud800", "nul", '"' + "x" * 3_500_000 + '"')


@dataclass(frozen=True, kw_only=True)
class Tensors:
    """What a file says of a tensor, and its bytes."""

    dtype: str
    shape: list[Any]
    content: bytes


@dataclass(kw_only=True)
class Parts:
    """A safetensors file, taken apart."""

    metadata: dict[str, str]
    tensors: dict[str, Tensors]

    @staticmethod
    def of(path: Path) -> "Parts":
        content = path.read_bytes()
        [length] = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        metadata, data = header.pop("__metadata__"), content[8 + length :]
        tensors = {
            key: Tensors(dtype=one["dtype"], shape=one["shape"], content=data[slice(*one["data_offsets"])])
            for key, one in header.items()
        }
        metadata.pop("crc32", None)  # whoever makes a file writes sums that fit it, or none
        return Parts(metadata=metadata, tensors=tensors)

    def joined(self) -> bytes:
        header: dict[str, Any] = {"__metadata__": self.metadata}
        data = b""
        for key, one in self.tensors.items():
            place = [len(data), len(data) + len(one.content)]
            header[key] = {"dtype": one.dtype, "shape": one.shape, "data_offsets": place}
            data += one.content
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + data


def mutated(base: Parts, seed: int) -> tuple[bytes, str]:
    """The file with one to three changes, and what they were."""
    rng = random.Random(seed)
    parts = Parts(metadata=dict(base.metadata), tensors=dict(base.tensors))
    told = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change = rng.choice(PARTS)
        told.append(f"{change.__name__}: {change(parts, rng)}")
    content = parts.joined()
    if rng.random() < 0.12:
        content, how = _changed_bytes(content, rng)
        told.append(how)
    return content, "; ".join(told)[:300]


def changed_json(values: Any, rng: random.Random) -> tuple[Any, str]:
    """A copy of plain values with a change somewhere in it, and where."""
    values = copy.deepcopy({"": values})
    node, path = values, []
    key: Any = ""
    while isinstance(node[key], dict | list) and node[key] and (key == "" or rng.random() < 0.75):
        node = node[key]
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
        path.append(str(key)[:20])
    how = rng.choice(("replace", "replace", "replace", "drop", "rename", "twice"))
    if how == "replace" or key == "":
        node[key] = rng.choice(LEAVES)
    elif how == "twice" and isinstance(node, list):
        node.append(node[key])
    elif how == "rename" and isinstance(node, dict):
        node[rng.choice(TEXTS)] = node.pop(key)
    elif how == "twice":
        node[rng.choice(TEXTS)] = copy.deepcopy(node[key])
    else:
        del node[key]
    return values[""], f"{'.'.join(path)} {how}"


def _entry(parts: Parts, rng: random.Random) -> str:
    """Change something inside an entry of the header."""
    key = rng.choice(sorted(parts.metadata))
    try:
        values, how = changed_json(json.loads(parts.metadata[key]), rng)
    except (ValueError, RecursionError):  # not JSON any more
        return "none"
    parts.metadata[key] = json.dumps(values)
    return f"{key} {how} {parts.metadata[key][:120]!a}"


def _conditions(parts: Parts, rng: random.Random) -> str:
    """Rename a condition or a label in the dataset and in the latent alike, so that both still fit."""
    try:
        data, latent = json.loads(parts.metadata["data"]), json.loads(parts.metadata["latent"])
        condition, word = rng.choice(data["conditions"]), rng.choice(TEXTS)
        before = json.dumps(condition)
        if rng.random() < 0.5:
            condition["name"] = word
        else:
            condition["labels"][rng.randrange(len(condition["labels"]))] = word
    except (ValueError, TypeError, LookupError, RecursionError):  # another change has been here
        return "none"
    if isinstance(latent, list):
        latent = [condition if json.dumps(factor) == before else factor for factor in latent]
    parts.metadata |= {"data": json.dumps(data), "latent": json.dumps(latent)}
    return f"{word[:40]!a}"


def _header_text(parts: Parts, rng: random.Random) -> str:
    key = rng.choice([*sorted(parts.metadata), "more"])
    if rng.random() < 0.3:
        parts.metadata.pop(key, None)
        return f"no {key}"
    parts.metadata[key] = rng.choice(NO_JSON)
    return f"{key} is {parts.metadata[key][:20]!a}"


def _type(parts: Parts, rng: random.Random) -> str:
    """Another type of values, with as many bytes as it needs."""
    key = _some(parts, rng)
    one, dtype = parts.tensors[key], rng.choice(sorted(SIZES))
    size = SIZES[dtype] * (len(one.content) // SIZES.get(one.dtype, 4))
    parts.tensors[key] = replace(one, dtype=dtype, content=(one.content * 8)[:size])
    return f"{key} {one.dtype} to {dtype}"


def _shape(parts: Parts, rng: random.Random) -> str:
    key = _some(parts, rng)
    one = parts.tensors[key]
    shapes = [
        one.shape[::-1],
        [*one.shape, 1],
        one.shape[1:],
        [0],
        [0, *one.shape],
        [2**40],
        [-1],
        [2**63],
        [1.5],
        ["a"],
        [],
    ]
    parts.tensors[key] = replace(one, shape=rng.choice(shapes))
    if rng.random() < 0.5 and all(isinstance(n, int) and 0 <= n < 10**5 for n in parts.tensors[key].shape):
        count = 1
        for n in parts.tensors[key].shape:
            count *= n
        size = min(count, 10**6) * SIZES.get(one.dtype, 4)
        parts.tensors[key] = replace(
            parts.tensors[key], content=(one.content * (1 + size // max(1, len(one.content))))[:size]
        )
    return f"{key} {parts.tensors[key].shape}"


def _name(parts: Parts, rng: random.Random) -> str:
    key = _some(parts, rng)
    more = (
        "curve/step",
        "curve/" + "n" * 5_000,
        "curve/epoch",
        "sheets/steps",
        "prior/means",
        "prior/x",
        "generator",
        "critic.0.weight",
    )
    name = rng.choice((*more, *TEXTS, f"{key}.extra", f"curve/{key.rpartition('/')[2]}"))
    one = parts.tensors[key] if rng.random() < 0.4 else parts.tensors.pop(key)
    if rng.random() < 0.8:
        parts.tensors[name] = one
    return f"{key} to {name[:40]!a}"


def _values(parts: Parts, rng: random.Random) -> str:
    """Numbers that are none, too large, too small, below 0 or all alike, everywhere in a tensor or in one place."""
    key = _some(parts, rng)
    one = parts.tensors[key]
    if one.dtype not in TORCH or len(one.content) % SIZES[one.dtype] or not one.content:
        return "none"
    values = torch.frombuffer(bytearray(one.content), dtype=TORCH[one.dtype])
    value = rng.choice(
        (0.0, 1.0, -1.0, 1e4, -1e4, 1e38, -3e38, 1e-40, float("nan"), float("inf"), -float("inf"), 1e6, 7.0)
    )
    if one.dtype == "I64":
        value = rng.choice((0, -1, 2**62, -(2**63), 10**15))
    place = slice(None) if rng.random() < 0.6 else rng.randrange(len(values))
    values[place] = torch.tensor(value, dtype=torch.int64 if one.dtype == "I64" else torch.float64).to(values.dtype)
    parts.tensors[key] = replace(one, content=values.view(torch.uint8).numpy().tobytes())
    return f"{key} {value}"


def _reordered(parts: Parts, rng: random.Random) -> str:
    key = _some(parts, rng)
    one = parts.tensors[key]
    if one.dtype not in TORCH or len(one.content) % SIZES[one.dtype] or not one.content:
        return "none"
    values = torch.frombuffer(bytearray(one.content), dtype=TORCH[one.dtype]).flip(0).contiguous()
    parts.tensors[key] = replace(one, content=values.view(torch.uint8).numpy().tobytes())
    return f"{key} backwards"


def _some(parts: Parts, rng: random.Random) -> str:
    """The name of a tensor; those beside the nets are as likely as those of the nets."""
    keys = sorted(parts.tensors)
    extras = [key for key in keys if key.startswith(("curve/", "sheets/", "prior/"))]
    return rng.choice(extras if extras and rng.random() < 0.4 else keys)


def _changed_bytes(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    how = rng.choice(("length", "cut", "flip", "flip the head", "more", "empty", "pickle"))
    changed = bytearray(content)
    if how == "length":
        changed[:8] = struct.pack(
            "<Q", rng.choice((0, 1, 8, len(content), 2**31, 2**63, 2**64 - 1, rng.randrange(2**16)))
        )
    elif how == "cut":
        del changed[rng.randrange(len(changed)) :]
    elif how.startswith("flip"):
        for _ in range(rng.choice((1, 8))):
            changed[rng.randrange(600 if how == "flip the head" else len(changed))] ^= 1 << rng.randrange(8)
    elif how == "more":
        changed += rng.randbytes(rng.choice((1, 100)))
    elif how == "empty":
        changed.clear()
    else:
        changed[:0] = b"\x80\x04"
    return bytes(changed), how


Change = Callable[[Parts, random.Random], str]
PARTS: tuple[Change, ...] = (
    _entry, _entry, _entry, _entry, _conditions, _conditions, _header_text, _type, _type, _shape, _name,
    _values, _values, _values, _reordered,
)  # fmt: skip
