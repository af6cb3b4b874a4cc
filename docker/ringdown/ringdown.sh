#!/bin/sh
# The ringdown command inside the image: completes the secrets, then runs the program.
set -eu
. /usr/lib/ringdown/secrets.sh
complete_secrets RINGDOWN_API_KEY RINGDOWN_ARI_PASSWORD RINGDOWN_ARI_LISTEN_PASSWORD \
  RINGDOWN_SIP_1001_PASSWORD RINGDOWN_SIP_1002_PASSWORD
unset RINGDOWN_SECRETS_DIR
cd /app
exec node src/main.ts "$@"
