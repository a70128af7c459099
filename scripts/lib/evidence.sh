# shellcheck shell=bash
# The head of every file under docs/evidence. Sourced by the campaigns, which run in the root of the checkout.
#
#   evidence_begin                      at the start of a campaign: remembers commit and time
#   evidence_head TITLE COMMAND RESULT  the title and the table; RESULT is `passed` or `FAILED` (scripts/check-evidence)

evidence_begin() {
    EVIDENCE_COMMIT=$(git rev-parse --short=12 HEAD)
    # What a campaign writes itself is no change of what it measures.
    [ -z "$(git status --porcelain -- ':!docs/evidence')" ] || EVIDENCE_COMMIT="$EVIDENCE_COMMIT with changes"
    EVIDENCE_STARTED=$(date -u +%Y-%m-%dT%H:%MZ)
}

evidence_machine() { echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"; }

evidence_head() {
    printf '# %s\n\n' "$1"
    printf '| What | Value |\n|---|---|\n'
    printf '| commit | %s |\n| started | %s |\n' "$EVIDENCE_COMMIT" "$EVIDENCE_STARTED"
    printf '| machine | %s |\n' "$(evidence_machine)"
    # shellcheck disable=SC2016
    printf '| command | `%s` |\n| result | %s |\n' "$2" "$3"
}
