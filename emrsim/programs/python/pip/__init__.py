"""Stands before pip in the programs of a cluster, so that `python3 -m pip` is the cluster's own.

Any Python may import it, also an old one. In an environment that a job has made itself it is pip itself.
"""

import os
import sys

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _is_of_a_job():
    """Whether this Python is of an environment that was made since the cluster started."""
    prefix = sys.prefix
    settings = os.path.join(prefix, "pyvenv.cfg")
    started = os.path.join(os.environ.get("EMRSIM_MNT", ""), "var", "lib", "info", "instance.json")
    if os.path.isdir(os.path.join(prefix, "conda-meta")) or not os.path.exists(settings):
        return False
    try:
        return os.path.getmtime(settings) >= os.path.getmtime(started)
    except OSError:
        return True  # this is no cluster


def _folder_of_pip():
    for path in sys.path:
        if os.path.abspath(path or ".") != _HERE:
            folder = os.path.join(path, "pip")
            if os.path.exists(os.path.join(folder, "__init__.py")):
                return folder
    return None


if _is_of_a_job() and _folder_of_pip():
    __path__ = [_folder_of_pip()]
    with open(os.path.join(__path__[0], "__init__.py")) as _file:
        exec(compile(_file.read(), _file.name, "exec"))
else:
    # What imports pip, rather than runs it, gets the real one's parts.
    if _folder_of_pip():
        __path__ = [os.path.dirname(os.path.abspath(__file__)), _folder_of_pip()]

    def main(args=None):
        """Become the cluster's pip."""
        words = sys.argv[1:] if args is None else args
        python = os.environ["EMRSIM_PYTHON"]
        sys.stdout.flush()
        os.execv(python, [python, "-P", "-m", "emrsim", "pip", *words])
