#!/usr/bin/env bash
# Node base images where no public registry answers, made of Debian packages, a Node binary and npm:
# local/node:24-slim (to run) and local/node:24 (to build: shell, git, npm). Tried on Debian 12.
#   bases.sh fetch DIR           the files, without a Docker engine (root and apt)
#   bases.sh make DIR NODE       the images, with the engine that answers; NODE is a Node 24 binary
set -euo pipefail

verb=${1:?fetch or make}
dir=$(realpath -m "${2:?folder}")
scripts=$(dirname "$(readlink -f "$0")")
slim=(base-files base-passwd ca-certificates libc6 libgcc-s1 libstdc++6 netbase tzdata)
build=(bash coreutils dash debianutils diffutils findutils git grep gzip hostname mawk openssl sed tar)

# What the packages' own install scripts would have made; they were unpacked, not installed.
complete_root() {
  local root=$1
  cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
  cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
  echo 'node:x:1000:1000::/home/node:/bin/sh' >> "$root/etc/passwd"
  echo 'node:x:1000:' >> "$root/etc/group"
  install -d -o 1000 -g 1000 "$root/home/node"
  find "$root/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort | xargs cat > "$root/etc/ssl/certs/ca-certificates.crt"
  if [ -x "$root/usr/bin/dash" ]; then ln -sf dash "$root/usr/bin/sh"; fi
  if [ -x "$root/usr/bin/mawk" ]; then ln -sf mawk "$root/usr/bin/awk"; fi
  rm -rf "$root"/usr/share/{doc,man,locale,info,lintian} "$root"/var/cache/* "$root/debs"
}

fetch() {
  [ -d "$dir/files" ] && return
  part=$dir/files.part.$$
  trap 'rm -rf "$part"' EXIT
  trap 'exit 130' INT TERM HUP
  mkdir -p "$part"
  npm install --silent --no-audit --no-fund --prefix "$part/npm" npm@11 > /dev/null &
  local npm=$!
  "$scripts/debian.sh" root "$dir/slim" "${slim[@]}"
  "$scripts/debian.sh" root "$dir/build" "${slim[@]}" "${build[@]}"
  for name in slim build; do
    complete_root "$dir/$name"
    tar --sort=name --mtime=@1750000000 -C "$dir/$name" -cf "$part/$name.tar" .
    rm -rf "${dir:?}/$name"
  done
  wait "$npm"
  mv "$part" "$dir/files"
}

make() {
  fetch
  local context=$dir/files
  ln -f "$2" "$context/node" 2> /dev/null || cp "$2" "$context/node"
  cat > "$context/Dockerfile" <<'DOCKERFILE'
FROM scratch AS slim
ADD slim.tar /
COPY node /usr/local/bin/node
CMD ["node"]
FROM scratch AS build
ADD build.tar /
COPY node /usr/local/bin/node
COPY npm/node_modules/npm /usr/local/lib/node_modules/npm
RUN ["/bin/bash", "-c", "cd /usr/local/bin && ln -s node nodejs && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx"]
CMD ["node"]
DOCKERFILE
  # Uncompressed and unpacked at once: the images stay on this machine.
  for target in slim build; do
    name=local/node:24
    [ "$target" = slim ] && name=local/node:24-slim
    docker buildx build --quiet --provenance=false --target "$target" \
      --output "type=image,name=$name,compression=uncompressed,unpack=true" "$context" > /dev/null
  done
  # The engine has them now; lost images are worth fetching again, a third of a gigabyte is not worth keeping.
  rm -rf "$context"
}

case $verb in
  fetch) fetch ;;
  make) make "$dir" "${3:?Node binary}" ;;
  *) echo "Unknown verb $verb" >&2; exit 2 ;;
esac
