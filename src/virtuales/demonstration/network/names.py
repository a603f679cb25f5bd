"""Fictional place names with a British sound."""

import random
from collections.abc import Iterator
from itertools import product

_FIRST_WORDS = (
    "Arken Barrow Bracken Brindle Calder Carrock Corvens Dunnet Eldern Ewes Fallow Fennor Garth Gorse Gristhorn Harrow "
    "Hawkes Heron Ingle Jarrock Kelder Kestrel Langar Larken Marram Merle Mickle Netherby Norrow Osmot Otter Pennar "
    "Quern Raven Redmar Rowan Scarrow Selder Sorrel Starrow Tarn Thistle Thorn Ulver Umber Vennel Wether Whin Winter "
    "Wyvern Yarrow Yew"
)
_SECOND_WORDS = (
    "beck bridge by combe cote cross dale den fell field ford garth gate ham haven hithe holme hurst ing lea ley mere "
    "minster moor mouth ness scar shaw stead stoke thorpe thwaite ton wade wick wold worth"
)
_BEFORE_WORDS = (
    "Great Little Upper Lower North South East West High Low Old New Nether Over Middle Long Castle Abbots Kings "
    "Priors Monks Canons Chapel Market Temple Water Far Hither Black White Green Stoney"
)


def place_names(source: random.Random) -> Iterator[str]:
    """Give place names, none of them twice, plain ones first.

    >>> names = place_names(random.Random(1))
    >>> len({next(names) for _ in range(5000)})
    5000
    """
    first, second = _FIRST_WORDS.split(), _SECOND_WORDS.split()
    for before in ("", *(f"{word} " for word in _BEFORE_WORDS.split())):
        batch = [f"{before}{start}{end}" for start, end in product(first, second)]
        source.shuffle(batch)
        yield from batch
