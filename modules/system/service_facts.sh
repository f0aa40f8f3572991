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
    for path in /etc/init.d/*; do
      name=${path##*/}
      if [ ! -x "$path" ] || [ "$name" = functions.sh ]; then continue; fi
      if rc-service "$name" status >/dev/null 2>&1; then state=running; else state=stopped; fi
      if rc-update show 2>/dev/null | grep -q "^ *$name |"; then status=enabled; else status=disabled; fi
      echo "$name $state $status"
    done ;;
esac
