r"""
Certify all points of a data set: one after the other, in processes of this machine, or on a cluster.

EXAMPLES::

    sage: from sage_mlvar.data import digits, load_network
    sage: C = load_network("digits_quadratic.json")
    sage: images, labels = digits()
    sage: results = C.certify_many(images, "1/2", labels=labels, points=range(20)); results
    20 points: 17 robust at radius 1/2, 3 not robust, 0 unknown
    sage: results.certified_accuracy(), float(results.median_radius())
    (17/20, 0.69...)

Results go to a file as they come, and a later run continues after them::

    sage: import os, tempfile
    sage: from sage_mlvar.certify.many.stream import read
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = os.path.join(folder, "results.jsonl")
    ....:     first = C.certify_many(images, "1/2", labels=labels, points=range(10), out=path)
    ....:     rest = C.certify_many(images, "1/2", labels=labels, points=range(20), out=path)
    ....:     len(read(path)[1]), len(rest), rest.new
    (20, 20, 10)
    sage: [r["lower"] for r in rest] == [r["lower"] for r in results]
    True

Points that could not be answered stay so, until they are asked for again, perhaps with more time::

    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = os.path.join(folder, "results.jsonl")
    ....:     hasty = C.certify_many(images, points=[3, 4], out=path, timeout=1e-6)
    ....:     same = C.certify_many(images, points=[3, 4], out=path)
    ....:     again = C.certify_many(images, points=[3, 4], out=path, retry=True)
    ....:     [(run.new, len(run.errors)) for run in (hasty, same, again)]
    [(2, 2), (0, 2), (2, 0)]
"""

import time
from contextlib import closing, nullcontext

from ...options import resolve
from ...threads import one_thread
from .folder import CertificateFolder
from .input import arguments_of, check_points, data_of, header_box, indices_of
from .lessons import lessons
from .records import check_bracket, header, improves
from .results import Results
from .spread import spread
from .stream import ResultStream
from .task import Task

__all__ = ["certify_many"]


