r"""
Answers as text for people, and as JSON for programs.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: from sage_mlvar.cli.show import answer
    sage: record = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]).compute("ideal")
    sage: print("\n".join(answer(record.value)))
    ideal with 1 generator, of degree 2:
    m0_0_1*m0_1_0 - m0_0_0*m0_1_1
"""

import json
from collections import Counter

__all__ = ["answer", "human", "jsonable", "short", "table"]

_MOST_LINES = 20
_MOST_CHARACTERS = 200


def answer(value, full=False):
    r"""
    Return the lines that show ``value``.

    INPUT:

    - ``value`` -- the value of a :class:`~sage_mlvar.computation.Computation`
    - ``full`` -- boolean; show long answers in full

    EXAMPLES::

        sage: from sage_mlvar.cli.show import answer
        sage: answer(6), answer(True)
        (['6'], ['yes'])
    """
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    polynomials = _polynomials(value)
    if polynomials is None:
        return [str(value)]
    kind = "ideal with" if hasattr(value, "gens") else "found"
    if not polynomials:
        return ["ideal (0)" if hasattr(value, "gens") else "none found"]
    degrees = Counter(int(f.degree()) for f in polynomials)
    lines = [f"{kind} {_count(len(polynomials), 'generator')}, {_degrees(degrees)}:"]
    shown = polynomials if full else polynomials[:_MOST_LINES]
    cut = 0
    for f in shown:
        text = str(f)
        if not full and len(text) > _MOST_CHARACTERS:
            text = f"{_cut(text)} + … ({f.number_of_terms()} terms)"
            cut += 1
        lines.append(text)
    if len(shown) < len(polynomials):
        lines.append(f"… and {len(polynomials) - len(shown)} more")
    if cut or len(shown) < len(polynomials):
        lines.append("(shortened; --full shows everything)")
    return lines


def short(value, width=48):
    r"""
    Return ``value`` in one short line.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.cli.show import short
        sage: short(ReLURegionModel([2, 2, 2], ["10", "11"]).ideal())
        '2 generators of degree 2'
        sage: short(ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]).ideal())
        'm0_0_1*m0_1_0 - m0_0_0*m0_1_1'
    """
    polynomials = _polynomials(value)
    if polynomials is None:
        return answer(value)[0]
    if not polynomials:
        return "no equations"
    if len(polynomials) == 1 and len(str(polynomials[0])) <= width:
        return str(polynomials[0])
    if len(polynomials) == 1:
        f = polynomials[0]
        return f"one equation of degree {f.degree()}, {f.number_of_terms()} terms"
    degrees = Counter(int(f.degree()) for f in polynomials)
    return f"{_count(len(polynomials), 'generator')} {_degrees(degrees)}"


def _polynomials(value):
    r"""Return the nonzero generators of an ideal or a list of polynomials, ``None`` for anything else."""
    if hasattr(value, "gens") and hasattr(value, "groebner_basis"):
        return [f for f in value.gens() if f]
    if isinstance(value, (list, tuple)) and all(hasattr(f, "number_of_terms") for f in value):
        return list(value)
    return None


def _cut(text):
    # Between two terms, so that what is shown is right as far as it goes.
    place = max(text.rfind(" + ", 0, _MOST_CHARACTERS), text.rfind(" - ", 0, _MOST_CHARACTERS))
    return text[: place if place > 0 else _MOST_CHARACTERS]


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _degrees(degrees):
    if len(degrees) == 1:
        return f"of degree {next(iter(degrees))}"
    return "of degrees " + ", ".join(f"{degree} ({number})" for degree, number in sorted(degrees.items()))


def human(record, full=False):
    r"""
    Return the lines that show a record: the answer, then what it rests on.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.cli.show import human
        sage: print("\n".join(human(ReLURegionModel([2, 2, 2], ["10", "11"]).compute("dimension"))))
        6
        <BLANKLINE>
        status    proved
        argument  Jacobian rank modulo 8388593 meets the bound: rank bounds of the membership classes
        backend   sage_mlvar
        seconds   ...
    """
    engine = record.backend if record.version is None else f"{record.backend} {record.version}"
    return [
        *answer(record.value, full),
        "",
        *([*table(record), ""] if table(record) else []),
        f"status    {record.status}",
        f"argument  {record.argument}",
        f"backend   {engine}",
        f"seconds   {record.seconds:.2f}",
    ]


def table(record):
    r"""
    Return the lines of the table by degree, if the record has one.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.cli.show import table
        sage: record = ReLURegionModel([3, 2, 2], ["10", "11"]).compute("invariants", max_degree=2)
        sage: table(record)
        ['degree      1  2', 'dim I       0  6', 'generators  -  6']
    """
    return str(record.details.get("table", "")).splitlines()


def jsonable(model, record, **arguments):
    r"""
    Return one line of JSON: the record, its ``model`` in the form of a model file, and the ``arguments`` of the verb.

    EXAMPLES::

        sage: import json
        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.cli.show import jsonable
        sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
        sage: shown = json.loads(jsonable(M, M.compute("dimension")))
        sage: shown["value"], shown["status"], shown["model"]["widths"]
        (6, 'proved', [2, 2, 2])
    """
    from ..modelfile import FORMAT, VERSION

    described = {"format": FORMAT, "version": VERSION, **model.to_dict()} if hasattr(model, "to_dict") else str(model)
    return json.dumps({**record.to_dict(), **({"arguments": arguments} if arguments else {}), "model": described})
