r"""Files and the command."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_mlvar.check import Malformed, Rejected, document_digest, files, verify_file
from sage_mlvar.check.document import MAX_BYTES, loads

from .builder import seal
from .examples import EXAMPLES
from .mutations import accepted

MODEL = {"format": "sage_mlvar/model", "version": 1, "model": "PolynomialClassifier"}


def write(path, value):
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "sage_mlvar.check", *map(str, arguments)], capture_output=True, text=True
    )
    assert done.stderr == "" or done.stderr.startswith("usage:")
    return done.returncode, done.stdout


def by_digest(document, **entry):
    document = {**document, "network": {"sha256": document["network"]["sha256"], **entry}}
    return {**document, "sha256": document_digest(document)}


def model(document, **changes):
    network = {key: document["network"][key] for key in ("weights", "biases", "activation")}
    return {**MODEL, **network, **changes}


def test_it_imports_neither_sage_nor_numpy_nor_the_rest_of_the_package(tmp_path):
    paths = [str(write(tmp_path / f"{k}.json", document)) for k, document in enumerate(EXAMPLES.values())]
    program = (
        "import json, sys; from sage_mlvar.check.files import main; code = main(sys.argv[1:]);"
        "print(json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True, check=True)
    code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    own = {name for name in loaded if name.partition(".")[0] == "sage_mlvar"}
    assert {name for name in own if not name.startswith("sage_mlvar.check")} == {"sage_mlvar"}
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    # Names with underscores come from the start-up files of an environment, the last from compiled modules.
    foreign = {name for name in foreign if not name.startswith("_")} - {"sitecustomize", "cython_runtime"}
    assert foreign == {"sage_mlvar", "flint"}


def test_every_module_of_the_package_keeps_to_its_own(tmp_path):
    import pathlib

    import sage_mlvar.check

    names = sorted(path.stem for path in pathlib.Path(sage_mlvar.check.__file__).parent.glob("[a-z]*.py"))
    program = f"""if True:
        import importlib, sys
        for name in {names!r}:
            importlib.import_module("sage_mlvar.check." + name)
        print(*sorted(sys.modules))"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {
        name for name in done.stdout.split() if name.partition(".")[0] in ("sage", "numpy", "sage_mlvar", "scipy")
    }
    assert {name for name in loaded if not name.startswith("sage_mlvar.check")} == {"sage_mlvar"}


def test_exit_codes(tmp_path):
    good = write(tmp_path / "good.json", EXAMPLES["circle"])
    code, output = run(good)
    assert code == 0
    assert output.startswith(f"{good}: the claim follows: class 0, distance at least 1")
    changed = write(tmp_path / "changed.json", {**EXAMPLES["circle"], "radius": "2/3"})
    code, output = run(good, changed)
    assert code == 1
    assert output.splitlines()[-1].startswith(f"{changed}: rejected: the certificate does not have the digest")
    broken = write(tmp_path / "broken.json", "{")
    code, output = run(broken, good, changed)
    assert code == 2
    assert output.startswith(f"{broken}: malformed: certificate")
    probable = {**EXAMPLES["circle"], "claim": {**EXAMPLES["circle"]["claim"], "status": "probable"}}
    probable["sha256"] = document_digest(probable)
    code, output = run(good, write(tmp_path / "probable.json", probable))
    assert code == 3
    assert "not proved" in output
    assert run()[0] == 2


def test_json(tmp_path):
    good = write(tmp_path / "good.json", EXAMPLES["circle"])
    code, output = run("--json", good, tmp_path / "missing.json")
    first, second = map(json.loads, output.splitlines())
    assert (code, first["result"], second["result"]) == (2, "proved", "malformed")
    assert first["verified"]
    assert first["trusted"]
    assert second["reason"].endswith("No such file or directory")


def test_weights_in_a_file_beside_the_certificate(tmp_path):
    path = write(tmp_path / "x.json", by_digest(EXAMPLES["circle"], file="model.json"))
    with pytest.raises(Malformed, match="cannot be read"):
        verify_file(path)
    write(tmp_path / "model.json", model(EXAMPLES["circle"]))
    assert verify_file(path).proved
    write(tmp_path / "model.json", model(EXAMPLES["circle"], activation=2))
    assert verify_file(path).proved
    written_otherwise = [["4.0", "-0/7"], ["0", 0]]
    write(tmp_path / "model.json", model(EXAMPLES["circle"], biases=[[0, "0"], ["40e-1", "0/3"]]))
    assert verify_file(path).proved
    for changes in ({"activation": 3}, {"biases": written_otherwise}):
        write(tmp_path / "model.json", model(EXAMPLES["circle"], **changes))
        with pytest.raises(Rejected, match="do not have the digest"):
            verify_file(path)


def test_weights_given_by_the_user(tmp_path):
    beside = write(tmp_path / "elsewhere.json", model(EXAMPLES["circle"]))
    other = write(tmp_path / "other.json", model(EXAMPLES["planes"]))
    for document in (EXAMPLES["circle"], by_digest(EXAMPLES["circle"]), by_digest(EXAMPLES["circle"], file="no.json")):
        path = write(tmp_path / "x.json", document)
        assert run(path, "--network", beside)[0] == 0
        code, output = run(path, "--network", other)
        assert code == 1
        assert "the weights of the given network do not have the digest" in output
    assert run(write(tmp_path / "x.json", by_digest(EXAMPLES["circle"])))[0] == 2


