r"""
Certificates of whole data sets: shared by processes of this machine or of a cluster, streamed to a file, resumable.
"""

from .certify_many import certify_many
from .results import Results

__all__ = ["Results", "certify_many"]
