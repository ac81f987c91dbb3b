r"""``mlvar certify``: right answers, nothing lost when it is stopped, and clear words for bad input."""

import json
import os
import pty
import signal
import subprocess
import sys
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from subprocess import PIPE
from xml.etree import ElementTree

import numpy
import pytest
from waiting import FOR_EVER, PATIENCE, children_of, command_of, facts, started, wait_for

from sage_mlvar import check
from sage_mlvar.certify.many.stream import ResultStream, read
from sage_mlvar.cli.certify_input import BUILT_IN
from sage_mlvar.data import iris, load_network, path
from sage_mlvar.errors import BackendTimeout

from .helpers import COMMAND, ROOT, invoke, run

RADIUS = Fraction(3, 10)
#: Does nothing any more when so many points are in the results file. All points are left to others, if there are any.
PAUSING = f"""
import sys, time
from sage_mlvar.certify.many import lessons
from sage_mlvar.certify.many.stream import ResultStream
from sage_mlvar.cli import main

lessons._LONGEST_LESSON = -1.0
append, count = ResultStream.append, int(sys.argv[1])

def pausing(stream, record):
    append(stream, record)
    if len(stream.done) == count:
        time.sleep({FOR_EVER})

ResultStream.append = pausing
main(["certify", *sys.argv[2:]])
"""
#: Is killed when it has written so many lines and half of the next.
KILLED = """
import os, signal, sys
from sage_mlvar.certify.many import lessons
from sage_mlvar.cli import main

lessons._LONGEST_LESSON = -1.0
pwrite, count = os.pwrite, [int(sys.argv[1])]

def killed(file, data, offset):
    if count[0] == 0:
        pwrite(file, data[:len(data) // 2], offset)
        os.kill(os.getpid(), signal.SIGKILL)
    count[0] -= 1
    return pwrite(file, data, offset)

os.pwrite = killed
main(["certify", *sys.argv[2:]])
"""


def contents(path):
    r"""Return the records of a file by index, without the seconds."""
    return sorted(facts(read(path)[1]), key=itemgetter("index"))


def lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def launch(program, count, *arguments):
    command = [sys.executable, "-c", program, str(count), *arguments]
    return started(command, stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    r"""An uninterrupted run on all iris flowers: the summary and the results file."""
    out = tmp_path_factory.mktemp("whole") / "r.jsonl"
    result = invoke("certify", "iris", "--radius", "0.3", "--out", str(out), "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), out


def test_records_are_what_certify_says(whole):
    _, records = read(whole[1])
    network, (flowers, labels, _) = load_network("iris_quadratic.json"), iris()
    assert [record["index"] for record in records] == list(range(150))
    assert [record["label"] for record in records] == labels
    for index in range(0, 150, 10):
        record, certificate = records[index], network.certify(flowers[index], radius=RADIUS)
        lower, upper = Fraction(record["lower"]), Fraction(record["upper"])
        assert lower <= Fraction(str(certificate.upper))
        assert upper >= Fraction(str(certificate.lower))
        assert Fraction(record["distance"]) <= lower < Fraction(record["distance"]) * (1 + Fraction(1, 10**15))
        assert (record["predicted"], record["verdict"]) == (certificate.predicted, certificate.verdict)
        assert (record["competing"], record["status"]) == (certificate.competing, "proved")


def test_summary_counts_the_records(whole):
    summary, (_, records) = whole[0], read(whole[1])
    robust = [r for r in records if Fraction(r["lower"]) > RADIUS]
    assert summary["points"] == 150
    assert summary["errors"] == summary["probable"] == 0
    assert summary["accuracy"] == 148 / 150
    assert summary["certified_accuracy"] == sum(r["label"] == r["predicted"] for r in robust) / 150
    assert summary["verdicts"] == {"robust": len(robust), "not robust": 150 - len(robust), "unknown": 0}
    distances = sorted(r["distance"] for r in records)
    assert summary["smallest_distance"] == distances[0]
    assert summary["median_distance"] == (distances[74] + distances[75]) / 2
    assert summary["largest_relative_width"] <= 1e-9
    assert "results" not in summary


def test_without_radius_out_and_labels(tmp_path):
    data = tmp_path / "x.npy"
    numpy.save(data, numpy.array([[float(x) for x in flower] for flower in iris()[0][:3]]))
    result = invoke("certify", str(path("iris_quadratic.json")), str(data), "--json")
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert not {"verdicts", "accuracy", "certified_accuracy"} & summary.keys()
    assert [record["index"] for record in summary["results"]] == [0, 1, 2]
    assert not {"verdict", "label"} & summary["results"][0].keys()


def test_files_of_the_package_as_files(tmp_path):
    arguments = ["certify", str(path("mnist_quadratic.npz")), str(path("mnist_test.npz")), "--points", "0"]
    result = invoke(*arguments, "--scale", "1/255", "--json")
    assert result.exit_code == 0, result.stderr
    (there,) = facts(json.loads(result.stdout)["results"])
    (here,) = facts(json.loads(invoke("certify", "mnist", "--points", "0", "--json").stdout)["results"])
    assert here == there
    assert set(BUILT_IN) == {"iris", "digits", "mnist"}


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    r"""An uninterrupted run on some images, which other processes would be started for."""
    out = tmp_path_factory.mktemp("images") / "r.jsonl"
    result = invoke("certify", "mnist", "--points", "0:60", "--out", str(out), "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), out


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_and_continued_equals_uninterrupted(tmp_path, request, jobs):
    out = tmp_path / "r.jsonl"
    summary, wanted = request.getfixturevalue("whole" if jobs == "1" else "images")
    data = ["iris", "--radius", "0.3"] if jobs == "1" else ["mnist", "--points", "0:60"]
    arguments = [*data, "--out", str(out), "--jobs", jobs, "--json"]
    before = 0
    for some in (3, 40, 50) if jobs == "1" else (30,):
        with launch(KILLED, some, *arguments) as process:
            stderr = process.communicate(timeout=PATIENCE)[1]
            assert process.returncode == -signal.SIGKILL, stderr
            before += some
            assert lines(out) == before
            # The lock goes with the last of its processes.
            wait_for(lambda: not workers(out))
    done = run("certify", *arguments)
    assert done.returncode == 0, done.stderr
    assert contents(out) == contents(wanted)
    assert lines(out) == 1 + summary["points"]
    found = json.loads(done.stdout)
    assert all(found[name] == summary[name] for name in summary.keys() - {"points_per_second", "out"})


def workers(out):
    r"""Return the processes that hold ``out`` open."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                found += [int(entry.name) for handle in (entry / "fd").iterdir() if os.readlink(handle) == str(out)]
            except OSError:
                continue
    return found


def test_workers_end_with_a_killed_parent(tmp_path):
    out = tmp_path / "r.jsonl"
    with launch(PAUSING, 4, "mnist", "--out", str(out), "--jobs", "2") as process:
        wait_for(lambda: lines(out) > 4, process)
        children = children_of(process.pid)
        assert len(children) >= 2
        process.kill()
        wait_for(lambda: not any(map(command_of, children)))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_the_workers(tmp_path, number, code):
    out = tmp_path / "r.jsonl"
    with launch(PAUSING, 4, "mnist", "--out", str(out), "--jobs", "2") as process:
        wait_for(lambda: lines(out) > 4, process)
        children = children_of(process.pid)
        assert len(children) >= 2
        process.send_signal(number)
        stderr = process.communicate(timeout=PATIENCE)[1]
        assert process.returncode == code
        assert "Traceback" not in stderr
        wait_for(lambda: not any(map(command_of, children)))
    # The last line may have been on its way.
    assert len(read(out)[1]) in (3, 4)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_other_signals_say_how_to_go_on(tmp_path, number, code):
    out = tmp_path / "r.jsonl"
    with launch(PAUSING, 4, "mnist", "--out", str(out)) as process:
        wait_for(lambda: lines(out) > 4, process)
        process.send_signal(number)
        stderr = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == code
    assert f"of 200 points; they are in {out}, and the same command continues after them" in stderr


def test_ctrl_c_says_how_to_go_on(tmp_path, whole):
    out = tmp_path / "r.jsonl"
    with launch(PAUSING, 20, "iris", "--radius", "0.3", "--out", str(out)) as process:
        wait_for(lambda: lines(out) > 20, process)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert stdout == ""
    # A point counts when it is in the file and told of.
    done = lines(out) - 1
    told = "error: interrupted after {} of 150 points; they are in {}, and the same command continues after them\n"
    assert stderr in [told.format(count, out) for count in (done - 1, done)]
    assert invoke("certify", "iris", "--radius", "0.3", "--out", str(out)).exit_code == 0
    assert contents(out) == contents(whole[1])


def test_a_finished_file_is_not_touched(whole):
    before = whole[1].read_bytes()
    result = invoke("certify", "iris", "--radius", "0.3", "--out", str(whole[1]), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["points_per_second"] is None
    assert whole[1].read_bytes() == before


def test_a_file_is_extended_by_other_points(tmp_path, whole):
    out = str(tmp_path / "r.jsonl")
    for points, count in (("5,7", 2), ("6:9", 3), ("148:150,0:148", 150)):
        result = invoke("certify", "iris", "--radius", "3/10", "--points", points, "--out", out, "--json")
        assert json.loads(result.stdout)["points"] == count
    assert [record["index"] for record in read(out)[1][:4]] == [5, 7, 6, 8]
    assert contents(out) == contents(whole[1])


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["iris", "--radius", "0.4"], "radius"),
        (["iris"], "radius"),
        (["digits", "--radius", "0.3"], "network"),
        (["iris", "--radius", "0.3", "--scale", "2"], "data"),
        (["iris", "--radius", "0.3", "--tolerance", "1e-6"], "tolerance"),
        (["iris", "--radius", "0.3", "--box", "0,10"], "box"),
        (["iris", "--radius", "0.3", "--norm", "maximum"], "norm"),
        (["iris", "--radius", "0.3", "--no-proof"], "proof"),
    ],
)
def test_results_of_another_run_are_refused(whole, arguments, name):
    before = whole[1].read_bytes()
    result = invoke("certify", *arguments, "--points", "0", "--out", str(whole[1]))
    assert result.exit_code == 2
    assert f"is of another run: its {name} is" in result.stderr
    assert whole[1].read_bytes() == before


def test_two_runs_on_one_file(tmp_path):
    out = tmp_path / "r.jsonl"
    with ResultStream(out, {}):
        result = invoke("certify", "iris", "--out", str(out))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {out}: another process is writing results to it")


def test_a_full_disk(tmp_path, whole):
    out = tmp_path / "r.jsonl"
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)); "
        f"from sage_mlvar.cli import main; main(['certify', 'iris', '--radius', '0.3', '--out', {str(out)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT)
    assert done.returncode == 2
    kept = len(read(out)[1])
    told = f"File too large; the {kept} finished points are kept in it, and the same call continues after them"
    assert done.stderr == f"error: {out}: {told}\n"
    assert 10 < kept < 150
    assert invoke("certify", "iris", "--radius", "0.3", "--out", str(out)).exit_code == 0
    assert contents(out) == contents(whole[1])


def test_an_error_at_one_point_does_not_stop_the_run(tmp_path, monkeypatch):
    from sage_mlvar.certify.many import records as records

    certify, calls = records.certify, []

    def third_is_slow(*arguments, **more):
        calls.append(arguments)
        if len(calls) == 3:
            raise BackendTimeout("time limit of 9 s\nreached")
        return certify(*arguments, **more)

    monkeypatch.setattr(records, "certify", third_is_slow)
    out = str(tmp_path / "r.jsonl")
    result = invoke("certify", "iris", "--points", "0:5", "--radius", "0.3", "--out", out)
    assert result.exit_code == 3, result.output
    assert read(out)[1][2] == {"index": 2, "label": 0, "error": "BackendTimeout: time limit of 9 s reached"}
    shown = {line[:36].strip(): line[36:].split() for line in result.stdout.splitlines()}
    assert shown["without an answer"] == ["1"]
    assert shown["accuracy"] == ["80.0%"]
    again = invoke("certify", "iris", "--points", "0:5", "--radius", "0.3", "--out", out, "--json")
    assert (again.exit_code, len(calls)) == (3, 5)
    assert json.loads(again.stdout)["errors"] == 1
    assert json.loads(again.stdout)["certified_accuracy"] == 0.8
    assert "the same command with --retry" in result.stdout
    retried = invoke("certify", "iris", "--points", "0:5", "--radius", "0.3", "--out", out, "--retry")
    assert (retried.exit_code, len(calls)) == (0, 6)
    assert "--retry" not in retried.stdout
    assert [record["index"] for record in read(out)[1]] == [0, 1, 3, 4, 2]
    assert not any("error" in record for record in read(out)[1])
    result = invoke("certify", "iris", "--retry")
    assert (result.exit_code, "--retry needs --out" in result.stderr) == (2, True)


def test_an_unknown_verdict_sets_the_exit_code(monkeypatch):
    from dataclasses import replace

    from sage_mlvar.certify.many import records as records

    certify = records.certify
    monkeypatch.setattr(records, "certify", lambda *x, **more: replace(certify(*x, **more), verdict="unknown"))
    result = invoke("certify", "iris", "--points", "0", "--radius", "0.3", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["verdicts"] == {"robust": 0, "not robust": 0, "unknown": 1}


def test_an_unknown_verdict_is_tried_again(monkeypatch, tmp_path):
    from dataclasses import replace

    from sage_mlvar.certify.many import records as records

    certify, arguments = records.certify, ("certify", "iris", "--points", "0", "--radius", "0.3", "--out")
    out = str(tmp_path / "r.jsonl")
    with monkeypatch.context() as patch:
        patch.setattr(records, "certify", lambda *x, **more: replace(certify(*x, **more), verdict="unknown"))
        result = invoke(*arguments, out)
    assert (result.exit_code, "with --retry, and perhaps a longer --timeout, tries open points" in result.stdout) == (
        3,
        True,
    )
    assert invoke(*arguments, out).exit_code == 3
    result = invoke(*arguments, out, "--retry")
    assert (result.exit_code, "--retry" in result.stdout) == (0, False)
    assert [record["verdict"] for record in read(out)[1]] == ["robust"]


def test_probable_points_are_not_certified():
    from sage_mlvar.cli.certify_table import summary

    record = {"index": 0, "label": 0, "predicted": 0, "verdict": "robust", "lower": "1", "upper": "1", "distance": 1.0}
    found = summary([{**record, "status": "proved"}, {**record, "index": 1, "status": "probable"}], "1/2")
    assert (found["certified_accuracy"], found["probable"]) == (0.5, 1)


@pytest.mark.parametrize(("radius", "code"), [("0.4", 0), ("0.5", 1), (None, 0)])
def test_one_point(radius, code):
    arguments = ["certify", "iris", "--point", "5.1,3.5,1.4,0.2"] + (["--radius", radius] if radius else [])
    result = invoke(*arguments)
    assert result.exit_code == code, result.stderr
    assert "0.490466" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("argument  ") or "trusted   " in result.stdout
    found = json.loads(invoke(*arguments, "--json").stdout)
    assert found["predicted"] == 0
    assert found.get("verdict") == {"0.4": "robust", "0.5": "not robust", None: None}[radius]


def test_certificates_pass_the_checker(tmp_path):
    folder = tmp_path / "certificates"
    arguments = ["certify", "iris", "--points", "0:3", "--radius", "0.3", "--certificates", str(folder)]
    assert invoke(*arguments, "--jobs", "2").exit_code == 0
    assert sorted(p.name for p in folder.iterdir()) == ["0.json", "1.json", "2.json", "network.json"]
    for index in range(3):
        document = check.read(folder / f"{index}.json")
        assert check.verify(document, folder=folder)
        assert document["point"] == [str(x) for x in iris()[0][index]]
    done = subprocess.run(
        [sys.executable, "-m", "sage_mlvar.check", str(folder / "0.json")], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = invoke("certify", "digits", "--points", "0", "--certificates", str(folder))
    assert result.exit_code == 2
    assert "holds certificates of another network" in result.stderr


def test_the_picture(tmp_path, whole):
    one, two = tmp_path / "one.svg", tmp_path / "two.svg"
    for picture in (one, two):
        result = invoke("certify", "iris", "--radius", "0.3", "--out", str(whole[1]), "--plot", str(picture))
        assert result.exit_code == 0, result.stderr
        assert str(picture) in result.stdout
    assert one.read_bytes() == two.read_bytes()
    texts = [element.text for element in ElementTree.parse(one).iter("{http://www.w3.org/2000/svg}text")]
    for text in ("certified accuracy", "points", "Euclidean distance", "radius 0.3", "iris: 150 points"):
        assert text in texts
    assert invoke("certify", "iris", "--points", "0", "--plot", str(tmp_path / "x.png")).exit_code == 0
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_the_curve_against_the_definition(whole):
    from sage_mlvar.cli.certify_plot import curve

    records = read(whole[1])[1]
    radii, shares = curve(records, "lower")
    assert radii == sorted(radii)
    for radius in (0.0, 0.1, 0.3, 0.7, 5.0):
        expected = sum(r["label"] == r["predicted"] and Fraction(r["lower"]) > radius for r in records) / 150
        assert shares[sum(x <= radius for x in radii) - 1] == expected


def test_a_point_that_is_of_its_class_everywhere_and_one_at_a_tie(tmp_path):
    network, data, picture = tmp_path / "net.npz", tmp_path / "x.npz", tmp_path / "x.svg"
    # Class 0 leads by x^2 + 1; class 0 ties with class 1 at x = 0 in the second network.
    numpy.savez(network, W1=[[1.0]], b1=[0.0], W2=[[1.0], [0.0]], b2=[1.0, 0.0])
    numpy.savez(data, X=[[0.0], [2.0]], y=[0, 0])
    result = invoke("certify", str(network), str(data), "--radius", "1", "--json", "--plot", str(picture))
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert [(r["lower"], r["upper"], r["distance"]) for r in summary["results"]] == [("inf", "inf", None)] * 2
    assert (summary["median_distance"], summary["certified_accuracy"], summary["largest_relative_width"]) == (
        None,
        1,
        0,
    )
    assert "infinite" in invoke("certify", str(network), str(data)).stdout
    numpy.savez(network, W1=[[1.0]], b1=[0.0], W2=[[1.0], [0.0]], b2=[0.0, 0.0])
    result = invoke("certify", str(network), str(data), "--radius", "1", "--json", "--plot", str(picture))
    assert result.exit_code == 0, result.output
    first, second = json.loads(result.stdout)["results"]
    assert (first["predicted"], first["verdict"], first["upper"], first["distance"]) == (None, "not robust", "0", 0)
    assert (second["predicted"], second["verdict"]) == (0, "robust")
    assert json.loads(result.stdout)["accuracy"] == 0.5


def test_the_bar_on_a_terminal(tmp_path):
    master, slave = pty.openpty()
    command = [*COMMAND, "certify", "iris", "--out", str(tmp_path / "r.jsonl")]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with started(command, stdout=PIPE, stderr=slave, cwd=ROOT, env=environment) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                chunk = os.read(master, 4096)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        stdout = process.communicate(timeout=PATIENCE)[0]
    os.close(master)
    assert process.returncode == 0
    assert b"points/s" in shown
    assert b"/150" in shown
    assert b"points/s" not in stdout


def test_a_radius_scales_with_the_data():
    (one,) = json.loads(invoke("certify", "iris", "--points", "0", "--json").stdout)["results"]
    # The network takes (x - 0)/2 in place of x: distances are twice as large at twice the data.
    arguments = [str(path("iris_quadratic.json")), "--point", "10.2,7,2.8,0.4", "--normalization", "0,2", "--json"]
    two = json.loads(invoke("certify", *arguments).stdout)
    width = Fraction(1, 10**8)
    assert abs(Fraction(two["lower"]) - 2 * Fraction(one["lower"])) < width
    assert two["predicted"] == one["predicted"]


def test_a_picture_with_a_radius_that_is_a_fraction(tmp_path):
    picture = tmp_path / "x.svg"
    result = invoke("certify", "iris", "--points", "0", "--radius", "1/3", "--plot", str(picture))
    assert result.exit_code == 0, result.stderr
    assert "radius 1/3" in picture.read_text()
