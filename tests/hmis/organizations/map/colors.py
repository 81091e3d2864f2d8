"""Color as people see it: contrast (WCAG 2.2), difference (CIE 1976) and color blindness.

Color blindness: matrices of Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
"""

import math

Color = tuple[float, float, float]

VISION = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.01182, 0.04294, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.3039),
    ),
}


def linear(code: str) -> Color:
    """Linear RGB of a color written #rrggbb."""
    values = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)  # type: ignore[return-value]


def as_seen(code: str, vision: str) -> Color:
    """Linear RGB as a person with this kind of vision sees it."""
    color = linear(code)
    if vision == "normal":
        return color
    seen = (sum(a * b for a, b in zip(row, color, strict=True)) for row in VISION[vision])
    return tuple(min(1.0, max(0.0, value)) for value in seen)  # type: ignore[return-value]


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    light, dark = sorted((_luminance(linear(one)), _luminance(linear(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def difference(one: Color, other: Color) -> float:
    """CIE 1976 difference; about 2 is just noticeable."""
    return math.dist(_lab(one), _lab(other))


def _luminance(color: Color) -> float:
    return 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]


def _lab(color: Color) -> Color:
    r, g, b = color
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
