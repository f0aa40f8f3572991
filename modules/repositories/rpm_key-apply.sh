# Imports or erases a key of rpm. Needs: rpm; gpg for a fingerprint, load_url for a URL.
# Arguments: import KEY FINGERPRINT, or erase KEY ID.
set -e
case $1 in
  import)
    file=$(new_temporary $$)
    trap 'rm -f -- "$file"' EXIT
    case $2 in /*) cat -- "$2" >"$file" ;; *) load_url "$2" 60 "$file" ;; esac
    if [ -n "$3" ] && ! gpg --show-keys --with-colons "$file" 2>/dev/null | grep -q "^fpr:*$3:"; then
      echo 'the key has another fingerprint' >&2
      exit 1
    fi
    rpm --import "$file" ;;
  erase) rpm -q gpg-pubkey | grep -i "^gpg-pubkey-[0-9a-f]*$3-" | xargs rpm -e --allmatches -- ;;
esac
