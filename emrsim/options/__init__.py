"""The options of an emulator: one table for all entrances.

`table` has a row for each option: name, type, bounds, default, help, and which entrances have it. From the
rows come the keywords and checks of `Emulator`, the options of `emrsim serve` with their environment
variables and keys of `[tool.emrsim]` in pyproject.toml, pytest's ini options and marker, and docs/options.md.

**To add an option** write one row into `EmulatorOptions` of `table`, in the place where it belongs:

    allow_origin: Annotated[
        Sequence[str],
        Option(Names("origins"), (), "Origins whose pages may call.", setting="allowed_origins"),
    ]

and, if it is not read from `Settings` under the row's own name, name the field of `Settings` with `setting`.
Add that field to `emrsim.settings.Settings`, without a default unless it is computed. Then run
`python -m tools.options_table`, which writes the row into docs/options.md. Nothing else: the command line,
the environment, the file, pytest and the signature follow. `Option` says what the parts of a row mean, and
`kinds` has the types.
"""

from emrsim.options.reading import check_options as check_options
from emrsim.options.reading import settings_of as settings_of
from emrsim.options.table import OPTIONS as OPTIONS
from emrsim.options.table import EmulatorOptions as EmulatorOptions
from emrsim.options.table import Entrance as Entrance
from emrsim.options.table import Option as Option
from emrsim.options.table import emulator_signature as emulator_signature
from emrsim.options.table import options_of as options_of
