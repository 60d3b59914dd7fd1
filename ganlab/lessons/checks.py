"""Checks of lessons: each looks at what somebody did and says whether it was the task."""

from ganlab.counting import counted
from ganlab.lessons.lesson import Check, Deed, GameDeed, Verdict

FAR = 1.0  # standard deviations of the prior
ENOUGH_PICTURES = 2_000


def moves_far(deed: Deed) -> Verdict:
    """The latent has been moved by hand, a standard deviation or more from where it was."""
    if deed.distance >= FAR:
        return Verdict(True, f"You moved the two numbers by {deed.distance:.1f}, and the picture followed.")
    if deed.distance > 0:
        return Verdict(False, f"Moved by {deed.distance:.1f}. Go on, until it is {FAR:.0f} or more.")
    if deed.seed_changed:
        return Verdict(False, "The dice put the dot there. Now drag it yourself.")
    return Verdict(False, "The dot is still where it began.")


def wins(deed: Deed) -> Verdict:
    """The game has come so far that all clusters are found."""
    if not deed.games:
        return Verdict(False, "The game stands at step 0.")
    game = deed.games[0]
    if game.won:
        return Verdict(True, f"All clusters are found, and a quarter of the points are good, by step {game.step:,}.")
    return Verdict(False, f"Step {game.step:,}: not all clusters are found yet, or too few points are good.")


def sees_all_steps(deed: Deed) -> Verdict:
    """The pictures of the first and the last step, and of one between them, have been looked at."""
    first, last = deed.steps[0], deed.steps[-1]
    if {first, last} <= deed.seen and len(deed.seen) >= min(3, len(deed.steps)):
        return Verdict(True, f"You have looked at the pictures from step {first:,} to step {last:,}.")
    return Verdict(
        False, f"Looked at so far: {len(deed.seen)} of {counted(len(deed.steps), 'step')}. Go as far as the last one."
    )


def cures(deed: Deed) -> Verdict:
    """The first game has collapsed, and the one beside it has found all clusters."""
    games = (*deed.games, *[GameDeed(0, False, False)] * 2)
    bad, cured = games[0], games[1]
    if bad.collapsed and cured.won:
        return Verdict(True, "You made a collapse, and cured it: the same start, other settings, all clusters found.")
    if bad.collapsed and len(deed.games) > 1 and not cured.step:
        return Verdict(False, "It has collapsed. The game beside it is waking up, which takes some seconds.")
    if bad.collapsed and len(deed.games) > 1:
        said = f"It has collapsed. The cured game is at step {cured.step:,}: clusters or good points are missing yet."
        return Verdict(False, said)
    if bad.collapsed:
        return Verdict(False, "It has collapsed: the monitor says so below the game. Now press Cure it.")
    return Verdict(False, f"Step {bad.step:,}: the monitor has not called it a collapse yet.")


def sets(factor: str, value: str, said: str, nothing: str, *, only: bool = False) -> Check:
    """A check that a factor was set to a value; `said` then, `nothing` before it was set to anything.

    only: whether nothing else may have been set.
    """

    def check(deed: Deed) -> Verdict:
        now = deed.held.get(factor)
        if now == value and (others := [name for name in deed.held if name != factor and only]):
            return Verdict(False, f"You have also set {' and '.join(others)}. Press Reset, then set {factor} alone.")
        if now == value:
            return Verdict(True, said)
        return Verdict(False, nothing if now is None else f"{factor} is {now} now. Try another one.")

    return check


def randomises(deed: Deed) -> Verdict:
    """Another seed has been drawn."""
    if deed.seed_changed:
        return Verdict(True, "You have seen pictures of other random numbers.")
    return Verdict(False, "These are still the first two pictures. Press Randomise.")


def measures_enough(deed: Deed) -> Verdict:
    """As many pictures were measured as the lesson asks for."""
    if deed.pictures >= ENOUGH_PICTURES:
        return Verdict(True, f"You measured {counted(deed.pictures, 'picture')} of each model.")
    return Verdict(False, f"Measured at most: {counted(deed.pictures, 'picture')}. Go up to {ENOUGH_PICTURES:,}.")
