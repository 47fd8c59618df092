"""What is not as on EMR is said where people look."""

from __future__ import annotations

from pathlib import Path

from emrsim import Emulator


def test_the_controller_log_says_which_interpreter_ran_in_place_of_another(
    emrsim: Emulator, tmp_path: Path
) -> None:
    script = tmp_path / "m.py"
    script.write_text("#!/nowhere/bin/python\nimport sys\nsys.stdout.write(sys.stdin.read())\n")

    result = emrsim.run_streaming(mapper="m.py", input="a\n", arguments=[], files=[script])

    (controller,) = emrsim.data.glob("clusters/*/steps/*/controller")
    assert result.output == "a\t\n"
    assert "WARN /nowhere/bin/python is not on this machine: " in controller.read_text()
