# Sends a request. Standard input: LINES lines, which are a configuration of curl, then what the request sends, if it is a file.
# Arguments: LINES, and what becomes of the body. show: it is printed. sum: its SHA-256 is printed. save FILE CODES MODE OWNER:GROUP: it is written
# to FILE where the status is one of CODES, which have a space between them. A line with the status and the content type follows.
lines=$1 config=
shift
command -v curl >/dev/null || { echo 'the host has no curl' >&2; exit 3; }
while [ "$lines" -gt 0 ] && IFS= read -r line; do
  config="$config$line
"
  lines=$((lines - 1))
done
send() {
  curl -sS -K /dev/fd/3 "$@" 3<<END
$config
END
}
format='%{http_code} %{content_type}'
case $1 in
  show) send -o - -w "\n$format" ;;
  sum)
    exec 4>&1
    said=$({ send -o - -w "%{stderr}$format" | sha256sum >&4; } 2>&1)
    case $said in *'000 '*) printf '%s\n' "$said" >&2; exit 1 ;; esac
    printf '\n%s' "$said"
    ;;
  save)
    file=$2 codes=$3 mode=$4 owner=$5
    umask 022
    folder=${file%/*}
    sweep_leftovers "$folder/.swarm-load"
    # shellcheck disable=SC2154 # sweep_leftovers sets it
    new=$own_leftover
    trap 'rm -f -- "$new"' EXIT
    said=$(send -o "$new" -w "$format") || exit
    case " $codes " in
      *" ${said%% *} "*)
        [ -e "$new" ] || : >"$new" || exit # curl makes no file of an empty body
        if [ "$owner" != : ]; then chown -- "$owner" "$new" || exit; fi
        if [ -n "$mode" ]; then chmod -- "$mode" "$new" || exit; fi
        mv -f -- "$new" "$file" || exit
        ;;
    esac
    printf '\n%s' "$said"
    ;;
esac
