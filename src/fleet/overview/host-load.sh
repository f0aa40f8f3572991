# The load and the memory of this host: one line each.
read -r one five fifteen rest </proc/loadavg && printf 'load\t%s\t%s\t%s\n' "$one" "$five" "$fifteen"
while read -r key value rest; do
	case $key in
	MemTotal:) printf 'total\t%s\n' "$value" ;;
	MemAvailable:) printf 'free\t%s\n' "$value" ;;
	esac
done </proc/meminfo
