"""Made-up trade: shops with offers and rating sites with reviews, all of which describe products of one catalogue.

The shape is that of the Berlin SPARQL Benchmark split over sites, as FedShop's queries expect it: each site has names
of its own for products, their types and features, and says by `owl:sameAs` which one of the catalogue it means.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from federation.statements import LABEL, RDF_TYPE, SAME_AS, Federation, Naming, Site, text, typed

BSBM: Final = "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/vocabulary/"
REV: Final = "http://purl.org/stuff/rev#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
DC: Final = "http://purl.org/dc/elements/1.1/"
COUNTRIES: Final = tuple(f"http://downlode.org/rdf/iso-3166/countries#{code}" for code in ("US", "GB", "DE", "JP"))
WORDS: Final = ("amber", "bolt", "crank", "drum", "ember", "flint", "gauge", "hinge", "ingot", "joist", "kiln", "latch")
OFFERS, REVIEWS, TYPES, FEATURES = 3, 4, 24, 160


@dataclass(frozen=True)
class _Product:
    """A product of the catalogue: its number, type, features and five numbers."""

    number: int
    kind: int
    features: tuple[int, ...]
    numbers: tuple[int, ...]


def trade(sites: int, products: int, naming: Naming, *, seed: int = 1) -> Federation:
    """Make a federation of shops and rating sites, always the same.

    Args:
        sites: How many sites; the first half are shops.
        products: How many products each site describes.
        naming: How things are named.
        seed: What the numbers are drawn from.
    """
    draw = random.Random(seed)  # noqa: S311 - sample data, not secrets
    catalogue = [_product(number, draw) for number in range(products * 5)]
    made, held = [], {}
    for place in range(sites):
        kind = "shop" if place < sites // 2 else "ratings"
        site = Site(f"{kind}{place}", kind)
        held[site.name] = _stock(catalogue, products, draw)
        for product in held[site.name]:
            own = _describe(site, product, naming, draw)
            (_offers if kind == "shop" else _reviews)(site, own, naming, draw)
        _people(site, naming, draw)
        made.append(site)
    constants, places = _asked(made, held, naming)
    name = "trade" if naming.authorities else "trade-uuid"
    return Federation(name, made, constants, places)


def _product(number: int, draw: random.Random) -> _Product:
    kind = min(int(draw.expovariate(0.25)), TYPES - 1)
    features = tuple(sorted(draw.sample(range(kind * 4, kind * 4 + 24), 6)))
    return _Product(number, kind, features, tuple(int(draw.gauss(1000, 330)) for _ in range(5)))


def _stock(catalogue: Sequence[_Product], products: int, draw: random.Random) -> list[_Product]:
    """Choose what a site describes: the product that all know, and others, the first of the catalogue more often."""
    chosen = {0} | {int(len(catalogue) * draw.random() ** 2) for _ in range(products - 1)}
    return [catalogue[number] for number in sorted(chosen)]


def _describe(site: Site, product: _Product, naming: Naming, draw: random.Random) -> str:
    """Describe a product as a site does; return the site's name for it."""
    own = naming.iri(site.name, f"Product{product.number}")
    site.relate(own, RDF_TYPE, f"{BSBM}Product")
    site.relate(own, SAME_AS, naming.iri("catalogue", f"Product{product.number}"))
    site.say(own, LABEL, text(f"{draw.choice(WORDS)} {product.number} {site.name}"))
    _local(site, own, RDF_TYPE, naming, f"ProductType{product.kind}")
    for feature in product.features:
        _local(site, own, f"{BSBM}productFeature", naming, f"ProductFeature{feature}")
    for place, number in enumerate(product.numbers, 1):
        site.say(own, f"{BSBM}productPropertyNumeric{place}", typed(number, "integer"))
    site.say(own, f"{BSBM}productPropertyTextual1", text(" ".join(draw.choices(WORDS, k=6)), "en"))
    return own


def _local(site: Site, own: str, predicate: str, naming: Naming, name: str) -> None:
    """Relate a product to a thing by the site's name of it, and say which one of the catalogue that is."""
    local = naming.iri(site.name, name)
    site.relate(own, predicate, local)
    if name not in site.known:
        site.known.add(name)
        site.relate(local, SAME_AS, naming.iri("catalogue", name))
        site.say(local, LABEL, text(f"{name} at {site.name}"))


def _offers(site: Site, product: str, naming: Naming, draw: random.Random) -> None:
    vendor = naming.iri(site.name, "Vendor")
    for place in range(draw.randint(1, 2 * OFFERS - 1)):
        offer = naming.iri(site.name, f"Offer{len(site.lines)}-{place}")
        site.relate(offer, RDF_TYPE, f"{BSBM}Offer")
        site.relate(offer, f"{BSBM}product", product)
        site.relate(offer, f"{BSBM}vendor", vendor)
        site.say(offer, f"{BSBM}price", typed(f"{draw.randint(500, 900_000) / 100}", "decimal"))
        site.say(offer, f"{BSBM}deliveryDays", typed(draw.randint(1, 14), "integer"))
        day = f"2026-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        site.say(offer, f"{BSBM}validTo", typed(f"{day}T00:00:00Z", "dateTime"))


