"""The picture of how an answer came about: well-formed, described, and of a size that can be looked at."""

from lxml import etree
from tests.federation.stores import StoreTransport, url
from tests.federation.test_federate import GENERATORS, OWNERS, PREFIX, store

from virtuales.federation.account import Account, Share, Source, Step
from virtuales.federation.drawing import as_svg
from virtuales.federation.federate import Federation

SVG = {"svg": "http://www.w3.org/2000/svg"}


def drawn(account: Account, *names: str) -> etree._Element:
    """Draw an account, and read the picture."""
    return etree.fromstring(as_svg(account, names).encode())


def texts(picture: etree._Element) -> list[str]:
    return [str(each.text) for each in picture.findall(".//svg:text", SVG)]


def described(picture: etree._Element) -> str:
    """Return what a screen reader is given, by the references of the picture itself."""
    assert picture.get("role") == "img"
    named = {each.get("id"): str(each.text) for each in picture.iter("{*}title", "{*}desc")}
    return " ".join(named[name] for name in str(picture.get("aria-labelledby")).split())


def test_shows_every_step_and_what_each_source_gave() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS)])
    with Federation([url(0), url(1)], transport=transport) as federation:
        account = federation.answer(f"{PREFIX} SELECT * {{ ?from :feeds ?to ; :owner ?owner }}").account
    picture = drawn(account, "Generators", "Owners")
    assert {"Generators", "Owners", "?from :feeds ?to .", "the answer"} <= set(texts(picture))
    for step in account.steps:
        for share in step.shares.values():
            assert f"{share.triples} triple" in " ".join(texts(picture))
    said = described(picture)
    assert f"{len(account.steps)} steps" in said
    assert "from Generators" in said
    assert "from Owners" in said


def test_says_what_went_wrong_and_what_is_not_drawn() -> None:
    many = [Source(f"https://{number}.example/sparql", "answered") for number in range(40)]
    many[7] = Source("https://late.example/sparql", "timed out", problem="It took too long.")
    shares = {number: Share(1, number) for number in range(40) if number != 7}
    steps = [Step(f"?s <urn:p{number}> ?o .", values=number, shares=shares) for number in range(70)]
    picture = drawn(Account(many, steps=steps))
    assert "not drawn: 30 steps more, 16 sources more" in texts(picture)
    assert "timed out" in texts(picture)
    assert "https://late.example/sparql: timed out." in described(picture)


def test_a_query_that_needs_nothing_has_a_picture_too() -> None:
    assert "Nothing was fetched." in described(drawn(Account([Source("https://a.example/sparql")])))


def test_holds_what_xml_has_no_place_for() -> None:
    wanted = '?s <urn:p&q> "\x01<script>alert(1)</script>" .'
    picture = drawn(
        Account([Source("https://a.example/?x=<&>")], steps=[Step(wanted, "urn:g", 1, 0.1, {0: Share(1, 1)})])
    )
    assert not picture.findall(".//svg:script", SVG)
    assert "\ufffd<script>" in described(picture)


def test_texts_stay_within_the_picture() -> None:
    long = "https://a-very-long-name-of-a-host.of-an-operator.example/sparql/dataset/and-a-long-one/version/1"
    wanted = " ".join(
        f"?thing{number} <http://e.example/averylongnameofaproperty{number}> ?value ." for number in range(9)
    )
    picture = drawn(Account([Source(long, "answered")], steps=[Step(wanted, None, 12, 0.5, {0: Share(3, 12_345_678)})]))
    width = float(picture.get("width", "0"))
    letters = {"middle": 0.5, "start": 1.0}
    for each in picture.findall(".//svg:text", SVG):
        reach = len(str(each.text)) * float(each.get("font-size", "12")) * 0.62
        assert float(each.get("x", "0")) + reach * letters[each.get("text-anchor", "start")] <= width, each.text
