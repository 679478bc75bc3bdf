# SPDX-License-Identifier: Apache-2.0
"""Bars and lines of a run as SVG files, drawn from its raw file alone."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OURS, OTHERS = "#2f6fde", "#9aa5b1"


def draw(found: Mapping[str, Any], folder: Path, name: str) -> list[Path]:
    """One file a part. Answers none, and says nothing, where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = name  # the same run gives the same file
    from matplotlib import pyplot

    made = []
    for part, content in found.get("parts", {}).items():
        charts = [*content.get("bars", {}).items()]
        lines = [*content.get("lines", {}).items()]
        if not charts and not lines:
            continue
        height = sum(0.5 + 0.26 * len(values) for _, values in charts) + 2.6 * len(lines)
        shares = [0.5 + 0.26 * len(values) for _, values in charts] + [2.6] * len(lines)
        figure, axes = pyplot.subplots(
            len(shares),
            1,
            figsize=(7.5, height + 0.4 * len(shares)),
            height_ratios=shares,
            squeeze=False,
            layout="constrained",
        )
        for axis, (title, values) in zip(axes[:, 0], charts, strict=False):
            _bars(axis, title, values)
        for axis, (title, series) in zip(axes[len(charts) :, 0], lines, strict=True):
            _lines(axis, title, series)
        file = folder / f"{name}-{re.sub(r'[^a-z0-9]+', '-', part)}.svg"
        figure.savefig(file, metadata={"Date": None})
        pyplot.close(figure)
        made.append(file)
    return made


def _bars(axis: Any, title: str, values: Mapping[str, float]) -> None:
    names = list(values)
    axis.barh(names, list(values.values()), color=[OURS if name.startswith("ours") else OTHERS for name in names])
    axis.invert_yaxis()
    axis.set_title(title, fontsize=9, loc="left")
    axis.tick_params(labelsize=8)
    axis.bar_label(axis.containers[0], fmt="{:,.4g}", fontsize=7, padding=3)
    axis.margins(x=0.12)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _lines(axis: Any, title: str, series: Mapping[str, list[float]]) -> None:
    """The first series is the axis below, the others are drawn over it."""
    (below, places), *others = series.items()
    for name, values in others:
        axis.plot(places, values, marker=".", label=name, linewidth=1.2)
    axis.set_xlabel(below, fontsize=8)
    axis.set_title(title, fontsize=9, loc="left")
    axis.tick_params(labelsize=8)
    axis.grid(alpha=0.3)
    if len(others) > 1:
        axis.legend(fontsize=7)
