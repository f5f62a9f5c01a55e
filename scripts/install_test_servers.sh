#!/bin/sh
# The tests' browser, AIS decoder and servers from Debian's packages, where they are missing and we may install them.
missing=""
need() { command -v "$2" >/dev/null || missing="$missing $1"; }
need chromium chromium
need chromium-driver chromedriver
need gpsd-clients gpsdecode
[ -x /usr/sbin/gpsd ] || need gpsd gpsd
need mosquitto mosquitto
need rabbitmq-server rabbitmq-server
command -v redis-server >/dev/null || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    for package in $missing; do
        apt-get install -y -qq "$package" >/dev/null || echo "missing: $package; its tests will not be run"
    done
else
    echo "missing:$missing; their tests will not be run"
fi
exit 0
