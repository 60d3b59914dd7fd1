"""Measured results as rows of README's table of speed."""

from bench.gpu_parts.records import Results, Speed, Zoo

UNMEASURED = "not yet run on a GPU"
"""What README says until there are results."""


def rows(results: Results) -> list[str]:
    """A row for each of the largest images' batch sizes, one for samples and one for trainings, as far as measured."""
    found = []
    for part in results.parts:
        if isinstance(part, Speed) and part.steps:
            size = max(step.image_size for step in part.steps)
            for step in (step for step in part.steps if step.image_size == size):
                ours = f"{step.ours_ms:.1f} ms"
                if step.share_of_peak:
                    ours += f", {step.share_of_peak:.1%} of the card's bfloat16 peak"
                plain = f"a plain float32 loop {step.plain_ms:.1f} ms: {step.ratio:.1f} times as fast"
                what = f"the same step at {size} px, batch {step.batch_size}, on one {results.card}"
                found.append(f"| {what} | {ours}; {plain} |")
            found += [
                f"| pictures of {one.image_size} px drawn on it | {one.images_per_second:,.0f} a second |"
                for one in part.sampling
                if one.image_size == size
            ]
        if isinstance(part, Zoo) and part.trained:
            names = ", ".join(f"`{one.recipe}` {one.trained_steps:,} steps" for one in part.trained)
            found.append(f"| wide recipes trained on it, {part.at_once} at once, in {part.seconds:.0f} s | {names} |")
    return found
