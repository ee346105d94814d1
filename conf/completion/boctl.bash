# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion of boctl(1): boctl itself says what fits, from its table of commands and the daemon.

_boctl() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
        $'\tnospace') compopt -o nospace ;;
        $'\tfiles') compopt -o default ;;
        $'\tdirs') compopt -o dirnames ;;
        # Quoted by boctl for where it stands: names may have any character.
        *) COMPREPLY+=("$line") ;;
        esac
    done < <(boctl __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}

complete -F _boctl boctl
