#!/bin/sh
[ "$EMRSIM_PYTHON" ] || { set -a; . /emr/emrsim/environment; set +a; }
exec "$EMRSIM_PYTHON" -P -m emrsim "${0##*/}" "$@"
