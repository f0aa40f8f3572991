# Sets the time zone. Arguments: ZONE ROOT FILE; FILE: yes to write /etc/timezone too, or no.
zone=$1 root=${2%/} file=$3
ln -sf "/usr/share/zoneinfo/$zone" "$root/etc/localtime.swarm-new" || exit
mv -f "$root/etc/localtime.swarm-new" "$root/etc/localtime" || exit
[ "$file" = yes ] || exit 0
printf '%s\n' "$zone" >"$root/etc/timezone.swarm-new" && mv -f "$root/etc/timezone.swarm-new" "$root/etc/timezone"
