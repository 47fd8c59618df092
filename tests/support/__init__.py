"""What several test packages need: each kind of check and each kind of access once."""

import pytest

pytest.register_assert_rewrite("tests.support.refusals", "tests.support.snapshots")
