"""Fills a small file system for a moment while a program runs on it: filler.py START SECONDS FOLDER OLD PROGRAM [ARGUMENT …].

The old result is laid into FOLDER first; at the end what is there is copied to kept/ beside it, since the file system
goes with its name space. Leaves with the program's status. (A part of the trials `full`; it judges nothing.)"""
import os
import pathlib
import shutil
import subprocess
import sys
import time


def fill(path):
    """Takes all room there is."""
    with open(path, "wb") as filler:
        room = os.statvfs(path.parent)
        for size in (room.f_bavail * room.f_bsize, 4096):
            try:
                os.posix_fallocate(filler.fileno(), os.fstat(filler.fileno()).st_size, size)
            except OSError:
                pass


def main():
    start, seconds, folder, old, *program = sys.argv[1:]
    folder = pathlib.Path(folder)
    place, filler = folder / "small", folder / "filler"
    shutil.copytree(old, place)
    process = subprocess.Popen(program)
    time.sleep(float(start))
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until and process.poll() is None:
        fill(filler)
        time.sleep(0.0005)
    filler.unlink(missing_ok=True)
    status = process.wait()
    # The next start puts an interrupted result into place.
    subprocess.run([program[0], "run", "small.toml", "--output", "o", "--set", 'title="Another"'], capture_output=True)
    shutil.copytree(place, folder.parent / "kept", symlinks=True)
    return status if status >= 0 else 128 - status


sys.exit(main())
