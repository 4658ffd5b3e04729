"""File system: which kind of it a path is on, where that matters for a file that several processes share.

Source: /proc/PID/mountinfo, proc(5). Where there is none (macOS), nothing is known.
"""

from pathlib import Path

_NETWORK = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("ocfs2", "panfs", "smb2", "smb3", "smbfs", "vboxsf"),
    )
)
_NETWORK_PROGRAMS = frozenset(
    ("sshfs", "glusterfs", "cephfs", "s3fs", "rclone", "davfs2", "gcsfuse", "curlftpfs", "vmhgfs-fuse")
)
"""Those that run in user space: the kind is then `fuse.` and the program."""


def find_network(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The kind of network file system that this path is on; None on a local one, and where that is not known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    found, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        root = Path(_unescape(fields[4]))
        # Of two on the same place the later one covers the earlier.
        if path.is_relative_to(root) and len(root.parts) >= found:
            found, kind = len(root.parts), after.split()[0]
    return kind if _is_network(kind) else None


def _is_network(kind: str) -> bool:
    family, _, program = kind.partition(".")
    return kind in _NETWORK or (family == "fuse" and program in _NETWORK_PROGRAMS)


def _unescape(field: str) -> str:
    """Blanks and backslashes stand there as three octal digits behind a backslash."""
    parts = field.split("\\")
    return parts[0] + "".join(chr(int(part[:3], 8)) + part[3:] for part in parts[1:])
