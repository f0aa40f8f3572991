# Prints the SHA-256 of what a URL has now. Needs: curl or wget, sha256sum. Input: the configuration of curl.
# Arguments: URL SECONDS CERTS PROGRAM, as of get_url-load.sh.
url=$1 seconds=$2 certs=$3 program=$4
unsafe=
[ "$certs" = yes ] || unsafe=--no-check-certificate
if command -v curl >/dev/null; then load() { curl -fsSL --max-time "$seconds" -K -; }
elif [ "$program" = curl ]; then echo 'the host has no curl, which headers and a password need' >&2; exit 1
elif command -v wget >/dev/null && command -v timeout >/dev/null; then load() { timeout "$seconds" wget $unsafe -q -O - -- "$url"; }
elif command -v wget >/dev/null; then load() { wget $unsafe -q -T "$seconds" -O - -- "$url"; }
else echo 'the host has neither curl nor wget' >&2; exit 1; fi
exec 3>&1
code=$({ { load; echo $? >&4; } | sha256sum >&3; } 4>&1)
[ "$code" = 0 ] || { echo "cannot load $url (exit $code)" >&2; exit 1; }
