# Prints how many bits the parameters in a file have; nothing where there are none. Argument: FILE.
command -v openssl >/dev/null || { echo 'the host has no openssl' >&2; exit 1; }
[ ! -f "$1" ] || openssl dhparam -in "$1" -noout -text 2>/dev/null | sed -n 's/.*DH Parameters: (\([0-9]*\) bit).*/\1/p'
