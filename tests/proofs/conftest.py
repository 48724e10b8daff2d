"""The proofs ask the whole service, as the tests of its pages do."""

from tests.web.conftest import service, signed_in

__all__ = ["service", "signed_in"]
