#!/bin/sh
# The tests' browser, AIS decoder and servers from Debian's packages, where they are missing and we may install them.
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v chromedriver >/dev/null || missing="$missing chromium-driver"
command -v gpsdecode >/dev/null || missing="$missing gpsd-clients"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq $missing >/dev/null
fi
command -v chromium chromedriver gpsdecode >/dev/null || echo "missing:$missing; their tests will not be run"
exit 0
