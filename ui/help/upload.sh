#!/bin/sh
# Copies a mirror folder to where it is served, in the order that no visitor can stumble over: packages first, then
# what carries a version in its name, timestamp.json last. Nothing is ever deleted: old roots are needed for ever.
#
#   upload.sh MIRROR user@host:/srv/support-mirror      a web server, by rsync (also a folder on this PC)
#   upload.sh MIRROR rclone:REMOTE:BUCKET/PREFIX        an object store, by rclone, with the headers that it needs
set -eu
case "${1:-}" in ''|-h|--help) sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;; esac
mirror=${1%/}
to=${2:?where to? see --help}
[ -f "$mirror/metadata/timestamp.json" ] || { echo "upload.sh: $mirror is no mirror folder" >&2; exit 2; }

case "$to" in
  rclone:*)
    to=${to#rclone:}
    for_ever='Cache-Control: public, max-age=31536000, immutable'
    rclone copy "$mirror/targets" "$to/targets" --header-upload "$for_ever"
    for folder in help kit; do
      [ ! -d "$mirror/$folder" ] || rclone copy "$mirror/$folder" "$to/$folder" --header-upload 'Cache-Control: max-age=60'
    done
    rclone copy "$mirror/metadata" "$to/metadata" --exclude timestamp.json --header-upload "$for_ever"
    rclone copyto "$mirror/metadata/timestamp.json" "$to/metadata/timestamp.json" --ignore-times \
      --header-upload 'Cache-Control: max-age=60'
    ;;
  *)
    to=${to%/}
    rsync --recursive --times --chmod=D755,F644 "$mirror/targets" "$to/"
    for folder in help kit; do
      [ ! -d "$mirror/$folder" ] || rsync --recursive --times --checksum --chmod=D755,F644 "$mirror/$folder" "$to/"
    done
    # By content: two timestamps of one second and one size are still two.
    rsync --recursive --times --checksum --chmod=D755,F644 --exclude timestamp.json "$mirror/metadata" "$to/"
    rsync --times --checksum --chmod=F644 "$mirror/metadata/timestamp.json" "$to/metadata/timestamp.json"
    ;;
esac
