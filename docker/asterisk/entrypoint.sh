#!/bin/sh
# Renders Asterisk's configuration from the environment and becomes Asterisk.
#
# Everything that is written lies under RINGDOWN_ASTERISK_DIR, so that several can run side by side, without privileges.
# Further arguments go to Asterisk.
set -eu

templates=${RINGDOWN_ASTERISK_TEMPLATES:-/usr/share/ringdown/asterisk-config}
. "${RINGDOWN_SECRETS_LIBRARY:-/usr/lib/ringdown/secrets.sh}"

main() {
  complete_secrets RINGDOWN_ARI_PASSWORD RINGDOWN_ARI_LISTEN_PASSWORD
  apply_defaults
  derive
  check_secrets
  make_directories
  render
  exec asterisk -f -n -C "$RINGDOWN_ASTERISK_DIR/etc/asterisk.conf" "$@"
}

apply_defaults() {
  : "${RINGDOWN_ASTERISK_DIR:=/run/asterisk}"
  : "${RINGDOWN_ARI_URL:=http://127.0.0.1:8088}"
  : "${RINGDOWN_ARI_USERNAME:=ringdown}"
  : "${RINGDOWN_ARI_APP:=ringdown}"
  : "${RINGDOWN_ARI_LISTEN:=127.0.0.1:8082}"
  : "${RINGDOWN_ARI_LISTEN_USERNAME:=ringdown}"
  : "${RINGDOWN_SIP_BIND:=127.0.0.1}"
  : "${RINGDOWN_SIP_PORT:=5060}"
  : "${RINGDOWN_RTP_START:=20000}"
  : "${RINGDOWN_RTP_END:=20999}"
}

# What Asterisk wants in another form than the settings have.
derive() {
  authority=${RINGDOWN_ARI_URL#*://}
  authority=${authority%%/*}
  ASTERISK_HTTP_BIND=${authority%:*}
  ASTERISK_HTTP_PORT=${authority##*:}
  case $ASTERISK_HTTP_PORT in
    '' | *[!0-9]*) refuse "RINGDOWN_ARI_URL needs a port, as in http://127.0.0.1:8088 (it is '$RINGDOWN_ARI_URL')" ;;
  esac
  [ "$ASTERISK_HTTP_BIND" != localhost ] || ASTERISK_HTTP_BIND=127.0.0.1

  # Bound to one address, audio is there too; bound to all, Asterisk finds the address by the caller.
  ASTERISK_MEDIA_ADDRESS=
  ASTERISK_LOOPBACK_ADDRESS=127.0.0.1
  case $RINGDOWN_SIP_BIND in
    127.*) ASTERISK_MEDIA_ADDRESS=$RINGDOWN_SIP_BIND ASTERISK_LOOPBACK_ADDRESS=$RINGDOWN_SIP_BIND ;;
    0.0.0.0 | ::) ;;
    *) ASTERISK_MEDIA_ADDRESS=$RINGDOWN_SIP_BIND ;;
  esac
  for directory in /usr/lib/*/asterisk/modules; do ASTERISK_MODULE_DIR=$directory; done
}

check_secrets() {
  for name in RINGDOWN_ARI_PASSWORD RINGDOWN_ARI_LISTEN_PASSWORD; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || refuse "$name is not set: put a long random value into the environment or .env"
  done
  # In Asterisk's files these characters end a value. Its settings are those of ARI, SIP and RTP.
  for name in $(env | sed -n 's/^\(RINGDOWN_[A-Z]\{3\}_[A-Z0-9_]*\)=.*[;[:cntrl:]].*/\1/p'); do
    refuse "$name has a ';' or a control character in it, which Asterisk's configuration can't hold"
  done
}

refuse() {
  echo "ringdown-asterisk: $1" >&2
  exit 78
}

make_directories() {
  umask 077
  for part in etc lib spool spool/recording spool/monitor spool/tmp lib/keys cache run log; do
    mkdir -p "$RINGDOWN_ASTERISK_DIR/$part"
  done
}

render() {
  export RINGDOWN_ASTERISK_DIR RINGDOWN_ARI_USERNAME RINGDOWN_ARI_PASSWORD RINGDOWN_ARI_APP RINGDOWN_ARI_LISTEN \
    RINGDOWN_ARI_LISTEN_USERNAME RINGDOWN_ARI_LISTEN_PASSWORD RINGDOWN_SIP_BIND RINGDOWN_SIP_PORT \
    RINGDOWN_RTP_START RINGDOWN_RTP_END ASTERISK_MODULE_DIR ASTERISK_HTTP_BIND ASTERISK_HTTP_PORT \
    ASTERISK_MEDIA_ADDRESS ASTERISK_LOOPBACK_ADDRESS
  # Only these: the dialplan has variables of its own.
  known='$RINGDOWN_ASTERISK_DIR $RINGDOWN_ARI_USERNAME $RINGDOWN_ARI_PASSWORD $RINGDOWN_ARI_APP $RINGDOWN_ARI_LISTEN
    $RINGDOWN_ARI_LISTEN_USERNAME $RINGDOWN_ARI_LISTEN_PASSWORD $RINGDOWN_SIP_BIND $RINGDOWN_SIP_PORT
    $RINGDOWN_RTP_START $RINGDOWN_RTP_END $ASTERISK_MODULE_DIR $ASTERISK_HTTP_BIND $ASTERISK_HTTP_PORT
    $ASTERISK_MEDIA_ADDRESS $ASTERISK_LOOPBACK_ADDRESS'
  for template in "$templates"/*.conf; do
    envsubst "$known" <"$template" >"$RINGDOWN_ASTERISK_DIR/etc/${template##*/}"
  done
}

main "$@"
