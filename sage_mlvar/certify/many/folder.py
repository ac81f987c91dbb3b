r"""
A folder of certificates, one for each point of a data set, with the network that they share.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar import PolynomialClassifier, check
    sage: from sage_mlvar.certify.many.folder import CertificateFolder
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     certificates = CertificateFolder(folder, C)
    ....:     certificates.prepare()
    ....:     certificates.save(12, certificates.document(C.certify([1, 0])))
    ....:     sorted(os.listdir(folder))
    ['12.json', 'network.json']
"""

import json
from pathlib import Path

from ...files import write_whole
from ...modelfile import FORMAT, VERSION

__all__ = ["CertificateFolder"]

_NETWORK = "network.json"


class CertificateFolder:
    r"""
    Where the certificates of a run go.

    INPUT:

    - ``path`` -- string or path; made if there is none, in a folder that exists
    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    """

    def __init__(self, path, classifier):
        self.path, self._classifier = Path(path), classifier

    def prepare(self):
        r"""
        Make the folder and write the network into it.

        Raises :class:`ValueError` for a folder with certificates of another network.
        """
        self.path.mkdir(exist_ok=True)
        text = json.dumps({"format": FORMAT, "version": VERSION, **self._classifier.to_dict()}, indent=1) + "\n"
        path = self.path / _NETWORK
        if not path.exists():
            write_whole(path, text)
        elif path.read_text(encoding="utf-8") != text:
            raise ValueError(f"folder {str(self.path)!r} holds certificates of another network; take another folder")

    @staticmethod
    def document(certificate):
        r"""
        Return the text of the file of a certificate, which names the file of the network.

        Raises :class:`~sage_mlvar.errors.CertificateError` for one of a plug-in that the checker rejects.
        """
        certificate.check_foreign()
        return json.dumps(certificate.to_dict(_NETWORK), indent=1) + "\n"

    def save(self, index, text):
        r"""Write the certificate of the point ``index``; the file appears whole or not at all."""
        write_whole(self.path / f"{index}.json", text)
