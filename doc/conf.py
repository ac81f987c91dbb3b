r"""Configuration of the documentation; build it with ``tox -e docs``."""

import os
import sys

sys.path.insert(0, os.path.abspath(".."))

import sage_mlvar
from sage_mlvar import _sage  # noqa: F401  (autodoc imports modules in any order; Sage must start first)

project = "sage_mlvar"
author = "The sage_mlvar developers"
project_copyright = author
release = version = sage_mlvar.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
default_role = "math"  # `x^2` is mathematics, as in Sage's docstrings
mathjax3_config = {"tex": {"macros": {name: rf"\mathbb{{{name[0]}}}" for name in ("ZZ", "QQ", "RR", "CC")}}}

nitpicky = True
# What Sage and Python define: no inventory of their documentation is read, so that the build needs no network.
nitpick_ignore_regex = [
    (r"py:.*", r"(sage|abc)\..*"),
    (r"py:.*", r"(SageObject|UniqueRepresentation|FeatureNotPresentError)"),
]

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "furo"
html_title = f"sage_mlvar {release}"
