"""How often the patterns of personal data are right: what turns their score into a probability."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from analysis import chances, signals, stored
from analysis.pipeline import material_of
from analysis.stored import MODELS
from analysis.training import fit
from analysis.training.calibration import error
from analysis.training.fit import Numbers
from analysis.training.recipes import RATES, SURE, labelled_set
from model.language import number

_CARD = """# Probability of personal data (tier 0)

`personal_data` is told by patterns, which learn nothing. What probability their score comes to is Platt's of one
number, half as steep, fitted on presidio_synth_pii (MIT; {texts} texts, {ones} of which show something) and told at a
rate of {rate}, until a site's own decisions say more; in `rules.npz`. Area under the curve there {auc:.3f}, as a name
or a nationality counts in that set and is not looked for here; off by {off:.3f} (expected calibration error in ten
bins, on the texts that it was fitted on, at their own rate).
"""


def train(folder: Path) -> None:
    """Writes the file that ships, and its card."""
    shown = labelled_set(folder, "presidio_synth_pii")
    labels: Numbers = np.array([float(one == "pii") for one in shown.label])
    raw = np.array([signals.personal_data(material_of(text), ()).score for text in shown.text])
    scale = fit.scale(raw, labels, None, RATES["personal_data"], sure=SURE["personal_data"])
    stored.write(MODELS / chances.FILE, chances.VERSION, {}, {"scales": {"personal_data": astuple(scale)}})
    said = {
        "texts": number(len(labels)),
        "ones": number(int(labels.sum())),
        "rate": f"{RATES['personal_data']:.0%}",
        "auc": roc_auc_score(labels, raw),
        "off": error(np.array([scale.chance(one) for one in raw]), labels),
    }
    (MODELS / "rules.md").write_text(_CARD.format(**said), "utf-8")
