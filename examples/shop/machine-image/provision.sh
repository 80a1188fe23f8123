#!/bin/sh
# Turns the base system into the shop's host; runs inside the machine that Packer makes.
set -eu

# The service runs as this user, which owns nothing else and cannot log in.
echo 'shop:x:65532:65532:shop:/nonexistent:/usr/sbin/nologin' >> /etc/passwd
echo 'shop:x:65532:' >> /etc/group

mkdir -p /etc/shop
printf 'SYSTEM_VERSION=%s\n' "$SYSTEM_VERSION" > /etc/shop/system
chmod 0444 /etc/shop/system
