"""A disk whose power can be cut: ext4 in a file on a loop device, mounted where only we see it.

The cut is the one with which file systems are tested (``xfstests``' ``godown``): the ioctl
``EXT4_IOC_SHUTDOWN`` without a flush of the log. From that moment nothing more reaches the device,
and what was written and not synced is gone when it is mounted again. What the *device* might hold
back in a cache of its own is not simulated: ext4's own barriers are trusted.
"""

import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_SHUTDOWN = 0x8004587D
"""``_IOR('X', 125, __u32)``."""
_NO_LOG_FLUSH = 2
_CLONE_NEWNS = 0x00020000
_OPTIONS = "loop,noauto_da_alloc,commit=600"
"""Nothing is written back by and by in the seconds between two cuts: only what was synced stays."""
_UNMOUNTS_WITHIN_SECONDS = 10


class Disk:
    """One file system with a plug."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.folder = folder
        self._image = image
        self._ballast = folder / "ballast"

    def make(self, megabytes: int) -> None:
        """Make the file system anew and mount it."""
        with self._image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self._image))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.plug_in()

    def plug_in(self) -> None:
        """Mount it; ext4 replays its journal."""
        _run("mount", "-t", "ext4", "-o", _OPTIONS, str(self._image), str(self.folder))

    def cut(self) -> None:
        """Cut the power. Whoever uses it gets errors from now on, and must be killed."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def unplug(self) -> None:
        """Unmount it. Nobody may have a file open."""
        deadline = time.monotonic() + _UNMOUNTS_WITHIN_SECONDS
        while subprocess.run(
            ["umount", str(self.folder)], capture_output=True, check=False
        ).returncode:
            if time.monotonic() > deadline:
                raise AssertionError(f"somebody still uses {self.folder}")
            time.sleep(0.02)

    def fill(self, *, leave: int) -> None:
        """Fill it up but for so many bytes."""
        free = shutil.disk_usage(self.folder).free
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - leave))

    def make_room(self) -> None:
        """Take away what filled it."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def disk(folder: Path, *, megabytes: int) -> Generator[Disk]:
    """Lend a new disk below a folder; at the end it is gone, whatever happened.

    Only inside ``alone``: mounts of others are not touched, and ours end with the process.
    """
    made = Disk(folder / "disk.img", folder / "disk")
    made.make(megabytes)
    try:
        yield made
    finally:
        subprocess.run(["umount", "-l", str(made.folder)], capture_output=True, check=False)
        (folder / "disk.img").unlink(missing_ok=True)


def alone() -> str:
    """Go into a mount namespace of one's own, and see whether disks can be made there.

    Returns why not; empty: they can.
    """
    if os.geteuid() != 0:
        return "only root may mount a file system"
    absent = [name for name in ("mkfs.ext4", "mount", "umount") if shutil.which(name) is None]
    if absent:
        return f"this machine has no {', '.join(absent)}"
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        return f"no mount namespace of one's own: {os.strerror(ctypes.get_errno())}"
    tried = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False)
    return tried.stderr.decode().strip()


def why_not(folder: Path) -> str:
    """Try a disk and a cut; return what is missing here. Empty: nothing."""
    try:
        with disk(folder, megabytes=16) as made:
            (made.folder / "synced").write_bytes(b"")
            os.sync()
            (made.folder / "not").write_bytes(b"")
            made.cut()
            made.unplug()
            made.plug_in()
            told = sorted(path.name for path in made.folder.iterdir())
            made.unplug()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no ext4 on a loop device: {error}"
    return "" if "synced" in told and "not" not in told else "a cut lost nothing here"


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)
