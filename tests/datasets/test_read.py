r"""Data from files: exactly the numbers written, and errors that name file, row and column."""

import gzip
import struct

import numpy as np
import pytest

from sage_mlvar import PolynomialClassifier, datasets, read_data
from sage_mlvar.datasets.dataset import Dataset
from sage_mlvar.datasets.rows import ArrayRows
from sage_mlvar.exact import rational

from sage.rings.rational_field import QQ


def idx(array, kind=0x08):
    array = np.asarray(array)
    return bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "u1", "i8", "u8"])
def test_arrays(tmp_path, dtype):
    array = np.array([[0, 1, 2], [3, 200, 0]], dtype) / np.array(4 if "f" in dtype else 1, dtype)
    array = array.astype(dtype)
    np.save(tmp_path / "x.npy", array)
    data = read_data(tmp_path / "x.npy")
    assert list(data.points) == [tuple(QQ(x.item()) for x in row) for row in array]
    assert data.labels is None
    assert (len(data), data.features, data.name) == (2, 3, "x.npy")


def test_floats_are_the_dyadic_rationals_they_are(tmp_path):
    np.save(tmp_path / "x.npy", np.array([[0.1]], "f4"))
    assert read_data(tmp_path / "x.npy").point(0) == (QQ((13421773, 2**27)),)
    write(tmp_path / "x.csv", "0.1\n")
    assert read_data(tmp_path / "x.csv").point(0) == (QQ((1, 10)),)


def test_images_are_flattened_and_scaled(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(8, dtype="u1").reshape(2, 2, 2))
    data = read_data(tmp_path / "x.npy", labels=[1, 0], scale="1/16", features=4)
    assert data.point(1) == (QQ((1, 4)), QQ((5, 16)), QQ((3, 8)), QQ((7, 16)))
    assert data.points[-1] == data.point(1) == data.points[0:2][1]
    assert data.labels == (1, 0)


def test_npz(tmp_path):
    np.savez(tmp_path / "d.npz", X=[[1, 2], [3, 4]], y=np.array([0, 1], "u1"), names=np.array([None]))
    data = read_data(tmp_path / "d.npz")
    assert list(data.points) == [(1, 2), (3, 4)]
    assert data.labels == (0, 1)
    np.savez(tmp_path / "d.npz", X=[[1, 2]])
    assert read_data(tmp_path / "d.npz").labels is None


CSV = "a,b,kind\n0.5,1/3,1\n\n-1e-2, 7 ,0\n"


@pytest.mark.parametrize("label_column", ["kind", 2, -1, "2", "-1"])
def test_csv(tmp_path, label_column):
    data = read_data(write(tmp_path / "d.csv", CSV), label_column=label_column, features=2)
    assert list(data.points) == [(QQ((1, 2)), QQ((1, 3))), (QQ((-1, 100)), 7)]
    assert data.labels == (1, 0)


@pytest.mark.parametrize("head", ["a,b\n", "", "\ufeffa,b\r\n", '"a","b"\n', ",b\n"])
def test_headers(tmp_path, head):
    data = read_data(write(tmp_path / "d.csv", head + "1,2\n3,4\n"))
    assert list(data.points) == [(1, 2), (3, 4)]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("images", "labels"), [("t-images-idx3-ubyte", "t-labels-idx1-ubyte"), ("images.idx3-ubyte", "labels.idx1-ubyte")]
)
def test_idx(tmp_path, packed, images, labels):
    pixels, classes = np.arange(12, dtype="u1").reshape(3, 2, 2), np.array([2, 0, 1], "u1")
    pack = gzip.compress if packed else bytes
    path = write(tmp_path / (images + ".gz" * packed), pack(idx(pixels)))
    assert read_data(path).labels is None
    beside = write(tmp_path / (labels + ".gz" * packed), pack(idx(classes)))
    data = read_data(path)
    assert list(data.points) == [tuple(row) for row in pixels.reshape(3, 4).tolist()]
    assert data.labels == (2, 0, 1)
    elsewhere = beside.rename(tmp_path / "classes.idx")
    assert read_data(path).labels is None
    assert read_data(path, labels=elsewhere).labels == (2, 0, 1)
    assert read_data(path, labels=[1, 1, 1]).labels == (1, 1, 1)


def test_idx_of_floats(tmp_path):
    path = write(tmp_path / "x.idx", idx(np.array([[0.5, -1]], ">f4"), 0x0D))
    assert read_data(path).point(0) == (QQ((1, 2)), -1)


