# Prints a new certificate, a line "--", its description, a line "--", and then of the certificate that is at PATH, if any:
# "ends" where it ends within SECONDS, its description. It writes nothing. Standard input: a line with the passphrase of the key, then the request where CSR is "-".
# Arguments: PATH KEY CSR CA DAYS DIGEST SECONDS; CSR may be empty: a request with an empty subject; CA: empty where the key signs for itself.
path=$1 key=$2 csr=$3 ca=$4 days=$5 digest=$6 seconds=$7
IFS= read -r SWARM_PASSPHRASE || :
export SWARM_PASSPHRASE LC_ALL=C
command -v openssl >/dev/null || { echo 'the host has no openssl' >&2; exit 1; }
case $(openssl version) in
  'OpenSSL '[012].* | LibreSSL*) echo "the host has $(openssl version), and this needs OpenSSL 3" >&2; exit 1 ;;
esac
for each in "$key" "$ca"; do [ -z "$each" ] || [ -r "$each" ] || { printf '%s\n' "the login cannot read $each" >&2; exit 1; }; done
request() {
  case $csr in
    -) cat ;;
    '') printf '[req]\nprompt = no\ndistinguished_name = dn\n[dn]\n' | openssl req -new -config /dev/stdin -subj / -key "$key" -passin env:SWARM_PASSPHRASE ;;
    *) cat -- "$csr" ;;
  esac
}
describe() { openssl x509 -noout -text -nameopt utf8 -certopt no_serial,no_validity,no_sigdump "$@"; }
if [ -z "$ca" ]; then set -- -signkey "$key"; else set -- -CA "$ca" -CAkey "$key"; fi
issuer=
[ -z "$ca" ] || issuer='authorityKeyIdentifier = keyid'
new=$(request | openssl x509 -req "$@" -passin env:SWARM_PASSPHRASE -days "$days" "-$digest" -set_serial "0x1$(openssl rand -hex 15)" \
  -copy_extensions copy -extfile /dev/fd/3 3<<END
subjectKeyIdentifier = hash
$issuer
END
) || exit
printf '%s\n--\n' "$new"
printf '%s\n' "$new" | describe || exit
echo --
[ -f "$path" ] || exit 0
openssl x509 -in "$path" -noout -checkend "$seconds" >/dev/null 2>&1 || echo ends
describe -in "$path" 2>/dev/null || echo 'not a certificate'
