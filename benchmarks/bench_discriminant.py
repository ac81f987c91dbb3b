r"""
Measure ED discriminants of plane curves over Q beside plain elimination by Singular.

    python benchmarks/bench_discriminant.py [--patience SECONDS] [--quartic]

The curves are generic: random integer coefficients of one digit. The goal is 20 s for a plane cubic, whose discriminant
has degree 18 and 190 terms. Singular gets the Lagrange system with its Jacobian determinant and eliminates in one step;
it is given ``--patience`` seconds (60). Both answers are compared where Singular has one.
"""

import argparse
import random
import time

from sage_mlvar import _sage, backends  # noqa: F401
from sage_mlvar.errors import BackendError
from sage_mlvar.invariants.evolute import evolute
from sage_mlvar.invariants.lagrange import Lagrange
from sage_mlvar.invariants.polynomials import primitive
from sage_mlvar.options import Deadline, Limits

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

GOAL = 20


def curve(degree, seed, size=9):
    r"""Return a polynomial of two variables with random integer coefficients."""
    source = random.Random(seed)
    x, y = PolynomialRing(QQ, ["x0", "x1"], order="degrevlex").gens()
    exponents = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return sum(source.choice([-1, 1]) * source.randint(1, size) * x**i * y**j for i, j in exponents)


def by_singular(g, patience):
    r"""Return the polynomial by elimination and the seconds, or ``None`` and the seconds after which it was stopped."""
    system = Lagrange([g], QQ, ["u0", "u1"])
    generators = [*system.at(system.parameters), system.jacobian_determinant()]
    begin = time.monotonic()
    try:
        reply = backends.call(
            "eliminate",
            generators,
            variables=[*system.x, *system.multipliers],
            backend="singular",
            limits=Limits(Deadline(patience)),
        )
    except BackendError:
        return None, time.monotonic() - begin
    return reply.value, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--patience", type=float, default=60)
    parser.add_argument("--quartic", action="store_true", help="a plane quartic, too (degree 36, 703 terms)")
    options = parser.parse_args()
    ok = True
    for degree in (2, 3, 4) if options.quartic else (2, 3):
        for seed in (1, 2):
            g = curve(degree, seed)
            begin = time.monotonic()
            found = evolute(g)
            ours = time.monotonic() - begin
            theirs, seconds = by_singular(g, options.patience)
            shown = f"{seconds:.2f} s" if theirs is not None else f"not done in {seconds:.0f} s"
            print(
                f"degree {degree}: discriminant of degree {found.degree()}, {found.number_of_terms()} terms, "
                f"{ours:.2f} s (proved); Singular's elimination: {shown}",
                flush=True,
            )
            ok &= degree > 3 or ours < GOAL
            if theirs is not None:
                (other,) = theirs
                same = primitive(other(0, 0, 0, *found.parent().gens()))
                ok &= found in (same, -same)
    if not ok:
        raise SystemExit("a goal is missed, or the answers differ")


if __name__ == "__main__":
    main()
