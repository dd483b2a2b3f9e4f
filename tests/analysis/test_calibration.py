"""How far probabilities are off, and what a release's figures are compared by."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.training.calibration import at_rate, error
from analysis.training.fit import mixed, neutral, scale
from bench import detection
from bench.detection import Figure, fell


def _told(n: int = 20_000) -> tuple[Any, Any]:
    random = np.random.default_rng(1)
    chances = random.beta(1, 3, n)
    return chances, (random.random(n) < chances).astype(float)


def test_true_probabilities_are_hardly_off_at_any_rate() -> None:
    chances, labels = _told()
    assert error(chances, labels) < 0.01
    odds = chances / (1 - chances) / 50
    assert error(odds / (1 + odds), labels) < 0.01


def test_too_sure_probabilities_are_off() -> None:
    chances, labels = _told()
    odds = (chances / (1 - chances)) ** 3
    assert error(odds / (1 + odds), labels) > 0.08


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50), st.floats(0.01, 0.99))
def test_the_mean_at_a_rate_is_the_rate_and_the_order_stays(chances: list[float], rate: float) -> None:
    told = at_rate(np.array(chances), rate)
    assert told.mean() == pytest.approx(rate, abs=1e-4)
    order = np.argsort(chances, kind="stable")
    assert (np.diff(told[order]) >= -1e-12).all()


def test_a_scale_stands_at_the_share_of_false_alarms_and_tells_the_rate() -> None:
    random = np.random.default_rng(2)
    labels = np.repeat([0.0, 1.0], 5_000)
    raw = random.normal(size=10_000) + 2 * labels
    made = scale(raw, labels, 0.01, 0.05)
    assert np.mean(raw[labels == 0] >= made.threshold) == pytest.approx(0.01, abs=0.001)
    told = np.array([made.chance(one) for one in raw])
    weights = np.where(labels == 1, 0.05, 0.95)
    assert np.average(told, weights=weights) == pytest.approx(0.05, abs=0.005)
    few = np.arange(10_000) < 100
    assert scale(raw, labels, 0.01, 0.05, few).threshold == pytest.approx(np.quantile(raw[:100], 0.99))
    assert scale(raw, labels, 0.01, 0.05, sure=0.5).a == pytest.approx(made.a / 2)
    even = scale(raw, labels, None, 0.05).threshold
    assert np.mean(raw[labels == 1] >= even) == pytest.approx(np.mean(raw[labels == 0] < even), abs=0.01)


def test_what_says_nothing_weighs_nothing_and_nothing_counts_against() -> None:
    random = np.random.default_rng(3)
    labels = np.repeat([0.0, 1.0], 2_000)
    good, bad = random.normal(size=4_000) + labels, random.normal(size=4_000) - labels
    weights = mixed(np.stack([good, np.zeros(4_000), bad], axis=1), labels)
    assert weights[0] > 0
    assert weights[1:] == [0, 0]


def test_the_bounds_of_neutral_are_found() -> None:
    valences = np.linspace(-4, 4, 4_001)
    rated = np.where(valences < -0.4, -2.0, np.where(valences > 0.8, 2.0, 0.0))
    assert neutral(valences, rated, 0.5) == pytest.approx([0.4, 0.8], abs=0.051)


def test_a_figure_that_falls_by_more_than_its_interval_ends_the_bench(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fell(Figure("a", "spam", 9, 0.80, 0.05), 0.86)
    assert not fell(Figure("a", "spam", 9, 0.82, 0.05), 0.86)
    assert not fell(Figure("a", "spam", 9, 0.10, 0.05), None)
    monkeypatch.setattr(detection, "RELEASED", tmp_path / "detection.json")
    monkeypatch.setattr(detection, "DATA", tmp_path)
    for value, ends in ((0.9, 0), (0.8, 1)):
        monkeypatch.setattr(detection, "MEASURES", {"a": lambda value=value: [Figure("a", "spam", 9, value, 0.05)]})
        assert detection.main(["--keep"]) == ends
    assert "Fallen by more than the interval: a." in capsys.readouterr().out
    assert detection.main(["b"]) == 2
