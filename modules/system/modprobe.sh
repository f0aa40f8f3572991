# Prints "loaded" where the kernel has the module, or has it built in; "unknown" where modprobe would not find it.
# Argument: NAME. The kernel writes _ where a name has -.
name=$(printf %s "$1" | tr - _)
grep -q "^$name " /proc/modules 2>/dev/null && echo loaded && exit
[ -d "/sys/module/$name" ] && [ ! -e "/sys/module/$name/refcnt" ] && echo loaded && exit
builtin=/lib/modules/$(uname -r)/modules.builtin
[ -r "$builtin" ] && tr - _ <"$builtin" | grep -q "/$name\.ko" && echo loaded && exit
# the modprobe of busybox cannot tell without loading
case $(modprobe -V 2>/dev/null) in
  kmod*) modprobe -n -q -- "$1" || echo unknown ;;
  *) [ -d "/lib/modules/$(uname -r)" ] || echo unknown ;;
esac
:
