"""A Python function as a program that a streaming job runs: a script with the function's source in it.

The protocol, in which the functions take and give text without line ends:

    mapper(line)            is called for each line of the input
    reducer(key, values)    is called for each key, with an iterator over its values, which are text; a
                            combiner likewise

Either yields records, or returns one or a list of them, or a dictionary of pairs, or None. A record is a
pair `(key, value)` of texts or numbers, written as `key TAB value`, or a text, written as it is.

The task is another process, which may run on its own copy of the source only. So a function may use
builtins, modules, what can be imported from modules, and functions and plain constants of its own module,
whose source or value goes along. It may not be a closure.
"""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

Function = Callable[..., Any]

_HEAD = """\
from __future__ import annotations
import itertools as _itertools
import sys as _sys
_sys.path[:] = {path!r}
for _stream in (_sys.stdin, _sys.stdout):
    _stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\\n")
"""

_MAPPER = """

def _answers():
    for line in _sys.stdin:
        yield {function}(line.rstrip("\\n"))
"""

_REDUCER = """

def _pairs():
    for line in _sys.stdin:
        key, _, value = line.rstrip("\\n").partition("\\t")
        yield key, value


def _answers():
    for key, pairs in _itertools.groupby(_pairs(), key=lambda pair: pair[0]):
        yield {function}(key, (value for _, value in pairs))
"""

_MAIN = """

def _records(answer):
    if answer is None:
        return []
    if isinstance(answer, (str, tuple)):
        return [answer]
    return answer.items() if isinstance(answer, dict) else answer


def _text(value):
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError(f"{function} returned {{value!r}}: expected text or a number")


def _line(record):
    if isinstance(record, str):
        return record
    if isinstance(record, tuple) and len(record) == 2:
        return _text(record[0]) + "\\t" + _text(record[1])
    raise TypeError(f"{function} returned {{record!r}}: expected text or a pair (key, value)")


for _answer in _answers():
    for _record in _records(_answer):
        _sys.stdout.write(_line(_record) + "\\n")
"""


class NotAProgram(TypeError):
    """A function cannot be a mapper, combiner or reducer; the message says why."""


def mapper_script(function: Function) -> str:
    """The program that runs `function(line)`. Raises NotAProgram."""
    return _script(function, _MAPPER, ("line",))


def reducer_script(function: Function) -> str:
    """The program that runs `function(key, values)`. Raises NotAProgram."""
    return _script(function, _REDUCER, ("key", "values"))


def _script(function: Function, loop: str, arguments: tuple[str, ...]) -> str:
    parts = _Parts(_checked(function, arguments))
    name = function.__name__
    head = _HEAD.format(path=sys.path)
    return "\n".join([head, *parts.texts, loop.format(function=name), _MAIN.format(function=name)])


def _checked(function: Function, arguments: tuple[str, ...]) -> FunctionType:
    """`function`, if it is one and can be called in that way."""
    if not isinstance(function, FunctionType):
        raise NotAProgram(f"invalid function {function!r}: expected one written with def in a file")
    if function.__name__ == "<lambda>":
        raise NotAProgram("invalid function <lambda>: expected one written with def")
    wanted = f"{function.__name__}({', '.join(arguments)})"
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        raise NotAProgram(f"{function.__name__} cannot be called as {wanted}: {error}") from error
    return function


class _Parts:
    """What a script needs of a function: imports, constants, and the source of it and of those it calls."""

    def __init__(self, function: FunctionType) -> None:
        self.texts: list[str] = []
        self._defined: dict[str, Any] = {}
        self._module = function.__module__
        self._add_function(function.__name__, function)

    def _add_function(self, name: str, function: FunctionType) -> None:
        source, node = _definition(function)
        if function.__code__.co_freevars:
            names = ", ".join(function.__code__.co_freevars)
            raise NotAProgram(
                f"{name} uses {names} of the function around it, which its process does not have: "
                f"make it a constant of the module, or put it into {name}"
            )
        if node.decorator_list:
            what = ", ".join(ast.unparse(decorator) for decorator in node.decorator_list)
            raise NotAProgram(f"{name} is decorated with {what}, which its process does not have")
        self._defined[name] = function
        for used in _globals_of(function, node):
            if used in function.__globals__:
                self._add(used, function.__globals__[used], name)
        self.texts.append(source)

    def _add(self, name: str, value: Any, user: str) -> None:
        """Define `value`, a global of the function `user`, under that name."""
        if name in self._defined:
            if self._defined[name] is not value:
                raise NotAProgram(f"{user} and a function that it calls use {name} for different things")
            return
        if isinstance(value, FunctionType) and value.__module__ == self._module and value.__name__ == name:
            self._add_function(name, value)
            return
        line = _import_of(name, value, self._module) or _constant(name, value)
        if line is None:
            raise NotAProgram(
                f"{user} uses {name}, a {type(value).__name__}, which its process does not have: "
                f"only modules, imports from them, functions and plain constants are passed to it"
            )
        self._defined[name] = value
        self.texts.append(line)


def _definition(function: FunctionType) -> tuple[str, ast.FunctionDef]:
    """Return the function's source, which must be one `def`, as text and as a tree."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError) as error:
        raise NotAProgram(f"the source of {function.__name__} cannot be read: {error}") from error
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef):
        raise NotAProgram(f"{function.__name__} is not written with def")
    return source, node


def _globals_of(function: FunctionType, node: ast.FunctionDef) -> list[str]:
    """The globals that a function and what is defined in it use, its default values included."""
    defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
    in_defaults = [
        name.id for default in defaults for name in ast.walk(default) if isinstance(name, ast.Name)
    ]
    return list(dict.fromkeys([*_loaded(function.__code__), *in_defaults]))


def _loaded(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _loaded(constant)


def _import_of(name: str, value: Any, own_module: str) -> str | None:
    """The line that imports `value`, unless that would run the function's own module, which may be a test."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}"
    module, original = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not module or not original or module in {own_module, "__main__", builtins.__name__}:
        return None
    found = getattr(sys.modules.get(module), original, None)
    return f"from {module} import {original} as {name}" if found is value else None


def _constant(name: str, value: Any) -> str | None:
    """The line that makes `name` a value that can be written down, or a compiled pattern."""
    if isinstance(value, re.Pattern):
        return f"{name} = __import__('re').compile({value.pattern!r}, {value.flags})"
    try:
        written = ast.literal_eval(repr(value))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return f"{name} = {value!r}" if written == value and type(written) is type(value) else None
