# Prints the hash of the password on standard input. Arguments: SCHEME SALT; SCHEME: an option of openssl passwd.
command -v openssl >/dev/null || { echo 'the host has no openssl' >&2; exit 1; }
openssl passwd "-$1" -salt "$2" -stdin