def certify_many(
    classifier,
    X,
    radius=None,
    *,
    labels=None,
    points=None,
    jobs=None,
    client=None,
    out=None,
    retry=False,
    certificates=None,
    progress=None,
    certifier="auto",
    tolerance=None,
    norm="euclidean",
    box=None,
    cross_check=False,
    **options,
):
    r"""
    Certify the points of a data set.

    INPUT:

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``X`` -- list or array of points, or a :class:`~sage_mlvar.datasets.dataset.Dataset`
    - ``radius`` -- positive number: also say whether the classifier is robust within this distance
    - ``labels`` -- list of class indices, one per point
    - ``points`` -- indices of the points to certify, a list, range or slice; all by default
    - ``jobs`` -- positive integer; processes on this machine that share the points. They are started when the work is
      worth it, and this process begins without them
    - ``client`` -- a ``dask.distributed.Client``; the points are certified by its cluster instead. Its workers need
      this package; each of their threads has a process beside it
    - ``out`` -- path of the file that gets one line of JSON per point as it comes, see
      :class:`~sage_mlvar.certify.many.stream.ResultStream`. Points with a record in it are not certified again; a file
      of another network, other data or other arguments is refused
    - ``retry`` -- boolean; certify points again whose record in ``out`` leaves them open: it has an ``"error"`` or the
      verdict ``"unknown"``, or, without a radius, no upper bound. The file gets another line for each of them of which
      more is known then, see :func:`~sage_mlvar.certify.many.records.improves`, and the last one counts
    - ``certificates`` -- path of a folder that gets a certificate per point, for ``python -m sage_mlvar.check``
    - ``progress`` -- function, called with the number of points that are done and the number of all: at the beginning,
      and after each record
    - ``certifier``, ``tolerance``, ``norm``, ``box``, ``cross_check`` -- as for
      :func:`~sage_mlvar.certify.certify.certify`
    - the options of :func:`sage_mlvar.options.resolve`; ``timeout`` is for each point

    OUTPUT: :class:`~sage_mlvar.certify.many.results.Results`

    Wrong input is refused before the work begins. A point that cannot be answered (its time is up, nothing is proved,
    it is not in the box) gets a record with ``"error"``, and the run goes on. The records do not depend on the number
    of processes, nor on the order of the points, nor on interruptions, except for ``"seconds"`` and for points whose
    time was up or whose process ended. So these are not tried again by themselves, but by ``retry=True``.

    Ctrl-C ends the processes of this machine with their engines; on a cluster, points that are being worked on run to
    their end. Raises :class:`~sage_mlvar.errors.BackendError` when the cluster is gone or processes cannot run at all.
    In each case, the same call with the same ``out`` continues.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify import certify_many
        sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
        sage: certify_many(C, [[1, 0], [0, 0.5], [3, 0]], 1, labels=[0, 0, 0]).records[1]["verdict"]
        'robust'
        sage: certify_many(C, [[1, 0], [0, "x"]])
        Traceback (most recent call last):
        ...
        ValueError: X[1][1] must be a number such as '3', '-0.25' or '2/3', got 'x'
    """
    begin = time.monotonic()
    if jobs is not None:
        options["jobs"] = jobs
    resolved = resolve("certify", **options)
    if client is not None and jobs is not None:
        raise ValueError("jobs must be left out with a client: the cluster decides about its processes")
    cluster = None if client is None else _cluster(client)
    if not isinstance(retry, bool):
        raise TypeError(f"retry must be True or False, not {retry!r}")
    if retry and out is None:
        raise ValueError("retry needs out, the file whose open points are tried again")
    if progress is not None and not callable(progress):
        raise TypeError(f"progress must be a function of two numbers, not {progress!r}")
    asked = arguments_of(
        classifier,
        radius=radius,
        certifier=certifier,
        tolerance=tolerance,
        norm=norm,
        box=box,
        cross_check=cross_check,
    )
    data = data_of(classifier, X, labels)
    indices = indices_of(points, len(data))
    check_points(data, indices, asked["box"])
    about = header(
        classifier,
        data.sha256,
        **{**asked, "box": header_box(asked["box"])},
        proof=resolved.proof,
        backend=None if resolved.backend is None else str(resolved.backend),
        seed=resolved.seed,
        certificates=certificates is not None,
    )
    folder = None if certificates is None else CertificateFolder(certificates, classifier)
    # The options are those of this call also in a process that knows nothing of a using() block here.
    task = Task(classifier, {**asked, **resolved.keywords(), "jobs": 1}, documents=folder is not None)
    tell = progress or (lambda done, total: None)
    fresh, done = [], 0
    with nullcontext() if out is None else ResultStream(out, about) as stream:
        if folder is not None:
            folder.prepare()
        if stream is not None and stream.done:
            for record in stream.records():
                check_bracket(record, out)
        known, before = set() if stream is None else stream.done, {}
        if retry:
            known = known - stream.open
            before = {record["index"]: record for record in stream.records() if record["index"] in stream.open}
        wanted = [(k, data.point(k), _label(data, k)) for k in indices if k not in known]
        ready = len(indices) - len(wanted)
        tell(ready, len(indices))
        with closing(_answers(task, wanted, resolved.jobs, cluster)) as answers:
            for index, record, document in answers:
                done += 1
                if index not in before or improves(record, before[index]):
                    if document is not None:
                        folder.save(index, document)
                    if stream is not None:
                        stream.append(record)
                    fresh.append(record)
                tell(ready + done, len(indices))
        among = set(indices)
        records = fresh if stream is None else [record for record in stream.records() if record["index"] in among]
    return Results(records, about, time.monotonic() - begin, len(fresh))


def _label(data, index):
    return None if data.labels is None else data.labels[index]


def _answers(task, points, jobs, cluster):
    r"""Yield index, record and text of the certificate of each point, in the order in which they come."""
    if cluster is None and min(jobs, len(points)) < 2:
        for index, point, label in points:
            with one_thread():
                found = task.run(index, point, label)
            yield found
        return
    if not points:
        return
    with cluster or _processes(min(jobs, len(points))) as crew:
        running = yield from lessons(crew, task, points)
        yield from spread(crew, points, running)


def _processes(jobs):
    from .local import LocalCrew

    return LocalCrew(jobs)


def _cluster(client):
    from .cluster import ClusterCrew

    return ClusterCrew(client)
