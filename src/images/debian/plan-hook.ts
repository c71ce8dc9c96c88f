/** How the hook says what is to be installed: packages, and bytes that are not in the store yet. */
export const PLAN_LINE = /^sandstack plan: (\d+) (\d+)$/;

/** Keeps apt from the package that merges a grown /usr, and its Perl, where another says that it is merged. */
export const MERGED_USR_PREFERENCE = "/etc/apt/preferences.d/merged-usr";

/**
 * Run by mmdebstrap when apt is set up in the new tree and nothing is installed yet. Merges /usr, as both distributions
 * do. Asks apt what it is going to install (an unknown package shows here, in seconds), and lays what the store already
 * has where apt looks first. A package of the store is taken only by the hash that the archive's signed lists ask for.
 */
export const PLAN_HOOK = `#!/bin/sh
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
cd "$1"
for folder in bin sbin lib $([ "$(dpkg --print-architecture)" != amd64 ] || echo lib64); do
  mkdir -p "usr/$folder"
  ln -s "usr/$folder" "$folder"
done
apt-get update --error-on=any
if apt-cache show usr-is-merged > /dev/null 2>&1; then
  printf 'Package: usrmerge\\nPin: release *\\nPin-Priority: -1\\n' > ".${MERGED_USR_PREFERENCE}"
fi
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
