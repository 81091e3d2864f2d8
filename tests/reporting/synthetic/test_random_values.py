"""Random values keep to their weights and their seed."""

import numpy as np

from hearth.reporting.synthetic.random_values import Choices, Random


def test_weighted_choice_keeps_to_its_weights_and_its_group():
    choices = Choices([{1: 3, 2: 1}, {7: 1}, {5: 0, 9: 2}])
    chosen = choices.codes(Random(1), np.array([0, 1, 2] * 4_000, dtype=np.int32))
    assert set(chosen[1::3]) == {7}
    assert set(chosen[2::3]) == {9}
    assert 0.72 < (chosen[0::3] == 1).mean() < 0.78


def test_an_empty_table_is_known_as_such():
    assert Choices([{}, {1: 1}]).empty.tolist() == [True, False]


def test_random_values_depend_on_their_numbers_alone():
    assert Random(1, 2).whole(0, 99, 50).tolist() == Random(1, 2).whole(0, 99, 50).tolist()
    assert Random(1, 2).whole(0, 99, 50).tolist() != Random(1, 3).whole(0, 99, 50).tolist()
    chosen = Random(4).whole(3, 5, 1_000)
    assert set(chosen.tolist()) == {3, 4, 5}
