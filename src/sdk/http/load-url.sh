# Functions for programs that need what is behind a URL. Needs: curl or wget.
# load_url URL SECONDS FILE [CERTS PROGRAM]; FILE "-": print it. With CERTS (yes or no) curl reads its other options from standard input.
# CERTS "no": take any certificate. PROGRAM "curl": wget cannot send the request without a secret on its command line.
load_url() {
  unsafe=
  [ "${4:-yes}" = yes ] || unsafe=--no-check-certificate
  if command -v curl >/dev/null; then
    if [ -n "${4:-}" ]; then curl -fsSL --max-time "$2" -o "$3" -K -; else curl -fsSL --max-time "$2" -o "$3" --url "$1"; fi
  elif [ "${5:-}" = curl ]; then echo 'the host has no curl, which headers and a password need' >&2; return 1
  # not -T: with it the wget of busybox of Debian 12 ends with a segmentation fault
  elif command -v wget >/dev/null && command -v timeout >/dev/null; then timeout "$2" wget $unsafe -q -O "$3" -- "$1"
  elif command -v wget >/dev/null; then wget $unsafe -q -T "$2" -O "$3" -- "$1"
  else echo 'the host has neither curl nor wget' >&2; return 1; fi || { set -- "$1" "$?"; printf '%s\n' "cannot load $1 (exit $2)" >&2; return "$2"; }
}
# pipe_url COMMAND URL SECONDS [CERTS PROGRAM]: COMMAND reads what is behind the URL. Fails where that cannot be loaded.
pipe_url() {
  exec 3>&1
  code=$({ { load_url "$2" "$3" - "${4:-}" "${5:-}"; echo $? >&4; } | "$1" >&3; } 4>&1)
  [ "$code" = 0 ]
}
