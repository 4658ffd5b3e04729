# Completion of weir for fish: weir completion fish > ~/.config/fish/completions/weir.fish
function __weir_complete
    set -l line (commandline -cp | string collect)
    set -l answer (command weir completion fish --line="$line" 2>/dev/null)
    if test "$answer[1]" = :files
        __fish_complete_path (commandline -ct)
    else if set -q answer[2]
        printf '%s\n' $answer[2..-1]
    end
end
complete -c weir -f -a '(__weir_complete)'
