"""Profanity by words: the weights of the package alt-profanity-check (MIT), exported once to plain arrays.

The package loads pickles and pins scikit-learn, so it is not among what Levelhead needs. Where it is installed,
`python -m analysis.training.profanity` writes data/models/profanity.npz anew from it.

It is a linear support vector machine on TF-IDF of single words, calibrated in five folds by a logistic curve each. Its
five curves are one line each before they bend; the mean of the lines is a linear model again.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np

from analysis.linear import Words, save
from analysis.stored import MODELS


def exported() -> Words:
    """The model of the installed package."""
    import joblib  # noqa: PLC0415 (of the package)
    import profanity_check  # noqa: PLC0415

    folder = Path(profanity_check.__file__).parent / "data"
    vectorizer, model = (joblib.load(folder / f"{name}.joblib") for name in ("vectorizer", "model"))
    words = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
    idf = np.asarray(vectorizer.idf_)
    # Of each fold the probability is 1 / (1 + exp(a f + b)) for f = coefficients x + intercept.
    lines = [(one.estimator, one.calibrators[0]) for one in model.calibrated_classifiers_]
    coefficients = np.mean([-curve.a_ * machine.coef_[0] for machine, curve in lines], axis=0)
    bias = np.mean([-(curve.a_ * machine.intercept_[0] + curve.b_) for machine, curve in lines])
    rows = (coefficients * idf)[:, None].astype(np.float32)
    names = [f" {word}" for word in words]
    return Words(("profanity",), names, rows, idf.astype(np.float32), np.array([bias], dtype=np.float32))


if __name__ == "__main__":
    # Its own probability is its score: .5 where it says so, one to one.
    about = {
        "scales": {"profanity": [0.0, 1.0, 1.0, 0.0]},
        "of": f"alt-profanity-check {version('alt-profanity-check')}",
    }
    save(MODELS / "profanity.npz", exported(), about)
