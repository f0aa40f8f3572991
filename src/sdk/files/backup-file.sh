# Copies a file to the same folder: NAME.20261126T101500Z~
# Argument: PATH.
cp -p -- "$1" "$1.$(date -u +%Y%m%dT%H%M%SZ)~"
