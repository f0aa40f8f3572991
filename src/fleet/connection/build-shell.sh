# A shell in the work folder of a build. Argument: the folder. With bash it has the environment of the build, where Portage saved one.
cd "$1" || exit
if [ -f temp/environment ] && command -v bash >/dev/null; then exec bash --rcfile "$PWD/temp/environment" -i; fi
exec "${SHELL:-sh}" -i
