/** How the hook says what is to be installed: packages, and bytes that are not in the store yet. */
export const PLAN_LINE = /^sandstack plan: (\d+) (\d+)$/;

/**
 * Run by mmdebstrap when apt is set up in the new tree and nothing is installed yet. Asks apt what it is going to
 * install (an unknown package shows here, in seconds), and lays what the store already has where apt looks first.
 * A package of the store is taken only by the hash that the archive's signed lists ask for.
 */
export const PLAN_HOOK = `#!/bin/sh
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
cd "$1"
[ -e var/cache/apt/pkgcache.bin ] || apt-get update --error-on=any
apt-get -qq --print-uris -o Acquire::ForceHash=SHA256 dist-upgrade $SANDSTACK_PACKAGES > "$SANDSTACK_PLAN"
mkdir -p var/cache/apt/archives
count=0 bytes=0
while read -r _ name size hash; do
  deb="$SANDSTACK_DEBS/\${hash#SHA256:}"
  count=$((count + 1))
  if [ -f "$deb" ] && echo "\${hash#SHA256:}  $deb" | sha256sum --check --status; then
    ln "$deb" "var/cache/apt/archives/$name"
  else
    bytes=$((bytes + size))
  fi
done < "$SANDSTACK_PLAN"
echo "sandstack plan: $count $bytes" >&2
`;
