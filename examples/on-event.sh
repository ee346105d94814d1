#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command for each of some events of bo, as soon as it is in the journal; docs/events.md lists them.
#
#     ./on-event.sh login-locked,user-disabled /usr/local/bin/tell-the-desk --soon
#
# The command gets BO_EVENT, BO_USER, BO_CUSTOMER, BO_SERVICE, BO_RHOST and BO_DETAIL in its environment; they
# are text from outside, so quote them. It runs once at a time, in the order of events. One that fails ends
# this program, and gets the same event again at the next start; as a service (bo-on-event.service) that
# loses nothing, since the place in the journal is kept in $STATE_DIRECTORY.
#
# It needs nothing but to be in the group systemd-journal.
set -euo pipefail

if [ $# -lt 2 ]; then
        echo "usage: $0 EVENT[,EVENT...] COMMAND [ARGUMENT...]" >&2
        exit 2
fi
IFS=, read -ra events <<<"$1"
shift
place=${STATE_DIRECTORY:+$STATE_DIRECTORY/cursor}

keep() {
        [ -z "$place" ] || { printf '%s\n' "$1" >"$place.new" && mv "$place.new" "$place"; }
}

# What journald wrote last, of whomever: the first start begins behind it.
last() {
        journalctl --quiet --output=export --output-fields=MESSAGE --lines=1 | sed -n 's/^__CURSOR=//p'
}

if [ -n "$place" ] && [ -s "$place" ]; then
        cursor=$(<"$place")
else
        cursor=$(last)
        keep "$cursor"
fi

fields=BO_EVENT,BO_USER,BO_CUSTOMER,BO_SERVICE,BO_RHOST,BO_DETAIL
# Anybody may write a line with BO_EVENT=; who wrote it journald alone says.
exec 3< <(exec journalctl --quiet --follow --no-tail --output=export --output-fields="$fields" \
        --after-cursor="$cursor" _SYSTEMD_UNIT=bo-{accountd,maild,sessiond}.service "${events[@]/#/BO_EVENT=}")
trap 'kill $! 2>/dev/null' EXIT

# bo sends all of these fields with each event, each on one line.
while IFS= read -r line <&3; do
        case $line in
        __CURSOR=*) cursor=${line#*=} ;;
        BO_EVENT=* | BO_USER=* | BO_CUSTOMER=* | BO_SERVICE=* | BO_RHOST=* | BO_DETAIL=*) export "${line?}" ;;
        "")
                "$@" 3<&- </dev/null
                keep "$cursor"
                ;;
        esac
done
exit 1 # journalctl has ended
