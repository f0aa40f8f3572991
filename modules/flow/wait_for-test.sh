# Waits until something holds, and prints how many seconds that took. Exit 75: it does not hold after all this time.
# Arguments: KIND STATE SECONDS INTERVAL WHAT TEXT CONNECT COUNTED EXCLUDED...; CONNECT: the seconds of a test over the network. KIND port: WHAT is
# HOST:PORT; path: TEXT is a pattern of grep -E, or empty; open: whether somebody is connected to HOST:PORT of the host. COUNTED: the states
# of connections that count; EXCLUDED: names or addresses whose connections do not count.
kind=$1 state=$2 seconds=$3 interval=$4 what=$5 text=$6 limit=$7 counted=$8
shift 8
excluded=
own=${what%:*}
case $kind:$own in
  open:*:*) ;;
  open:*[!0-9.]*)
    own=$(getent ahosts "$own" 2>/dev/null | awk '{ print $1 }' | tr '\n' ' ')
    [ -n "$own" ] || { echo 'the host knows no address of this name' >&2; exit 1; } ;;
esac
for each; do excluded="$excluded $each $(getent ahosts "$each" 2>/dev/null | awk '{ print $1 }' | tr '\n' ' ')"; done
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
# Addresses are hexadecimal there, each four bytes in the order of the processor.
has_open() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v hosts="$own" -v port="$(printf '%04X' "${what##*:}")" -v counted=" $counted " \
    -v excluded="$excluded" -v little="$(printf '\001\000' | od -An -tu2 | tr -d ' ')" '
    function word(hex) { return little == 1 ? substr(hex, 7, 2) substr(hex, 5, 2) substr(hex, 3, 2) substr(hex, 1, 2) : hex }
    function plain(hex,  all, i) {
      for (i = 1; i <= length(hex); i += 8) all = all word(substr(hex, i, 8))
      sub(/^0*FFFF/, "", all) # IPv4 in IPv6
      return all
    }
    function of4(text,  parts) { split(text, parts, "."); return sprintf("%02X%02X%02X%02X", parts[1], parts[2], parts[3], parts[4]) }
    function of6(text,  ends, left, right, n, m, i, all) {
      n = split(text, ends, "::"); n = split(ends[1], left, ":"); m = text ~ /::/ ? split(ends[2], right, ":") : 0
      for (i = 1; i <= n; i++) all = all sprintf("%4s", left[i])
      for (i = n + m; i < 8; i++) all = all "0000"
      for (i = 1; i <= m; i++) all = all sprintf("%4s", right[i])
      gsub(/ /, "0", all)
      return toupper(all)
    }
    function digits(text) { return text ~ /:/ ? of6(text) : of4(text) }
    BEGIN { count = split(excluded, names, " "); for (i = 1; i <= count; i++) if (names[i] ~ /^[0-9.]+$|:/) skip[digits(names[i])] = 1 }
    BEGIN { count = split(hosts, names, " "); for (i = 1; i <= count; i++) { mine[digits(names[i])] = 1; if (names[i] ~ /^(0\.0\.0\.0|::)$/) any = 1 } }
    { split($2, own, ":"); split($3, other, ":") }
    # with "" awk compares as texts: as numbers, 3E02 is 0300
    own[2] "" == port "" && index(counted, " " $4 " ") && !(plain(other[1]) in skip) && (any || plain(own[1]) in mine) { found = 1 }
    END { exit !found }'
}
has_path() { if [ -n "$text" ]; then grep -Eqs -e "$text" -- "$what"; else [ -e "$what" ]; fi; }
# Since the host started: somebody may set the clock meanwhile.
seconds_up() { if read -r up _ </proc/uptime; then echo "${up%%.*}"; else date +%s; fi 2>/dev/null; }
start=$(seconds_up)
while :; do
  if "has_$kind"; then found=present; else found=absent; fi
  now=$(seconds_up)
  [ "$found" = "$state" ] && { echo $((now - start)); exit 0; }
  [ $((now - start)) -ge "$seconds" ] && exit 75
  sleep "$interval"
done
