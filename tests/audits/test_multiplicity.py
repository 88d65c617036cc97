import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.multiplicity import adjusted

# Benjamini and Hochberg, 1995, section 3.2: four of fifteen are rejected at .05.
PUBLISHED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def test_the_published_example_rejects_four() -> None:
    assert (adjusted(PUBLISHED) < 0.05).tolist() == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_it_equals_scipys(p: list[float]) -> None:
    np.testing.assert_allclose(adjusted(p), stats.false_discovery_control(p), rtol=1e-12)


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=40))
def test_what_was_not_tested_does_not_count(p: list[float]) -> None:
    values = np.array(p, dtype=np.float64)
    tested = ~np.isnan(values)
    found = adjusted(values)
    assert (np.isnan(found) == ~tested).all()
    np.testing.assert_array_equal(found[tested], adjusted(values[tested]))
