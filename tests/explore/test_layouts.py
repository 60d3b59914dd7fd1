"""Places on a plane: compared with scikit-learn's own results and with geometry that is known."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

from ganlab.explore import layouts


def _clusters(n: int = 30, clusters: int = 4, dim: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dim)) * 4
    vectors = np.concatenate([centre + rng.normal(size=(n, dim)) for centre in centres])
    return vectors.astype(np.float32), np.arange(clusters).repeat(n)


def _tsne(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    places = layouts.flat(vectors, layouts.plane(vectors))
    for stage in range(layouts.STAGES):
        places = layouts.tsne_stage(vectors, places, first=stage == 0, perplexity=30, seed=seed)
    return places


@pytest.mark.parametrize("dim", [3, 12, 200])
def test_the_plane_holds_the_main_components(dim: int):
    vectors, _ = _clusters(dim=dim)
    found = PCA(2).fit(vectors)
    cut = layouts.plane(vectors)
    assert cut.share == pytest.approx(found.explained_variance_ratio_.sum(), rel=1e-4)
    assert np.allclose(layouts.flat(vectors, cut), found.transform(vectors), atol=1e-3)


def test_two_dimensions_are_shown_as_they_are():
    vectors = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    cut = layouts.plane(vectors)
    assert np.array_equal(layouts.flat(vectors, cut), vectors)
    assert np.array_equal(layouts.lift((0.5, -2.0), cut), np.float32([0.5, -2.0]))


def test_one_dimension_is_a_line():
    vectors = np.array([[3.0], [-1.0], [0.5]], np.float32)
    cut = layouts.plane(vectors)
    assert layouts.flat(vectors, cut).tolist() == [[3, 0], [-1, 0], [0.5, 0]]
    assert layouts.lift((2.0, 9.0), cut).tolist() == [2.0]


def test_lifting_a_place_of_the_plane_and_laying_it_flat_gives_the_place():
    vectors, _ = _clusters()
    cut = layouts.plane(vectors)
    assert np.allclose(layouts.flat(layouts.lift((3.0, -1.5), cut)[None], cut), [[3.0, -1.5]], atol=1e-4)


def test_two_pictures_do_not_span_a_plane():
    with pytest.raises(ValueError, match="choose 3 or more"):
        layouts.plane(np.zeros((2, 5), np.float32))


def test_a_place_on_a_point_is_that_point_and_between_points_their_mean():
    places = np.float32([[0, 0], [2, 0], [50, 50], [60, 60]])
    vectors = np.float32([[1, 1, 1], [3, 3, 3], [9, 9, 9], [9, 9, 9]])
    assert np.allclose(layouts.lift_between((0.0, 0.0), places, vectors), 1, atol=1e-3)
    assert np.allclose(layouts.lift_between((1.0, 0.0), places, vectors, nearest=2), 2, atol=1e-5)


def test_stages_of_tsne_keep_neighbours_as_well_as_one_long_run():
    vectors, _ = _clusters(n=40)
    in_one = TSNE(init="pca", random_state=0, perplexity=30).fit_transform(vectors)
    assert trustworthiness(vectors, _tsne(vectors)) > trustworthiness(vectors, in_one) - 0.01


def test_tsne_keeps_clusters_together():
    vectors, cluster = _clusters()
    places = _tsne(vectors)
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (cluster[distances.argmin(1)] == cluster).mean() == 1


def test_a_seed_gives_the_same_places_every_time():
    vectors, _ = _clusters(n=20)
    assert np.array_equal(_tsne(vectors, seed=3), _tsne(vectors, seed=3))


def test_a_perplexity_beyond_the_number_of_pictures_is_lowered():
    vectors, _ = _clusters(n=5, clusters=2)
    places = layouts.flat(vectors, layouts.plane(vectors))
    assert np.isfinite(layouts.tsne_stage(vectors, places, first=True, perplexity=100, seed=0)).all()


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.4, 0.6), (20.0, 1.0, 1.0)])
def test_the_nearest_neighbour_tells_alike_from_different(shift: float, low: float, high: float):
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(300, 4)), rng.normal(size=(500, 4)) + shift
    near = layouts.near_own_kind(np.concatenate([real, generated]).astype(np.float32), 300)
    assert near is not None
    assert low <= near <= high


def test_twins_do_not_count_as_their_own_neighbours():
    vectors = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    assert layouts.near_own_kind(np.concatenate([vectors, vectors]), 60) == 0


def test_few_pictures_say_nothing_about_their_neighbours():
    assert layouts.near_own_kind(np.zeros((100, 2), np.float32), 49) is None
