# A function for programs that need what is behind a URL. Needs: curl or wget.
# load_url URL SECONDS FILE; FILE "-": print it.
load_url() {
  if command -v curl >/dev/null; then curl -fsSL --max-time "$2" -o "$3" --url "$1"
  # not -T: with it the wget of busybox of Debian 12 ends with a segmentation fault
  elif command -v wget >/dev/null && command -v timeout >/dev/null; then timeout "$2" wget -q -O "$3" -- "$1"
  elif command -v wget >/dev/null; then wget -q -T "$2" -O "$3" -- "$1"
  else echo 'the host has neither curl nor wget' >&2; return 1; fi || { set -- "$1" "$?"; echo "cannot load $1 (exit $2)" >&2; return "$2"; }
}
