r"""``python -m sage_mlvar.check``: see :mod:`sage_mlvar.check.files`."""

import sys

from .files import main

if __name__ == "__main__":
    sys.exit(main())
