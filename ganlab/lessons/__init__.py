"""Eight lessons: a text beside something live, one thing to do, and a check that looks at what was done."""

from ganlab.lessons import checks
from ganlab.lessons.explained import EXPLAINED, RESULTS
from ganlab.lessons.lesson import Deed, GameDeed, Lesson, Question, Verdict, Way

__all__ = ["EXPLAINED", "LESSONS", "RESULTS", "Deed", "GameDeed", "Lesson", "Question", "Verdict", "Way"]

LESSONS: dict[str, Lesson] = {
    "numbers": Lesson(
        title="Random numbers become pictures",
        minutes=4,
        live="two_numbers",
        task="Drag the green dot to another place in its square (or move a slider), and watch the picture.",
        check=checks.moves_far,
        ways=(
            Way("sample", {"model": "mnist-dcgan-28"}, "Sample: a model that reads 64 numbers"),
            Way("interpolate", {"model": "mnist-dcgan-28"}, "Interpolate: walk from one picture to the next"),
        ),
    ),
    "game": Lesson(
        title="The game of two nets",
        minutes=4,
        live="one_game",
        task="Press Play, and let the two play until all eight clusters are found and a quarter of the orange points "
        "are good: in a cluster. It takes a minute or less.",
        check=checks.wins,
        ways=(
            Way("playground", {}, "Playground: the same game with everything to turn"),
            Way("playground", {"dataset": "grid-25"}, "Playground with 25 clusters"),
        ),
    ),
    "curves": Lesson(
        title="What the curves say",
        minutes=4,
        live="curves_and_pictures",
        task="Move the slider from the first step to the last. Look at the pictures and at the curves below them; "
        "then answer.",
        check=checks.sees_all_steps,
        question=Question(
            text="From the second stop of the slider to the last, the pictures get better. What do the losses do?",
            answers={
                "They fall as the pictures get better": "Look again: after the first moments D's loss stays near 1.9.",
                "They hardly move": "Yes. The generator got better and the discriminator with it, so that their losses "
                "say who is ahead, not how good the pictures are.",
                "They rise without end": "Look again: that would be a game that explodes. These stay where they are.",
            },
            right="They hardly move",
        ),
        ways=(
            Way("compare", {"curves": "mnist-dcgan-28"}, "Compare: all curves of this run"),
            Way("train", {}, "Train: watch the curves of a run of your own"),
        ),
    ),
    "collapse": Lesson(
        title="Collapse, and its cures",
        minutes=5,
        live="collapse_and_cure",
        task="Press Play until the monitor below the game speaks of a collapse. Then press Cure it, and wait until the "
        "game beside it has found all clusters, with a quarter of its points good: a minute or less.",
        check=checks.cures,
        ways=(
            Way("playground", {"failure": "collapse"}, "Playground: this failure with all its settings"),
            Way("playground", {"failure": "hopping"}, "Playground: four other failures"),
        ),
    ),
    "codes": Lesson(
        title="Codes that nobody labelled",
        minutes=4,
        live="codes",
        task="Nobody told the model what a seven is, and still one of the ten buttons of c1 draws sevens. Find it.",
        check=checks.sets(
            "c1",
            "2",
            "Number 2 draws sevens. The model chose that number by itself: another training chooses another one.",
            "No button of c1 has been pressed yet.",
        ),
        ways=(
            Way("codes", {"model": "mnist-infogan-64"}, "Codes: what every code was measured to do"),
            Way("codes", {"model": "faces-infogan-64"}, "Codes: the same with faces"),
        ),
    ),
    "labels": Lesson(
        title="Labels, and what leaks",
        minutes=4,
        live="labels",
        task="Put sunglasses on this face and leave all else alone: same numbers, one label changed. Does anything "
        "else change? Then answer.",
        check=checks.sets(
            "eyewear",
            "sunglasses",
            "You asked for sunglasses and for nothing else.",
            "No label of eyewear has been set yet.",
            only=True,
        ),
        question=Question(
            text="How do you find out whether a label also changes what it does not name?",
            answers={
                "Look at one picture, before and after": "One picture can be luck. You need to count.",
                "Change that label alone in many pictures, and count what else changes": "Yes. The page Attributes "
                "shows these counts for every label of this model.",
                "See whether the pictures look real": "A picture can look real and still show what nobody asked for.",
            },
            right="Change that label alone in many pictures, and count what else changes",
        ),
        ways=(
            Way("attributes", {"model": "faces-acgan-64"}, "Attributes: what each label was measured to change"),
            Way("attributes", {"model": "iclevr-cgan-64"}, "Attributes: scenes of objects that you name"),
        ),
    ),
    "encoders": Lesson(
        title="Encoders: VAE against GAN",
        minutes=4,
        live="vae_and_gan",
        task="One of these two models is a VAE, the other a GAN. Press Randomise a few times, and say which is which.",
        check=checks.randomises,
        question=Question(
            text="Which of the two is the VAE?",
            answers={
                "A": "Yes: A is mnist-vae-28. Soft strokes, and sometimes no digit at all, are its marks.",
                "B": "No: B is mnist-dcgan-28, a GAN. Its strokes are sharp. Draw some more and compare.",
            },
            right="A",
        ),
        ways=(
            Way("reconstruct", {"model": "mnist-vae-28"}, "Reconstruct: send a digit that you draw through the VAE"),
            Way("map", {"model": "mnist-vae-28"}, "Map: where the encoder puts each digit"),
        ),
    ),
    "measurement": Lesson(
        title="Honest measurement",
        minutes=5,
        live="measuring",
        task="Measure both models with 20 pictures, then with more, up to 2,000. Watch the intervals; then answer.",
        check=checks.measures_enough,
        question=Question(
            text="Which number gives away that the second model hardly ever draws some digit?",
            answers={
                "Recognisable": "No: a picture counts there if it is a clear digit, whichever. A model that draws "
                "nothing but ones would get 100 %.",
                "Rarest digit": "Yes. It counts how often the rarest digit comes, where 1 would be as often as all "
                "others. One number alone is easy to please.",
                "The number of pictures": "No: it says how far you can trust the others, and nothing of the model.",
            },
            right="Rarest digit",
        ),
        ways=(
            Way("gallery", {}, "Gallery: all numbers of every model, beside those of real data"),
            Way("compare", {"curves": "mnist-dcgan-28,mnist-vae-28-2d"}, "Compare: both models side by side"),
        ),
    ),
}
"""By their names in addresses, in the order in which one takes them."""
