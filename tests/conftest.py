r"""Settings of the test run; the options of pytest are in ``tox.ini``."""

from hypothesis import settings

import sage_mlvar._sage  # noqa: F401  (tests import from Sage before they touch a model)

# Timing belongs to benchmarks/, and a failure must be the same on every run.
settings.register_profile("sage_mlvar", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("sage_mlvar")
