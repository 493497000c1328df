// SPDX-License-Identifier: Apache-2.0
// The scripts know nothing but how to ask the program and how their shell is told.
#include "engine/cli/completion.h"

namespace firmform::cli {
namespace {

constexpr std::string_view kBash = R"script(# bash completion for firmform
_firmform() {
  local current="${COMP_WORDS[COMP_CWORD]}" line text kind=none
  [ "$current" = "=" ] && current=""
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) kind="${line#:}" ;;
      *) text="${line%%$'\t'*}"; COMPREPLY+=("$(printf '%q' "$text")") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case "$kind" in
    files) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
    directories) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$current") ;;
  esac
}
complete -F _firmform firmform
)script";

constexpr std::string_view kZsh = R"script(#compdef firmform
_firmform() {
  local -a found
  local line text note kind=none
  while IFS= read -r line; do
    case "$line" in
      :*) kind="${line#:}" ;;
      *)
        text="${line%%$'\t'*}"
        note="${line#*$'\t'}"
        found+=("${text//:/\\:}:$note")
        ;;
    esac
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#found} )) && _describe -V 'firmform' found
  case "$kind" in
    files) _files ;;
    directories) _files -/ ;;
  esac
}
if [ "$funcstack[1]" = "_firmform" ]; then
  _firmform "$@"
else
  compdef _firmform firmform
fi
)script";

constexpr std::string_view kFish = R"script(# fish completion for firmform
function __firmform_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l program $words[1]
  for line in ($program __complete $words[2..-1] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path (commandline -ct)
      case ':directories'
        __fish_complete_directories (commandline -ct)
      case ':none'
      case '*'
        echo $line
    end
  end
end
complete -c firmform -f -a '(__firmform_complete)'
)script";

}  // namespace

std::optional<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return std::string(kBash);
  if (shell == "zsh") return std::string(kZsh);
  if (shell == "fish") return std::string(kFish);
  return std::nullopt;
}

}  // namespace firmform::cli
