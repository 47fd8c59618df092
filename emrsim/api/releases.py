"""The releases that ListReleaseLabels names, and what is known to be in them.

Of the labels, those the EMR facts name are emr-4.0.0 to 4.3.0, 4.5.0, 4.8.2, 5.0.0, 5.0.3, 5.12.0,
5.16.0 and those in botocore's texts; the others are assumed, and there are later patches than these. Of
the applications, the facts have Hadoop's versions only, and no other is told.
"""

from __future__ import annotations

from emrsim.api.versions import hadoop_version, release_of
from emrsim.core.account_errors import unknown_release_label
from emrsim.core.errors import ValidationException

_FIRST = {  # the first release of each minor version, and those the facts name
    4: ("0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0", "8.2", "9.1"),
    5: ("0.0", "0.3", *(f"{minor}.0" for minor in range(1, 37))),
    6: tuple(f"{minor}.0" for minor in range(16)),
    7: tuple(f"{minor}.0" for minor in range(10)),
}

# Newest first.
RELEASE_LABELS = tuple(
    f"emr-{major}.{version}" for major in sorted(_FIRST, reverse=True) for version in reversed(_FIRST[major])
)


def check_release_label(label: str) -> None:
    """A label that RunJobFlow accepts, whether it is in the table or not; else InvalidRequestException."""
    try:
        release_of(label)
    except ValidationException:
        raise unknown_release_label(label) from None


def applications(release_label: str) -> list[tuple[str, str]]:
    """Names and versions of what is known to be in a release."""
    return [("Hadoop", hadoop_version(None, release_label, None))]


def has_application(release_label: str, wanted: str) -> bool:
    """Whether a release has an application: `name` or `name@version` (source: botocore's model)."""
    name, _, version = wanted.partition("@")
    return any(
        name.lower() == own_name.lower() and version in {"", own_version}
        for own_name, own_version in applications(release_label)
    )
