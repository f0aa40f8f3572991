# Sends the request that stdin has as a configuration of curl. Prints the status and the content type, then the body.
command -v curl >/dev/null || { echo 'the host has no curl' >&2; exit 3; }
exec curl -sS -K - -o - -w '\n%{http_code} %{content_type}'
