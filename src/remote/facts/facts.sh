# Prints facts of the host, a line each: NAME=VALUE, with the names of src/core/facts/fact-table.ts. A fact that is a list has a line for
# each entry, with a tab between the fields of an entry. What the host hides has no line.
# Argument: the folder below which the files of the system are read; / by default. It is for tests.
export LC_ALL=C
root=${1%/}
tab=$(printf '\t')

have() { command -v "$1" >/dev/null 2>&1; }
fact() { [ -n "$2" ] && printf '%s=%s\n' "$1" "$2"; }
first_line() { [ -f "$root$1" ] && [ -r "$root$1" ] && head -n 1 "$root$1" 2>/dev/null; }
# A mount of a server that is gone can block a command for ever.
bounded() { if have timeout; then timeout 10 "$@"; else "$@"; fi 2>/dev/null; }
bytes() { [ -n "$1" ] && echo $(($1 * 1024)); }

read_system() {
  fact fqdn "$(bounded hostname -f || uname -n)"
  fact uptime "$(first_line /proc/uptime | cut -d . -f 1)"
  fact load "$(first_line /proc/loadavg | cut -d ' ' -f 1)"
  [ -r "$root/proc/cpuinfo" ] && fact cpu "$(sed -n 's/^model name[^:]*: //p' "$root/proc/cpuinfo" | head -n 1)"
  fact product "$(first_line /sys/class/dmi/id/product_name)"
  fact selinux "$(selinux)"
  fact path "$PATH"
  for pair in emerge:emerge apt-get:apt apk:apk dnf:dnf pacman:pacman zypper:zypper; do
    have "${pair%:*}" && { fact package_manager "${pair#*:}"; break; }
  done
}

# The kernel shows its folder where SELinux is on.
selinux() {
  [ -d "$root/sys/fs" ] || return
  case "$(first_line /sys/fs/selinux/enforce)" in
    1) echo enforcing ;;
    0) echo permissive ;;
    *) echo disabled ;;
  esac
}

read_memory() {
  [ -r "$root/proc/meminfo" ] || return
  for pair in MemAvailable:memory_available SwapTotal:swap SwapFree:swap_free; do
    fact "${pair#*:}" "$(bytes "$(sed -n "s/^${pair%:*}: *\([0-9]*\) kB\$/\1/p" "$root/proc/meminfo")")"
  done
}

# What a container or a hypervisor leaves, in the words of systemd-detect-virt.
virtualization() {
  if [ -z "$root" ] && have systemd-detect-virt; then systemd-detect-virt 2>/dev/null; return; fi
  if [ -e "$root/.dockerenv" ]; then echo docker
  elif [ -e "$root/run/.containerenv" ]; then echo podman
  elif [ -s "$root/run/systemd/container" ]; then head -c 100 "$root/run/systemd/container" | head -n 1
  elif [ -r "$root/proc/1/environ" ] && tr '\0' '\n' <"$root/proc/1/environ" 2>/dev/null | grep -q '^container='; then
    tr '\0' '\n' <"$root/proc/1/environ" | sed -n 's/^container=//p' | head -n 1
  elif [ -d "$root/proc/vz" ] && [ ! -d "$root/proc/bc" ]; then echo openvz
  else
    case "$(first_line /sys/class/dmi/id/sys_vendor) $(first_line /sys/class/dmi/id/product_name) $(first_line /sys/hypervisor/type)" in
      *KVM*) echo kvm ;;
      *QEMU*) echo qemu ;;
      *VMware*) echo vmware ;;
      *VirtualBox*) echo oracle ;;
      *Microsoft*Virtual*) echo microsoft ;;
      *[Xx]en*) echo xen ;;
      *) if [ ! -r "$root/proc/cpuinfo" ]; then :
        elif grep -q '^flags.* hypervisor' "$root/proc/cpuinfo"; then echo vm-other
        else echo none; fi ;;
    esac
  fi
}

