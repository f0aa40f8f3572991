# Prints what a URL has, in base64. Needs: curl or wget, base64.
# Arguments: URL.
if command -v curl >/dev/null; then load() { curl -fsSL --url "$1"; }
elif command -v wget >/dev/null; then load() { wget -q -O - -- "$1"; }
else echo 'the host has neither curl nor wget' >&2; exit 1; fi
exec 3>&1
code=$({ { load "$1"; echo $? >&4; } | base64 >&3; } 4>&1)
[ "$code" = 0 ] || { echo "cannot load $1 (exit $code)" >&2; exit 1; }
