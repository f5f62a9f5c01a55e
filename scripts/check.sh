#!/bin/sh
# Runs the steps of `make check` two at a time, stops at nothing, and prints the time that each one took.
cd "$(dirname "$0")/.." || exit 2
python=.venv-test/bin/python
begin=$(date +%s)
caches=warm
for folder in .ruff_cache .mypy_cache; do [ -d "$folder" ] || caches=cold; done
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

step() { # NAME COMMAND...: print the output of a failed step only
    name=$1 at=$(date +%s)
    shift
    if "$@" >"$results/$name.log" 2>&1; then outcome=passed; else outcome=FAILED; fi
    [ "$outcome" = passed ] || { cat "$results/$name.log"; touch "$results/failed"; }
    printf '%-18s %s, %d s: %s\n' "$name" "$outcome" "$(($(date +%s) - at))" "$(tail -n 1 "$results/$name.log")"
}

static_steps() {
    step format $python -m ruff format --check .
    step lint $python -m ruff check .
    step types $python -m mypy .
    step javascript make --no-print-directory javascript
}

static_steps &
step unit-tests env HYPOTHESIS_PROFILE=quick $python -m pytest -n 2 -m "not system and not slow and not long"
wait
echo "make check: $(($(date +%s) - begin)) s with $caches caches, load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
[ ! -e "$results/failed" ]
