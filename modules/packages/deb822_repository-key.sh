# Prints what a URL has, in base64. Needs: load_url, base64.
# Arguments: URL.
exec 3>&1
code=$({ { load_url "$1" 60 -; echo $? >&4; } | base64 >&3; } 4>&1)
[ "$code" = 0 ] || exit 1
