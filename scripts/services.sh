#!/usr/bin/env bash
# What the tests need besides Python: PostgreSQL (to read a force's database, and for the dashboard's state), Java 17 or newer (for Spark)
# and Chromium (for the dashboard). What is missing is installed.
# The tests start their own PostgreSQL server (tests/conftest.py); nothing here is started or left running.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
have_postgresql() { command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_java() {
  local version
  version=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p') && [ "${version:-0}" -ge 17 ]
}
have_chromium() { command -v chromium >/dev/null 2>&1; }
have() { apt-cache show "$1" >/dev/null 2>&1; }

missing=()
have_postgresql || missing+=(postgresql)
have_java || missing+=(java)
have_chromium || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  say "The tests need ${missing[*]} (Java 17 or newer). Install them with your system's package manager, then run make test again."
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1 || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    say "The tests need ${missing[*]}. As root: apt-get install postgresql openjdk-17-jre-headless chromium; then run make test again."
    exit 1
  fi
  as_root=(sudo)
fi

say "Installing for the tests: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
packages=()
for one in "${missing[@]}"; do
  case $one in
    postgresql) packages+=(postgresql) ;;
    chromium) packages+=(chromium) ;;
    java) if have openjdk-17-jre-headless; then packages+=(openjdk-17-jre-headless); else packages+=(default-jre-headless); fi ;;
  esac
done
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
have_postgresql && have_java && have_chromium || { say "PostgreSQL, Java 17 or Chromium is still missing after the installation of ${packages[*]}."; exit 1; }
