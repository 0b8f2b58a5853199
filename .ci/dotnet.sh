# Sourced by weir, test and .ci/run, which set root: finds dotnet, quietens it, gives it a home, builds one at a time.
# shellcheck shell=bash
: "${root:?}"

command -v dotnet >/dev/null || {
    echo "${0##*/}: dotnet is not installed; install the .NET SDK 10 (https://dotnet.microsoft.com/download) and put it in PATH" >&2
    exit 2
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=0

# Containers and services run users whose home isn't there.
if [[ ! -w ${HOME:-} ]]; then
    export HOME=$root/artifacts/home DOTNET_CLI_HOME=$root/artifacts/home
    mkdir -p "$HOME"
fi

lock() {
    mkdir -p "$root/artifacts"
    exec 9>"$root/artifacts/.lock"
    flock 9
}

unlock() { exec 9>&-; }

# build LOG ARGUMENT…: what the build says is shown when it fails.
# Compiler servers outlive it: they must inherit neither the lock nor a pipe that somebody reads to its end.
build() {
    dotnet build -c Release -v quiet "${@:2}" >"$1" 2>&1 </dev/null 9>&- || {
        sed '/^Build FAILED/,$d' "$1" >&2
        echo "${0##*/}: the build failed" >&2
        return 1
    }
}
