"""What cards can do at most."""

BFLOAT16_TERAFLOPS: dict[str, float] = {
    "B200": 2250.0,
    "H200": 989.4,
    "H100 80GB HBM3": 989.4,
    "H100 NVL": 835.5,
    "H100 PCIe": 756.0,
    "A100": 312.0,
    "L40S": 362.0,
    "L4": 121.0,
    "A10": 125.0,
    "RTX 4090": 165.2,
    "RTX 3090": 71.0,
}
"""Dense tensor-core peak with float32 accumulation, by a part of the card's name, from the makers' data sheets; the
first that fits counts."""


def bfloat16_teraflops(card: str) -> float | None:
    """The card's peak; None for a card that is not in the table."""
    words = f" {card.replace('-', ' ')} "
    return next((peak for name, peak in BFLOAT16_TERAFLOPS.items() if f" {name} " in words), None)
