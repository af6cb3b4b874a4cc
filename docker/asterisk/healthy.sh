#!/bin/sh
# Succeeds when Asterisk has loaded everything and answers on its control socket.
set -eu
answer=$(asterisk -C "$RINGDOWN_ASTERISK_DIR/etc/asterisk.conf" -rx "core waitfullybooted")
case $answer in *"fully booted"*) ;; *) exit 1 ;; esac
