#!/usr/bin/env bash
# A private Docker engine in a folder, for machines without one. Needs root and apt; installs nothing, and
# touches no system Docker, no firewall rule and no forwarding setting.
#   engine.sh install DIR   engine.sh start DIR   engine.sh stop DIR   engine.sh socket DIR (its address, running or not)
# Debian 12 (tried): Debian 13's engine 26, buildx 0.13 and compose 2.26, which answer to its libc, beside Debian 12's own runc.
# Debian 13 and Ubuntu (not tried): their own docker.io, docker-buildx and compose.
# Containers reach one another, by name too, and the host's loopback reaches published ports; a container's own network has no
# way out (a build gets one with --network=host).
set -euo pipefail

verb=${1:?install, start, stop or socket}
dir=$(realpath -m "${2:?folder}")
scripts=$(dirname "$(readlink -f "$0")")
number=$(printf %s "$dir" | cksum | cut -d' ' -f1)
bridge=headgate$((number % 10000000))
# A socket's path has room for 107 characters, so it cannot be below the folder.
run=/run/headgate-$number
export PATH="$PATH:/usr/sbin:/sbin"

install_engine() {
  [ -f "$dir/installed" ] && return
  local id version_codename
  # shellcheck source=/dev/null
  id=$(. /etc/os-release && echo "$ID")
  # shellcheck source=/dev/null
  version_codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  mkdir -p "$dir"
  local own=() commands=()
  { [ "${HEADGATE_TOOLS:-}" != cache ] && command -v runc > /dev/null; } || { own+=(runc); commands+=(runc); }
  { [ "${HEADGATE_TOOLS:-}" != cache ] && command -v ip > /dev/null; } || { own+=(iproute2); commands+=(ip); }
  if [ ${#own[@]} -gt 0 ]; then
    "$scripts/debian.sh" unpack "$dir/support" "${own[@]}" -- "${commands[@]}"
  fi
  case $id-$version_codename in
    debian-bookworm)
      "$scripts/debian.sh" unpack "$dir/packages" --suite trixie --only docker.io docker-cli docker-buildx containerd ;;
    debian-*) "$scripts/debian.sh" unpack "$dir/packages" --only docker.io docker-cli docker-buildx containerd ;;
    ubuntu-*) "$scripts/debian.sh" unpack "$dir/packages" --only docker.io docker-buildx containerd ;;
    *) echo "No private engine for $id $version_codename: only for Debian and Ubuntu." >&2; return 1 ;;
  esac
  mkdir -p "$dir/config/cli-plugins"
  local plugin
  plugin=$(find "$dir/packages/root" -path '*/cli-plugins/docker-buildx' | head -1)
  [ -n "$plugin" ] || { echo "docker-buildx is not in the packages." >&2; return 1; }
  ln -sfn "$plugin" "$dir/config/cli-plugins/docker-buildx"
  { "$dir/packages/root/usr/sbin/dockerd" --version; "$plugin" version; } > "$dir/installed.part"
  mv "$dir/installed.part" "$dir/installed"
}

# The compose plugin, beside the engine: some tests look at containers with it, and all else works without it.
install_compose() {
  [ -e "$dir/config/cli-plugins/docker-compose" ] && return
  local id version_codename packages plugin
  # shellcheck source=/dev/null
  id=$(. /etc/os-release && echo "$ID")
  # shellcheck source=/dev/null
  version_codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  case $id-$version_codename in
    debian-bookworm) packages=(--suite trixie --only docker-compose) ;;
    ubuntu-*) packages=(--only docker-compose-v2) ;;
    *) packages=(--only docker-compose) ;;
  esac
  "$scripts/debian.sh" unpack "$dir/compose" "${packages[@]}" || { echo "No docker compose: tests that need it are skipped." >&2; return 0; }
  plugin=$(find "$dir/compose/root" -path '*/cli-plugins/docker-compose' | head -1)
  [ -n "$plugin" ] && ln -sfn "$plugin" "$dir/config/cli-plugins/docker-compose"
  return 0
}

