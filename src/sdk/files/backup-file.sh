# backup_file PATH: copies a file to the same folder, as NAME.20261126T101500Z~. Half a copy never has that name. Needs: sweep_leftovers.
backup_file() {
  sweep_leftovers "$1.swarm-backup"
  # shellcheck disable=SC2154 # sweep_leftovers sets it
  { cp -p -- "$1" "$own_leftover" && mv -f -- "$own_leftover" "$1.$(date -u +%Y%m%dT%H%M%SZ)~"; } || { rm -f -- "$own_leftover"; return 1; }
}