def test_labels_from_an_array_file(tmp_path):
    np.save(tmp_path / "x.npy", np.eye(2))
    np.save(tmp_path / "y.npy", np.array([1, 0]))
    assert read_data(tmp_path / "x.npy", labels=tmp_path / "y.npy").labels == (1, 0)
    with pytest.raises(ValueError, match=r"label file '.*x\.npy' must be a list of integers, got shape \(2, 2\)"):
        read_data(tmp_path / "x.npy", labels=tmp_path / "x.npy")
    with pytest.raises(ValueError, match=r"label file '.*z\.txt' must be a \.npy or an IDX file"):
        read_data(tmp_path / "x.npy", labels=write(tmp_path / "z.txt", "1\n0\n"))


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("", {}, "must hold at least one input, got none"),
        ("a,b\n", {}, "must hold at least one input, got none"),
        ("1,2\n3\n", {}, "line 2, has 1 entries, and the lines before have 2"),
        ("a,b\n1,2\n3,4,5\n", {}, "line 3, has 3 entries, and the lines before have 2"),
        ("1,2\n3,nan\n", {}, "line 2, column 1, must be a number .*, got 'nan'"),
        ("nan,2\n3,4\n", {}, "line 1, column 0, must be a number"),
        ("1,\n3,4\n", {}, "line 1, column 1, must be a number .*, got ''"),
        ("1,2\n3,inf\n", {}, "line 2, column 1"),
        ("1,2\n3,1e999\n", {"features": 3}, "must have 3 entries per input, got 2"),
        ("1,2\n3,1_0\n", {}, "line 2, column 1, must be a number .*, got '1_0'"),
        ("5.1x,3.5\n4.9,3\n", {}, "line 1, column 0, must be a number .*, got '5.1x'"),
        ("1,2,3,x\n1,2,3,4\n", {}, "line 1, column 3, must be a number .*, got 'x'; if the line is a header, each of"),
        ("l,2,3,4\n1,2,3,4\n", {}, "line 1, column 0, must be a number .*, got 'l'"),
        ("0,1,kind\n1,2,0\n", {"label_column": "kind"}, "line 1, column 2, must be a number .*, got 'kind'"),
        ("1,2\n3,x\n", {}, "line 2, column 1, must be a number .*, got 'x'"),
        ("1;2\n3;4\n", {}, "line 1, must have commas between its entries, and there are semicolons"),
        ("a;b\n0.5;-2\n", {}, "line 2, must have commas between its entries, and there are semicolons"),
        ("1\t2\n", {}, "line 1, must have commas between its entries, and there are tabs"),
        ("1 2\n", {}, "line 1, must have commas between its entries, and there are spaces"),
        ("1,2,0\n", {"features": 2}, "name it by label_column"),
        ("1,2,0.5\n", {"label_column": 2}, "line 1, column 2, must hold a label, an integer, got '0.5'"),
        (CSV, {"label_column": "class"}, "must have one column 'class'; its columns are 'a', 'b', 'kind'"),
        ("1,2\n", {"label_column": "class"}, "its columns are none, since it has no header"),
        ("1,2\n", {"label_column": 2}, "label_column must be an index below 2"),
        ("1\n", {"label_column": 0}, "must hold numbers besides the labels"),
        (CSV, {"label_column": "kind", "labels": [0, 1]}, "labels must be left out"),
        ("1,2\n", {"labels": [0, 1]}, "has 1 points, and there are 2 labels"),
        (b"\xff\xfe1,2", {}, "must be comma-separated text"),
        (b"1,2\n3,\x00\n", {}, "must be comma-separated text|line 2, column 1"),
        ("1," * 10 + "9" * 200_000, {}, "must be comma-separated text: field larger than field limit"),
        ('1,"2\n', {}, "must be comma-separated text: unexpected end of data"),
    ],
)
def test_bad_csv(tmp_path, content, options, words):
    with pytest.raises(ValueError, match=rf"d\.csv'.*({words})|{words}"):
        read_data(write(tmp_path / "d.csv", content), **options)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([[1, np.nan]]), "must be finite, got nan in row 0, column 1"),
        (np.array([[1, 0], [np.inf, np.nan]], "f4"), "must be finite, got inf in row 1, column 0"),
        (np.array([1.0, 2.0]), "one point per row, got shape"),
        (np.array(1.0), "one point per row"),
        (np.zeros((0, 3)), "at least one point"),
        (np.zeros((3, 0)), "at least one point"),
        (np.array([["a"]]), "must be a NumPy array of integers or floats"),
        (np.array([[True]]), "must be an array of numbers"),
        (np.array([[1j]]), "must be a NumPy array of integers or floats"),
    ],
)
def test_bad_arrays(tmp_path, array, words):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(ValueError, match=rf"data file '.*x\.npy' .*{words}"):
        read_data(tmp_path / "x.npy")
    np.savez(tmp_path / "x.npz", X=array)
    with pytest.raises(ValueError, match=rf"data file '.*x\.npz', entry 'X', .*{words}"):
        read_data(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"data": [[1]]}, "as an array X, perhaps with labels y, and holds data"),
        ({"X": [[1]], "y": [0, 1]}, "has 1 points, and there are 2 labels"),
        ({"X": [[1]], "y": [0.5]}, "entry 'y', must be a list of integers, got .* float64"),
        ({"X": [[1]], "y": [[0]]}, "entry 'y', must be a list of integers, got shape"),
    ],
)
def test_bad_npz(tmp_path, entries, words):
    np.savez(tmp_path / "d.npz", **{k: np.array(v) for k, v in entries.items()})
    with pytest.raises(ValueError, match=words):
        read_data(tmp_path / "d.npz")


