# Prints the SHA-256 of what a URL has now. Needs: curl or wget, sha256sum.
# Arguments: URL SECONDS.
if command -v curl >/dev/null; then load() { curl -fsSL --max-time "$2" --url "$1"; }
elif command -v wget >/dev/null && command -v timeout >/dev/null; then load() { timeout "$2" wget -q -O - -- "$1"; }
elif command -v wget >/dev/null; then load() { wget -q -T "$2" -O - -- "$1"; }
else echo 'the host has neither curl nor wget' >&2; exit 1; fi
exec 3>&1
code=$({ { load "$1" "$2"; echo $? >&4; } | sha256sum >&3; } 4>&1)
[ "$code" = 0 ] || { echo "cannot load $1 (exit $code)" >&2; exit 1; }