# PATH, DEVICE, TYPE, OPTIONS, SIZE, AVAILABLE: of the file systems that are on a device or a server, and of those that df counts.
read_mounts() {
  [ -r "$root/proc/self/mounts" ] || return
  { bounded df -P -k; echo; cat "$root/proc/self/mounts"; } | awk -v tab="$tab" '
    $0 == "" { table = 1; next }
    !table && NR > 1 {
      size = $2; free = $4
      path = $0; sub(/^.*% +/, "", path)
      if ($1 !~ /^(tmpfs|devtmpfs|udev|none|shm|overlay)$/ || path == "/") { sizes[path] = size; rest[path] = free }
    }
    table && NF >= 4 {
      path = $2; gsub(/\\040/, " ", path)
      if ($1 !~ /[\/:]/ && !(path in sizes)) next
      printf "mounts=%s%s%s%s%s%s%s%s", path, tab, $1, tab, $3, tab, $4, tab
      if (path in sizes) printf "%.0f%s%.0f\n", sizes[path] * 1024, tab, rest[path] * 1024
      else print tab
    }'
}

# NAME, MAC, STATE, ADDRESSES of each interface. Then the addresses that other machines can use.
read_network() {
  if have ip; then
    all=$(ip -o addr show 2>/dev/null | awk '$3 ~ /^inet/ { sub(/\/.*/, "", $4); sub(/@.*/, "", $2); print $2, $4 }')
    fact address "$(ip -4 route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p' | head -n 1)"
    fact address6 "$(ip -6 route get 2001:db8::1 2>/dev/null | sed -n 's/.* src \([0-9a-f:]*\).*/\1/p' | head -n 1)"
  else
    all=$(ifconfig 2>/dev/null | awk '/^[^ ]/ { name = $1; sub(/:$/, "", name) }
      / inet6? / { for (i = 1; i < NF; i++) if ($i ~ /^inet6?$/) { a = $(i + 1); if (a == "addr:") a = $(i + 2); sub(/^addr:/, "", a); sub(/\/.*/, "", a); print name, a } }')
  fi
  for path in "$root"/sys/class/net/*; do
    [ -r "$path/address" ] || continue
    name=${path##*/}
    own=$(printf '%s\n' "$all" | awk -v name="$name" '$1 == name { printf "%s%s", sep, $2; sep = "," }')
    printf 'interfaces=%s\t%s\t%s\t%s\n' "$name" "$(cat "$path/address" 2>/dev/null)" "$(cat "$path/operstate" 2>/dev/null)" "$own"
  done
  printf '%s\n' "$all" | awk '$2 != "" && $2 !~ /^(127\.|169\.254\.|::1$|fe80:)/ { print "addresses=" $2 }'
}

# portageq knows what the profile adds to USE; the rest is in files.
read_portage() {
  profile=$(readlink "$root/etc/portage/make.profile" 2>/dev/null) && fact portage.profile "${profile##*/profiles/}"
  if have portageq; then
    bounded portageq envvar -v USE ACCEPT_KEYWORDS ACCEPT_LICENSE MAKEOPTS CHOST | awk -v quote="['\"]" '
      match($0, /^[A-Z_]+=/) {
        name = "portage." tolower(substr($0, 1, RLENGTH - 1)); value = substr($0, RLENGTH + 1)
        sub("^" quote, "", value); sub(quote "$", "", value)
        if (name !~ /use$|accept/) { if (value != "") print name "=" value; next }
        count = split(value, words, " ")
        for (i = 1; i <= count; i++) print name "=" words[i]
      }'
  fi
  for file in "$root/usr/share/portage/config/repos.conf" "$root/etc/portage/repos.conf" "$root"/etc/portage/repos.conf/*; do
    [ -f "$file" ] && head -c 1000000 "$file" && echo
  done | awk -v tab="$tab" '
    /^\[/ { name = $0; gsub(/^\[|\].*$/, "", name); next }
    /^location *=/ && name != "DEFAULT" {
      value = $0; sub(/^location *= */, "", value); sub(/ *$/, "", value)
      if (!(name in paths)) order[++count] = name
      paths[name] = value
    }
    END { for (i = 1; i <= count; i++) print "portage.repositories=" order[i] tab paths[order[i]] }'
}

read_system
read_memory
fact virtualization "$(virtualization)"
read_mounts
read_network
[ -d "$root/etc/portage" ] && read_portage
:
