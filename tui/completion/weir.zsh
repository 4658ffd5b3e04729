#compdef weir
# Completion of weir for zsh, behind compinit: eval "$(weir completion zsh)"
_weir() {
    local kind value text tab=$'\t'
    local -a values texts
    {
        IFS= read -r kind
        while IFS=$tab read -r value text; do
            values+=("$value")
            texts+=("$value${text:+  -- $text}")
        done
    } < <(command weir completion zsh --line="${(j: :)words[1,CURRENT]}" 2>/dev/null)
    if [[ $kind == :files ]]; then
        _files
    else
        compadd -l -d texts -a -- values
    fi
}
if [[ $funcstack[1] == _weir ]]; then
    _weir "$@"
else
    compdef _weir weir
fi
