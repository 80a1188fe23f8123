#!/bin/sh
# Tries a finished machine image: smoke.sh SYSTEM_VERSION. The image is in HEADGATE_IMAGE_ID, or HEADGATE_IMAGE_FILE
# where it is a file; HEADGATE_BUILDER says which one it is.
set -eu

version=${1:?system version}

fail() {
  echo "$HEADGATE_BUILDER: $*" >&2
  exit 1
}

case ${HEADGATE_BUILDER:?} in
  docker.host)
    # A fresh container of the image, without network: everything it needs must be in it.
    # shellcheck disable=SC2016 # expanded inside the container
    found=$(docker run --rm --network=none --user 65532 "$HEADGATE_IMAGE_ID" \
      /bin/sh -c '. /etc/shop/system && node -e "require(\"node:http\")" && echo "$SYSTEM_VERSION $(id -un)"') ||
      fail "the image does not start, or Node does not run in it"
    [ "$found" = "$version shop" ] || fail "expected system version and user '$version shop', found '$found'"
    ;;
  file.motd)
    grep -q "system version $version\$" "${HEADGATE_IMAGE_FILE:?}" || fail "does not tell system version $version"
    ;;
  *) fail "has no smoke test" ;;
esac
echo "$HEADGATE_BUILDER: good"