def _reviews(site: Site, product: str, naming: Naming, draw: random.Random) -> None:
    for place in range(draw.randint(1, 2 * REVIEWS - 1)):
        review = naming.iri(site.name, f"Review{len(site.lines)}-{place}")
        site.relate(review, RDF_TYPE, f"{REV}Review")
        site.relate(review, f"{BSBM}reviewFor", product)
        site.relate(review, f"{REV}reviewer", naming.iri(site.name, f"Person{draw.randint(0, 60)}"))
        site.say(review, f"{DC}title", text(" ".join(draw.choices(WORDS, k=3)), "en"))
        for rating in (1, 2, 3, 4):
            if draw.random() < 0.7:  # noqa: PLR2004
                site.say(review, f"{BSBM}rating{rating}", typed(draw.randint(1, 10), "integer"))


def _people(site: Site, naming: Naming, draw: random.Random) -> None:
    """Add who sells or who reviews."""
    if site.kind == "shop":
        vendor = naming.iri(site.name, "Vendor")
        site.relate(vendor, RDF_TYPE, f"{BSBM}Vendor")
        site.say(vendor, LABEL, text(f"Vendor {site.name}"))
        site.relate(vendor, f"{BSBM}country", COUNTRIES[int(site.name.removeprefix("shop")) % 3])
        return
    for number in range(61):
        person = naming.iri(site.name, f"Person{number}")
        site.relate(person, RDF_TYPE, f"{FOAF}Person")
        site.say(person, f"{FOAF}name", text(f"Reviewer {number} of {site.name}"))
        site.relate(person, f"{BSBM}country", draw.choice(COUNTRIES))


def _asked(
    sites: Sequence[Site], held: dict[str, list[_Product]], naming: Naming
) -> tuple[dict[str, str], dict[str, Sequence[str]]]:
    """Choose what queries ask about, and say where it lies."""
    shops = [site.name for site in sites if site.kind == "shop"]
    ratings = [site.name for site in sites if site.kind == "ratings"]
    known, rare = held[shops[0]][0], _rarest([held[name] for name in shops], [held[name] for name in ratings])
    lacked = next(number for number in range(known.kind * 4, FEATURES) if number not in known.features)
    iri = {
        "ProductXYZ": naming.iri("catalogue", f"Product{known.number}"),
        "RareProduct": naming.iri("catalogue", f"Product{rare.number}"),
        "ProductType": naming.iri("catalogue", f"ProductType{known.kind}"),
        "ProductFeature1": naming.iri("catalogue", f"ProductFeature{known.features[0]}"),
        "ProductFeature2": naming.iri("catalogue", f"ProductFeature{known.features[1]}"),
        "LackedFeature": naming.iri("catalogue", f"ProductFeature{lacked}"),
        "ReviewXYZ": _first(sites[-1], f"{REV}Review"),
        "OfferXYZ": _first(sites[0], f"{BSBM}Offer"),
        "Reviewer": naming.iri(ratings[0], "Person1"),
        "Vendor": naming.iri(shops[0], "Vendor"),
    }
    constants = {name: f"<{value}>" for name, value in iri.items()}
    constants |= {
        "constValue1": "700",
        "x": "600",
        "y": "1400",
        "currentDate": typed("2026-03-01T00:00:00Z", "dateTime"),
    }
    rare_at = [name for name, products in held.items() if rare in products]
    places: dict[str, Sequence[str]] = {"all": [*shops, *ratings], "shops": shops, "ratings": ratings}
    places |= {"first-shop": shops[:1], "first-ratings": ratings[:1], "last-ratings": ratings[-1:]}
    places |= {"rare": rare_at, "rare-shops": [name for name in rare_at if name in shops]}
    places["rare-ratings"] = [name for name in rare_at if name in ratings]
    return constants, places


def _rarest(offered: Sequence[list[_Product]], reviewed: Sequence[list[_Product]]) -> _Product:
    """Return the product that the fewest sites have, but at least a shop and a rating site."""
    at_shops = Counter(product for stock in offered for product in stock)
    at_ratings = Counter(product for stock in reviewed for product in stock)
    both = at_shops.keys() & at_ratings.keys()
    return min(both, key=lambda product: (at_shops[product] + at_ratings[product], product.number))


def _first(site: Site, kind: str) -> str:
    """Return the first thing of a class that a site has."""
    ending = f" <{RDF_TYPE}> <{kind}> .\n"
    return next(line for line in site.lines if line.endswith(ending)).partition(">")[0].removeprefix("<")
