"""Which lesson explains what one sees: pages by their names in addresses, findings by their kinds."""

RESULTS = "results"  # the measurements on Compare

EXPLAINED: dict[str, str] = {
    "sample": "numbers",
    "interpolate": "numbers",
    "map": "numbers",
    "codes": "codes",
    "attributes": "labels",
    "reconstruct": "encoders",
    "playground": "game",
    "compare": "curves",
    RESULTS: "measurement",
    "mode-collapse": "collapse",
    "class-missing": "collapse",
    "mode-hopping": "collapse",
    "exploding-gradients": "collapse",
    "vanishing-gradients": "curves",
    "discriminator-too-strong": "curves",
    "discriminator-diverged": "curves",
    "disobedient": "labels",
    "not-converged": "measurement",
}
"""What is shown => the lesson on it."""
