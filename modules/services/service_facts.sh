# Prints for each service a line: NAME running|stopped STATUS.
# Argument: systemd or openrc.
export LC_ALL=C
case $1 in
  systemd)
    {
      systemctl list-units --type=service --all --no-legend --plain --no-pager | awk '$3 != "" { print "unit", $1, ($4 == "running") ? "running" : "stopped" }'
      systemctl list-unit-files --type=service --no-legend --no-pager | awk '{ print "file", $1, $2 }'
    } | awk '$1 == "unit" { state[$2] = $3 } $1 == "file" { status[$2] = $3 } { names[$2] = 1 }
      END { for (name in names) print name, (name in state) ? state[name] : "stopped", (name in status) ? status[name] : "unknown" }' | sort ;;
  openrc)
    # one call for all services: rc-service takes half a second for each
    {
      rc-update show | awk -F '|' '$2 ~ /[a-z]/ { gsub(/ /, "", $1); print "boot", $1 }'
      rc-status --nocolor --servicelist 2>/dev/null | awk '/\[/ { name = $1; sub(/^[^[]*\[ */, ""); print "service", name, ($1 == "started") ? "running" : "stopped" }'
    } | awk '$1 == "boot" { boot[$2] = 1 } $1 == "service" { print $2, $3, ($2 in boot) ? "enabled" : "disabled" }' | sort ;;
esac
