"""File system: what mountinfo says of a path."""

from pathlib import Path

import pytest

from tui.settings.file_system import find_network

MOUNTS = """\
22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
23 22 0:21 / /proc rw - proc proc rw
30 22 0:30 / /home rw,relatime shared:5 - nfs4 server:/home rw,vers=4.2
31 30 0:31 / /home/me/local rw - tmpfs tmpfs rw
32 22 0:32 / /mnt/my\\040share rw - cifs //server/share rw
33 22 0:33 / /mnt/ssh rw - fuse.sshfs me@host: rw
34 22 0:34 / /mnt/disk rw - fuseblk /dev/sdb1 rw
35 22 0:35 / /mnt/covered rw - nfs server:/x rw
36 35 0:36 / /mnt/covered rw - ext4 /dev/vdb1 rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/.local/share/weir/weir.db", "nfs4"),
        ("/home/me/local/weir.db", None),
        ("/homes/me/weir.db", None),
        ("/mnt/my share/weir.db", "cifs"),
        ("/mnt/ssh/weir.db", "fuse.sshfs"),
        ("/mnt/disk/weir.db", None),
        ("/mnt/covered/weir.db", None),
        ("/var/weir.db", None),
    ],
)
def test_the_innermost_mount_says_what_a_path_is_on(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert find_network(Path(path), mounts) == kind


def test_without_mountinfo_nothing_is_known(tmp_path: Path) -> None:
    assert find_network(Path("/home"), tmp_path / "none") is None
