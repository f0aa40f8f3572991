# Packs paths into an archive, beside its name first. Arguments: FORMAT ARCHIVE PATH...; each path is stored under its last name.
format=$1 archive=$2
shift 2
new=$archive.swarm-new
rm -f -- "$new"
if [ "$format" = zip ]; then
  for path; do (cd "$(dirname "$path")" && zip -qr - "./${path##*/}") >"$new" || exit; done
else
  for path; do
    shift
    set -- "$@" -C "$(dirname "$path")" "./${path##*/}"
  done
  case $format in tar) flag= ;; gz) flag=z ;; bz2) flag=j ;; xz) flag=J ;; esac
  tar -c"$flag"f "$new" "$@" || { rm -f -- "$new"; exit 1; }
fi
mv -f -- "$new" "$archive"