@pytest.mark.parametrize(
    "name", ["../model.json", "/etc/passwd", "", ".", "..", "a/b", "a\\b", "c:model", "a\0b", 5, None]
)
def test_model_files_stay_in_the_folder(tmp_path, name):
    path = write(tmp_path / "x.json", by_digest(EXAMPLES["circle"], file=name))
    with pytest.raises(Malformed, match=r"network.file must be"):
        verify_file(path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model": "ReLURegionModel"}, "must hold a PolynomialClassifier"),
        ({"format": "onnx"}, "must have format"),
        ({"version": 2}, "must have version 1"),
        ({"weights": 5}, "weights must be a list"),
        ({"weights": [[[True, 0], [0, 1]], [[1, 0], [0, 1]]]}, "weights must hold"),
        ({"weights": [[["1/0", 0], [0, 1]], [[1, 0], [0, 1]]]}, "nonzero denominators"),
        ({"weights": [[["nan", 0], [0, 1]], [[1, 0], [0, 1]]]}, "weights must hold"),
        ({"activation": 10**9}, "activation must be at most"),
        ({"activation": 0}, "activation must be at least 1"),
        ({"activation": [1, 0, 0]}, "degree at least 1"),
        ({"biases": [["0"], ["4", "0"]]}, r"biases\[0\] must have 2 entries"),
    ],
)
def test_model_files_that_are_no_network(tmp_path, changes, reason):
    path = write(tmp_path / "x.json", by_digest(EXAMPLES["circle"], file="model.json"))
    write(tmp_path / "model.json", model(EXAMPLES["circle"], **changes))
    with pytest.raises(Malformed, match=reason):
        verify_file(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must be JSON"),
        ("[]", "must hold a JSON object"),
        ('{"a": NaN}', "must write numbers as integers or as strings"),
        ('{"a": -Infinity}', "must write numbers"),
        ('{"a": 0.5}', "must write numbers"),
        ('{"a": 1e5}', "must write numbers"),
        ('{"a": {"b": 1, "b": 1}}', "has the key 'b' twice"),
        ('{"a": ' + "9" * 5000 + "}", "has an integer of 5000 digits"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ('{"a": 1} {"b": 2}', "must be JSON"),
    ],
)
def test_texts_that_are_refused(text, reason):
    with pytest.raises(Malformed, match=reason):
        loads(text)


def test_files_that_are_no_text(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(Malformed, match="is not UTF-8"):
        verify_file(path)
    with pytest.raises(Malformed, match="Is a directory"):
        verify_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Malformed, match="regular file"):
        verify_file(tmp_path / "pipe")
    with pytest.raises(Malformed, match="regular file"):
        verify_file("/dev/zero")
    with open(path, "wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(Malformed, match="must have at most"):
        verify_file(path)


def test_output_is_plain_whatever_the_file_says(tmp_path, capsys):
    document = {**EXAMPLES["circle"], "norm": "\x1b[2Jd\u202e\n"}
    path = write(tmp_path / "x\n\x1b.json", {**document, "sha256": document_digest(document)})
    assert files.main([str(path)]) == 2
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert printed.rstrip("\n").isprintable()
    assert printed.isascii()


TEXT = json.dumps(EXAMPLES["three classes"])


@given(st.data())
def test_damaged_files_end_in_one_clear_line(data):
    text = TEXT
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(len(text), start + 20)))
        text = (
            text[:start]
            + data.draw(st.text(max_size=8) | st.sampled_from(['"', "[", "}", "9" * 50, "null"]))
            + text[stop:]
        )
    refusal = None
    try:
        document = loads(text, "x")
    except Malformed as error:
        refusal = str(error)
    if refusal is not None:
        assert "\n" not in refusal
        return
    assert not accepted(document) or document == EXAMPLES["three classes"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1/2", "inf", "0", "-1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(
    st.sampled_from(["network", "point", "box", "claim", "bounds", "witness", "nearest", "trusted", "made_by"]), JSON
)
def test_anything_in_place_of_an_entry_ends_in_one_clear_line(key, value):
    document = {**EXAMPLES["three classes"], key: value}
    try:
        document = seal(document)
    except Malformed:
        return
    if accepted(document):
        assert key in ("nearest", "trusted", "made_by", "box")


@given(st.sampled_from(["multiplier", "margin", "basis", "coefficients", "kind", "lower"]), JSON)
def test_anything_in_a_proof_ends_in_one_clear_line(key, value):
    item = EXAMPLES["three classes"]["bounds"][0]
    changed = {**item, key: value} if key == "lower" else {**item, "proof": {**item["proof"], key: value}}
    document = {**EXAMPLES["three classes"], "bounds": [changed, *EXAMPLES["three classes"]["bounds"][1:]]}
    try:
        document = seal(document)
    except Malformed:
        return
    # The first layer is the identity, so that its basis may as well be left out.
    assert not accepted(document) or changed == item or (key, value) == ("basis", None)
