# Completion of weir for bash 3.2 and later: eval "$(weir completion bash)"
_weir() {
    local kind word
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done
    } < <(command weir completion bash --line="${COMP_LINE:0:COMP_POINT}" --replaced="$2" 2>/dev/null)
    if [[ $kind == :files ]]; then
        compopt -o default 2>/dev/null
    fi
}
complete -F _weir weir
