# The detached job that upgrades a client from binaries only.
# Arguments: BINHOST OWN [OPTION OF EMERGE]... WORD; BINHOST is the address of a tunnel, or - where the client has the binhost itself.
# OWN is the address that the client has for it, or -.
#
# The client may have other binhosts. emerge reads a copy of its configuration that has only the binhost of the target.
# Everything else in it is a link to the client's own file; those stay as they are.
#
# Its first line is that of a build, so that the tunnel is opened again at the same port when the job is attached to later.
binhost=$1 own=$2; shift 2
eroot=$(portageq envvar EROOT) || exit
cached=${eroot%/}/var/cache/edb/binhost/127.0.0.1 temporary=${TMPDIR:-/tmp}
# Of jobs that were killed.
find "$cached" -maxdepth 1 -name '.job-*' -mtime +7 -exec rm -rf {} + 2>/dev/null
find "$temporary" -maxdepth 1 -name 'swarm-update.??????' -user "$(id -u)" -mtime +7 -exec rm -rf {} + 2>/dev/null
kept='' config=$(mktemp -d "$temporary/swarm-update.XXXXXX") && chmod 755 "$config" || exit
trap 'rm -rf "$config" $kept' EXIT
if [ "$binhost" != - ]; then
  printf '>>> swarm: started %s, binhost %s, packages %s\n' "$(date +%s)" "$binhost" "$(portageq envvar PKGDIR)"
  # Portage keeps the index that it fetched by host and path, without the port: another binhost's may be there. So this job has its own path.
  mkdir -p "$cached" && kept=$(mktemp -d "$cached/.job-XXXXXX") || exit
  export PORTAGE_BINHOST="$binhost/${kept##*/}"
fi
[ "$own" = - ] || export PORTAGE_BINHOST="$own"
trap 'exit 143' TERM INT HUP
etc=${PORTAGE_CONFIGROOT:-${PORTAGE_OVERRIDE_EPREFIX:-}}; etc=${etc%/}/etc
mkdir -p "$config/etc/portage"
for one in "$etc"/portage/* "$etc"/make.conf; do
  [ -e "$one" ] || [ -L "$one" ] || continue
  case $one in */binrepos.conf) continue ;; esac
  ln -s "$one" "$config${one#"${etc%/etc}"}"
done
# The entry of the target's binhost, where the client has one: it sets how signatures are checked.
python3 - "$etc/portage/binrepos.conf" "$own" > "$config/etc/portage/binrepos.conf" <<'EOF' || exit
import configparser, os, sys
path, own = sys.argv[1:]
files = [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(path) else [path]
parser = configparser.ConfigParser(strict=False, interpolation=None)
parser.read(files)
for name in parser.sections():
    if parser.get(name, "sync-uri", fallback="").rstrip("/") != own.rstrip("/"):
        parser.remove_section(name)
parser.write(sys.stdout)
EOF
export PORTAGE_CONFIGROOT="$config"
emerge --ignore-default-opts --color=n --nospinner --getbinpkgonly --binpkg-respect-use=y --update --deep --newuse --with-bdeps=n "$@"
