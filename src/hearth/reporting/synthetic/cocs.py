"""The CoCs asked for: how large each is, and its cities. Minnesota's are real, others are named plainly."""

from __future__ import annotations

from dataclasses import dataclass

from hearth.reporting.synthetic.data import material

# A CoC outside Minnesota: nothing is claimed about it beyond its code.
_ELSEWHERE = {"share": 0.1, "geography": 99, "native": 0.03, "zip": None, "vamc": "618", "cities": None}
_PLAIN_CITIES = ("Springfield", "Riverton", "Fairview", "Greenville", "Oakdale")
_RURAL = 3  # list 2.03.4
_METRO = frozenset({"MN-500", "MN-501", "MN-503"})


@dataclass(frozen=True, slots=True)
class City:
    """A city of a CoC. `geocode` is HUD's of the county."""

    name: str
    county: str
    geocode: str
    weight: int


@dataclass(frozen=True, slots=True)
class Coc:
    """A CoC: `share` of all clients, `native` share of American Indian clients."""

    number: int
    code: str
    share: float
    geography: int
    native: float
    zip_start: str | None
    vamc: str
    cities: tuple[City, ...]

    @property
    def state(self) -> str:
        """USPS code of the state."""
        return self.code[:2]

    @property
    def is_rural(self) -> bool:
        """Rural by HUD's geography type."""
        return self.geography == _RURAL

    @property
    def is_metro(self) -> bool:
        """One of the CoCs around Minneapolis and Saint Paul, which share some programs."""
        return self.code in _METRO


def cocs(codes: tuple[str, ...]) -> tuple[Coc, ...]:
    """The CoCs asked for, with their shares scaled to add up to one."""
    places = material("places")
    facts = [places.get(code, _ELSEWHERE) for code in codes]
    whole = sum(fact["share"] for fact in facts)
    return tuple(
        Coc(
            number=number,
            code=code,
            share=fact["share"] / whole,
            geography=fact["geography"],
            native=fact["native"],
            zip_start=fact["zip"],
            vamc=fact["vamc"],
            cities=tuple(City(**city) for city in fact["cities"])
            if fact["cities"]
            else tuple(City(name, name, _first_county(code), 1) for name in _PLAIN_CITIES),
        )
        for number, (code, fact) in enumerate(zip(codes, facts, strict=True))
    )


# FIPS numbers of the states, with which HUD's geocodes of counties begin.
_FIPS = {
    "AL": "01", "AK": "02", "AZ": "04", "AR": "05", "CA": "06", "CO": "08", "CT": "09", "DE": "10",
    "DC": "11", "FL": "12", "GA": "13", "HI": "15", "ID": "16", "IL": "17", "IN": "18", "IA": "19",
    "KS": "20", "KY": "21", "LA": "22", "ME": "23", "MD": "24", "MA": "25", "MI": "26", "MN": "27",
    "MS": "28", "MO": "29", "MT": "30", "NE": "31", "NV": "32", "NH": "33", "NJ": "34", "NM": "35",
    "NY": "36", "NC": "37", "ND": "38", "OH": "39", "OK": "40", "OR": "41", "PA": "42", "RI": "44",
    "SC": "45", "SD": "46", "TN": "47", "TX": "48", "UT": "49", "VT": "50", "VA": "51", "WA": "53",
    "WV": "54", "WI": "55", "WY": "56",
}  # fmt: skip
_PUERTO_RICO = "72"


def _first_county(code: str) -> str:
    """The geocode of a state's first county, for CoCs of which we know nothing more."""
    return f"{_FIPS.get(code[:2], _PUERTO_RICO)}9001"
