#!/bin/sh
# As `mmdebstrap` in a PATH: runs it, with all that it starts in the new tree, at a time far from now. The folder above
# gets a file `year` that tells the year in which the tree's packages were set up.
set -eu
library=/usr/lib/$(uname -m)-linux-gnu/faketime
year=$(dirname "$0")/../year
# What the library shares between processes goes with the mount namespace that a build has of its own.
mount -t tmpfs none /dev/shm
export LD_PRELOAD="$library/libfaketime.so.1" FAKETIME=+1000d
exec /usr/bin/mmdebstrap \
  --setup-hook="mkdir -p \"\$1$library\" && cp $library/libfaketime.so.1 \"\$1$library\"" \
  --customize-hook="chroot \"\$1\" date +%Y > $year && rm -r \"\$1$library\"" "$@"
