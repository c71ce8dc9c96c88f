#!/bin/sh
# As `mmdebstrap` in a PATH: runs it, with all that it starts in the new tree, at a time far from now. The folder above
# gets a file `year` that tells the year in which the tree's packages were set up, and a file `kind` with the kind of file
# system that the tree is on.
set -eu
library=/usr/lib/$(uname -m)-linux-gnu/faketime
above=$(dirname "$0")/..
# What the library shares between processes goes with the mount namespace that a build has of its own.
mount -t tmpfs none /dev/shm
export LD_PRELOAD="$library/libfaketime.so.1" FAKETIME=+1000d
exec /usr/bin/mmdebstrap "$@" \
  --setup-hook="mkdir -p \"\$1$library\" && cp $library/libfaketime.so.1 \"\$1$library\"" \
  --customize-hook="chroot \"\$1\" date +%Y > $above/year && stat --file-system --format=%T \"\$1\" > $above/kind && rm -r \"\$1$library\""
