"""The files of models: plain arrays in one .npz, no code in them, and what was written about them."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODELS = Path(__file__).resolve().parent.parent / "data" / "models"
"""Where the shipped models are."""

Arrays = Mapping[str, NDArray[Any]]


class Damaged(Exception):
    """A model's file is missing, cut, or of another version."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong in it with a model's file is said as Damaged."""
    try:
        yield
    except FileNotFoundError as error:
        raise Damaged(f"{path.name} is missing.") from error
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise Damaged(f"{path.name} is damaged ({type(error).__name__}).") from error


def read(path: Path, version: str) -> tuple[Arrays, dict[str, Any]]:
    """The arrays of a file by name, and what is written about them. Raises Damaged, which says what is wrong."""
    with reading(path), np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
        about = json.loads(arrays.pop("about").tobytes().decode("utf-8"))
        of = about["version"]
    if of != version:
        raise Damaged(f"{path.name} is of version {of}; this Levelhead needs {version}.")
    return arrays, about


def write(path: Path, version: str, arrays: Arrays, about: Mapping[str, Any]) -> None:
    """Writes a file. No time of writing stands in it, so that equal models are equal files."""
    told = json.dumps({**about, "version": version}, sort_keys=True).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, array in {"about": np.frombuffer(told, dtype=np.uint8), **arrays}.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED
            with target.open(entry, "w") as stream:
                np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)
