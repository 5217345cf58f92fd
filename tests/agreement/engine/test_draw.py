"""The draw is deterministic, keeps its minima, takes a stratum in its seeded order, and shares out evenly."""

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.agreement.engine.draw import Candidate, Demand, draw, place, queues, share_out

strata = st.tuples(st.sampled_from(["client", "keyworker", "staff"]), st.sampled_from(["north", "south"]))
seeds = st.integers(0, 2**32)


@st.composite
def frames(drawing: st.DrawFn) -> list[Candidate]:
    found = drawing(st.lists(strata, max_size=30))
    return [Candidate(f"Person {number:02d}", stratum) for number, stratum in enumerate(found)]


demands = st.builds(
    Demand,
    at_least=st.integers(0, 15),
    share=st.sampled_from([0, 0.07, 0.2, 0.5, 1]),
    minima=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)


@given(frames(), demands, seeds, st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order_of_arrival(frame, demand, seed, random) -> None:
    shuffled = list(frame)
    random.shuffle(shuffled)
    assert draw(shuffled, demand, seed=seed) == draw(frame, demand, seed=seed)


@given(frames(), demands, seeds)
def test_each_minimum_is_kept_where_there_are_enough(frame, demand, seed) -> None:
    drawn = draw(frame, demand, seed=seed)
    for dimension, minimum in enumerate(demand.minima):
        there = Counter(each.stratum[dimension] for each in frame)
        got = Counter(each.stratum[dimension] for each in drawn)
        assert all(got[value] >= min(minimum, number) for value, number in there.items())


@given(frames(), demands, seeds)
def test_as_many_are_drawn_as_are_wanted(frame, demand, seed) -> None:
    drawn = draw(frame, demand, seed=seed)
    assert len(drawn) >= demand.wanted(len(frame))
    assert len({each.key for each in drawn}) == len(drawn)
    # Beyond the number wanted nothing is taken but what fills a minimum.
    assert all(each.why == "minimum" for each in drawn[demand.wanted(len(frame)) :])


@given(frames(), demands, seeds)
def test_within_a_stratum_the_order_is_the_seeded_one(frame, demand, seed) -> None:
    drawn = draw(frame, demand, seed=seed)
    for stratum, queue in queues(frame, seed).items():
        taken = [each.key for each in drawn if each.stratum == stratum]
        assert taken == [each.key for each in queue[: len(taken)]]


@given(frames(), demands, seeds, st.integers(0, 10))
def test_a_draw_in_two_steps_is_the_draw_in_one(frame, demand, seed, first_step) -> None:
    whole = draw(frame, demand, seed=seed)
    first = draw(frame, demand, seed=seed, limit=first_step)
    names = {each.key for each in first}
    rest = draw(
        [each for each in frame if each.key not in names],
        demand,
        seed=seed,
        taken=[each.stratum for each in first],
    )
    assert first + rest == whole


@given(frames(), seeds, st.data())
def test_who_comes_later_never_changes_the_order_of_those_who_were_there(frame, seed, data) -> None:
    there = data.draw(st.lists(st.sampled_from(frame), unique=True)) if frame else []
    for stratum, queue in queues(there, seed).items():
        names = [each.key for each in queue]
        later = [each.key for each in queues(frame, seed)[stratum] if each.key in names]
        assert later == names


def test_the_defaults_ask_for_the_larger_of_twelve_and_a_fifth() -> None:
    demand = Demand(at_least=12, share=0.2)
    assert [demand.wanted(known) for known in (5, 12, 40, 60, 61, 63)] == [5, 12, 12, 12, 13, 13]


def test_a_share_is_not_rounded_up_by_the_arithmetic_of_floats() -> None:
    assert Demand(at_least=0, share=0.07).wanted(100) == 7


def test_the_order_can_be_checked_by_anybody_with_a_hash() -> None:
    assert place(7, "Client 01").startswith("58b6699d")  # printf %s "7:Client 01" | sha256sum


coders = st.lists(st.sampled_from("abcdefg"), min_size=3, max_size=6, unique=True)


@settings(max_examples=60)
@given(st.integers(0, 25), coders, st.integers(2, 3), seeds)
def test_numbers_of_transcripts_differ_by_one_at_most(number, coders, each, seed) -> None:
    keys = [f"Person {place:02d}" for place in range(number)]
    shared = share_out(keys, coders, each=each, seed=seed)
    loads = Counter(coder for group in shared.values() for coder in group)
    assert all(len(set(group)) == each for group in shared.values())
    assert max((loads[coder] for coder in coders), default=0) <= min(loads[coder] for coder in coders) + 1


@settings(max_examples=60)
@given(st.integers(0, 12), st.integers(0, 12), coders, seeds)
def test_later_transcripts_even_out_what_was_given_before(before, after, coders, seed) -> None:
    first = share_out([f"a{place}" for place in range(before)], coders, each=2, seed=seed)
    second = share_out(
        [f"b{place}" for place in range(after)], coders, each=2, seed=seed, given=list(first.values())
    )
    loads = Counter(coder for group in (*first.values(), *second.values()) for coder in group)
    assert max(loads[coder] for coder in coders) <= min(loads[coder] for coder in coders) + 1


def test_each_pair_has_its_turn() -> None:
    shared = share_out([str(place) for place in range(6)], ["ruth", "jin", "mei"], each=2, seed=1)
    pairs = Counter(shared.values())
    assert pairs == dict.fromkeys(combinations(["ruth", "jin", "mei"], 2), 2)


def test_who_is_barred_does_not_get_it_and_too_few_give_it_to_nobody() -> None:
    shared = share_out(
        ["1", "2"],
        ["ruth", "jin", "mei"],
        each=2,
        seed=1,
        barred={"1": frozenset({"ruth"}), "2": frozenset({"ruth", "jin"})},
    )
    assert shared == {"1": ("jin", "mei"), "2": ()}


@given(frames(), demands, seeds, st.integers(0, 6))
def test_a_value_can_have_a_number_of_its_own(frame, demand, seed, number) -> None:
    own = Demand(demand.at_least, demand.share, demand.minima, {(0, "client"): number})
    got = Counter(each.stratum[0] for each in draw(frame, own, seed=seed))
    there = Counter(each.stratum[0] for each in frame)
    assert got["client"] >= min(number, there["client"])
    assert all(got[value] >= min(demand.minima[0], there[value]) for value in ("keyworker", "staff"))
