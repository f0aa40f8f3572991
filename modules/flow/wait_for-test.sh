# Waits until something holds, and prints how many seconds that took. Exit 75: it does not hold after all this time.
# Arguments: KIND STATE SECONDS INTERVAL WHAT TEXT CONNECT; CONNECT: the seconds of a test over the network; port: WHAT is HOST:PORT, TEXT is empty; path: TEXT is a pattern of grep -E, or empty.
kind=$1 state=$2 seconds=$3 interval=$4 what=$5 text=$6 limit=$7
has_port() {
  host=${what%:*} port=${what##*:}
  case $host in
    127.0.0.1 | localhost | ::1)
      hex=$(printf '%04X' "$port")
      grep -qs "^ *[0-9]*: [0-9A-F]*:$hex [0-9A-F]*:0000 0A " /proc/net/tcp /proc/net/tcp6; return ;;
  esac
  # shellcheck disable=SC2016 # bash expands it
  if command -v nc >/dev/null; then nc -z -w "$limit" "$host" "$port" </dev/null >/dev/null 2>&1
  elif command -v bash >/dev/null; then timeout "$limit" bash -c 'exec 3<>"/dev/tcp/$1/$2"' sh "$host" "$port" 2>/dev/null
  else echo 'the host has neither nc nor bash to test a port of another machine' >&2; exit 1; fi
}
has_path() { if [ -n "$text" ]; then grep -Eqs -e "$text" -- "$what"; else [ -e "$what" ]; fi; }
start=$(date +%s)
while :; do
  if "has_$kind"; then found=present; else found=absent; fi
  now=$(date +%s)
  [ "$found" = "$state" ] && { echo $((now - start)); exit 0; }
  [ $((now - start)) -ge "$seconds" ] && exit 75
  sleep "$interval"
done