GOOD = idx(np.arange(8, dtype="u1").reshape(2, 2, 2))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD[:-1], "8 bytes, and has only 7"),
        (idx(np.zeros((1, 9), "u1"))[:-8] + b"", "9 bytes, and has only 1"),
        (bytes([0, 0, 8, 2, 0, 0, 64, 0, 0, 0, 64, 0]), "268435456 bytes, and has only 12"),
        (GOOD + b"\0", "8 bytes, and has more"),
        (GOOD[:10], "cut short"),
        (b"\0\0\7\3" + GOOD[4:], "its first bytes are none of these"),
        (b"", "its first bytes are none of these"),
        (bytes([0, 0, 8, 3, *[255] * 12]), r"declares the shape \(4294967295, .* more than the limit"),
        (bytes([0, 0, 8, 200, *[1] * 800]), "must be an IDX file"),
        (gzip.compress(GOOD)[:-9], "cannot be unpacked"),
        (gzip.compress(GOOD)[:12], "its first bytes are none of these|cannot be unpacked"),
        (gzip.compress(GOOD + bytes(10**8)), "8 bytes, and has more"),
        (idx(np.zeros((0, 2, 2), "u1")), "at least one point"),
        (idx(np.zeros(3, "u1")), "one point per row"),
        (idx(np.array([[np.nan]], ">f8"), 0x0E), "got nan in row 0, column 0"),
    ],
)
def test_bad_idx(tmp_path, content, words):
    with pytest.raises(ValueError, match=words):
        read_data(write(tmp_path / "x-images-idx3-ubyte", content))


def test_files_that_are_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MAX_BYTES", 1000)
    np.save(tmp_path / "x.npy", np.zeros((200, 1)))
    for path in (tmp_path / "x.npy", write(tmp_path / "x.csv", "1\n" * 600)):
        with pytest.raises(ValueError, match="more than the limit of 1000"):
            read_data(path)
    np.savez_compressed(tmp_path / "x.npz", X=np.zeros((200, 1)))
    with pytest.raises(ValueError, match="declares 1600 bytes, more than the limit of 1000"):
        read_data(tmp_path / "x.npz")
    packed = write(tmp_path / "x.idx.gz", gzip.compress(idx(np.zeros((2000, 1), "u1"))))
    with pytest.raises(ValueError, match="2000 bytes, more than the limit of 1000"):
        read_data(packed)


@pytest.mark.parametrize(
    ("path", "options", "error", "words"),
    [
        (7, {}, TypeError, "path must be a path, not 7"),
        ("x.txt", {}, ValueError, "must be a .csv or a .npy file"),
        ("no.csv", {}, FileNotFoundError, "no.csv"),
        ("no.npy", {}, FileNotFoundError, "no.npy"),
        ("no.npz", {}, FileNotFoundError, "no.npz"),
        ("no-images-idx3-ubyte", {}, FileNotFoundError, "no-images"),
        ("x.npy", {"label_column": 1}, ValueError, "label_column goes with a .csv file"),
        (".", {}, (ValueError, OSError), "."),
    ],
)
def test_what_is_no_data(path, options, error, words):
    with pytest.raises(error, match=words):
        read_data(path, **options)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"labels": [0.5, 1]}, TypeError, r"labels\[0\] must be an integer, not 0.5"),
        ({"labels": 3}, TypeError, "labels must be a list of integers or a path"),
        ({"labels": [1]}, ValueError, "has 2 points, and there are 1 labels"),
        ({"scale": 0}, ValueError, "scale must not be zero"),
        ({"scale": float("nan")}, ValueError, "scale must be finite"),
        ({"features": 5}, ValueError, "must have 5 entries per input, got 2"),
    ],
)
def test_bad_options(tmp_path, options, error, words):
    np.save(tmp_path / "x.npy", np.eye(2))
    with pytest.raises(error, match=words):
        read_data(tmp_path / "x.npy", **options)


def test_check(tmp_path):
    C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
    read_data(write(tmp_path / "d.csv", "1,2,0\n3,4,1\n"), label_column=2).check(C)
    with pytest.raises(ValueError, match=r"'d\.csv' must have labels from 0 to 1, the classes .*, got 2 at point 1"):
        read_data(write(tmp_path / "d.csv", "1,2,0\n3,4,2\n"), label_column=2).check(C)
    with pytest.raises(ValueError, match=r"must have labels from 0 to 1, .*got -1 at point 0"):
        read_data(write(tmp_path / "d.csv", "1,2,-1\n"), label_column=2).check(C)
    with pytest.raises(ValueError, match=r"must have 2 entries per input, .*, got 3; if one column holds the labels"):
        read_data(tmp_path / "d.csv").check(C)


def test_the_digest_is_of_the_content(tmp_path):
    one, other = write(tmp_path / "a.csv", "1,2,0\n"), write(tmp_path / "b.csv", "\n1, 2 ,0\n")
    first = read_data(one, label_column=2).sha256
    assert first == read_data(other, label_column=2).sha256
    assert len(first) == 64
    assert len({first, read_data(one).sha256, read_data(one, label_column=2, scale=2).sha256}) == 3
    write(one, "1,3,0\n")
    assert read_data(one, label_column=2).sha256 != first
    pixels = idx(np.arange(8, dtype="u1").reshape(2, 2, 2))
    plain, packed = write(tmp_path / "x.idx", pixels), write(tmp_path / "x.idx.gz", gzip.compress(pixels))
    assert read_data(plain).sha256 == read_data(packed).sha256


def test_points_are_made_when_asked_for(tmp_path):
    write(tmp_path / "d.csv", "1,2\n3,4\n")
    data = read_data(tmp_path / "d.csv")
    assert data.point(0) == (1, 2)
    assert data.point(-1) == (3, 4)
    with pytest.raises(IndexError, match="has 2 points, got index 2"):
        data.point(2)


def test_it_can_be_sent_to_another_process(tmp_path):
    import pickle

    data = read_data(write(tmp_path / "d.csv", "1,2,0\n"), label_column=2)
    copy = pickle.loads(pickle.dumps(data))
    assert (copy.point(0), copy.labels, copy.sha256) == (data.point(0), data.labels, data.sha256)


@pytest.mark.parametrize("cell", ["1e-99999", "-1E+12345", "1/0", "1_0", "\u0663", "1.2.3", "0.1e00005", "1/1_0"])
@pytest.mark.parametrize("rest", ["2", "0.5"])
@pytest.mark.parametrize("line", [1, 2])
def test_what_looks_like_a_number_is_no_header_and_is_told_with_its_line(tmp_path, cell, rest, line):
    text = "3,4\n" * (line - 1) + f"{cell},{rest}\n" + "5,6\n"
    with pytest.raises(ValueError, match=rf"d\.csv', line {line}, column 0, must "):
        read_data(write(tmp_path / "d.csv", text))


@pytest.mark.parametrize("head", ["1st,2nd", "2024-01-01,2024-02-01", "x.1,y.1", "e5,1x"])
def test_names_with_digits_are_a_header(tmp_path, head):
    assert list(read_data(write(tmp_path / "d.csv", head + "\n1,2\n")).points) == [(1, 2)]


@pytest.mark.parametrize("cell", ["1e400", "-1e-9999", "9" * 5000, "1e0005"])
def test_numbers_beyond_floats_are_read(tmp_path, cell):
    data = read_data(write(tmp_path / "d.csv", f"{cell},1\n"))
    assert data.point(0) == (rational(cell), 1)


@pytest.mark.parametrize("kind", ["u1", "i8", object])
def test_labels_of_numpy_have_the_digest_of_plain_ones(kind):
    rows = ArrayRows(np.array([[1, 2], [3, 4]]))
    data, plain = Dataset(rows, np.array([1, 0], kind), "two"), Dataset(rows, [1, 0], "two")
    assert data.sha256 == plain.sha256
    assert set(map(type, data.labels)) == {int}
    with pytest.raises(TypeError, match=r"labels\[1\] must be an integer, not 0.5"):
        Dataset(rows, [1, 0.5], "two")
