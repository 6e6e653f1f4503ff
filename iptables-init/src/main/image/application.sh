# Sourced by the scripts that make the root file systems of the images: a program of Java with a runtime of its own, and what
# the programs of a root file system are linked to. No shell, and nothing else, is in the result.

# application ROOT JDK NAME JAR MODULES OPTION...: into ROOT/opt/NAME, started by ROOT/opt/NAME/bin/NAME, a program of its own
# (no shell), which gives the options to the virtual machine.
application() {
  local root=$1 jdk=$2 name=$3 jar=$4 modules=$5 work option options=()
  shift 5
  for option; do options+=(--java-options "$option"); done
  work=$(mktemp -d)
  mkdir -p "$root/opt" "$work/input"
  cp "$jar" "$work/input/$name.jar"
  "$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --output "$work/runtime"
  rm -rf "$work/runtime/legal" "$work/runtime/lib/src.zip"
  rm -rf "$root/opt/$name"
  "$jdk/bin/jpackage" --type app-image --name "$name" --input "$work/input" --main-jar "$name.jar" \
    --runtime-image "$work/runtime" --dest "$root/opt" "${options[@]}"
  rm -rf "$work" "$root/opt/$name/lib/$name.png" "$root/opt/$name/lib/app/.jpackage.xml"
}

# archive ROOT NAME COMMAND...: runs a command that runs the program, so that all that it loads and links meanwhile is there
# at once when the program starts again.
archive() {
  local root=$1/opt/$2 app=$1/opt/$2/lib/app name=$2 log
  shift 2
  log=$(mktemp)
  # The archive is good for files of this time only, and images have one time for all.
  find "$root" -exec touch -h -d @1 {} +
  JAVA_TOOL_OPTIONS="-XX:AOTCacheOutput=$app/$name.aot" "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
  [ -s "$app/$name.aot" ] || { cat "$log" >&2; echo "no archive of classes was made" >&2; return 1; }
  rm -f "$log" "$app/$name.aot.config"
  printf 'java-options=-XX:AOTCache=$APPDIR/%s.aot\n' "$name" >>"$app/$name.cfg"
}

# libraries ROOT: what the programs and libraries in it are linked to, from this machine.
libraries() {
  local root=$1
  # ldd fails where a file is no program.
  { find "$root" -type f \( -name '*.so*' -o -perm -u+x \) -exec ldd {} + 2>/dev/null || true; } |
    sed -n 's/^\t.*=> \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*\) (.*/\1/p' | grep -vF "$root" | sort -u |
    while read -r library; do
      [ -e "$root$library" ] || install -D -m 755 "$library" "$root$library"
    done
}

# users ROOT: names for the users that there are.
users() {
  mkdir -p "$1/etc" "$1/tmp" "$1/run"
  chmod 1777 "$1/tmp"
  printf 'root:x:0:0:root:/:/sbin/nologin\nremora:x:1337:1337:remora:/:/sbin/nologin\n' >"$1/etc/passwd"
  printf 'root:x:0:\nremora:x:1337:\n' >"$1/etc/group"
  printf 'hosts: files dns\n' >"$1/etc/nsswitch.conf"
}
