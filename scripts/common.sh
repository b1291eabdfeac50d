# Sourced by the scripts beside it: finds the checkout, checks for the SDK, builds.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cli="$root/src/Blockchain.Cli/bin/Release/net10.0/blockchain.dll"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

need_sdk() {
    command -v dotnet >/dev/null 2>&1 ||
        fail "the .NET 10 SDK is missing: there is no 'dotnet' on the PATH. Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
    dotnet --list-sdks 2>/dev/null | grep -q '^10\.' ||
        fail "the .NET 10 SDK is missing: 'dotnet --list-sdks' shows no version 10. Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

# One build at a time in this checkout: two terminals may start at once. A lock whose holder is gone is taken over.
lock_build() {
    mkdir -p "$root/artifacts"
    lock="$root/artifacts/build.lock"
    waited=0
    until (set -C && echo $$ >"$lock") 2>/dev/null; do
        holder=$(cat "$lock" 2>/dev/null || true)
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            # Only one of those who wait can move it, so nobody removes the lock of another.
            mv "$lock" "$lock.$$" 2>/dev/null && rm -f "$lock.$$"
            continue
        fi
        waited=$((waited + 1))
        [ "$waited" -le 600 ] || fail "another build has held $lock for ten minutes. Remove the file if no build runs."
        sleep 1
    done
    trap 'rm -f "$lock"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

unlock_build() {
    rm -f "$lock"
    trap - EXIT INT TERM
}

# Builds quietly; shows what the compiler said only when it failed.
build() {
    log="$root/artifacts/build.log"
    [ ! -t 2 ] || echo "${0##*/}: building, which takes a minute the first time" >&2
    if ! dotnet build "$1" -c Release -v quiet --nologo >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        fail "the build failed; what the compiler said stands above."
    fi
}
