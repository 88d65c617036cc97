"""Colours of the style sheet: contrast in light, dark and print, and scales that all can tell apart."""

import itertools
import re
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pytest

STYLE = (files("audits.page") / "style.css").read_text("utf-8")
Rgb = npt.NDArray[np.float64]
TEXTS = [
    *itertools.product(("ink", "soft", "link", "failed", "passed", "missing"), ("paper", "band")),
    *itertools.product(("ink", "soft", "link"), ("allow",)),
    *itertools.product(("oncell",), ("p4", "p3", "p2", "p1", "zero", "m1", "m2", "m3", "m4", "hatch")),
    *itertools.product(("onbadge",), ("failed", "passed", "missing")),
]
SHAPES = [
    *itertools.product(("keep", "drop", "review", "error", "soft"), ("paper",)),
    ("drop", "allow"),
    ("keep", "allow"),
]
# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision
# deficiency", severity 1; of linear RGB.
SEEN_BY = {
    "most": np.eye(3),
    "protanopes": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopes": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritanopes": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}


def palettes() -> dict[str, dict[str, str]]:
    blocks = [
        dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6});", b))
        for b in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    ]
    assert len(blocks) == 3
    return dict(zip(("light", "dark", "print"), blocks, strict=True))


def linear(colour: str) -> Rgb:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """Of WCAG 2.1."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Rgb) -> Rgb:
    """CIE L*a*b* of linear RGB (sRGB primaries, D65)."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.072175],
            [0.0193339, 0.119192, 0.9503041],
        ]
    )
    t = to_xyz @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_every_text_has_contrast_and_every_shape_enough(mode: str) -> None:
    colours = palettes()[mode]
    assert [pair for pair in TEXTS if contrast(*(colours[name] for name in pair)) < 4.5] == []
    assert [pair for pair in SHAPES if contrast(*(colours[name] for name in pair)) < 3] == []


def test_all_palettes_have_the_same_names_and_every_name_is_known() -> None:
    light, dark, paper = palettes().values()
    assert light.keys() == dark.keys() == paper.keys()
    assert set(re.findall(r"var\(--([a-z0-9]+)", STYLE)) - {"share"} <= light.keys()


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_more_and_less_are_told_apart_by_all_eyes(mode: str, eyes: str) -> None:
    colours = palettes()[mode]
    seen = {name: lab(SEEN_BY[eyes] @ linear(colour)) for name, colour in colours.items()}
    for step in range(1, 5):
        assert np.linalg.norm(seen[f"p{step}"] - seen[f"m{step}"]) > 10, step
    for a, b in (("keep", "drop"), ("failed", "passed"), ("p4", "p2"), ("m4", "m2")):
        assert np.linalg.norm(seen[a] - seen[b]) > 10, (a, b)
