"""Policies in words: every part that could change what may be done is said."""

from dataclasses import replace

from tests.policy.policies import CONSUMER, STRANGER, limit, may, must_not, offer, part
from tests.policy.whole_policies import CLUB, FOLDER, SCOTLAND, Maker

from virtuales.policy.odrl import Collection, Duty
from virtuales.policy.profile import short
from virtuales.policy.sentences import policy_sentences
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import typed


def test_every_part_of_a_policy_is_said() -> None:
    duty = Duty(
        part("d"), ODRL.inform, (limit(ODRL.spatial, ODRL.isPartOf, SCOTLAND),), (Duty(part("e"), ODRL.delete),)
    )
    few = limit(ODRL.count, ODRL.lteq, typed("3", "integer"))
    members = Collection(CLUB, refinements=(limit(VES.certification, ODRL.eq, VES.Approved),))
    policy = offer(
        replace(may(ODRL.read, few, duties=(duty,)), target=FOLDER, assignee=members),
        replace(must_not(ODRL.distribute), remedies=(Duty(part("r"), ODRL.compensate),), assignee=STRANGER),
    )
    reads, *rest = policy_sentences(policy, short)
    assert reads.startswith("members of club for whom the certification is Approved may read the data (1) as long as ")
    assert reads.endswith("the number of uses (this one included) is at most 3.")
    assert rest == [
        "In return you have to inform the publisher when the area belongs to scotland.",
        "Whoever fails to has to delete the data when the agreement ends.",
        "x must not pass the data on.",
        "Whoever does so all the same has to compensate.",
    ]


def test_offers_of_the_usual_kind_read_well() -> None:
    policy = offer(
        may(ODRL.use, limit(ODRL.recipient, ODRL.eq, CONSUMER), limit(ODRL.purpose, ODRL.eq, VES.Research)),
        must_not(ODRL.distribute),
    )
    assert policy_sentences(policy, short) == ["c may use the data for research.", "You must not pass the data on."]


def test_random_policies_have_a_sentence_for_each_rule() -> None:
    for seed in range(100):
        policy = Maker(seed).policy()
        said = policy_sentences(policy, short)
        assert len(said) >= len(policy.permissions) + len(policy.prohibitions) + len(policy.obligations)
