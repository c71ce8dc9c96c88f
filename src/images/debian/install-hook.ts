/**
 * Run by mmdebstrap, which sets up apt in the new tree, what is mounted there and what keeps services from starting, and
 * takes all that away again: installs as its variant `apt` does, but unpacks the essential packages by one tar.
 *
 * - setup: nothing is there yet. Merges /usr, as both distributions do, lays the packages where apt looks first (it then
 *   copies none), and unpacks the essential ones and apt, so that there is a shell to install them with.
 * - essential: installs these, in apt's order. dpkg does not take pre-dependencies into account.
 * - customize: what was asked for, with apt of this machine and dpkg of the tree.
 */
export const INSTALL_HOOK = `#!/bin/sh
set -eu
root=$1
hook=$MMDEBSTRAP_HOOK
config=$MMDEBSTRAP_APT_CONFIG
repository=$SANDSTACK_REPOSITORY
packages=$SANDSTACK_PACKAGES
essential=$SANDSTACK_WORK/essential
# The packages' scripts are not to see where this is done.
for name in $(env | sed -n 's/^\\(\\(MMDEBSTRAP\\|SANDSTACK\\)_[A-Z0-9_]*\\)=.*/\\1/p'); do unset "$name"; done
apt() {
  APT_CONFIG=$config apt-get --yes -o pkgCacheGen::ForceEssential=apt -o Dpkg::Use-Pty=false "$@"
}
case $hook in
setup)
  cd "$root"
  for folder in bin sbin lib $([ "$(dpkg --print-architecture)" != amd64 ] || echo lib64); do
    mkdir -p "usr/$folder"
    ln -s "usr/$folder" "$folder"
  done
  mkdir -p var/cache/apt/archives
  ln "$repository"/*.deb var/cache/apt/archives/
  apt update --error-on=any
  # Says what it would give to dpkg, and when, and does not.
  apt -o Debug::pkgDpkgPm=1 -o Debug::NoLocking=1 -o Dir::Log=/dev/null -o APT::Keep-Fds::=3 \\
    -o 'Dpkg::Pre-Install-Pkgs::=cat >&3' dist-upgrade 3> "$essential"
  while read -r deb; do
    dpkg-deb --fsys-tarfile "$deb" || : > "$essential.failed"
  done < "$essential" | tar --extract --ignore-zeros --keep-directory-symlink
  [ ! -e "$essential.failed" ]
  ;;
essential)
  set --
  while read -r deb; do set -- "$@" "\${deb#"$root"}"; done < "$essential"
  chroot "$root" dpkg --install --force-depends "$@"
  ;;
customize)
  [ -z "$packages" ] || apt -o Dir::Bin::dpkg=env -o DPkg::Options::=--unset=APT_CONFIG -o DPkg::Options::=dpkg \\
    -o "DPkg::Chroot-Directory=$root" install -- $packages
  ;;
esac
`;
