r"""
What the checker reports.

EXAMPLES::

    sage: from sage_mlvar.check import Report
    sage: print(Report("class 3, distance at least 1/2", ["a"], ["b"]).text())
    the claim follows: class 3, distance at least 1/2
      verified: a
      trusted: b
"""

from dataclasses import dataclass, field

__all__ = ["Report"]


@dataclass
class Report:
    r"""
    - ``claim`` -- the claim in words
    - ``verified`` -- what the checker established itself
    - ``conditional`` -- what follows when an engine's word is true
    - ``trusted`` -- what it took on trust
    - ``unchecked`` -- what the certificate says besides, and the checker did not look at
    - ``network`` -- dictionary; the network spoken of, as in a certificate that holds its weights
    - ``proved`` -- whether all bounds were verified
    - ``believed`` -- whether a bound rests on the word of an engine; bounds that are not verified and not believed are
      those of a certificate that calls itself "probable"
    """

    claim: str
    verified: list[str] = field(default_factory=list)
    trusted: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    proved: bool = True
    believed: bool = False
    network: dict = field(default_factory=dict, repr=False)
    conditional: list[str] = field(default_factory=list)

    def text(self):
        r"""Return the report as lines for people."""
        if self.proved:
            head = "the claim follows"
        elif self.believed:
            head = "the claim follows if what an engine said is true"
        else:
            head = "not proved, the certificate itself says probable"
        lines = [f"{head}: {self.claim}"]
        heads = {"verified": "verified", "conditional": "if so", "trusted": "trusted", "unchecked": "not checked"}
        for name, words in heads.items():
            lines += [f"  {words}: {line}" for line in getattr(self, name)]
        return "\n".join(lines)

    def to_dict(self):
        r"""Return the report as plain data."""
        return {
            "claim": self.claim,
            "proved": self.proved,
            "believed": self.believed,
            "verified": self.verified,
            "conditional": self.conditional,
            "trusted": self.trusted,
            "unchecked": self.unchecked,
        }
