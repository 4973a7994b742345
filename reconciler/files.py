"""Where desired state comes from: a folder, or the objects of one git revision. Links lead nowhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from .errors import Problem

MOST_FILES, MOST_BYTES = 2_000, 10 << 20
MODES = {"040000": "folder", "120000": "link", "160000": "module"}
"""What git's file modes stand for, where it is not a file."""
ELSEWHERE = {
    "link": "is a symbolic link; links are not followed. Put the file itself there",
    "module": "is another repository (a submodule); only one revision of one repository counts. Put its files here",
}
_GIT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}


class Tree(Protocol):
    """A tree of files, read-only. Paths are as the user wrote them, with forward slashes."""

    def kind(self, path: str) -> str:
        """Return ``file``, ``folder``, ``link``, ``module`` (another repository) or an empty string: it is not there."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""

    def names(self, path: str) -> list[str]:
        """Return the sorted names in a folder."""


class Folder:
    """Files as they lie on the disk."""

    def kind(self, path: str) -> str:
        """Look without following links."""
        if os.path.islink(path):
            return "link"
        if os.path.isdir(path):
            return "module" if _is_module(f"{path}/.git") else "folder"
        return "file" if os.path.isfile(path) else ""

    def read(self, path: str) -> bytes:
        """Read the file as far as it may be long, refusing a link that took its place."""
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(fd, "rb") as file:
            return file.read(MOST_BYTES + 1)

    def names(self, path: str) -> list[str]:
        """List the folder."""
        return sorted(os.listdir(path))


def _is_module(path: str) -> bool:
    """Whether a ``.git`` is a submodule's: a repository has a folder, and a further work tree a file of its own."""
    return os.path.isfile(path) and b"/worktrees/" not in Path(path).read_bytes()


class Revision:
    """The files of one commit, read from git's objects: the work tree is never looked at."""

    def __init__(self, top: str, sha: str) -> None:
        """Read the names of all files below ``top`` at the revision."""
        self._top, self._sha = os.path.realpath(top), sha
        self._kinds = {".": "folder"}
        self._tops: dict[str, bool] = {}
        for line in git(top, "ls-tree", "-r", "-t", "-z", "--full-tree", sha).split("\0"):
            if line:
                mode, _, rest = line.partition(" ")
                self._kinds[rest.partition("\t")[2]] = MODES.get(mode, "file")

    def _inside(self, path: str) -> str:
        """Return the path from the top; only links outside the repository are followed, on the way to it."""
        whole = PurePosixPath(os.path.abspath(path))
        for place in (*reversed(whole.parents), whole):
            if self._is_top(str(place)):
                return whole.relative_to(place).as_posix()
        return PurePosixPath(os.path.relpath(os.path.realpath(path), self._top)).as_posix()

    def _is_top(self, place: str) -> bool:
        if place not in self._tops:
            self._tops[place] = os.path.realpath(place) == self._top
        return self._tops[place]

    def kind(self, path: str) -> str:
        """Look the path up in the commit."""
        return self._kinds.get(self._inside(path), "")

    def read(self, path: str) -> bytes:
        """Return the blob."""
        return git(self._top, "cat-file", "blob", f"{self._sha}:{self._inside(path)}").encode(
            "utf-8", "surrogateescape"
        )

    def names(self, path: str) -> list[str]:
        """List the folder as it was."""
        inside = self._inside(path)
        return sorted(PurePosixPath(p).name for p in self._kinds if PurePosixPath(p).parent.as_posix() == inside)


def git(folder: str, *words: str) -> str:
    """Run git without prompts, hooks or the system's configuration; raise OSError if it fails."""
    done = subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-C", folder, *words],
        capture_output=True, check=False, env={**os.environ, **_GIT},
    )  # fmt: skip
    if done.returncode:
        raise OSError(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout.decode("utf-8", "surrogateescape")


def revision(folder: str) -> str:
    """Return the commit whose YAML files the folder's repository has; empty outside git, or where some differ."""
    try:
        sha = git(folder, "rev-parse", "HEAD").strip()
        # Stacks refer to files beside their folder, so that all of the repository's count.
        changed = git(folder, "status", "--porcelain", "--", ":(top,glob)**/*.yaml", ":(top,glob)**/*.yml")
    except OSError:
        return ""
    return "" if changed.strip() else sha


def top(folder: str) -> str:
    """Return the top of the git repository that the folder is in; empty outside one."""
    try:
        return git(folder, "rev-parse", "--show-toplevel").strip()
    except OSError:
        return ""


def yaml_files(tree: Tree, path: str, problems: list[Problem], *, outer: bool = True) -> Iterator[str]:
    """Yield the YAML files of a file or folder, sorted; a folder below that has a ``stack.yaml`` is another stack's."""
    kind = tree.kind(path)
    if kind in ELSEWHERE:
        problems.append(Problem(path, 1, 1, "", ELSEWHERE[kind]))
    elif kind == "file":
        yield path
    elif kind == "folder":
        names = tree.names(path)
        if outer or "stack.yaml" not in names:
            for name in names:
                if _counts(tree, f"{path}/{name}", name):
                    yield from yaml_files(tree, f"{path}/{name}", problems, outer=False)


def _counts(tree: Tree, path: str, name: str) -> bool:
    if name.startswith("."):
        return False
    kind = tree.kind(path)
    # A link without an ending may stand for a folder.
    return name.endswith((".yaml", ".yml")) or kind in ("folder", "module") or (kind == "link" and "." not in name)


def stacks(paths: list[str]) -> list[str]:
    """Return the folders of all stacks at or below the paths, sorted."""
    found: dict[str, None] = {}
    for path in paths:
        if (Path(path) / "stack.yaml").is_file():
            found[path.rstrip("/") or path] = None
            continue
        for file in sorted(Path(path).rglob("stack.yaml")):
            found[file.parent.as_posix()] = None
    return list(found)
