"""Pictures of screens: kept small, and compared with some tolerance for how letters are drawn.

A picture is 720 pixels wide (390 for a telephone) and has 64 colours. Two are alike when no more than a few of its
squares of 8 x 8 pixels differ in their mean colour: a cursor's width or another version of the browser's letters moves
little of that, a row that moved or a button that is gone moves much.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

FOLDER = Path(__file__).parent / "pictures"
WIDTH = 720
COLOURS = 64
SQUARE = 8
# The picture in README.md is that of one screen, whole and in more colours.
OF_README, README = "queue-light", FOLDER.parents[2] / "docs" / "queue.png"
# How far the mean of a square may be off, of 255, and how many squares may be further off.
APART = 24
MANY = 12


def small(png: bytes) -> Image.Image:
    """A screenshot as it is kept."""
    shot = Image.open(BytesIO(png)).convert("RGB")
    if shot.width > WIDTH:
        shot = shot.resize((WIDTH, round(shot.height * WIDTH / shot.width)), Image.Resampling.LANCZOS)
    return shot.quantize(COLOURS, dither=Image.Dither.NONE)


def apart(one: Image.Image, other: Image.Image) -> int:
    """In how many squares two pictures differ; all of them when they have not the same size."""
    squares = (-(-one.width // SQUARE), -(-one.height // SQUARE))
    if one.size != other.size:
        return squares[0] * squares[1]
    means = [each.convert("RGB").resize(squares, Image.Resampling.BOX) for each in (one, other)]
    off = ImageChops.difference(*means)
    return sum(max(pixel) > APART for pixel in off.get_flattened_data())


def problem(name: str, png: bytes, seen: Path) -> str:
    """How a screenshot differs from the picture that is kept under its name, in words; empty when it does not.

    What differs is put into the folder `seen`, to look at.
    """
    shot, kept = small(png), FOLDER / f"{name}.png"
    if not kept.is_file():
        return f"{name}: there is no picture of it yet"
    with Image.open(kept) as picture:
        many = apart(picture, shot)
    if many <= MANY:
        return ""
    seen.mkdir(parents=True, exist_ok=True)
    shot.save(seen / f"{name}.png")
    return f"{name}: {many} squares differ from {kept}; now it looks like {seen / name}.png"


def readme(shots: Mapping[str, bytes]) -> str:
    """What is wrong with the picture in README.md; empty when it shows the screen as it is."""
    many = apart(small(README.read_bytes()), small(shots[OF_README]))
    return f"{README} is another than {OF_README}: {many} squares differ" if many > MANY else ""


def renew(shots: Mapping[str, bytes]) -> None:
    """Makes the pictures anew. One that is alike is left as it is, so that nothing needs to be committed for it."""
    FOLDER.mkdir(exist_ok=True)
    if apart(small(README.read_bytes()), small(shots[OF_README])):
        whole = Image.open(BytesIO(shots[OF_README])).convert("RGB")
        whole.quantize(4 * COLOURS, dither=Image.Dither.NONE).save(README, optimize=True)
    for name in kept() - set(shots):
        (FOLDER / f"{name}.png").unlink()
    for name, png in shots.items():
        shot, path = small(png), FOLDER / f"{name}.png"
        if path.is_file():
            with Image.open(path) as picture:
                if apart(picture, shot) == 0:
                    continue
        shot.save(path, optimize=True)


def kept() -> set[str]:
    """The names of all pictures that are kept."""
    return {path.stem for path in FOLDER.glob("*.png")}
