# Fills in secrets that the environment does not give. Sourced by the entry points of both images.
#
# Both containers share one directory: whoever comes first makes a secret, and the other one reads it. A hard link is
# created or refused in one step, so two who start at once agree.

# Exports the named variables; without RINGDOWN_SECRETS_DIR it leaves the environment as it is.
complete_secrets() {
  [ -n "${RINGDOWN_SECRETS_DIR:-}" ] || return 0
  for name in "$@"; do
    eval "value=\${$name:-}"
    if [ -z "$value" ]; then
      file="$RINGDOWN_SECRETS_DIR/$name"
      [ -s "$file" ] || create_secret "$file"
      value=$(cat "$file")
    fi
    export "$name=$value"
  done
  unset name value file
}

create_secret() {
  draft=$(mktemp "$RINGDOWN_SECRETS_DIR/.draft.XXXXXX")
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$draft"
  ln "$draft" "$1" 2>/dev/null || true
  rm -f "$draft"
  unset draft
}
