r"""``python -m sage_mlvar`` is the command ``mlvar``."""

from .cli import main

if __name__ == "__main__":
    main()
