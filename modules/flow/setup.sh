# Prints facts of the host, a line each: KEY=VALUE; a key may come more than once.
export LC_ALL=C
read_file() { [ -r "$1" ] && head -n 1 "$1"; }
echo "kernel_release=$(uname -r)"
echo "fqdn=$(hostname -f 2>/dev/null || uname -n)"
[ -r /etc/os-release ] && sed -n 's/^\(NAME\|VERSION_ID\|ID_LIKE\)=\(.*\)/os_\1=\2/p' /etc/os-release | tr -d '"'
echo "uptime=$(cut -d . -f 1 /proc/uptime)"
echo "load=$(cut -d ' ' -f 1 /proc/loadavg)"
echo "cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
sed -n 's/^\(MemAvailable\|SwapTotal\|SwapFree\): *\([0-9]*\) kB/\1=\2/p' /proc/meminfo
echo "product=$(read_file /sys/class/dmi/id/product_name)"
df -P -k 2>/dev/null | awk 'NR > 1 && $1 ~ /^\// { print "mount=" $2 " " $4 " " $1 " " $6 }'
for path in /sys/class/net/*; do
  [ -r "$path/address" ] && echo "interface=${path##*/} $(cat "$path/address" 2>/dev/null) $(cat "$path/operstate" 2>/dev/null)"
done
if command -v ip >/dev/null; then ip -o addr show 2>/dev/null | awk '$3 ~ /^inet/ { print "address=" $2 " " $4 }'
else ifconfig 2>/dev/null | awk '/^[^ ]/ { name = $1 } /inet addr:/ { sub("addr:", "", $2); print "address=" name " " $2 }'; fi
:
