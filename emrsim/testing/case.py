"""A test case of unittest with its own emulator."""

from __future__ import annotations

import tempfile
import unittest
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from emrsim.emulator import Emulator
from emrsim.testing import clients
from emrsim.testing.environment import aws_environment


class EmrTestCase(unittest.TestCase):
    """Each test has a fresh emulator, `self.emrsim`, and clients of it, made when first asked for.

    `emrsim_options` are those of `Emulator`. It mixes with other test cases, standing before them.
    """

    emrsim_options: ClassVar[Mapping[str, Any]] = {}
    emrsim: Emulator

    def setUp(self) -> None:
        """Start the emulator; it is closed after all that the test itself cleans up."""
        super().setUp()
        self.emrsim = self.enterContext(Emulator(**self.emrsim_options))

    @cached_property
    def emr_connection(self) -> Any:
        """A boto 2 EmrConnection."""
        return clients.emr_connection(self.emrsim)

    @cached_property
    def emr_client(self) -> Any:
        """A boto3 client of EMR."""
        return self._closed_in_the_end(clients.emr_client(self.emrsim))

    @cached_property
    def s3_client(self) -> Any:
        """A boto3 client of S3."""
        return self._closed_in_the_end(clients.s3_client(self.emrsim))

    def use_aws_environment(self) -> dict[str, str]:
        """From now to the end of the test, code under test finds the emulator by itself."""
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="emrsim-boto-"))
        return self.enterContext(aws_environment(self.emrsim, Path(folder) / "boto.cfg"))

    def _closed_in_the_end(self, client: Any) -> Any:
        self.addCleanup(client.close)
        return client
