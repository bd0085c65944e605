# Stops and removes what its starter leaves behind, however the starter ends: it reads orders on standard input,
# and the end of that input is the starter's end. It outlives the signals that a terminal sends.
#   watch SIGNAL:PID   send SIGNAL to PID at the end (a negative PID is a process group)
#   forget PID         PID has ended
#   remove FOLDER      remove FOLDER at the end, after all processes
trap '' INT TERM HUP
watched=''
while read -r verb what; do
    case "$verb" in
    watch) watched="$watched $what" ;;
    forget)
        kept=''
        for item in $watched; do
            [ "${item#*:}" = "$what" ] || kept="$kept $item"
        done
        watched=$kept
        ;;
    remove) set -- "$@" "$what" ;;
    esac
done
for item in $watched; do
    kill -s "${item%%:*}" -- "${item#*:}" 2>/dev/null
done
for item in $watched; do
    tries=100
    while kill -s 0 -- "${item#*:}" 2>/dev/null; do
        if [ "$tries" -eq 0 ]; then
            kill -s KILL -- "${item#*:}" 2>/dev/null
            break
        fi
        sleep 0.1
        tries=$((tries - 1))
    done
done
for folder; do
    rm -rf -- "$folder"
done