# What lets containers find one another by name: the engine redirects their questions with rules in each container's own
# network. Without it all else works.
install_names() {
  { [ "${HEADGATE_TOOLS:-}" != cache ] && command -v iptables > /dev/null; } && return
  [ -e "$dir/names/bin/iptables" ] && return
  "$scripts/debian.sh" unpack "$dir/names" iptables -- iptables-nft iptables-legacy \
    || { echo "No iptables: containers do not find one another by name." >&2; return 0; }
  local kind=legacy
  XTABLES_LIBDIR=$(names_folder) unshare --net "$dir/names/bin/iptables-nft" -t nat -L > /dev/null 2>&1 && kind=nft
  ln -sfn "iptables-$kind" "$dir/names/bin/iptables"
}

names_folder() {
  find "$dir/names/root/usr/lib" -maxdepth 2 -name xtables 2> /dev/null | head -1
}

answers() {
  DOCKER_HOST="unix://$run/docker.sock" timeout 5 docker version > /dev/null 2>&1
}

# Prints an N for which no address or route of this machine is in 10.N.0.0/16; a bridge that is left over keeps its own.
choose_network() {
  local present used candidate
  present=$(ip -4 -o addr show dev "$bridge" 2> /dev/null | sed -nE 's/.* inet 10\.([0-9]+)\..*/\1/p' | head -1)
  [ -n "$present" ] && { echo "$present"; return; }
  used=$({ ip -4 -o addr show; ip -4 route show; } | grep -oE '\b10\.[0-9]+\.' | cut -d. -f2 | sort -u)
  candidate=$((130 + number % 100))
  while grep -qx "$candidate" <<< "$used"; do candidate=$((130 + (candidate - 129) % 100)); done
  echo "$candidate"
}

start_engine() {
  install_engine
  install_compose
  install_names
  answers && return
  local network
  network=$(choose_network)
  mkdir -p "$run"
  chmod 700 "$run"
  trap 'stop_engine; exit 1' INT TERM HUP
  if ! ip link show "$bridge" > /dev/null 2>&1; then
    ip link add "$bridge" type bridge
    ip addr add "10.$network.255.1/24" dev "$bridge"
    ip link set "$bridge" up
  fi
  cat > "$run/daemon.json" <<JSON
{
  "features": { "containerd-snapshotter": true },
  "default-address-pools": [{ "base": "10.$network.0.0/17", "size": 24 }],
  "shutdown-timeout": 5
}
JSON
  local extensions
  extensions=$(names_folder)
  [ -z "$extensions" ] || export XTABLES_LIBDIR=$extensions
  setsid dockerd --config-file "$run/daemon.json" --data-root "$dir/data" --exec-root "$run/exec" \
    --pidfile "$run/docker.pid" -H "unix://$run/docker.sock" --bridge="$bridge" \
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
    > "$dir/log" 2>&1 < /dev/null &
  local dockerd=$!
  for _ in $(seq 300); do
    [ -S "$run/docker.sock" ] && answers && return
    kill -0 "$dockerd" 2> /dev/null || break
    sleep 0.1
  done
  echo "The engine did not start; the end of $dir/log:" >&2
  tail -20 "$dir/log" >&2
  stop_engine
  return 1
}

stop_engine() {
  local pid
  pid=$(cat "$run/docker.pid" 2> /dev/null || true)
  if [ -n "$pid" ] && grep -qz "$run/docker.sock" "/proc/$pid/cmdline" 2> /dev/null; then
    kill "$pid" 2> /dev/null || true
    for _ in $(seq 150); do kill -0 "$pid" 2> /dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2> /dev/null || true
  fi
  ip link del "$bridge" 2> /dev/null || true
  rm -rf "$run"
}

export PATH="$dir/packages/root/usr/sbin:$dir/packages/root/usr/bin:$dir/support/bin:$dir/names/bin:$PATH"
export DOCKER_CONFIG="$dir/config"
case $verb in
  install) install_engine; install_compose; install_names ;;
  start) start_engine ;;
  stop) stop_engine ;;
  socket) echo "unix://$run/docker.sock" ;;
  *) echo "Unknown verb $verb" >&2; exit 2 ;;
esac
