"""Names that nobody bears: birds and plants for given names, stones and minerals for family names.

They keep what makes real names hard for software (accents, two surnames or one, particles, hyphens, apostrophes),
and nobody who reads a page of the demonstration can take them for people.
"""

from random import Random

GIVEN = (
    "Colibrí", "Quetzal", "Jilguero", "Tucán", "Ñandú", "Cóndor", "Alondra Ceiba", "Zorzal", "Garza", "Calandria",
    "Guacamaya", "Cenzontle", "Golondrina", "Petirrojo", "Chochín", "Mirlo", "Búho", "Pelícano", "Tórtola", "Pingüino",
    "Ibis", "Jacana", "Chipe", "Tangara", "Ahuehuete", "Jacarandá", "Guayacán", "Mezquite", "Nopal", "Pochote",
    "Tamarindo", "Ébano", "Sauce", "Ñame", "Achiote", "Cacao",
)  # fmt: skip
SECOND_GIVEN = ("", "", "", "Ceiba", "Guayabo", "Níspero", "Pino", "Liquidámbar", "Maíz")
STONES = (
    "Obsidiana", "Turquesa", "Malaquita", "Ónice", "Pirita", "Cuarzo", "Ámbar", "Zafiro", "Basalto", "Pizarra",
    "Caolín", "Feldespato", "Galena", "Hematita", "Jaspe", "Lapislázuli", "Mármol", "Níquel", "Ópalo", "Pómez", "Sílex",
    "Topacio", "Yeso", "Zinc", "Ágata", "Berilo", "Cinabrio", "Dolomita", "Fluorita", "Granito", "Ñandubay",
    "Magnetita", "Antimonio", "Bauxita", "Circón", "Estaño",
)  # fmt: skip
PHONE_AREAS = ("956", "915", "520", "619")


def surname(rng: Random) -> str:
    """One family name; one in eight has a particle or an apostrophe."""
    stone = rng.choice(STONES)
    dice = rng.random()
    if dice < 0.05:
        return f"D'{stone}" if stone[0] in "AEIOUÁÉÍÓÚ" else f"O'{stone}"
    if dice < 0.09:
        return f"de la {stone}"
    if dice < 0.12:
        return f"Tz'{stone.lower()}"
    return stone


def two_surnames(first: str, second: str, rng: Random) -> str:
    """Two family names as people write them: side by side, or joined by a hyphen or by *y*; some use one only."""
    dice = rng.random()
    if dice < 0.06:
        return f"{first}-{second}"
    if dice < 0.10:
        return f"{first} y {second}"
    return first if dice < 0.15 else f"{first} {second}"


def given_names(rng: Random) -> str:
    """One or two given names."""
    return f"{rng.choice(GIVEN)} {rng.choice(SECOND_GIVEN)}".strip()


def phone(rng: Random) -> str:
    """A number from the block 555-0100 to 555-0199, which is kept for fiction."""
    return f"({rng.choice(PHONE_AREAS)}) 555-01{rng.randrange(100):02d}"


def email(reference: str, person: str) -> str:
    """An address under the reserved name ``example``, from the references and not from the person's name."""
    return f"{person}.{reference.lower()}@mail.example"
