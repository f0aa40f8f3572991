# Prints if the host knows a time zone, where /etc/localtime leads, and /etc/timezone where there is one. Arguments: ZONE ROOT.
zone=$1 root=${2%/}
if [ -f "$root/usr/share/zoneinfo/$zone" ]; then echo known; else echo unknown; fi
readlink "$root/etc/localtime" || :
if [ -f "$root/etc/timezone" ]; then echo file; head -c 1000 "$root/etc/timezone"; else echo none; fi
