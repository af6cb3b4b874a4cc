#!/bin/bash
# Succeeds when the backend answers. Without a program to start it costs a few milliseconds, so it can ask often.
set -eu
address=${RINGDOWN_HTTP_BIND:-127.0.0.1}
[ "$address" != 0.0.0.0 ] || address=127.0.0.1
exec 3<>"/dev/tcp/$address/${RINGDOWN_HTTP_PORT:-8080}"
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
read -r status <&3
[[ $status == *" 200 "* ]]
