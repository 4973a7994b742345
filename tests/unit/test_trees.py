"""Links, submodules, revisions: where a stack may and may not come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.desired import load_stack
from reconciler.errors import DesiredError
from reconciler.files import Folder, Revision, revision, top
from tests.unit.folders import GROUP, VPC, commit, git, head, load, problems, spec, write


def both(folder: Path, at: str = "") -> list[list[str]]:
    """The problems of the folder as it lies there, and as it was committed."""
    sha = commit(folder)
    found = []
    for tree in (Folder(), Revision(str(folder), sha)):
        with pytest.raises(DesiredError) as caught:
            load_stack(tree, str(folder / at))
        found.append([str(p).replace(f"{folder}/", "") for p in caught.value.problems])
    return found


def test_a_link_to_a_file_is_refused_and_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path, stack=head(), network=VPC + "  colour: blue\n")
    (tmp_path / "linked.yaml").symlink_to("network.yaml")
    on_disk, committed = both(tmp_path)
    assert on_disk == committed
    assert len(on_disk) == 2
    assert on_disk[0].startswith("linked.yaml:1:1  is a symbolic link")


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, prod__stack=head(), else__n=VPC)
    (tmp_path / "prod/base").symlink_to("../else")
    on_disk, committed = both(tmp_path, "prod")
    assert (
        on_disk == committed == ["prod/base:1:1  is a symbolic link; links are not followed. Put the file itself there"]
    )


def test_a_link_on_the_way_is_refused(tmp_path: Path) -> None:
    write(tmp_path, prod__stack=head("resources: [../link/base]"), else__base__n=VPC)
    (tmp_path / "link").symlink_to("else")
    on_disk, _ = both(tmp_path, "prod")
    assert len(on_disk) == 1
    assert "is a symbolic link" in on_disk[0]


def test_a_submodule_is_refused(tmp_path: Path) -> None:
    module = write(tmp_path / "module", n=VPC)
    commit(module)
    folder = write(tmp_path / "main", stack=head())
    git(folder, "init", "-q")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(module), "base")
    on_disk, committed = both(folder)
    assert on_disk == committed
    assert on_disk[0].startswith("base:1:1  is another repository")


def test_a_further_work_tree_is_not_a_submodule(tmp_path: Path) -> None:
    folder = write(tmp_path / "main", stack=head(), n=VPC)
    commit(folder)
    git(folder, "worktree", "add", "-q", str(tmp_path / "second"))
    assert list(load(tmp_path / "second").resources) == ["VPC/main"]


def test_a_revision_is_read_and_not_the_work_tree(tmp_path: Path) -> None:
    write(tmp_path, stacks__prod__stack=head("resources: [../../base]"), base__n=VPC)
    sha = commit(tmp_path)
    write(tmp_path, base__n=VPC.replace("10.0", "10.9"), base__more=GROUP + "  logGroupName: a\n")
    at = str(tmp_path / "stacks/prod")
    then = load_stack(Revision(top(at), sha), at, sha)
    assert (then.revision, list(then.resources), spec(then, "VPC/main")) == (
        sha,
        ["VPC/main"],
        {"cidrBlock": "10.0.0.0/16"},
    )
    assert spec(load(tmp_path, "stacks/prod"), "VPC/main") == {"cidrBlock": "10.9.0.0/16"}


def test_a_repository_can_be_reached_through_a_link(tmp_path: Path) -> None:
    sha = commit(write(tmp_path / "repository", stack=head(), n=VPC))
    (tmp_path / "link").symlink_to("repository")
    at = str(tmp_path / "link")
    assert list(load_stack(Revision(top(at), sha), at).resources) == ["VPC/main"]


def test_a_revision_counts_only_where_no_yaml_differs_from_it(tmp_path: Path) -> None:
    write(tmp_path, prod__stack=head("resources: [../base]"), base__n=VPC)
    assert revision(str(tmp_path / "prod")) == ""
    sha = commit(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert revision(str(tmp_path / "prod")) == sha
    write(tmp_path, base__n=VPC + "# changed\n")
    assert revision(str(tmp_path / "prod")) == ""


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_self: Folder, path: str) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    write(tmp_path, stack=head())
    monkeypatch.setattr(Folder, "read", denied)
    assert problems(tmp_path) == ["stack.yaml  cannot be read: Permission denied"]
