"""What was written to measure by, and no model has learnt from: whole threads, and cases by their function."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from model.assessment import Assessment, Subject

HERE = Path(__file__).parent


def threads() -> list[tuple[str, Subject]]:
    """The comments of the threads: each must be seen (`must`), may be left in peace (`peace`), or is `spam`."""
    found = []
    for file in sorted((HERE / "threads").glob("*.yaml")):
        thread = yaml.safe_load(file.read_text("utf-8"))
        comments = thread["comments"]
        for one in comments:
            parent = comments[one["parent"] - 1]["text"] if one.get("parent") else ""
            found.append((one["label"], Subject(one["text"], parent, thread["title"], thread["text"])))
    return found


def cases(name: str) -> list[tuple[str, bool]]:
    """The cases of a signal, each with whether it should be raised."""
    document = yaml.safe_load((HERE / "functional" / f"{name}.yaml").read_text("utf-8"))
    of = list((document.get("groups") or document["targets"]).values())
    found = []
    for function in document["functions"]:
        for template in function["templates"]:
            for words in of if "{" in template else [{}]:
                text = template.format(**words)
                found.append((text[0].upper() + text[1:], function["expected"] == name))
    return found


def of_label(said: Sequence[tuple[str, Assessment]], label: str) -> list[Assessment]:
    """What was said of the comments of one label."""
    return [one for of, one in said if of == label]
