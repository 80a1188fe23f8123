#!/usr/bin/env bash
# Debian packages unpacked into folders: nothing is installed, no system folder or package list is touched.
# Tried on Debian 12 (amd64). Ubuntu has the same tools and is expected to work; it was not tried.
#   debian.sh unpack DIR [--suite NAME] [--only] PACKAGE... [-- COMMAND...]
#             the packages and what they need beyond this machine (--only: nothing but the packages), with a
#             wrapper in DIR/bin for each command that finds the unpacked libraries; a command outside the usual
#             folders is given with its own: usr/lib/chromium/chromium
#   debian.sh root DIR PACKAGE...
#             the packages and everything they need, as a root file system in DIR
# The folder appears under its name only when it is complete. Package lists are kept for a day, beside it or
# in the folder that HEADGATE_LISTS names.
set -eEuo pipefail
trap 'echo "debian.sh, line $LINENO: $BASH_COMMAND failed" >&2' ERR

verb=${1:?unpack or root}
target=$(realpath -m "${2:?folder}")
shift 2
lists_kept=${HEADGATE_LISTS:-$(dirname "$target")/lists}
work=$target.part.$$
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# Options that keep apt's own state in our folder; $1 names the lists.
apt_options() {
  options=(
    -qq
    -o Dir::State::lists="$lists_kept/$1/lists"
    -o Dir::Cache="$lists_kept/$1/cache"
    -o Dir::Cache::archives="$work/debs"
    -o Debug::NoLocking=1
    -o APT::Sandbox::User=root
    -o Acquire::Languages=none
    -o Acquire::Retries=2
  )
}

# The machine's own mirror of its distribution.
find_mirror() {
  # shellcheck disable=SC2016 # apt expands it
  apt-get indextargets --format '$(REPO_URI)' | grep -m1 -E '/(debian|ubuntu|ubuntu-ports)/?$' || {
    echo "No Debian or Ubuntu mirror among the sources of apt." >&2
    return 1
  }
}

# Package lists of the machine's own sources, or of another suite ($1) on the same mirror; at most a day old.
refresh_lists() {
  local name=${1:-own} folder
  folder=$lists_kept/$name
  mkdir -p "$lists_kept"
  exec 9> "$lists_kept/$name.lock"
  flock 9
  mkdir -p "$folder/lists/partial" "$folder/cache"
  if [ "$name" != own ]; then
    local mirror
    mirror=$(find_mirror)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $name main" > "$folder/sources.list"
    options+=(-o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=-)
  fi
  if [ -z "$(find "$folder/fresh" -mmin -1440 2>/dev/null)" ]; then
    apt-get "${options[@]}" update
    touch "$folder/fresh"
  fi
  exec 9>&-
}

write_wrappers() {
  mkdir -p "$work/bin"
  local command path triplet private
  triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
  # Libraries that only other libraries look for, by the absolute path of where they are installed.
  private=
  if [ -d "$work/root/usr/lib/$triplet" ]; then
    private=$(cd "$work/root" && find "usr/lib/$triplet" -mindepth 2 -maxdepth 2 -name 'lib*.so*' -printf ':$root/%h\n' | sort -u | tr -d '\n')
  fi
  for command in "$@"; do
    case $command in
      */*) path=$(dirname "$command"); command=$(basename "$command") ;;
      *) for path in usr/sbin usr/bin sbin bin; do [ -x "$work/root/$path/$command" ] && break; done ;;
    esac
    [ -x "$work/root/$path/$command" ] || { echo "No command $command in these packages." >&2; return 1; }
    cat > "$work/bin/$command" <<WRAPPER
#!/bin/sh
# By its path alone where that is no link: runc is called for each look at a container's health.
file=\$0
[ ! -L "\$file" ] || file=\$(readlink -f "\$file")
root=\${file%/*}/../root
export LD_LIBRARY_PATH="\$root/usr/lib/$triplet:\$root/lib/$triplet$private\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
exec "\$root/$path/$command" "\$@"
WRAPPER
    chmod +x "$work/bin/$command"
  done
}

unpack() {
  local suite='' only='' packages=()
  while [ $# -gt 0 ]; do
    case $1 in
      --suite) suite=$2; shift 2 ;;
      --only) only=yes; shift ;;
      --) shift; break ;;
      *) packages+=("$1"); shift ;;
    esac
  done
  mkdir -p "$work/debs/partial" "$work/root"
  apt_options "${suite:-own}"
  refresh_lists "$suite"
  if [ -n "$only" ]; then
    (cd "$work/debs" && apt-get "${options[@]}" download "${packages[@]/%/${suite:+/$suite}}")
  else
    apt-get "${options[@]}" --yes --no-install-recommends --reinstall --download-only install "${packages[@]}"
  fi
  for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$work/root"; done
  rm -rf "$work/debs"
  write_wrappers "$@"
  rm -rf "$target"
  mv "$work" "$target"
}

unpack_root() {
  mkdir -p "$work/debs/partial" "$work/root/usr"
  # As if nothing were installed, so that every dependency is fetched.
  : > "$work/status"
  apt_options own
  options+=(-o Dir::State::status="$work/status")
  refresh_lists
  apt-get "${options[@]}" --yes --no-install-recommends --download-only install "$@"
  local folder
  for folder in bin sbin lib lib64; do
    mkdir -p "$work/root/usr/$folder"
    ln -s "usr/$folder" "$work/root/$folder"
  done
  for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$work/root"; done
  rm -rf "$target"
  mv "$work/root" "$target"
}

case $verb in
  unpack) unpack "$@" ;;
  root) unpack_root "$@" ;;
  *) echo "Unknown verb $verb" >&2; exit 2 ;;
esac
