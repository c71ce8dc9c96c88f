/**
 * Run by mmdebstrap when apt is set up in the new tree and nothing is installed yet. Merges /usr, as both distributions
 * do, and lays the packages where apt looks first: it then copies none.
 */
export const LAY_HOOK = `#!/bin/sh
set -eu
cd "$1"
for folder in bin sbin lib $([ "$(dpkg --print-architecture)" != amd64 ] || echo lib64); do
  mkdir -p "usr/$folder"
  ln -s "usr/$folder" "$folder"
done
mkdir -p var/cache/apt/archives
ln "$SANDSTACK_REPOSITORY"/*.deb var/cache/apt/archives/
`;
