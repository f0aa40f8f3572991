# The detached job that upgrades a client from binaries only.
# Arguments: BINHOST [OPTION OF EMERGE]... WORD; BINHOST is the address of a tunnel, or - where the client has the binhost itself.
#
# Its first line is that of a build, so that the tunnel is opened again at the same port when the job is attached to later.
binhost=$1; shift
eroot=$(portageq envvar EROOT) || exit
if [ "$binhost" != - ]; then
  export PORTAGE_BINHOST="$binhost"
  printf '>>> swarm: started %s, binhost %s, packages %s\n' "$(date +%s)" "$binhost" "$(portageq envvar PKGDIR)"
  # Portage keeps the index that it fetched by host and path, without the port: another binhost's may be there under this name.
  rm -f "${eroot%/}/var/cache/edb/binhost/127.0.0.1/Packages"
fi
exec emerge --ignore-default-opts --color=n --nospinner --getbinpkgonly --binpkg-respect-use=y --update --deep --newuse --with-bdeps=n "$@"
