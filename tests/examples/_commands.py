"""Runs commands of a shell script without importing everything anew for each of them.

``serve()`` answers at a socket: it forks for each command, with the libraries imported already.
``write_stubs()`` makes the programs that a script calls; they hand over what they were called with.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import socket
import sys
import traceback
from pathlib import Path

COMMANDS = ("alembic", "continuum", "python")

STUB = """\
#!{python} -SEs
import array, json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
call = json.dumps([[{name!r}, *sys.argv[1:]], dict(os.environ), os.getcwd()]).encode()
fds = array.array("i", [0, 1, 2])
server.sendmsg([len(call).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
server.sendall(call)
sys.exit((server.recv(1) or b"\\x7f")[0])
"""


def write_stubs(folder: Path, address: str) -> None:
    """Write a program for each command into a folder."""
    folder.mkdir()
    for name in COMMANDS:
        program = folder / name
        program.write_text(STUB.format(python=sys.executable, address=address, name=name))
        program.chmod(0o755)


def serve(address: str, preload: list[str]) -> None:
    """Carry out commands until the process is ended.

    :param preload: modules that are imported before the first one.
    """
    for name in preload:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        while True:
            client, _ = server.accept()
            with client:
                if os.fork() == 0:
                    server.close()
                    _answer(client)


def _answer(client: socket.socket) -> None:
    """Carry out one command, and leave the process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, fds, *_ = socket.recv_fds(client, 4, 3)
    call = b""
    while len(call) < int.from_bytes(head, "big"):
        call += client.recv(65536)
    arguments, environment, folder = json.loads(call)
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
        os.close(fd)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    code = 1
    try:
        code = _carry_out(arguments)
    except Exception:  # noqa: BLE001 - whatever a command raises is shown, as Python would
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        client.send(bytes([code]))
        # Nothing of the forked process is to go on.
        os._exit(code)


def _carry_out(arguments: list[str]) -> int:
    command, *rest = arguments
    try:
        if command == "python":
            _run_python(rest)
        else:
            module = {"alembic": "alembic.config", "continuum": "continuum.cli"}[command]
            sys.argv = arguments
            importlib.import_module(module).main()
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        sys.stderr.write(f"{leaving.code}\n")
        return 1
    return 0


def _run_python(arguments: list[str]) -> None:
    if arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
    elif arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
